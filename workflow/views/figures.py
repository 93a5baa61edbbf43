"""Figures of safety for moderators and administrators, as a page and as CSV. The period stands in the address."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Role

from ..decorators import desk, person
from ..queues.figures import PERIODS, Week
from ..queues.figures import figures as read_figures
from ..queues.told import duration, few, share

COLUMNS = (
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


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Charts, and the table behind each."""
    weeks = _weeks(request)
    made = read_figures(person(request), weeks)
    context = {"made": made, "weeks": weeks, "periods": PERIODS, "columns": COLUMNS, "rows": map(_row, made.weeks)}
    return render(request, "workflow/figures/figures.html", context)


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same table as a file, with the same care for small numbers."""
    weeks = _weeks(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{weeks}-weeks.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows(_row(week) for week in read_figures(person(request), weeks).weeks)
    return response


def _row(week: Week) -> list[str]:
    return [
        week.start.isoformat(),
        few(week.judged.raised),
        few(week.judged.confirmed),
        few(week.judged.false_alarms),
        share(week.judged.precision),
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


def _weeks(request: HttpRequest) -> int:
    typed = request.GET.get("weeks", "")
    return int(typed) if typed in {str(number) for number in PERIODS} else PERIODS[1]
