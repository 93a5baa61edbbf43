"""Help lines: what is overdue, checked in one step, and the published answers that say something older."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from qa.models import HelpLine

from ..actions import helplines as actions
from ..decorators import desk, person
from ..forms.helplines import CheckForm
from ..queues.helplines import entries

UNREADABLE = 422


@desk(Role.ADMINISTRATOR, Role.MODERATOR)
@require_safe
def help_lines(request: HttpRequest) -> HttpResponse:
    """Every entry of the registry, what is overdue first."""
    return _page(request)


@desk(Role.ADMINISTRATOR)
@require_POST
def check_line(request: HttpRequest, number: int) -> HttpResponse:
    """It was checked: how, and on which day."""
    line = get_object_or_404(HelpLine.objects.all(), pk=number)
    if request.POST.get("number") != line.number:
        messages.warning(request, f"The number of {line.name} was changed while you checked it. Check the new one.")
        return redirect("workflow:help_lines")
    form = CheckForm.of(line, request.POST)
    if not form.is_valid():
        return _page(request, form=form, line=line)
    actions.verify(line_id=line.pk, by=person(request), **form.cleaned_data)
    messages.success(request, f"Kept: {line.name} was checked. It is suggested again.")
    return redirect("workflow:help_lines")


def _page(request: HttpRequest, form: CheckForm | None = None, line: HelpLine | None = None) -> HttpResponse:
    who = person(request)
    rows = [(entry, form if form and entry.line == line else CheckForm.of(entry.line)) for entry in entries(who)]
    context = {
        "rows": rows,
        "overdue": sum(entry.is_overdue for entry, _ in rows),
        "unsure": sum(entry.must_be_checked_live for entry, _ in rows),
        "stale": any(entry.stale for entry, _ in rows),
        "may_check": who.holds(Role.ADMINISTRATOR),
        "may_correct": who.holds(Role.MODERATOR),
        "form": form,
    }
    return render(request, "workflow/helplines/helplines.html", context, status=UNREADABLE if form else 200)
