"""What becomes of a message that did not go out: tried again later, not now, given up, not needed any more.

A try is counted before it begins, so a message that kills its worker cannot kill for ever.
"""

import logging
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from . import ledger
from .failpoints import reached
from .models import PENDING, Category, Message, MessageQuerySet, Progress
from .post import Refusal
from .timing import Wait

log = logging.getLogger("allay.mail")

BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440)]
SECURITY_BACK_OFF = [timedelta(seconds=s) for s in (5, 15, 30, 60, 60, 60)]
SERVER_BACK_OFF = timedelta(minutes=1)  # nothing was tried: the server cannot be reached
MAX_DEATHS = 5


def begin(message: Message) -> bool:
    """Count the try before it is made and lengthen the lease. False: the lease was lost, or this message only kills."""
    died = message.state == Progress.SENDING
    if died and message.deaths + 1 >= MAX_DEATHS:
        finish(message, Progress.UNDELIVERABLE, "kills its worker")
        return False
    begun = ledger.begin(message)
    message.attempts += 1  # nobody else changes the row while our lease stands
    reached("begun")
    return begun


def refused(message: Message, refusal: Refusal) -> None:
    """The server did not take it."""
    if refusal.is_final:
        finish(message, Progress.UNDELIVERABLE, refusal.reason)
    else:
        _later(message, refusal.reason, SECURITY_BACK_OFF if message.category == Category.SECURITY else BACK_OFF)


def failed(message: Message) -> None:
    """The fault is ours; it is parked when it goes on."""
    _later(message, "fault", BACK_OFF[: MAX_DEATHS - 1])


def not_now(message: Message, wait: Wait) -> None:
    """Nothing was tried, so nothing counts."""
    _mine(message).update(
        state=Progress.WAITING,
        reason=wait.reason,
        attempts=F("attempts") - 1,
        lease="",
        leased_until=None,
        next_try_at=wait.until,
    )


def finish(message: Message, state: Progress, reason: str) -> None:
    """Write down how it ended. What was sealed for the mail is gone with it."""
    if state == Progress.UNDELIVERABLE:
        log.error("message %s is undeliverable: %s", message.pk, reason)
    _mine(message).update(state=state, reason=reason, sealed="", lease="", leased_until=None, done_at=timezone.now())


def put_back(messages: list[Message], *, wait: timedelta = timedelta(0)) -> None:
    """Give up the lease on messages that were not tried."""
    rest = [message.pk for message in messages]
    lease = messages[0].lease if messages else ""
    Message.objects.filter(pk__in=rest, lease=lease, state__in=PENDING).update(
        lease="", leased_until=None, next_try_at=timezone.now() + wait
    )


def _later(message: Message, reason: str, schedule: list[timedelta]) -> None:
    """Wait for the next try; after the last one give up, loudly."""
    if message.attempts > len(schedule):
        finish(message, Progress.UNDELIVERABLE, reason)
        return
    wait = schedule[message.attempts - 1]
    _mine(message).update(
        state=Progress.WAITING, reason=reason, lease="", leased_until=None, next_try_at=timezone.now() + wait
    )


def _mine(message: Message) -> MessageQuerySet:
    """The row, as long as our lease on it stands."""
    return Message.objects.filter(pk=message.pk, lease=message.lease, state__in=PENDING)
