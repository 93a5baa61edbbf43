"""Delivery: take messages on, ask again whether each is still true, send it, write down what became of it.

A lease says who is at work on a message and until when; it outlives the longest talk with a mail server. A try is
counted before it begins, so a message that kills its worker cannot kill for ever. Between the server's yes and our
note of it a worker can die: then the mail goes once more, with the same Message-ID. Nothing else is ever sent twice.
"""

import logging
import secrets
import time
from datetime import timedelta
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from . import brake, ledger
from .contents import prepare
from .facts import FRESH, Facts
from .failpoints import reached
from .models import NEVER_HELD, PENDING, PRESSING, Category, Message, MessageQuerySet, Progress
from .moulds import Mail
from .post import Line, Refusal, Unreachable
from .timing import Skip, Wait

log = logging.getLogger("allay.mail")

BATCH = 100
FAIR = 5  # one in five of a batch: those that wait longest, whatever their stream
LOOK_EVERY = 1.0  # seconds: is there something more pressing than the rest of the batch?
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
            count, goes_on = Batch(batch, line, until).send()
            sent += count
            if not goes_on:
                break
    return sent


class Ahead(NamedTuple):
    """A mail made before its turn, or why it cannot be made."""

    message: Message
    at: float
    outcome: Mail | Exception


def _outcome(message: Message, facts: Facts) -> Mail | Exception:
    try:
        mail = prepare(message, facts)
        mail.ready = mail.wire()
    except Exception as fault:  # noqa: BLE001 (it is raised again when it is this mail's turn)
        return fault
    return mail


class Batch:
    """Messages that were taken on together, sent one after the other."""

    def __init__(self, messages: list[Message], line: Line, until: float) -> None:
        self.messages, self.line, self.until = messages, line, until
        self.facts = Facts(messages)
        self.begun: Message | None = None  # the next one, when its try is counted already
        self.ahead: Ahead | None = None
        self.looked_at = time.monotonic()

    def send(self) -> tuple[int, bool]:
        """How many the server took, and whether to go on with another batch."""
        sent = 0
        for position, message in enumerate(self.messages):
            if self.begun is None and (stop := self._stop(position)) is not None:
                return sent, stop
            following = self.messages[position + 1] if position + 1 < len(self.messages) else None
            sent += self._one(message, following)
        return sent, True

    def _stop(self, position: int) -> bool | None:
        """Whether to leave the rest to others: for good (False), or for what became more pressing (True)."""
        rest = self.messages[position:]
        try:
            self.line.open()
        except Unreachable:
            _put_back(rest, wait=SERVER_BACK_OFF)
            log.warning("the mail server cannot be reached; %s mails wait", Message.objects.pending().count())
            return False
        if time.monotonic() > self.until:
            _put_back(rest)
            return False
        if self._is_overtaken(rest[0]):
            _put_back(rest)
            return True
        return None

    def _is_overtaken(self, message: Message) -> bool:
        """Codes and calls about danger do not wait until a batch of other mail is through; nor does a pulled brake."""
        now = time.monotonic()
        if message.category in NEVER_HELD or now - self.looked_at < LOOK_EVERY:
            return False
        self.looked_at = now
        return brake.is_pulled() or Message.objects.due(timezone.now()).filter(rank__lte=PRESSING).exists()

    def _one(self, message: Message, following: Message | None) -> bool:
        """One try at one message. Whatever goes wrong with it stays with it."""
        was_begun, self.begun = self.begun is message, None
        if message.pk in self.facts.told_with_another or not (was_begun or _begin(message)):
            return False
        try:
            mail = self._prepared(message)
            reached("rendered")
            self.line.send(mail, meanwhile=lambda: self._prepare_ahead(message, following))
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
            self._note(message, mail.said, following)
            return True
        return False

    def _prepared(self, message: Message) -> Mail:
        """Made while the server thought about the mail before, if that is not long ago. Raises what was raised then."""
        ahead, self.ahead = self.ahead, None
        if ahead is None or ahead.message is not message or time.monotonic() - ahead.at > FRESH:
            return prepare(message, self.facts)
        if isinstance(ahead.outcome, Exception):
            raise ahead.outcome
        return ahead.outcome

    def _prepare_ahead(self, message: Message, following: Message | None) -> None:
        """Not for what a worker died of once, nor beside it: whose fault a death is must stay clear."""
        if following is None or Progress.SENDING in {message.state, following.state}:
            return
        if following.pk in self.facts.told_with_another:
            return
        self.ahead = Ahead(following, time.monotonic(), _outcome(following, self.facts))

    def _note(self, message: Message, said: str, following: Message | None) -> None:
        """The server took it. The next one is begun with the same stroke, if it is to be tried now."""
        self.facts.note_sent(message)
        if following is None or not self._goes_next(following):
            ledger.sent(message, said)
            reached("recorded")
            return
        if ledger.sent_and_begun(message, said, following, leased_until=timezone.now() + LEASE):
            self.begun = following
            following.attempts += 1
        reached("recorded")
        if self.begun:
            reached("begun")

    def _goes_next(self, following: Message) -> bool:
        is_suspect = following.state == Progress.SENDING or following.pk in self.facts.told_with_another
        has_time = time.monotonic() <= self.until and time.monotonic() - self.looked_at < LOOK_EVERY
        return has_time and not is_suspect


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
    room = brake.room()
    if not room:
        due = due.filter(rank__lte=PRESSING)
    size = min(BATCH, room) or BATCH
    fair = size // FAIR
    pressing = list(due.order_by("rank", "next_try_at", "id").values_list("pk", "rank")[:size])
    if len(pressing) < size:
        return [pk for pk, _ in pressing]
    behind = due.filter(rank__gt=pressing[size - fair - 1][1]).order_by("next_try_at", "id")
    longest = list(behind.values_list("pk", flat=True)[:fair])
    first = [pk for pk, _ in pressing if pk not in longest]
    return [*first[: size - len(longest)], *longest]


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
