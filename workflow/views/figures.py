"""Figures of safety for moderators and administrators, as a page and as a file for each table. The period stands in the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Role

from ..decorators import desk, person
from ..queues.figures import PERIODS
from ..queues.figures import figures as read_figures
from ..tables import kinds_chart, safety_tables
from .flow import as_csv


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Charts, and the table behind each."""
    weeks = _weeks(request)
    made = read_figures(person(request), weeks)
    context = {
        "made": made,
        "weeks": weeks,
        "periods": PERIODS,
        "tables": safety_tables(made),
        "kinds": kinds_chart(made),
        "query": f"weeks={weeks}",
        "file": "workflow:figures_csv",
    }
    return render(request, "workflow/figures/figures.html", context)


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def figures_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file, with the same care for small numbers."""
    weeks = _weeks(request)
    return as_csv(safety_tables(read_figures(person(request), weeks)), table, f"{table}-{weeks}-weeks")


def _weeks(request: HttpRequest) -> int:
    typed = request.GET.get("weeks", "")
    return int(typed) if typed in {str(number) for number in PERIODS} else PERIODS[1]
