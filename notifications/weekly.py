"""How the mail did, week by week: what went out, how soon, what was given up, what providers reported. One number each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from workflow.clocks import start_of
from workflow.queues.figures import weeks_of

from .health import SELF_TEST
from .models import Message, Progress, Report

COLUMNS = ("Week of", "Went out", "Given up", "Not needed any more", "Reported: no such mailbox", "Reported: unwanted")
_UNWANTED, _PASSING = "unwanted", "full or busy"


@dataclass
class MailWeek:
    """One week, Monday to Sunday."""

    start: date
    sent: int = 0
    given_up: int = 0
    skipped: int = 0
    dead: int = 0
    unwanted: int = 0

    @property
    def row(self) -> Sequence[str]:
        numbers = (self.sent, self.given_up, self.skipped, self.dead, self.unwanted)
        return [self.start.isoformat(), *map(str, numbers)]


@dataclass
class _Weeks:
    by_start: dict[date, MailWeek] = field(default_factory=dict)

    def add(self, day: date, name: str, number: int) -> None:
        week = self.by_start.get(day - timedelta(days=day.weekday()))
        if week:
            setattr(week, name, getattr(week, name) + number)


_ENDS = {Progress.SENT: "sent", Progress.UNDELIVERABLE: "given_up", Progress.SKIPPED: "skipped"}


def weeks(number: int) -> list[MailWeek]:
    """So many weeks up to this one. Counted by the database, day by day; two reads."""
    mondays = weeks_of(number)
    since = start_of(mondays[0])
    made = _Weeks({monday: MailWeek(monday) for monday in mondays})
    ended = Message.objects.filter(state__in=list(_ENDS), done_at__gte=since).exclude(template=SELF_TEST).order_by()
    ends = ended.annotate(day=TruncDate("done_at")).values_list("day", "state").annotate(count=Count("pk"))
    for day, state, count in ends:
        made.add(day, _ENDS[Progress(state)], count)
    reports = Report.objects.filter(at__gte=since).exclude(kind=_PASSING).order_by()
    told = reports.annotate(day=TruncDate("at")).values_list("day", "kind").annotate(count=Count("pk"))
    for day, kind, count in told:
        made.add(day, "unwanted" if kind == _UNWANTED else "dead", count)
    return list(made.by_start.values())
