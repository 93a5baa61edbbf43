"""Findings: suspected identifiers and what a moderator decided about each: in the letter, or found again in words for readers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .cases import Case
from .inquiries import Inquiry

UNCHECKED = "CHECK"  # the kind of a finding that says: the check did not run


class Place(models.TextChoices):
    """Where it stands: in the letter, or in words that others are about to read."""

    LETTER = "letter", "The letter"
    TITLE = "title", "The title"
    LABEL = "label", "How the writer is named"
    INTRO = "intro", "The introduction"
    TEXT = "text", "The question"
    ANSWER = "answer", "The answer"
    REPLY = "reply", "The reply"


class FindingQuerySet(models.QuerySet["Finding"]):
    def open(self) -> "FindingQuerySet":
        """Not decided yet."""
        return self.filter(decision="")

    def of_letter(self) -> "FindingQuerySet":
        return self.filter(place=Place.LETTER)


class Finding(UnderLetterKey):
    """One span (code points, end excluded) of the letter or of a text for readers, why it is suspected, its decision.

    `decision` is empty until a moderator decides: replaced, or kept (with a reason). `suggested` is what the engine
    proposed; `replacement` is what stands in the question.
    """

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="findings")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    place = models.CharField(max_length=6, choices=Place, default=Place.LETTER)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, null=True, blank=True, related_name="findings")
    person = models.CharField(max_length=20, blank=True)  # links all mentions of one person
    why = EncryptedTextField(blank=True)
    text = EncryptedTextField(blank=True)
    suggested = EncryptedTextField(blank=True)
    replacement = EncryptedTextField(blank=True)
    is_hint = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, blank=True, choices=[("replaced", "Replaced"), ("kept", "Kept")])
    reason = EncryptedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="finding_has_a_span"),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="finding_decided_who_and_when",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return not self.decision

    @property
    def is_applied(self) -> bool:
        """Whether question or reply have the replacement: decided so, or proposed with certainty and not decided yet."""
        if self.place not in {Place.LETTER, Place.REPLY} or self.kind == UNCHECKED:
            return False
        return self.decision == "replaced" or (self.is_open and not self.is_hint)

    def __str__(self) -> str:
        return f"finding {self.pk} of case {self.case_id}"
