"""Sealing the audit trail and looking whether it is whole.

Sealing runs by the clock and not with each step: a chain that every step had to extend would make all steps wait for
each other. Until then (a minute) the database itself refuses every change. The newest hash is written to the log once
an hour: whoever rewrote the trail with its chain would have to rewrite the log of another machine as well.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ..models import Event
from ..models.seals import FIRST, Seal, digest

log = logging.getLogger("allay.trail")
AT_ONCE = 2_000
LATE_COMMITS = 10_000  # how far behind the newest seal an event may come in late; verifying looks at all of them
PATIENCE = timedelta(minutes=15)
GUARDS = {
    "sqlite": ("event_is_final_update", "event_is_final_delete", "seal_is_final_update", "seal_is_final_delete"),
    "postgresql": ("event_is_final", "seal_is_final"),
}
Passing = Callable[[Iterable[Seal]], Iterable[Seal]]


def seal_events() -> int:
    """Extend the chain over what was committed since. Safe to run twice and at the same time. Returns how many."""
    done = 0
    while made := _seal_some():
        done += made
    return done


def _seal_some() -> int:
    try:
        with transaction.atomic():
            last = Seal.objects.select_for_update().order_by("-position").first()
            found = Event.objects.filter(seal__isnull=True, pk__gt=(last.event_id if last else 0) - LATE_COMMITS)
            seals = list(_chain(last, list(found.order_by("pk")[:AT_ONCE])))
            Seal.objects.bulk_create(seals)
    except IntegrityError:
        return 0  # another process was a moment faster
    return len(seals)


def _chain(last: Seal | None, events: list[Event]) -> Iterator[Seal]:
    position, previous = (last.position, last.hash) if last else (0, FIRST)
    for event in events:
        position, previous = position + 1, digest(previous, event)
        yield Seal(position=position, event=event, hash=previous)


def note_head() -> None:
    """Write the newest seal to the log, which lies elsewhere: `verify_audit_log --head` compares with it."""
    if last := Seal.objects.order_by("-position").first():
        log.info("audit head %s:%s", last.position, last.hash)


@dataclass(frozen=True)
class Fault:
    """Something about the trail that is not as it must be."""

    where: str
    what: str


def faults(heads: tuple[tuple[int, str], ...] = (), passing: Passing = iter) -> Iterator[Fault]:
    """Everything that is wrong with the trail, in order; nothing when it is whole. `heads` were noted earlier; the seals
    go through `passing` on their way, which may show how many did.
    """
    for name in _missing_guards():
        yield Fault("database", f"does not refuse changes: {name} is missing")
    noted = dict(heads)
    expected, previous = 0, FIRST
    for seal in passing(Seal.objects.select_related("event").order_by("position").iterator(chunk_size=AT_ONCE)):
        expected += 1
        if seal.position != expected:
            yield Fault(f"seal {expected}", f"is missing; the next is {seal.position}")
            expected = seal.position
        if digest(previous, seal.event) != seal.hash:
            yield Fault(f"seal {seal.position}", f"does not fit event {seal.event_id} and the seal before it")
        if noted.pop(seal.position, seal.hash) != seal.hash:
            yield Fault(f"seal {seal.position}", "is not the one that was noted")
        previous = seal.hash
    for position in noted:
        yield Fault(f"seal {position}", "was noted and is missing")
    late = Event.objects.filter(seal__isnull=True, at__lt=timezone.now() - PATIENCE).count()
    if late:
        yield Fault("events", f"{late} were not sealed in time; is the worker running?")


def _missing_guards() -> list[str]:
    """Triggers of migration 0012 that are not there, or are switched off."""
    if connection.vendor == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in GUARDS[connection.vendor] if name not in there]
