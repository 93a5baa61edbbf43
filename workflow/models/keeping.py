"""How long the words of a closed case are kept: when its member was told and asked for longer; and holds, which stop the clock."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .cases import Case

ONE_ALONE_DAYS = 14


class Keeping(models.Model):
    """One row for a case whose member was told that its words will be erased. `kept_at`: they pressed “Keep it”."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="keeping")
    warned_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"keeping of case {self.case_id}"


class Why(models.TextChoices):
    """Why the words of a case must stay for now."""

    LEGAL = "legal", "The law, or a court, wants it kept"
    SAFETY = "safety", "Somebody may still be in danger"


class HoldQuerySet(models.QuerySet["Hold"]):
    """Reads of the holds."""

    def open(self) -> "HoldQuerySet":
        """Asked for or standing: nobody ended it, and its day has not come."""
        return self.filter(ended_at__isnull=True, until__gte=timezone.localdate())

    def waiting(self) -> "HoldQuerySet":
        return self.open().filter(agreed_at__isnull=True)

    def standing(self) -> "HoldQuerySet":
        """Two people agreed. What one asked for counts too, for as long as a colleague may take to answer."""
        recent = timezone.now() - timedelta(days=ONE_ALONE_DAYS)
        return self.open().filter(Q(agreed_at__isnull=False) | Q(asked_at__gt=recent))


class Hold(UnderLetterKey):
    """While it stands, the clock erases no word of the case. The member can still take the letter back: that is their right."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    why = models.CharField(max_length=6, choices=Why)
    reason = EncryptedTextField()
    until = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(HoldQuerySet)()

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("asked_by"))),
                name="hold_takes_two_people",
            ),
            models.CheckConstraint(condition=Q(why__in=Why.values), name="hold_known_why"),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="hold_open")]

    def __str__(self) -> str:
        return f"hold {self.pk} on case {self.case_id}"
