"""When a reading and an answer are due: the promise to the member, in working days (Monday to Friday, no holidays)."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from . import hours

_NIGHT_FROM, _NIGHT_UNTIL, _SAME_WEEK = 20, 8, 6


def answer_due(submitted_at: datetime, paused_days: int = 0) -> date:
    """The last day of the promise, in the service's time zone; working days that we waited for the member come on top."""
    days = settings.PROMISE_ANSWER_DAYS + paused_days
    return working_days_after(timezone.localtime(submitted_at), days).date()


def reading_due(submitted_at: datetime, *, is_urgent: bool, turns: hours.Turns) -> datetime:
    """When somebody must have read the letter (workflow/hours.py): in minutes where danger was seen and people are there,
    at the desk or on call by these turns; else in working days.
    """
    if is_urgent:
        return hours.urgent_reading_due(submitted_at, turns)
    return hours.calm_reading_due(submitted_at, settings.PROMISE_READ_DAYS)


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same hour, so many working days later."""
    return moment + (hours.working_day_after(moment.date(), days) - moment.date())


def working_days_between(first: datetime, last: datetime) -> int:
    """How many working days began between two moments, in the service's time zone."""
    day, end = timezone.localtime(first).date(), timezone.localtime(last).date()
    days = (day + timedelta(days=number) for number in range(1, (end - day).days + 1))
    return sum(hours.is_working_day(one) for one in days)


def start_of(day: date) -> datetime:
    """The first moment of a day, in the service's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The last moment of a day, in the service's time zone."""
    return timezone.make_aware(datetime.combine(day, time.max))


def time_of_day() -> str:
    """What time it is, as every page says it: for "Saved at" in the background, where no template speaks."""
    return date_format(timezone.localtime(), "TIME_FORMAT")


def when_nobody_reads(now: datetime) -> str:
    """The end of “No one reads this …”, at an hour in which nobody is there."""
    here = timezone.localtime(now)
    if here.hour >= _NIGHT_FROM or here.hour < _NIGHT_UNTIL:
        return gettext("at night")
    if hours.holiday_on(here.date()):
        return gettext("on a holiday")
    return gettext("now") if hours.is_working_day(here.date()) else gettext("today")


def opening_words(coming: datetime, now: datetime) -> str:
    """When somebody is there again: "tomorrow from 8 in the morning", "on Monday from 9 in the morning"."""
    at, ahead = timezone.localtime(coming), timezone.localdate(coming) - timezone.localdate(now)
    weekday, date = date_format(at, "l"), date_format(at, "MONTH_DAY_FORMAT")
    near = {0: gettext("today"), 1: gettext("tomorrow")}.get(
        ahead.days, gettext("on {weekday}").format(weekday=weekday)
    )
    day = near if ahead.days <= _SAME_WEEK else gettext("on {weekday}, {date}").format(weekday=weekday, date=date)
    hour = f"{at.hour % 12 or 12}:{at.minute:02}" if at.minute else str(at.hour % 12 or 12)
    return gettext("{day} from {hour} {part}").format(day=day, hour=hour, part=_part_of_day(at.hour))


def _part_of_day(hour: int) -> str:
    if hour < 12:
        return gettext("in the morning")
    return gettext("in the afternoon") if hour < 18 else gettext("in the evening")


def days_left(due: date) -> int:
    """Calendar days until a day; negative when it is over."""
    return (due - timezone.localdate()).days


def in_words(left: int) -> str:
    """How much time there is: "today", "3 days left", "2 days late"."""
    if left == 0:
        return "today"
    number = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"{number} left" if left > 0 else f"{number} late"
