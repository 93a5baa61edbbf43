"""Findings: suspected identifiers in a letter and what a moderator decided about each."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from qa.encryption import EncryptedTextField

from .cases import Case


class Finding(models.Model):
    """One span of the letter (code points, end excluded), why it is suspected, and its decision.

    `decision` is empty until a moderator decides: replaced, or kept (with a reason).
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="findings")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    person = models.CharField(max_length=20, blank=True)  # links all mentions of one person
    why = EncryptedTextField(blank=True)
    text = EncryptedTextField(blank=True)
    replacement = EncryptedTextField(blank=True)
    is_hint = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, blank=True, choices=[("replaced", "Replaced"), ("kept", "Kept")])
    reason = EncryptedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

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

    def __str__(self) -> str:
        return f"finding {self.pk} of case {self.case_id}"
