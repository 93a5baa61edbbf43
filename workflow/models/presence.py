"""Who has which case open right now: so that two people do not do the same work. It forgets by itself.

No word of a letter, and nothing that lasts: a row that is not renewed for half a minute counts for nothing, and the
next beat of anybody deletes it. The lasting record of who read a letter is the audit trail.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from .cases import Case

FRESH = timedelta(seconds=30)


class Page(models.TextChoices):
    """Where somebody is."""

    CASE = "case", "has this case open"
    LETTER = "letter", "is reading the letter"
    REVIEW = "review", "is reviewing the answer"
    WRITE = "write", "is at the answer"


class PresenceQuerySet(models.QuerySet["Presence"]):
    def fresh(self) -> "PresenceQuerySet":
        return self.filter(seen_at__gte=timezone.now() - FRESH)

    def stale(self) -> "PresenceQuerySet":
        return self.filter(seen_at__lt=timezone.now() - FRESH)


class Presence(models.Model):
    """One person at one page of one case, renewed by their open browser."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="present")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=6, choices=Page)
    has_unsaved = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = models.Manager.from_queryset(PresenceQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person", "page"], name="present_once")]

    def __str__(self) -> str:
        return f"person {self.person_id} at case {self.case_id}"
