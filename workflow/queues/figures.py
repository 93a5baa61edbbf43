"""Figures of safety: how often the scan is right, what it misses, how soon people act, and whether the rest waits for it.

Four reads, whatever the period. Everything rests on what people decided: a flag closed as a false alarm, a flag that a
person had to raise. Only counts and times leave this file; no words, no cases.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role

from ..clocks import reading_due, start_of
from ..events import Kind as EventKind
from ..hours import Turns
from ..models import Case, Event, SafetyFlag
from ..models.flags import Source, Verdict
from ..safety.words import CATEGORY_WORDS, PRESSING, Severity
from .roster import turns_from
from .told import FEW

PERIODS = (4, 13, 26, 52)  # weeks
MOST_RULES = 30


class FlagFacts(NamedTuple):
    """What is read of a flag."""

    pk: int
    case_id: int
    category: str
    severity: str
    source: str
    raised_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    verdict: str
    rules: list[str]


class LetterFacts(NamedTuple):
    """What is read of a case."""

    submitted_at: datetime
    first_read_at: datetime | None
    has_pressing: bool
    has_concern: bool


@dataclass
class Times:
    """How long something took, in minutes, against what was promised; and how many still wait."""

    minutes: list[float] = field(default_factory=list)
    in_time: int = 0
    waiting: int = 0
    late: int = 0  # of those that wait

    def add(self, start: datetime, end: datetime | None, due: datetime, now: datetime) -> None:
        if end is None:
            self.waiting += 1
            self.late += now > due
            return
        self.minutes.append((end - start).total_seconds() / 60)
        self.in_time += end <= due

    @property
    def number(self) -> int:
        return len(self.minutes)

    @property
    def median(self) -> float | None:
        return median(self.minutes) if self.number >= FEW else None

    @property
    def p90(self) -> float | None:
        if self.number < FEW:
            return None
        return sorted(self.minutes)[math.ceil(0.9 * self.number) - 1]

    @property
    def kept(self) -> float | None:
        """The share within the promise; who waits beyond it has not been kept to either."""
        whole = self.number + self.late
        return self.in_time / whole if whole >= FEW else None


@dataclass
class Judged:
    """Flags of the scan by what people found when they closed them."""

    raised: int = 0
    confirmed: int = 0
    false_alarms: int = 0

    def add(self, flag: FlagFacts) -> None:
        self.raised += 1
        self.confirmed += flag.verdict == Verdict.DANGER
        self.false_alarms += flag.verdict == Verdict.FALSE_ALARM

    @property
    def number(self) -> int:
        return self.confirmed + self.false_alarms

    @property
    def precision(self) -> float | None:
        return self.confirmed / self.number if self.number >= FEW else None


@dataclass
class Recall:
    """Dangers that people vouch for: those the scan had flagged, those a colleague or the member had to name."""

    caught: int = 0
    missed_by_hand: int = 0
    missed_by_member: int = 0

    @property
    def number(self) -> int:
        return self.caught + self.missed_by_hand + self.missed_by_member

    @property
    def share(self) -> float | None:
        return self.caught / self.number if self.number >= FEW else None


@dataclass
class Kind:
    """One kind of danger: how often the scan is right about it, and how often it sees it."""

    name: str
    judged: Judged = field(default_factory=Judged)
    recall: Recall = field(default_factory=Recall)


@dataclass
class Week:
    """One week, Monday to Sunday."""

    start: date
    judged: Judged = field(default_factory=Judged)
    recall: Recall = field(default_factory=Recall)
    taken_on: Times = field(default_factory=Times)
    read_flagged: Times = field(default_factory=Times)
    read_ordinary: Times = field(default_factory=Times)


@dataclass
class Figures:
    """Everything on the page."""

    weeks: list[Week]
    whole: Judged
    recall: Recall
    kinds: list[Kind]
    rules: list[tuple[str, Judged]]
    taken_on: list[tuple[str, Times]]
    reading: list[tuple[str, Times]]


def weeks_of(number: int) -> list[date]:
    """The Mondays of so many weeks up to this one."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in range(number - 1, -1, -1)]


def figures(who: User, weeks: int) -> Figures:
    """The figures of so many weeks, for moderators and administrators; nothing for anybody else."""
    mondays = weeks_of(weeks)
    since = start_of(mondays[0])
    may_see = who.holds(Role.MODERATOR) or who.holds(Role.ADMINISTRATOR)
    flags = _flags(since) if may_see else []
    letters = _letters(since) if may_see else []
    by_start = {monday: Week(monday) for monday in mondays}
    made = Figures(list(by_start.values()), Judged(), Recall(), [], [], [], [])
    _judge(made, flags, by_start)
    _time(made, flags, letters, by_start, turns_from(since) if may_see else [])
    if not who.holds(
        Role.MODERATOR
    ):  # they write rules: a row that is there at all would say that a letter holds a word
        made.rules = [(name, judged) for name, judged in made.rules if judged.raised >= FEW]
    return made


