"""The chain over the audit trail: one seal for each event, each holding the hash of the one before.

A line that is changed, taken out or put in later breaks every seal after it (`manage.py verify_audit_log`). Words that
people typed are no part of it: they can be erased, the trail cannot.
"""

import hashlib
import json
from datetime import UTC

from django.db import models
from django.utils import timezone

from .events import Event

FIRST = "0" * 64  # what the first seal follows


def digest(previous: str, event: Event) -> str:
    """SHA-256 over the seal before and every column of the event."""
    line = [
        previous,
        event.pk,
        event.case_id,
        event.kind,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor_role,
        event.from_state,
        event.to_state,
        event.data,
    ]
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Seal(models.Model):
    """One link. `position` counts from 1 without gaps; the database refuses to change or delete it."""

    position = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"seal {self.position}"
