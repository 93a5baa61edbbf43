"""The figures of the work and of safety as tables and as pictures: the same numbers, told with the same care."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from .drawing import MINUTES, Picture, lines, lying
from .forms.figures import TIER_NAMES
from .queues.figures import Figures, Judged, Kind, Times, Week
from .queues.flow import AGES, Flow, Tier
from .queues.told import drawn, duration, few, share, told
from .states import State

_DAY = 24 * 60.0
_TIMES = ("How many", "Half within", "Nine of ten within", "As promised")
_STATES = {
    State.SUBMITTED: "New, until passed to the experts",
    State.TRIAGED: "With the experts",
    State.DRAFTED: "In review",
    State.REVIEWED: "Answered, until published",
}
Row = Sequence[str]


@dataclass(frozen=True)
class Table:
    """What stands behind a chart, and in a file of that name."""

    name: str
    title: str
    columns: Row
    rows: list[Row]


def tables(made: Flow) -> dict[str, Table]:
    """Every table of the page, by its name in templates; in addresses it has hyphens."""
    by_week = [(week.came_in, week.answered, week.published) for week in made.weeks]
    every = (
        Table("waiting", "Waiting for an answer", ("Danger", *(name for name, _ in AGES)), _waiting(made)),
        Table("by-week", "Week by week", ("Week of", "Came in", "Answered", "Published"), _weekly(made, by_week)),
        Table("reading", "Until a letter is first read", ("Week of", *_TIMES), _timed(made, "read")),
        Table("answering", "Until a letter is answered", ("Week of", *_TIMES), _timed(made, "answer")),
        Table("states", "Time in each state", ("State", "Left it", *_TIMES[1:3], "There now"), _states(made)),
        Table("dangers", "Is anybody forgotten", _DANGERS, [_danger(made, tier) for tier in made.tiers]),
    )
    return {table.name.replace("-", "_"): table for table in every}


def pictures(made: Flow) -> dict[str, Picture]:
    """Every chart of the page."""
    starts = [week.start for week in made.weeks]
    counts = [
        ("Came in", _drawn(made, (week.came_in for week in made.weeks))),
        ("Answered", _drawn(made, (week.answered for week in made.weeks))),
        ("Published", _drawn(made, (week.published for week in made.weeks))),
    ]
    ages = [(name, _drawn(made, (tier.ages[at] for tier in made.tiers))) for at, (name, _) in enumerate(AGES)]
    is_ordinary = made.wanted.tier is None or made.wanted.tier > 1
    promised = (settings.PROMISE_READ_DAYS * _DAY, "promised") if is_ordinary else None
    answer_promised = (
        settings.PROMISE_ANSWER_DAYS * 7 / 5 * _DAY,
        "promised",
    )  # working days, as the calendar has them

    def said(value: float) -> str:
        return f"{value:g}" if made.is_exact else told(value)

    return {
        "waiting": lying("Letters that wait for an answer, by danger and age", list(TIER_NAMES.values()), ages, said),
        "by_week": lines("Letters that came in, were answered and were published, by week", starts, counts, said),
        "reading": _halves("Time until a letter is first read, by week", made, "read", promised),
        "answering": _halves("Time until a letter is answered, by week", made, "answer", answer_promised),
    }


def _tell(made: Flow, number: int) -> str:
    return str(number) if made.is_exact else few(number)


def _drawn(made: Flow, numbers: Iterable[int]) -> list[float]:
    """Heights; those that are too few to be told have all the same."""
    return [float(number) if made.is_exact else drawn(number) for number in numbers]


def _waiting(made: Flow) -> list[Row]:
    return [[TIER_NAMES[tier.tier], *(_tell(made, number) for number in tier.ages)] for tier in made.tiers]


def _weekly(made: Flow, numbers: Sequence[Sequence[int]]) -> list[Row]:
    days = [week.start.isoformat() for week in made.weeks]
    return [[day, *(_tell(made, number) for number in row)] for day, row in zip(days, numbers, strict=True)]


def _timed(made: Flow, name: str) -> list[Row]:
    return [[week.start.isoformat(), *_times(made, getattr(week, name))] for week in made.weeks]


def _times(made: Flow, times: Times) -> Row:
    return [_tell(made, times.number), duration(times.median), duration(times.p90), share(times.kept)]


def _states(made: Flow) -> list[Row]:
    return [[_STATES[stays.state], *_times(made, stays.times)[:3], _tell(made, stays.here)] for stays in made.stays]


_DANGERS = (
    "Gravest danger seen",
    "Read: half within",
    "Read, in the period before",
    "Answered: half within",
    "Answered, in the period before",
    "Late now",
)


def _danger(made: Flow, tier: Tier) -> Row:
    halves = (tier.read, tier.read_before, tier.answer, tier.answer_before)
    return [TIER_NAMES[tier.tier], *(duration(times.median) for times in halves), _tell(made, tier.late)]


def _halves(title: str, made: Flow, name: str, promise: tuple[float, str] | None) -> Picture:
    times: list[Times] = [getattr(week, name) for week in made.weeks]
    named = [("Half of them within", [one.median for one in times]), ("Nine of ten within", [one.p90 for one in times])]
    starts = [week.start for week in made.weeks]
    return lines(title, starts, named, duration, rounds=MINUTES, promise=promise)


# ---- safety: told with the same care to everybody -----------------------------------------------------------------
_BY_WEEK = (
    "Week of",
    "Flags of the scan",
    "There was danger",
    "False alarms",
    "Right",
    "A colleague had to raise it",
    "Only the member said so",
    "Taken on",
    "Half within",
    "Nine of ten within",
    "As promised",
    "Urgent letters read: half within",
    "Ordinary letters read: half within",
    "Ordinary letters not read yet",
)
_FOUND = ("Raised", "There was danger", "False alarm", "Right")
_KINDS = ("Danger", *_FOUND, "Seen by the scan", "Named by people only", "Seen, of all we know of")
_WAITED = ("Done", "Half within", "Nine of ten within", "As promised", "Still waiting")


def safety_tables(made: Figures) -> dict[str, Table]:
    """Every table of the page of safety, by its name in templates; in addresses it has hyphens."""
    rules: list[Row] = [[name, *_found(judged)] for name, judged in made.rules]
    every = (
        Table("by-week", "Figures by week", _BY_WEEK, [_week(week) for week in made.weeks]),
        Table("by-danger", "Flags by kind of danger", _KINDS, [_kind(kind) for kind in made.kinds]),
        Table("by-rule", "Flags by rule", ("Rule", *_FOUND), rules),
        Table("taken-on", "Until a flag is taken on", ("Severity", *_WAITED), _waited(made.taken_on)),
        Table("first-read", "Until a letter is first read", ("Letters", *_WAITED), _waited(made.reading)),
    )
    return {table.name.replace("-", "_"): table for table in every}


def kinds_chart(made: Figures) -> Picture:
    """Flags of the scan by kind of danger, and what people found."""
    raised = [kind for kind in made.kinds if kind.judged.raised]
    judged = [kind.judged for kind in raised]
    layers = [  # what weighs most is drawn darkest
        ("Not judged yet", [drawn(one.raised - one.number) for one in judged]),
        ("False alarm", [drawn(one.false_alarms) for one in judged]),
        ("There was danger", [drawn(one.confirmed) for one in judged]),
    ]
    names = [kind.name for kind in raised]
    return lying("Flags of the scan by kind of danger, and what people found", names, layers, told)


def _found(judged: Judged) -> Row:
    return [few(judged.raised), few(judged.confirmed), few(judged.false_alarms), share(judged.precision)]


def _kind(kind: Kind) -> Row:
    recall = kind.recall
    named = few(recall.missed_by_hand + recall.missed_by_member)
    return [kind.name, *_found(kind.judged), few(recall.caught), named, share(recall.share)]


def _waited(rows: Iterable[tuple[str, Times]]) -> list[Row]:
    return [
        [name, few(one.number), duration(one.median), duration(one.p90), share(one.kept), few(one.waiting)]
        for name, one in rows
    ]


def _week(week: Week) -> Row:
    return [
        week.start.isoformat(),
        *_found(week.judged),
        few(week.recall.missed_by_hand),
        few(week.recall.missed_by_member),
        few(week.taken_on.number),
        duration(week.taken_on.median),
        duration(week.taken_on.p90),
        share(week.taken_on.kept),
        duration(week.read_flagged.median),
        duration(week.read_ordinary.median),
        few(week.read_ordinary.waiting),
    ]
