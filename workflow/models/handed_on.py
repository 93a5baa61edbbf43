"""A moderator handed a case to whoever is free: no reason is kept, and nobody counts it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from .cases import Case


class HandedOn(models.Model):
    """While the row stands, the case is not offered to this person; `is_waiting` until a colleague has opened it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handed_on")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_waiting = models.BooleanField(default=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "handed on"
        constraints = [models.UniqueConstraint(fields=("case", "person"), name="handed_on_once")]

    def __str__(self) -> str:
        return f"case {self.case_id}, handed on"
