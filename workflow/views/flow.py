"""Figures of the work, as a page and as a file for each table. Period, danger and topic stand in the address."""

import csv
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Role
from qa.tongues import promise

from ..decorators import desk, person
from ..forms.figures import wanted
from ..hours import urgent_promise
from ..queues.flow import Flow, Wanted
from ..queues.flow import flow as read_flow
from ..tables import Table, pictures, tables


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    """Charts, each with its table and its file."""
    form, chosen = wanted(request.GET.dict())
    made = _made(request, chosen)
    context = {
        "form": form,
        "made": made,
        "tables": tables(made),
        "pictures": pictures(made),
        "promise": promise(),
        "urgent": urgent_promise(),
        "query": urlencode({name: value for name, value in chosen.items() if value}),
    }
    return render(request, "workflow/figures/flow.html", context)


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def flow_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a file, with the same care for small numbers."""
    _, chosen = wanted(request.GET.dict())
    return as_csv(tables(_made(request, chosen)), table, f"{table}-{chosen['weeks']}-weeks")


def as_csv(known: Mapping[str, Table], name: str, file: str) -> HttpResponse:
    """The table of this name as a file; 404 where there is none."""
    asked = known.get(name.replace("-", "_"))
    if asked is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    writer = csv.writer(response)
    writer.writerow(asked.columns)
    writer.writerows(asked.rows)
    return response


def _made(request: HttpRequest, chosen: dict[str, str]) -> Flow:
    tier = int(chosen["tier"]) if chosen["tier"] else None
    return read_flow(person(request), Wanted(int(chosen["weeks"]), tier, chosen["topic"]))
