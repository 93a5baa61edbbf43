"""The audit trail: one immutable line for everything that happened. Notifications read it; nobody changes it.

Typed words (a reason, a comment) are kept apart and encrypted, so that the trail itself holds no letter text.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .cases import Case


class Immutable(Exception):
    """Somebody tried to change the audit trail."""


class EventQuerySet(models.QuerySet["Event"]):
    """Refuses bulk changes."""

    def update(self, **kwargs: Any) -> int:
        raise Immutable("events are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable("events are never deleted")


class Event(UnderLetterKey):
    """Who did what to which case, when, from which state to which. `data` holds ids and codes only."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    actor_role = models.CharField(max_length=40, blank=True)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["case", "id"], name="event_of_case"),
            models.Index(
                fields=["at", "case"], name="event_in_time"
            ),  # the figures: which letters something happened to
        ]

    def __str__(self) -> str:
        return f"{self.kind} on case {self.case_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Immutable("events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Immutable("events are never deleted")


class Remark(UnderLetterKey):
    """Words that a person typed with a step: a reason, a comment to the expert, a message to the member."""

    key_path = "event__case__letter__key"
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="remark")
    text = EncryptedTextField()

    def __str__(self) -> str:
        return f"remark on event {self.event_id}"
