"""When a reading and an answer are due: the promise to the member, in working days (Monday to Friday)."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as date_format

_SATURDAY = 5


def answer_due(submitted_at: datetime) -> date:
    """The last day of the promise, in the service's time zone."""
    return working_days_after(timezone.localtime(submitted_at), settings.PROMISE_ANSWER_DAYS).date()


def reading_due(submitted_at: datetime, *, is_urgent: bool) -> datetime:
    """When somebody must have read the letter: within the hour where danger was seen, or by the same hour of a working day."""
    if is_urgent:
        return submitted_at + timedelta(minutes=settings.PROMISE_URGENT_READ_MINUTES)
    return working_days_after(timezone.localtime(submitted_at), settings.PROMISE_READ_DAYS)


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same hour, so many working days later."""
    for _ in range(days):
        moment += timedelta(days=1)
        while moment.weekday() >= _SATURDAY:
            moment += timedelta(days=1)
    return moment


def end_of(day: date) -> datetime:
    """The last moment of a day, in the service's time zone."""
    return timezone.make_aware(datetime.combine(day, time.max))


def time_of_day() -> str:
    """What time it is, as every page says it: for "Saved at" in the background, where no template speaks."""
    return date_format(timezone.localtime(), "g:i A")


def days_left(due: date) -> int:
    """Calendar days until a day; negative when it is over."""
    return (due - timezone.localdate()).days


def in_words(left: int) -> str:
    """How much time there is: "today", "3 days left", "2 days late"."""
    if left == 0:
        return "today"
    number = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"{number} left" if left > 0 else f"{number} late"
