"""The on-call roster: who is called first when somebody may be in danger. Rows are never deleted: it stays known who it was."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class ShiftQuerySet(models.QuerySet["Shift"]):
    """Reads of the roster."""

    def standing(self) -> "ShiftQuerySet":
        return self.filter(gone_at__isnull=True)

    def at(self, moment: datetime) -> "ShiftQuerySet":
        return self.standing().filter(starts_at__lte=moment, ends_at__gt=moment)


class Shift(models.Model):
    """One person on call from then until then. Swapped or dropped: `gone_at`, and who did it; a swap makes a new row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    instead_of = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="became")
    gone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(ShiftQuerySet)()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_has_length"),
            models.UniqueConstraint(
                fields=["person", "starts_at", "ends_at"], condition=Q(gone_at__isnull=True), name="shift_once"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], condition=Q(gone_at__isnull=True), name="shift_standing")]

    def __str__(self) -> str:
        return f"shift {self.pk} of person {self.person_id}"
