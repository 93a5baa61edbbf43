"""Safety clocks: an urgent flag nobody took on, or took on without opening the letter, calls others; no letter lies unread
for long. Run by the clock, apart from the web.

The first step calls the next on the roster (its event keeps whom), later ones all moderators and the leads.
Each step of a case is one event, however many of its flags wait, written once under the case's lock; the outbox makes
mails of it, at least once, and asks again at the last moment whether it is still true. A step that was missed while
nothing ran is taken late, never dropped.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User

from .. import events, queues
from ..events import Kind
from ..models import Case, Event, SafetyFlag
from ..models.flags import FlagQuerySet
from ..safety.words import PRESSING
from ..states import OPEN_STATES
from ..transitions import door

log = logging.getLogger("allay.safety")


def escalate_flags() -> int:
    """Take the steps that are due for cases with flags nobody looks after; how many were taken now."""
    untaken = SafetyFlag.objects.unacknowledged().filter(severity__in=PRESSING, raised_at__lte=_first_step())
    cases = {row for flags in (untaken, _left_unopened()) for row in flags.order_by().values_list("case_id")}
    return _each(_take_steps, sorted(cases))


def call_about_unread() -> int:
    """Tell the moderators, once, of every open letter that nobody has opened for too long."""
    limit = timezone.now() - timedelta(hours=settings.LETTER_UNREAD_HOURS)
    told = Event.objects.filter(case=OuterRef("pk"), kind=Kind.LETTER_OVERDUE)
    unread = Case.objects.filter(first_read_at__isnull=True, submitted_at__lte=limit, state__in=OPEN_STATES)
    return _each(_tell_once, [(case_id,) for case_id in unread.exclude(Exists(told)).values_list("pk", flat=True)])


def _each(work: Callable[..., int], rows: list[tuple[int, ...]]) -> int:
    """Every row, also after one that fails; then the first fault goes on, so that the clock does not count as whole."""
    taken, faults = 0, []
    for row in rows:
        try:
            taken += work(*row)
        except Exception as fault:
            log.exception("the safety clock failed on one row; going on with the others")
            faults.append(fault)
    if faults:
        raise faults[0]
    return taken


def _first_step() -> datetime:
    """What began before this moment is due for the first step."""
    return timezone.now() - timedelta(minutes=settings.ESCALATION_MINUTES[0])


def _left_unopened() -> FlagQuerySet:
    """Somebody took them on long enough ago to have opened the letter, and nobody has: a press alone helps nobody."""
    return SafetyFlag.objects.taken_unopened().filter(severity__in=PRESSING, acknowledged_at__lte=_first_step())


def _take_steps(case_id: int) -> int:
    """One event for each step that is due, however many flags wait: people are called about a case, not about a flag."""
    with door(case_id) as case:
        untaken = SafetyFlag.objects.unacknowledged().filter(case=case, severity__in=PRESSING)
        unopened = list(_left_unopened().filter(case=case).select_related("acknowledged_by"))
        flags = [*untaken, *unopened]
        starts = {flag.pk: _starts(case, flag) for flag in flags}
        taken = list(case.events.filter(kind=Kind.FLAG_ESCALATED).values_list("data", "at"))
        due: dict[int, list[int]] = {}
        for step, minutes in enumerate(settings.ESCALATION_MINUTES, start=1):
            late = [pk for pk in starts if _is_due(starts[pk], minutes, _calls(taken, pk, step))]
            if late:
                due[step] = late
        for step, late in due.items():
            data: dict[str, object] = {"flags": [flag.pk for flag in flags], "step": step}
            if unopened:
                data["unopened"] = [flag.pk for flag in unopened]
            if step == 1:
                began = max(at for pk in late for at in starts[pk])
                data["called"] = [one.pk for one in _next_in_turn(began, unopened)]
            events.record(Kind.FLAG_ESCALATED, case=case, by=None, data=data)
    return len(due)


def _calls(taken: list[tuple[dict[str, Any], datetime]], flag_id: int, step: int) -> list[datetime]:
    """When people were called while this flag waited, by this step or by one that calls more of them."""
    return [at for data, at in taken if data["step"] >= step and flag_id in events.flags_named(data)]


def _next_in_turn(began: datetime, unopened: list[SafetyFlag]) -> list[User]:
    """Who follows on the roster after those who were called when the clock began, and who took it on and did not open it."""
    took_on = [flag.acknowledged_by for flag in unopened if flag.acknowledged_by]
    return queues.next_on_call(timezone.now(), told=[*queues.on_call_at(began), *took_on])


def _starts(case: Case, flag: SafetyFlag) -> list[datetime]:
    """When the clock of a flag began: when it was raised as urgent, and again each time that it was made graver.

    Never before it was taken on, if it was: then the clock begins once more.
    """
    changes = list(case.events.filter(kind=Kind.FLAG_CHANGED, data__flag=flag.pk).order_by("id"))
    first = changes[0].data["from"] if changes else flag.severity
    raised = [flag.raised_at] if first in PRESSING else []
    begun = raised + [change.at for change in changes if change.data["is_graver"]]
    return [max(at, flag.acknowledged_at or at) for at in begun]


def _is_due(starts: list[datetime], minutes: int, taken: list[datetime]) -> bool:
    """The step's time has come, counted from some start, and it was not taken since that start."""
    come = [start for start in starts if timezone.now() - start >= timedelta(minutes=minutes)]
    return bool(come) and not any(at >= max(come) for at in taken)


def _tell_once(case_id: int) -> int:
    with door(case_id) as case:
        if case.first_read_at is not None or case.events.filter(kind=Kind.LETTER_OVERDUE).exists():
            return 0
        events.record(Kind.LETTER_OVERDUE, case=case, by=None)
    return 1
