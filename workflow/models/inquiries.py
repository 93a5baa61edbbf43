"""Inquiries: what we ask a member about their letter, and what they reply. Encrypted; experts read the de-identified reply only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .cases import Case


class Ending(models.TextChoices):
    """How the waiting ended."""

    REPLIED = "replied", "The member replied"
    SILENT = "silent", "No reply in a week"
    TAKEN_BACK = "taken_back", "Taken back"
    CLOSED = "closed", "The case was closed"


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def waiting(self) -> "InquiryQuerySet":
        """The member has it before them, and the case is paused."""
        return self.filter(ended_at__isnull=True)

    def to_settle(self) -> "InquiryQuerySet":
        """Replied to; no moderator has passed the reply on yet."""
        return self.filter(replied_at__isnull=False, settled_at__isnull=True)

    def standing(self) -> "InquiryQuerySet":
        """What the member knows of: everything that was not taken back."""
        return self.exclude(ending__in=[Ending.TAKEN_BACK, Ending.CLOSED])


class Inquiry(UnderLetterKey):
    """One question to the member. `unsent` is what they have typed so far; `readable` is the reply without who they are."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="inquiries")
    text = EncryptedTextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    unsent = EncryptedTextField(blank=True)
    unsent_version = models.PositiveIntegerField(default=0)
    unsent_at = models.DateTimeField(null=True, blank=True)
    reply = EncryptedTextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    readable = EncryptedTextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = models.Manager.from_queryset(InquiryQuerySet)()

    class Meta:
        ordering = ["asked_at", "id"]
        verbose_name_plural = "inquiries"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_inquiry_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="inquiry_ended_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False, replied_at__isnull=False),
                name="reply_settled_who_and_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["case"],
                condition=Q(replied_at__isnull=False, settled_at__isnull=True),
                name="inquiry_to_settle",
            ),
            models.Index(fields=["asked_at"], condition=Q(ended_at__isnull=True), name="inquiry_waiting"),
        ]

    def __str__(self) -> str:
        return f"inquiry {self.pk} on case {self.case_id}"

    @property
    def is_waiting(self) -> bool:
        return self.ended_at is None

    @property
    def takes_reply(self) -> bool:
        """Also after the week: a late reply is as welcome."""
        return self.replied_at is None and self.ending in {"", Ending.SILENT}
