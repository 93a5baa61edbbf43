"""Internal notes: what colleagues tell each other about a case. No mail, page of a member, feed or export reads this table."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .cases import Case


class Note(UnderLetterKey):
    """One note, encrypted; whom it names (@Mo) is kept beside it, so that they find it on their desk."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = EncryptedTextField()
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"note {self.pk} on case {self.case_id}"
