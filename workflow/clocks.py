"""When an answer is due: the promise to the member, counted in working days (Monday to Friday)."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

_SATURDAY = 5


def answer_due(submitted_at: datetime) -> date:
    """The last day of the promise, in the service's time zone."""
    day = timezone.localtime(submitted_at).date()
    for _ in range(settings.PROMISE_ANSWER_DAYS):
        day += timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
    return day


def days_left(due: date) -> int:
    """Calendar days until a day; negative when it is over."""
    return (due - timezone.localdate()).days


def in_words(left: int) -> str:
    """How much time there is: "today", "3 days left", "2 days late"."""
    if left == 0:
        return "today"
    number = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"{number} left" if left > 0 else f"{number} late"
