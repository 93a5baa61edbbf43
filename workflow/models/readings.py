"""Readings: by which rules a letter was last read for danger. A letter read by older rules is read again."""

from django.db import models
from django.utils import timezone

from .cases import Case


class Reading(models.Model):
    """The last scan of one letter: the version of the rules, what came of it, and whether it failed."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="reading", primary_key=True)
    rules_version = models.CharField(max_length=40, db_index=True)
    read_at = models.DateTimeField(default=timezone.now)
    raised = models.PositiveSmallIntegerField(default=0)
    has_failed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"reading of case {self.case_id}"
