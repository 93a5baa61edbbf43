"""Who is there when: staffed hours of working days, on-call hours, nobody. Pure calendar; the roster is asked elsewhere.

Hours are of the service's own clock and change with it in spring and autumn. The clocks of safety do not stop for any of
this (workflow/actions/clocks.py): the calendar says what we may promise, and to whom a call goes first.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

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


def cover_at(moment: datetime) -> Cover:
    """Whether the desk is staffed, somebody should be on call, or nobody is there."""
    here = timezone.localtime(moment)
    if is_working_day(here.date()) and _is_in(here, staffed_window(here.date())):
        return Cover.STAFFED
    return Cover.ON_CALL if _is_in(here, on_call_window(here.date())) else Cover.NOBODY


def staffed_window(day: date) -> Window | None:
    """From when until when people are at the desk on a day."""
    return _window(day, settings.STAFFED_HOURS) if is_working_day(day) else None


def on_call_window(day: date) -> Window | None:
    """From when until when somebody should be on call on a day."""
    return _window(day, settings.ON_CALL_HOURS)


def windows(first: date) -> Iterator[tuple[Window, Cover]]:
    """What is covered in the days to come, by the calendar: in the order in which it begins."""
    for ahead in range(_AHEAD):
        day = first + timedelta(days=ahead)
        pairs = ((staffed_window(day), Cover.STAFFED), (on_call_window(day), Cover.ON_CALL))
        yield from sorted((window, cover) for window, cover in pairs if window is not None)


def urgent_reading_due(moment: datetime) -> datetime:
    """By when a letter that came at this moment, and in which danger was seen, is to be read by a person.

    Outside of all hours: counted from the next ones. A service without hours counts as if it were staffed.
    """
    minutes = {Cover.STAFFED: settings.STAFFED_READ_MINUTES, Cover.ON_CALL: settings.ON_CALL_READ_MINUTES}
    if (cover := cover_at(moment)) in minutes:
        return moment + timedelta(minutes=minutes[cover])
    coming = ((start, cover) for (start, _), cover in windows(timezone.localdate(moment)) if start > moment)
    start, cover = next(coming, (moment, Cover.STAFFED))
    return start + timedelta(minutes=minutes[cover])


def urgent_promise() -> list[str]:
    """What is due where danger was seen, as the settings have it: one line for each kind of hour, for the desks."""
    kinds = (
        (settings.STAFFED_HOURS, settings.STAFFED_READ_MINUTES, "while the desk is staffed ({hours} on working days)"),
        (settings.ON_CALL_HOURS, settings.ON_CALL_READ_MINUTES, "while somebody is on call ({hours} every day)"),
    )
    lines = [
        f"within {minutes} minutes {words.format(hours=hours.replace('-', ' to '))}"
        for hours, minutes, words in kinds
        if hours
    ]
    return (
        [*lines, "else counted from the next such hour"]
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
