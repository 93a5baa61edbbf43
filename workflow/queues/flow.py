"""Figures of the work: what waits and how long, time in each state, to a first reading and to an answer, week by week.

What happened before today is counted once a day for each period and choice, and kept in the cache until midnight: times
and counts, never a case. Today, and what waits, are counted as they are. Only counts and times leave this file; no words,
no cases. Moderators have every case before their eyes, so they are told exact counts; administrators none below five.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.models import Question

from ..clocks import answer_due, end_of, reading_due, start_of
from ..hours import Turns
from ..models import Case, Event, SafetyFlag
from ..models.cases import NO_DANGER, TIERS
from ..states import BEFORE_AN_ANSWER, OPEN_STATES, State
from .figures import Times, weeks_of
from .order import tier_of_flag
from .roster import turns_from
from .told import FEW

AGES = (("Under 2 days", 2), ("2 to 7 days", 7), ("1 to 2 weeks", 14), ("Over 2 weeks", None))
ALL_TIERS = (*sorted(TIERS.values()), NO_DANGER)
_DAY = 24 * 60 * 60  # seconds; the key names the day
_SHAPE = 1  # of a Flow as it is kept: one more with each change of its fields, so that no upgrade reads an old one
_A_MOMENT = timedelta(seconds=1)
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
    """What is counted at one go: from `first` on, before `end`. The period of the page begins at `since`."""

    first: datetime
    end: datetime
    since: datetime

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.first <= moment < self.end


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

    def every_time(self) -> Iterator[Times]:
        """All the times on the page."""
        yield from (self.read, self.answer)
        for tier in self.tiers:
            yield from (tier.read, tier.read_before, tier.answer, tier.answer_before)
        for week in self.weeks:
            yield from (week.read, week.answer)

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
    is_exact = who.holds(Role.MODERATOR)
    if not is_exact and not who.holds(Role.ADMINISTRATOR):
        return _empty(wanted)
    today, now = start_of(timezone.localdate()), timezone.now()
    key = f"flow.{_SHAPE}.{today:%Y-%m-%d}.{wanted.weeks}.{wanted.tier}.{wanted.topic}"
    made = cache.get_or_set(key, lambda: _before(today, wanted), _DAY) or _before(today, wanted)
    made.is_exact = is_exact
    since = start_of(made.weeks[0].start)
    turns = turns_from(since)  # a letter that waits for longer than that is late, whoever was on call when it came
    _count(made, wanted, Span(today, now + _A_MOMENT, since), turns)
    _wait(made, _letters(_cases(wanted).filter(is_waiting=1)), now, turns)
    return made


def _empty(wanted: Wanted) -> Flow:
    weeks = [Week(monday) for monday in weeks_of(wanted.weeks)]
    return Flow(wanted, False, weeks, [Stays(state) for state in OPEN_STATES], [Tier(tier) for tier in ALL_TIERS])


def _before(today: datetime, wanted: Wanted) -> Flow:
    """Everything that was over when the day began. In order of time, so that the page has little to sort."""
    made = _empty(wanted)
    since = start_of(made.weeks[0].start)
    first = since - timedelta(weeks=wanted.weeks)
    _count(made, wanted, Span(first, today, since), turns_from(first))
    for times in made.every_time():
        times.minutes.sort()
    for stays in made.stays:
        stays.minutes.sort()
    return made


def _cases(wanted: Wanted) -> QuerySet[Any]:
    flags = SafetyFlag.objects.filter(case=OuterRef("pk")).annotate(rank=tier_of_flag()).order_by("rank")
    cases: QuerySet[Any] = Case.objects.filter(merged_into__isnull=True).annotate(
        worst=Coalesce(Subquery(flags.values("rank")[:1]), Value(NO_DANGER), output_field=models.IntegerField())
    )
    if wanted.tier is not None:
        cases = cases.filter(worst=wanted.tier)
    if wanted.topic:
        about = Question.objects.filter(letter=OuterRef("letter"), topics__slug=wanted.topic)
        cases = cases.filter(Exists(about))
    return cases


def _letters(cases: QuerySet[Any]) -> list[Letter]:
    return [Letter(*row) for row in cases.values_list(*Letter._fields)]


def _steps(cases: QuerySet[Any]) -> list[Step]:
    """Every step of these letters, in order."""
    rows = Event.objects.filter(case__in=cases.values("pk")).exclude(from_state="").order_by("case_id", "id")
    names = ("case_id", "from_state", "to_state", "at", "case__submitted_at")
    return [Step(*row) for row in rows.values_list(*names)]


def _count(made: Flow, wanted: Wanted, span: Span, turns: Turns) -> None:
    """What happened in the span: two reads. Whatever happens to a letter leaves an event, and events know their time."""
    weeks = {week.start: week for week in made.weeks}
    lately = Event.objects.filter(at__gte=span.first)
    for letter in _letters(_cases(wanted).filter(pk__in=lately.values("case"))):
        if span.holds(letter.submitted_at) and (week := _week(weeks, letter.submitted_at)):
            week.came_in += 1
        _time_reading(made, letter, span, weeks, turns)
        _time_answer(made, letter, span, weeks)
    moved = Event.objects.filter(at__gte=max(span.first, span.since)).exclude(from_state="")
    _step(made, _steps(_cases(wanted).filter(pk__in=moved.values("case"))), span, weeks)


def _time_reading(made: Flow, letter: Letter, span: Span, weeks: dict[date, Week], turns: Turns) -> None:
    end = letter.first_read_at
    if end is None or not span.holds(end):
        return
    due = reading_due(letter.submitted_at, is_urgent=letter.worst <= _PRESSING, turns=turns)
    tier, week = made.tiers[letter.worst], _week(weeks, end)
    now = [made.read, tier.read, *([week.read] if week else [])]
    _add(now if end >= span.since else [tier.read_before], letter.submitted_at, end, due, span.end)


def _time_answer(made: Flow, letter: Letter, span: Span, weeks: dict[date, Week]) -> None:
    end = letter.answered_at
    if end is None or not span.holds(end):
        return
    due = end_of(answer_due(letter.submitted_at, letter.paused_days))
    tier, week = made.tiers[letter.worst], _week(weeks, end)
    if week:
        week.answered += 1
    now = [made.answer, tier.answer, *([week.answer] if week else [])]
    _add(now if end >= span.since else [tier.answer_before], letter.submitted_at, end, due, span.end)


def _wait(made: Flow, letters: Iterable[Letter], now: datetime, turns: Turns) -> None:
    """What waits at this moment, and what of it is late. While the member is asked something, nothing is: the clock stands."""
    here = {stays.state.value: stays for stays in made.stays}
    for letter in letters:
        here[letter.state].here += 1
        tier = made.tiers[letter.worst]
        if letter.state == State.SUBMITTED and letter.first_read_at is None:
            due = reading_due(letter.submitted_at, is_urgent=letter.worst <= _PRESSING, turns=turns)
            _add([made.read, tier.read], letter.submitted_at, None, due, now)
        if letter.state in BEFORE_AN_ANSWER and letter.answered_at is None:
            made.tiers[letter.tier].ages[_age(now - letter.submitted_at)] += 1
            due = now if letter.paused_at else end_of(answer_due(letter.submitted_at, letter.paused_days))
            _add([made.answer, tier.answer], letter.submitted_at, None, due, now)


def _add(places: Sequence[Times], start: datetime, end: datetime | None, due: datetime, now: datetime) -> None:
    for times in places:
        times.add(start, end, due, now)


def _step(made: Flow, steps: Iterable[Step], span: Span, weeks: dict[date, Week]) -> None:
    """How long each state lasted that ended in the span; and what was published for the first time."""
    stays = {stays.state.value: stays for stays in made.stays}
    case_id, began, is_out = 0, span.since, False
    for step in steps:
        if step.case_id != case_id:
            case_id, began, is_out = step.case_id, step.submitted_at, False
        is_now = span.holds(step.at) and step.at >= span.since
        if is_now and step.from_state in stays:
            stays[step.from_state].minutes.append((step.at - began).total_seconds() / 60)
        if step.to_state == State.PUBLISHED:
            week = _week(weeks, step.at) if is_now else None
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
