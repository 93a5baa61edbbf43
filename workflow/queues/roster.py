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
from ..models import Shift

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


def cover_now(moment: datetime) -> Cover:
    """Who really is there: a turn counts whenever it is, also at night; hours without one count as nobody."""
    if hours.cover_at(moment) == Cover.STAFFED:
        return Cover.STAFFED
    return Cover.ON_CALL if on_call_at(moment) else Cover.NOBODY


def next_reading(moment: datetime) -> datetime | None:
    """When somebody is there: now, when the desk opens, or when a turn begins."""
    return moment if cover_now(moment) != Cover.NOBODY else _opening_after(moment)


def _opening_after(moment: datetime) -> datetime | None:
    ahead = timezone.localdate(moment)
    staffed = (start for (start, _), cover in hours.windows(ahead) if cover == Cover.STAFFED and start > moment)
    return min([*_turns(moment), *(start for start in [next(staffed, None)] if start)], default=None)


def read_by() -> str:
    """When a letter that speaks of danger is read, as the end of a sentence: "within 15 minutes", "tomorrow from 8 …"."""
    now = timezone.now()
    match cover_now(now):
        case Cover.STAFFED:
            return gettext("within {number} minutes").format(number=settings.STAFFED_READ_MINUTES)
        case Cover.ON_CALL:
            return gettext("within {number} minutes").format(number=settings.ON_CALL_READ_MINUTES)
    coming = _opening_after(now)
    return clocks.opening_words(coming, now) if coming else gettext("as soon as somebody is there")


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


def _turns(moment: datetime) -> list[datetime]:
    """When the next turns begin of people who are there then."""
    coming = Shift.objects.standing().filter(ends_at__gt=moment).order_by("starts_at", "id").select_related("person")
    rows = coming.prefetch_related("person__grants")[:50]
    begins = ((row.person, max(row.starts_at, moment)) for row in rows)
    return [at for person, at in begins if _is_there(person, timezone.localdate(at))]


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
