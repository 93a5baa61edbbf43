"""Who is on call, who is next, where the roster has gaps, and when a person will read: the calendar and the roster together."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from accounts.roles import Role

from .. import clocks, hours
from ..hours import Cover, Window
from ..models import Case, Shift

NEXT_WITHIN = timedelta(days=7)  # somebody whose turn is further away is not "the next on the roster"
SHOWN_DAYS = 14


@dataclass(frozen=True)
class Day:
    """One day of the roster page: hours in which somebody should be on call, who is, and what is missing."""

    date: date
    holiday: str
    wanted: Window | None
    shifts: list[Shift]
    gaps: list[Window]


def on_call_at(moment: datetime) -> list[User]:
    """Moderators whose turn it is, in the order of the roster; nobody who is away."""
    return _people(Shift.objects.at(moment), timezone.localdate(moment))


def next_on_call(now: datetime, *, told: list[User]) -> list[User]:
    """The next on the roster: whose turn it is now or comes next, and who was not told yet. One person, or nobody."""
    coming = Shift.objects.standing().filter(ends_at__gt=now, starts_at__lte=now + NEXT_WITHIN)
    known = {person.pk for person in told}
    return [person for person in _people(coming, timezone.localdate(now)) if person.pk not in known][:1]


def turns_from(moment: datetime) -> hours.Turns:
    """When somebody is on call from a moment on: the roster, without whoever is no moderator or away. One read."""
    theirs = Shift.objects.standing().filter(ends_at__gt=moment, person__in=User.objects.holding(Role.MODERATOR))
    return hours.joined(window for shift in theirs.select_related("person") for window in _days_there(shift))


def cover_now(moment: datetime) -> Cover:
    """Who is there: at the desk, on call by the roster, or nobody."""
    return hours.cover_at(moment, turns_from(moment))


def next_reading(moment: datetime, *, is_urgent: bool = True) -> datetime | None:
    """When somebody reads: now, when the desk opens or, where somebody may be in danger, when a turn begins."""
    turns = turns_from(moment)
    if hours.cover_at(moment, turns) != Cover.NOBODY:
        return moment
    desk = None if is_urgent else hours.desk_after(moment)
    return desk or hours.somebody_after(moment, turns)


def read_by() -> str:
    """When a letter that speaks of danger is read, as the end of a sentence: "within 15 minutes", "tomorrow from 8 …"."""
    now = timezone.now()
    turns = turns_from(now)
    match hours.cover_at(now, turns):
        case Cover.STAFFED:
            return gettext("within {number} minutes").format(number=settings.STAFFED_READ_MINUTES)
        case Cover.ON_CALL:
            return gettext("within {number} minutes").format(number=settings.ON_CALL_READ_MINUTES)
    coming = hours.somebody_after(now, turns)
    return clocks.opening_words(coming, now) if coming else gettext("as soon as somebody is there")


def is_reading_late(case: Case, *, is_urgent: bool) -> bool:
    """Nobody has opened the letter, and the time we aim for is over: its member is told so, and promised it no longer."""
    if case.first_read_at is not None or case.merged_into_id is not None:
        return False
    turns = turns_from(case.submitted_at) if is_urgent else []
    return timezone.now() > clocks.reading_due(case.submitted_at, is_urgent=is_urgent, turns=turns)


def shifts_of_days(first: date, days: int = SHOWN_DAYS) -> list[Day]:
    """The roster, day by day, with its gaps."""
    start, end = _midnight(first), _midnight(first + timedelta(days=days))
    standing = Shift.objects.standing().filter(ends_at__gt=start, starts_at__lt=end)
    rows = list(standing.select_related("person").prefetch_related("person__grants"))
    return [_day(first + timedelta(days=ahead), rows) for ahead in range(days)]


def may_take_turns(keeper: User) -> QuerySet[User]:
    """Whom a keeper of the roster can put on it: moderators."""
    if not (keeper.holds(Role.MODERATOR) or keeper.holds(Role.ADMINISTRATOR)):
        return User.objects.none()
    return User.objects.holding(Role.MODERATOR).prefetch_related("grants").order_by("called", "pk")


def _days_there(shift: Shift) -> list[Window]:
    """A turn, without the days on which its person is away."""
    first, last = timezone.localdate(shift.starts_at), timezone.localdate(shift.ends_at)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    parts = (
        (max(shift.starts_at, _midnight(day)), min(shift.ends_at, _midnight(day + timedelta(days=1))))
        for day in days
        if not shift.person.is_away(on=day)
    )
    return [(start, end) for start, end in parts if start < end]


def _people(shifts: QuerySet[Shift], day: date) -> list[User]:
    """Each person once, in the order of their turns."""
    rows = shifts.select_related("person").prefetch_related("person__grants").order_by("starts_at", "id")
    return list({row.person_id: row.person for row in rows if _is_there(row.person, day)}.values())


def _is_there(person: User, day: date) -> bool:
    return person.holds(Role.MODERATOR) and not person.is_away(on=day)


def _day(day: date, rows: list[Shift]) -> Day:
    start, end = _midnight(day), _midnight(day + timedelta(days=1))
    here = [row for row in rows if row.starts_at < end and row.ends_at > start]
    wanted = hours.on_call_window(day)
    covering = [(row.starts_at, row.ends_at) for row in here if _is_there(row.person, day)]
    if staffed := hours.staffed_window(day):
        covering.append(staffed)
    gaps = _gaps(wanted, sorted(covering)) if wanted else []
    return Day(day, hours.holiday_on(day), wanted, here, gaps)


def _gaps(wanted: Window, covering: list[Window]) -> list[Window]:
    """What of these hours nobody covers."""
    at, end = wanted
    found = []
    for start, until in covering:
        if start > at:
            found.append((at, min(start, end)))
        at = max(at, until)
        if at >= end:
            break
    return [gap for gap in [*found, (at, end)] if gap[0] < gap[1]]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
