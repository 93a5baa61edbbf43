"""Figures of the work: what waits and how long, time in each state, to a first reading and to an answer, week by week.

Two reads, whatever the period and the filters. Only counts and times leave this file; no words, no cases. Moderators
have every case before their eyes, so they are told exact counts; administrators are told none below five.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.models import Question

from ..clocks import answer_due, end_of, reading_due, start_of
from ..models import Case, Event, SafetyFlag
from ..models.cases import NO_DANGER, TIERS
from ..states import BEFORE_AN_ANSWER, OPEN_STATES, State
from .figures import Times, weeks_of
from .told import FEW

AGES = (("Under 2 days", 2), ("2 to 7 days", 7), ("1 to 2 weeks", 14), ("Over 2 weeks", None))
ALL_TIERS = (*sorted(TIERS.values()), NO_DANGER)
_PRESSING = 1  # tiers up to this one are read at once
_SLOWER = 1.25  # so much longer than before is more than chance
_SLOWER_BY = 60.0  # and at least so many minutes


class Wanted(NamedTuple):
    """What the page is asked for. `tier` is the gravest danger that was ever seen in a letter."""

    weeks: int
    tier: int | None = None
    topic: str = ""


class Letter(NamedTuple):
    """What is read of a case."""

    state: str
    submitted_at: datetime
    first_read_at: datetime | None
    answered_at: datetime | None
    paused_at: datetime | None
    paused_days: int
    is_waiting: int
    tier: int  # as things stand, open flags only
    worst: int


class Step(NamedTuple):
    """What is read of a step of the machine."""

    case_id: int
    from_state: str
    to_state: str
    at: datetime
    submitted_at: datetime


@dataclass
class Week:
    """One week, Monday to Sunday; an answer counts in the week in which it was given."""

    start: date
    came_in: int = 0
    answered: int = 0
    published: int = 0
    read: Times = field(default_factory=Times)
    answer: Times = field(default_factory=Times)


class Span(NamedTuple):
    """The period, the one before it, and the weeks of the period by their Mondays."""

    before: datetime
    since: datetime
    now: datetime
    weeks: dict[date, Week]


@dataclass
class Stays:
    """How long letters stayed in one state, in minutes, and how many are there now."""

    state: State
    minutes: list[float] = field(default_factory=list)
    here: int = 0

    @property
    def times(self) -> Times:
        return Times(minutes=self.minutes)


@dataclass
class Tier:
    """How letters of one danger fare, and how they fared in as many weeks before."""

    tier: int
    ages: list[int] = field(default_factory=lambda: [0] * len(AGES))
    read: Times = field(default_factory=Times)
    read_before: Times = field(default_factory=Times)
    answer: Times = field(default_factory=Times)
    answer_before: Times = field(default_factory=Times)

    @property
    def waiting(self) -> int:
        return sum(self.ages)

    @property
    def late(self) -> int:
        return self.read.late + self.answer.late


@dataclass
class Flow:
    """Everything on the page."""

    wanted: Wanted
    is_exact: bool
    weeks: list[Week]
    stays: list[Stays]
    tiers: list[Tier]
    read: Times = field(default_factory=Times)
    answer: Times = field(default_factory=Times)

    @property
    def has_moved(self) -> bool | None:
        """Attention moved: calm letters are read later than before, urgent ones are not. None: too few to say."""
        calm = _both(self.tiers[_PRESSING + 1 :])
        pressing = _both(self.tiers[: _PRESSING + 1])
        if calm is None:
            return None
        is_slower = calm[0] > calm[1] * _SLOWER and calm[0] - calm[1] >= _SLOWER_BY
        return is_slower and (pressing is None or pressing[0] <= pressing[1] * _SLOWER)


def flow(who: User, wanted: Wanted) -> Flow:
    """The figures, for moderators and administrators; nothing for anybody else."""
    mondays = weeks_of(wanted.weeks)
    since = start_of(mondays[0])
    is_exact = who.holds(Role.MODERATOR)
    may_see = is_exact or who.holds(Role.ADMINISTRATOR)
    stays = [Stays(state) for state in OPEN_STATES]
    made = Flow(wanted, is_exact, [Week(monday) for monday in mondays], stays, [Tier(tier) for tier in ALL_TIERS])
    if may_see:
        cases = _cases(wanted)
        before = since - timedelta(weeks=wanted.weeks)
        _count(made, _letters(cases, before), before, since)
        _step(made, _steps(cases, since), since)
    return made


def _cases(wanted: Wanted) -> QuerySet[Any]:
    rank = models.Case(*(models.When(severity=name, then=Value(tier)) for name, tier in TIERS.items()))
    flags = SafetyFlag.objects.filter(case=OuterRef("pk")).annotate(rank=rank).order_by("rank")
    cases: QuerySet[Any] = Case.objects.filter(merged_into__isnull=True).annotate(
        worst=Coalesce(Subquery(flags.values("rank")[:1]), Value(NO_DANGER), output_field=models.IntegerField())
    )
    if wanted.tier is not None:
        cases = cases.filter(worst=wanted.tier)
    if wanted.topic:
        about = Question.objects.filter(letter=OuterRef("letter"), topics__slug=wanted.topic)
        cases = cases.filter(Exists(about))
    return cases


def _letters(cases: QuerySet[Any], before: datetime) -> list[Letter]:
    """What waits, and what came or was answered in the period or in the one before."""
    rows = cases.filter(Q(is_waiting=1) | Q(submitted_at__gte=before) | Q(answered_at__gte=before))
    return [Letter(*row) for row in rows.order_by("pk").values_list(*Letter._fields)]


def _steps(cases: QuerySet[Any], since: datetime) -> list[Step]:
    """Every step of the letters that took one in the period."""
    lately = Event.objects.filter(at__gte=since).exclude(from_state="").values("case")
    rows = Event.objects.filter(case__in=lately).exclude(from_state="")
    rows = rows.filter(case__in=cases.values("pk")).order_by("case_id", "id")
    names = ("case_id", "from_state", "to_state", "at", "case__submitted_at")
    return [Step(*row) for row in rows.values_list(*names)]


def _count(made: Flow, letters: Iterable[Letter], before: datetime, since: datetime) -> None:
    span = Span(before, since, timezone.now(), {week.start: week for week in made.weeks})
    here = {stays.state.value: stays for stays in made.stays}
    for letter in letters:
        if week := _week(span.weeks, letter.submitted_at):
            week.came_in += 1
        if letter.is_waiting:
            here[letter.state].here += 1
        if letter.state in BEFORE_AN_ANSWER and letter.answered_at is None:
            made.tiers[letter.tier].ages[_age(span.now - letter.submitted_at)] += 1
        _time_reading(made, letter, span)
        _time_answer(made, letter, span)


def _time_reading(made: Flow, letter: Letter, span: Span) -> None:
    due = reading_due(letter.submitted_at, is_urgent=letter.worst <= _PRESSING)
    tier, end = made.tiers[letter.worst], letter.first_read_at
    if end is None:
        if letter.state == State.SUBMITTED:
            _add([made.read, tier.read], letter.submitted_at, None, due, span.now)
    elif end >= span.since:
        week = _week(span.weeks, end)
        _add([made.read, tier.read, *([week.read] if week else [])], letter.submitted_at, end, due, span.now)
    elif end >= span.before:
        tier.read_before.add(letter.submitted_at, end, due, span.now)


def _time_answer(made: Flow, letter: Letter, span: Span) -> None:
    """While the member is asked something, nothing is late: the clock stands still."""
    due = end_of(answer_due(letter.submitted_at, letter.paused_days))
    tier, end = made.tiers[letter.worst], letter.answered_at
    if end is None:
        if letter.state in BEFORE_AN_ANSWER:
            due = span.now if letter.paused_at else due
            _add([made.answer, tier.answer], letter.submitted_at, None, due, span.now)
    elif end >= span.since:
        week = _week(span.weeks, end)
        if week:
            week.answered += 1
        _add([made.answer, tier.answer, *([week.answer] if week else [])], letter.submitted_at, end, due, span.now)
    elif end >= span.before:
        tier.answer_before.add(letter.submitted_at, end, due, span.now)


def _add(places: Sequence[Times], start: datetime, end: datetime | None, due: datetime, now: datetime) -> None:
    for times in places:
        times.add(start, end, due, now)


def _step(made: Flow, steps: Iterable[Step], since: datetime) -> None:
    """How long each state lasted that ended in the period; and what was published for the first time."""
    weeks, stays = {week.start: week for week in made.weeks}, {stays.state.value: stays for stays in made.stays}
    case_id, began, is_out = 0, since, False
    for step in steps:
        if step.case_id != case_id:
            case_id, began, is_out = step.case_id, step.submitted_at, False
        if step.at >= since and step.from_state in stays:
            stays[step.from_state].minutes.append((step.at - began).total_seconds() / 60)
        if step.to_state == State.PUBLISHED:
            week = _week(weeks, step.at)
            if week and not is_out:
                week.published += 1
            is_out = True
        began = step.at


def _age(waited: timedelta) -> int:
    return next(at for at, (_, days) in enumerate(AGES) if days is None or waited < timedelta(days=days))


def _week(weeks: dict[date, Week], moment: datetime) -> Week | None:
    day = timezone.localdate(moment)
    return weeks.get(day - timedelta(days=day.weekday()))


def _both(tiers: Sequence[Tier]) -> tuple[float, float] | None:
    """Half were read within so many minutes: now and before, of these dangers together."""
    now = [minutes for tier in tiers for minutes in tier.read.minutes]
    before = [minutes for tier in tiers for minutes in tier.read_before.minutes]
    if min(len(now), len(before)) < FEW:
        return None
    return median(now), median(before)
