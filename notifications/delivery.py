"""Delivery: take messages on, a few at first and more while it goes quickly, and have them sent.

A lease says who is at work on a message and until when; it outlives the longest talk with a mail server. A try is
counted before it begins. Between the server's yes and our note of it a worker can die: then the mail goes once more,
with the same Message-ID. Nothing else is ever sent twice.
"""

import secrets
import time

from django.utils import timezone

from . import brake, ledger
from .batch import Batch
from .failpoints import reached
from .models import PRESSING, Message, MessageQuerySet
from .post import Line

FEW, MANY = 100, 800  # taken on together
QUICK = 1.0  # seconds for one batch: then the next may be twice as big
FAIR = 5  # one in five of a batch: those that wait longest, whatever their stream
_NEEDED = ("event", "template", "category", "person", "key", "state", "attempts", "deaths", "lease", "created_at")


def deliver(*, seconds: float = 20.0) -> int:
    """Send what is due until nothing is left or the time is up. Returns how many mails a server accepted."""
    until, sent, size = time.monotonic() + seconds, 0, FEW
    with Line() as line:
        while (began := time.monotonic()) < until and (batch := claim(size)):
            count, goes_on = Batch(batch, line, until).send()
            sent += count
            if not goes_on:
                break
            size = min(size * 2, MANY) if time.monotonic() - began < QUICK else FEW
    return sent


def claim(size: int = FEW) -> list[Message]:
    """Take on the next few messages, the most pressing first. Two workers never get the same one."""
    lease = secrets.token_hex(16)
    while wanted := _wanted(Message.objects.due(timezone.now()), size):
        if _lease(wanted, lease):
            reached("claimed")
            # What is sealed is opened with the mail it is for: if it cannot be, that mail alone is at fault.
            return list(Message.objects.filter(lease=lease).only(*_NEEDED).order_by("rank", "next_try_at", "id"))
    return []


def _lease(wanted: list[int], lease: str) -> int:
    """How many of them are ours now; none when another worker was a moment faster: then we look again."""
    now = timezone.now()
    free = Message.objects.due(now).filter(pk__in=wanted)
    return free.update(lease=lease, leased_until=now + ledger.LEASE)


def _wanted(due: MessageQuerySet, size: int) -> list[int]:
    """The most pressing, and a few that wait longest whatever they are: no stream can starve another."""
    room = brake.room()
    if not room:
        due = due.filter(rank__lte=PRESSING)
    size = min(size, room) or size
    fair = size // FAIR
    pressing = list(due.order_by("rank", "next_try_at", "id").values_list("pk", "rank")[:size])
    if len(pressing) < size:
        return [pk for pk, _ in pressing]
    behind = due.filter(rank__gt=pressing[size - fair - 1][1]).order_by("next_try_at", "id")
    longest = list(behind.values_list("pk", flat=True)[:fair])
    first = [pk for pk, _ in pressing if pk not in longest]
    return [*first[: size - len(longest)], *longest]
