"""Delivery: take messages on, ask again whether each is still true, send it, write down what became of it.

A lease says who is at work on a message and until when; it outlives the longest talk with a mail server. A try is
counted before it begins, so a message that kills its worker cannot kill for ever. Between the server's yes and our
note of it a worker can die: then the mail goes once more, with the same Message-ID. Nothing else is ever sent twice.
"""

import logging
import secrets
import time
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from . import brake, ledger
from .contents import prepare
from .facts import Facts
from .failpoints import reached
from .models import NEVER_HELD, PENDING, Category, Message, MessageQuerySet, Progress
from .post import Line, Refusal, Unreachable
from .timing import Skip, Wait

log = logging.getLogger("allay.mail")

BATCH = 20
FAIR = 4  # of a batch: those that wait longest, whatever their stream
LEASE = timedelta(seconds=120)  # longer than a mail server can drag one mail out (EMAIL_TIMEOUT at each of its steps)
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440)]
SECURITY_BACK_OFF = [timedelta(seconds=s) for s in (5, 15, 30, 60, 60, 60)]
SERVER_BACK_OFF = timedelta(minutes=1)  # nothing was tried: the server cannot be reached
MAX_DEATHS = 5


def deliver(*, seconds: float = 20.0) -> int:
    """Send what is due until nothing is left or the time is up. Returns how many mails a server accepted."""
    until, sent = time.monotonic() + seconds, 0
    with Line() as line:
        while time.monotonic() < until and (batch := claim()):
            facts = Facts(batch)
            for position, message in enumerate(batch):
                try:
                    line.open()
                except Unreachable:
                    _put_back(batch[position:], wait=SERVER_BACK_OFF)
                    log.warning("the mail server cannot be reached; %s mails wait", Message.objects.pending().count())
                    return sent
                if time.monotonic() > until:
                    _put_back(batch[position:])
                    return sent
                sent += _one(message, line, facts)
    return sent


def claim() -> list[Message]:
    """Take on the next few messages, the most pressing first. Two workers never get the same one."""
    now, lease = timezone.now(), secrets.token_hex(16)
    wanted = _wanted(Message.objects.due(now))
    if not wanted or not Message.objects.due(now).filter(pk__in=wanted).update(lease=lease, leased_until=now + LEASE):
        return []
    reached("claimed")
    # What is sealed is opened with the mail it is for: if it cannot be, that mail alone is at fault.
    return list(Message.objects.filter(lease=lease).defer("sealed").order_by("rank", "next_try_at", "id"))


def _wanted(due: MessageQuerySet) -> list[int]:
    """The most pressing, and a few that wait longest whatever they are: no stream can starve another."""
    if brake.is_pulled():
        due = due.filter(category__in=NEVER_HELD)
    pressing = list(due.order_by("rank", "next_try_at", "id").values_list("pk", flat=True)[: BATCH - FAIR])
    if len(pressing) < BATCH - FAIR:
        return pressing
    longest = due.exclude(pk__in=pressing).order_by("next_try_at", "id").values_list("pk", flat=True)[:FAIR]
    return [*pressing, *longest]


def _one(message: Message, line: Line, facts: Facts) -> bool:
    """One try at one message. Whatever goes wrong with it stays with it."""
    if not _begin(message):
        return False
    try:
        mail = prepare(message, facts)
        reached("rendered")
        line.send(mail)
        reached("accepted")
    except Skip as skip:
        _finish(message, Progress.SKIPPED, skip.reason)
    except Wait as wait:
        _not_now(message, wait)
    except Refusal as refusal:
        _refused(message, refusal)
    except Exception:
        log.exception("message %s could not be sent", message.pk)
        _later(message, "fault", BACK_OFF[: MAX_DEATHS - 1])
    else:
        ledger.sent(message, mail.said)
        facts.note_sent(message)
        reached("recorded")
        return True
    return False


def _begin(message: Message) -> bool:
    """Count the try before it is made and lengthen the lease. False: the lease was lost, or this message only kills."""
    died = message.state == Progress.SENDING
    if died and message.deaths + 1 >= MAX_DEATHS:
        _finish(message, Progress.UNDELIVERABLE, "kills its worker")
        return False
    begun = ledger.begin(message, leased_until=timezone.now() + LEASE)
    message.attempts += 1  # nobody else changes the row while our lease stands
    reached("begun")
    return begun


def _mine(message: Message) -> MessageQuerySet:
    """The row, as long as our lease on it stands."""
    return Message.objects.filter(pk=message.pk, lease=message.lease, state__in=PENDING)


def _refused(message: Message, refusal: Refusal) -> None:
    if refusal.is_final:
        _finish(message, Progress.UNDELIVERABLE, refusal.reason)
    else:
        schedule = SECURITY_BACK_OFF if message.category == Category.SECURITY else BACK_OFF
        _later(message, refusal.reason, schedule)


def _later(message: Message, reason: str, schedule: list[timedelta]) -> None:
    """Wait for the next try; after the last one give up, loudly."""
    if message.attempts > len(schedule):
        _finish(message, Progress.UNDELIVERABLE, reason)
        return
    wait = schedule[message.attempts - 1]
    _mine(message).update(
        state=Progress.WAITING, reason=reason, lease="", leased_until=None, next_try_at=timezone.now() + wait
    )


def _not_now(message: Message, wait: Wait) -> None:
    """Nothing was tried, so nothing counts."""
    _mine(message).update(
        state=Progress.WAITING,
        reason=wait.reason,
        attempts=F("attempts") - 1,
        lease="",
        leased_until=None,
        next_try_at=wait.until,
    )


def _finish(message: Message, state: Progress, reason: str) -> None:
    """Write down how it ended. What was sealed for the mail is gone with it."""
    if state == Progress.UNDELIVERABLE:
        log.error("message %s is undeliverable: %s", message.pk, reason)
    _mine(message).update(state=state, reason=reason, sealed="", lease="", leased_until=None, done_at=timezone.now())


def _put_back(messages: list[Message], *, wait: timedelta = timedelta(0)) -> None:
    """Give up the lease on messages that were not tried."""
    rest = [message.pk for message in messages]
    lease = messages[0].lease if messages else ""
    Message.objects.filter(pk__in=rest, lease=lease, state__in=PENDING).update(
        lease="", leased_until=None, next_try_at=timezone.now() + wait
    )
