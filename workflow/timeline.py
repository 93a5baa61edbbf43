"""One timeline of everything that happened to a case. Other packages add their own lines; the workflow knows none of them.

A package to the left hangs its lines in here when it is loaded (`add_source`), as it hangs up its doorbells: so a
moderator sees mails beside the steps that caused them, and the workflow imports nobody (docs/adr/0010).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.roles import Role

from . import queues
from .models import Case, Event, SafetyFlag

SHOWN = queues.TRAIL


@dataclass(frozen=True)
class Line:
    """Something that is no event: when, what, and who or what became of it; `is_bad` when somebody should look."""

    at: datetime
    what: str
    more: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Entry:
    """A place on the timeline: an event with the name or the danger it speaks of, or a line of another package."""

    at: datetime
    event: Event | None = None
    named: str = ""
    flag: SafetyFlag | None = None
    line: Line | None = None


Source = Callable[[User, Case], Iterable[Line]]
_sources: dict[str, Source] = {}


def add_source(name: str, source: Source) -> None:
    """Hang lines in; once under each name. A source answers in one read and shows at most `SHOWN` lines, newest first."""
    _sources[name] = source


def timeline_of(moderator: User, case: Case, flags: Iterable[SafetyFlag] = ()) -> list[Entry]:
    """Everything, newest first; for moderators only. At one instant an event stands before what followed from it.

    `flags` of the case, which the page has read already, name the danger that an event speaks of.
    """
    if not moderator.holds(Role.MODERATOR):
        return []
    trail = list(queues.trail_of(moderator, case)[:SHOWN])
    named = queues.experts_named_in(moderator, trail)
    spoken = {flag.pk: flag for flag in flags}
    entries = [
        Entry(event.at, event, named.get(event.data.get("expert"), ""), spoken.get(event.data.get("flag")))
        for event in trail
    ]
    lines = [line for source in _sources.values() for line in source(moderator, case)]
    followed = [Entry(line.at, line=line) for line in lines]
    return sorted([*followed, *entries], key=lambda entry: entry.at, reverse=True)[:SHOWN]
