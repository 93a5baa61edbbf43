"""Consent: the member's reply to one exact text. Any later change of the text voids it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .cases import Case


class Choice(models.TextChoices):
    """What the member answered when shown the page as it will appear."""

    AGREED = "agreed", "Agreed"
    PRIVATE = "private", "Keep it private"
    CHANGE = "change", "Change something first"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        """Agreements that nothing has voided; whether the words are still the same is compared by hash."""
        return self.filter(choice=Choice.AGREED, void_at__isnull=True)


class Consent(UnderLetterKey):
    """One reply, bound to the SHA-256 of every word the member was shown (qa.models.questions.page_hash)."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consents")
    page_hash = models.CharField(max_length=64)
    choice = models.CharField(max_length=7, choices=Choice)
    audience = models.CharField(max_length=7, blank=True)
    may_index = models.BooleanField(default=False)  # search engines may show the page
    has_teaser = models.BooleanField(default=False)  # strangers may see the title of a members' page
    wish = EncryptedTextField(blank=True)  # what the member wants changed
    given_at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(void_at__isnull=True), name="one_standing_reply")
        ]
        indexes = [  # wishes for a change, which stand beside the queue: a handful among all replies ever given
            models.Index(fields=["choice", "void_at", "case"], name="consent_standing")
        ]

    def __str__(self) -> str:
        return f"{self.choice} on case {self.case_id}"
