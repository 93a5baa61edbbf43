"""Comments on an answer at work: a reviewer's, and those of a colleague who was asked. No member and no reader sees one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey
from qa.passages import Passage

from .cases import Case


class CommentKind(models.TextChoices):
    """Where a comment came from."""

    REVIEW = "review", "At the review"
    COLLEAGUE = "colleague", "A colleague who was asked"


class Comment(UnderLetterKey):
    """One comment, encrypted with the passage it is about (none: the whole answer) and what was said when it was resolved."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="comments")
    kind = models.CharField(max_length=9, choices=CommentKind)
    revision = models.PositiveIntegerField()  # the number of the answer's version that it was made at
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = EncryptedTextField()
    quote = EncryptedTextField(blank=True)
    before = EncryptedTextField(blank=True)
    after = EncryptedTextField(blank=True)
    reply = EncryptedTextField(blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_who_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], condition=Q(resolved_at__isnull=True), name="comment_open"),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on case {self.case_id}"

    @property
    def passage(self) -> Passage:
        return Passage(self.quote, self.before, self.after)