def _flags(since: datetime) -> list[FlagFacts]:
    rows = SafetyFlag.objects.filter(raised_at__gte=since).order_by("raised_at", "pk")
    return [FlagFacts(*row) for row in rows.values_list(*FlagFacts._fields)]


def _letters(since: datetime) -> list[LetterFacts]:
    flags = SafetyFlag.objects.filter(case=OuterRef("pk"))
    cases = Case.objects.filter(submitted_at__gte=since, merged_into__isnull=True).annotate(
        has_pressing=Exists(flags.filter(severity__in=PRESSING)), has_concern=Exists(flags)
    )
    return [LetterFacts(*row) for row in cases.order_by("pk").values_list(*LetterFacts._fields)]


def _raised_as(since: datetime) -> dict[int, str]:
    """How grave flags were when they were raised, of those that somebody changed: a clock ran by that."""
    changes = Event.objects.filter(kind=EventKind.FLAG_CHANGED, at__gte=since).order_by("-id")
    return {data["flag"]: data["from"] for data in changes.values_list("data", flat=True)}


def _week(by_start: dict[date, Week], moment: datetime) -> Week | None:
    day = timezone.localdate(moment)
    return by_start.get(day - timedelta(days=day.weekday()))


def _judge(made: Figures, flags: Iterable[FlagFacts], by_start: dict[date, Week]) -> None:
    """Precision by what people said of flags of the scan; recall by what people had to name themselves."""
    kinds = {category.value: Kind(words) for category, words in CATEGORY_WORDS.items()}
    rules: dict[str, Judged] = defaultdict(Judged)
    scanned: set[int] = set()  # cases in which the scan had seen something pressing by then
    scanned_kinds: set[tuple[int, str]] = set()  # the same, of one kind of danger
    for flag in flags:
        week = _week(by_start, flag.raised_at)
        kind = kinds[flag.category]
        places = [made.whole, kind.judged, *(rules[rule] for rule in flag.rules)]
        if flag.source == Source.SCAN:
            for judged in [*places, *([week.judged] if week else [])]:
                judged.add(flag)
        if flag.severity in PRESSING:
            for recall in [made.recall, *([week.recall] if week else [])]:
                _count(recall, flag, flag.case_id in scanned)
            _count(kind.recall, flag, (flag.case_id, flag.category) in scanned_kinds)
            if flag.source == Source.SCAN:
                scanned.add(flag.case_id)
                scanned_kinds.add((flag.case_id, flag.category))
    seen = (kind for kind in kinds.values() if kind.judged.raised or kind.recall.number)
    made.kinds = sorted(seen, key=lambda kind: (-kind.judged.raised, kind.name))
    made.rules = sorted(rules.items(), key=lambda row: (-row[1].raised, row[0]))[:MOST_RULES]


def _count(recall: Recall, flag: FlagFacts, is_known: bool) -> None:
    if flag.source == Source.SCAN:
        recall.caught += flag.verdict == Verdict.DANGER
    elif flag.source == Source.PERSON:
        recall.missed_by_hand += not is_known and flag.verdict != Verdict.FALSE_ALARM
    else:
        recall.missed_by_member += not is_known and flag.verdict == Verdict.DANGER


def _time(
    made: Figures,
    flags: Iterable[FlagFacts],
    letters: Iterable[LetterFacts],
    by_start: dict[date, Week],
    turns: Turns,
) -> None:
    """How soon flags were taken on, and letters read: flagged ones and all the others, so that none starve unseen."""
    now = timezone.now()
    tiers = {severity: Times() for severity in Severity}
    before = _raised_as(start_of(min(by_start)))
    for flag in flags:
        severity = before.get(flag.pk, flag.severity)
        is_pressing, week = severity in PRESSING, _week(by_start, flag.raised_at)
        due = reading_due(flag.raised_at, is_urgent=is_pressing, turns=turns)
        for times in [tiers[Severity(severity)], *([week.taken_on] if week and is_pressing else [])]:
            times.add(flag.raised_at, flag.acknowledged_at or flag.closed_at, due, now)
    made.taken_on = [(tier.value.capitalize(), times) for tier, times in tiers.items()]
    kinds = {"Emergency or urgent": Times(), "Concern": Times(), "No flag": Times()}
    for letter in letters:
        kind = "Emergency or urgent" if letter.has_pressing else "Concern" if letter.has_concern else "No flag"
        due = reading_due(letter.submitted_at, is_urgent=letter.has_pressing, turns=turns)
        week = _week(by_start, letter.submitted_at)
        ours = [week.read_flagged if letter.has_pressing else week.read_ordinary] if week else []
        for times in [kinds[kind], *ours]:
            times.add(letter.submitted_at, letter.first_read_at, due, now)
    made.reading = list(kinds.items())
