"""Who is there when: staffed hours of working days, on-call hours, nobody. Pure calendar; the roster is asked elsewhere.

Hours are of the service's own clock and change with it in spring and autumn. The clocks of safety do not stop for any of
this (workflow/actions/clocks.py): the calendar says what we may promise, and to whom a call goes first.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter

import holidays
from django.conf import settings
from django.utils import timezone

_SATURDAY = 5
_AHEAD = 21  # days looked into the future for the next opening


class Cover(StrEnum):
    """What kind of hour it is."""

    STAFFED = "staffed"
    ON_CALL = "on_call"
    NOBODY = "nobody"


Window = tuple[datetime, datetime]
Turns = Sequence[Window]  # when somebody is on call by the roster: in order, apart (queues.turns_from)


def is_working_day(day: date) -> bool:
    """Monday to Friday, no public holiday, no day on which the service is closed."""
    return _is_working_day(day, settings.HOLIDAYS_COUNTRY, settings.HOLIDAYS_STATE, tuple(settings.CLOSED_DAYS))


def working_day_after(day: date, number: int) -> date:
    """So many working days later; the day itself for none."""
    country, state, closed = settings.HOLIDAYS_COUNTRY, settings.HOLIDAYS_STATE, tuple(settings.CLOSED_DAYS)
    return _working_day_after(day, number, country, state, closed)


@lru_cache(maxsize=4_096)
def _is_working_day(day: date, country: str, state: str, closed: tuple[str, ...]) -> bool:
    return day.weekday() < _SATURDAY and not _holiday(day, country, state) and day.isoformat() not in closed


@lru_cache(maxsize=4_096)
def _working_day_after(day: date, number: int, country: str, state: str, closed: tuple[str, ...]) -> date:
    """Remembered: the figures ask it of every promise."""
    for _ in range(number):
        day += timedelta(days=1)
        while not _is_working_day(day, country, state, closed):
            day += timedelta(days=1)
    return day


def holiday_on(day: date) -> str:
    """The name of the public holiday, if it is one."""
    return _holiday(day, settings.HOLIDAYS_COUNTRY, settings.HOLIDAYS_STATE)


def _holiday(day: date, country: str, state: str) -> str:
    known = _holidays(country, state)
    return known.get(day, "") if known is not None else ""


@lru_cache(maxsize=4)
def _holidays(country: str, state: str) -> holidays.HolidayBase | None:
    return holidays.country_holidays(country, subdiv=state or None) if country else None


def cover_at(moment: datetime, turns: Turns) -> Cover:
    """Whether the desk is staffed, somebody is on call, or nobody is there. A turn counts whenever it is, also at night."""
    if is_staffed(moment):
        return Cover.STAFFED
    begun = bisect_right(turns, moment, key=itemgetter(0))
    return Cover.ON_CALL if begun and moment < turns[begun - 1][1] else Cover.NOBODY


def joined(windows: Iterable[Window]) -> Turns:
    """Windows in order, those that touch or overlap as one."""
    found: list[Window] = []
    for start, end in sorted(windows):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def is_staffed(moment: datetime) -> bool:
    """Whether people are at the desk."""
    return _is_in(moment, staffed_window(timezone.localdate(moment)))


def staffed_window(day: date) -> Window | None:
    """From when until when people are at the desk on a day."""
    return _window(day, settings.STAFFED_HOURS) if is_working_day(day) else None


def on_call_window(day: date) -> Window | None:
    """From when until when somebody should be on call on a day. Whether somebody is, the roster says."""
    return _window(day, settings.ON_CALL_HOURS)


def desk_after(moment: datetime) -> datetime | None:
    """When the desk opens next; nothing for a service whose desk has no hours."""
    days = (timezone.localdate(moment) + timedelta(days=ahead) for ahead in range(_AHEAD))
    starts = (window[0] for day in days if (window := staffed_window(day)))
    return next((start for start in starts if start > moment), None)


def somebody_after(moment: datetime, turns: Turns) -> datetime | None:
    """When the desk opens or a turn begins, whichever is first."""
    begun = bisect_right(turns, moment, key=itemgetter(0))
    starts = [*(start for start, _ in turns[begun : begun + 1]), desk_after(moment)]
    return min((start for start in starts if start), default=None)


def urgent_reading_due(moment: datetime, turns: Turns) -> datetime:
    """By when a letter that came at this moment, and in which danger was seen, is to be read by a person.

    While nobody is there: counted from when somebody is. A service where nobody ever is counts as if it were staffed.
    """
    minutes = {Cover.STAFFED: settings.STAFFED_READ_MINUTES, Cover.ON_CALL: settings.ON_CALL_READ_MINUTES}
    start = moment if cover_at(moment, turns) != Cover.NOBODY else somebody_after(moment, turns)
    if start is None:
        return moment + timedelta(minutes=settings.STAFFED_READ_MINUTES)
    return start + timedelta(minutes=minutes[cover_at(start, turns)])


def calm_reading_due(moment: datetime, days: int) -> datetime:
    """By when a letter without danger is to be read: so many working days later, in hours in which the desk is staffed.

    What came while it was closed counts from its next opening, so that its last day ends with a closing. Turns on the
    roster are for danger and change nothing.
    """
    if is_staffed(moment) or (opening := desk_after(moment)) is None:
        here = timezone.localtime(moment)
        return here + (working_day_after(here.date(), days) - here.date())
    last = staffed_window(working_day_after(timezone.localdate(opening), max(days - 1, 0)))
    return last[1] if last else opening


def urgent_promise() -> list[str]:
    """What is due where danger was seen, as the settings have it: one line for each kind of hour, for the desks."""
    kinds = (
        (settings.STAFFED_HOURS, settings.STAFFED_READ_MINUTES, "while the desk is staffed ({hours} on working days)"),
        (settings.ON_CALL_HOURS, settings.ON_CALL_READ_MINUTES, "while somebody is on call by the roster"),
    )
    lines = [
        f"within {minutes} minutes {words.format(hours=hours.replace('-', ' to '))}"
        for hours, minutes, words in kinds
        if hours
    ]
    return (
        [*lines, "else counted from when somebody is there"]
        if lines
        else [f"within {settings.STAFFED_READ_MINUTES} minutes"]
    )


def _is_in(moment: datetime, window: Window | None) -> bool:
    return window is not None and window[0] <= moment < window[1]


def _window(day: date, spoken: str) -> Window | None:
    """ "9-17" on a day; nothing when it is empty."""
    first, _, last = spoken.partition("-")
    if not first.strip() or not last.strip():
        return None
    return _at(day, int(first)), _at(day, int(last))


def _at(day: date, hour: int) -> datetime:
    """An hour of the service's clock; 24 is the next midnight."""
    midnight = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24))
    return timezone.make_aware(midnight)
