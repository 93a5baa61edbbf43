"""A pause: the member was asked something, so the answer's clock stops until they reply, or a week has passed.

No state of its own: the case stays where it is. The clocks of danger know nothing of pauses.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from ..clocks import working_days_between

PATIENCE = timedelta(days=7)


class Paused(models.Model):
    """Since when the case waits for the member, and how many working days it has waited in all before."""

    paused_at = models.DateTimeField(null=True, blank=True)
    paused_days = models.PositiveSmallIntegerField(default=0)

    inquiries: Any  # the reverse side of Inquiry.case

    class Meta:
        abstract = True

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def paused_until(self) -> datetime | None:
        """When we go on without a reply."""
        return self.paused_at + PATIENCE if self.paused_at else None

    def pause(self, at: datetime) -> None:
        self.paused_at = at

    def go_on(self) -> None:
        """The clock runs again; the days that were waited are added to its end."""
        if self.paused_at is not None:
            self.paused_days += working_days_between(self.paused_at, timezone.now())
        self.paused_at = None

    def waits_for_member(self) -> bool:
        return self.is_paused

    def has_unread_reply(self) -> bool:
        """The member replied, and no moderator has passed it on to the expert yet."""
        return bool(self.inquiries.to_settle().exists())
