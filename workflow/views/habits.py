"""How I work: my keys, my lists, how much is enough. Everybody sees and changes only their own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Role

from .. import worklist
from ..actions import habits as actions
from ..decorators import desk, person
from ..forms.habits import HabitsForm, ViewForm
from ..forms.holding import AwayForm
from ..worklist import Filters
from .undo import offer


@desk(Role.MODERATOR, Role.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def habits(request: HttpRequest) -> HttpResponse:
    """Keys, enough for a day, hours."""
    who = person(request)
    form = HabitsForm(request.POST if request.method == "POST" else None, habits=worklist.habits_of(who))
    if form.is_valid():
        actions.set_habits(person=who, **form.habits())
        messages.success(request, "Saved.")
        return redirect("workflow:habits")
    return habits_page(request, form=form)


def habits_page(request: HttpRequest, *, form: HabitsForm | None = None, away: AwayForm | None = None) -> HttpResponse:
    """The page; `away` brings back that form with its errors."""
    who = person(request)
    form = form or HabitsForm(habits=worklist.habits_of(who))
    context = {"form": form, "away": away or AwayForm.of(who)}
    return render(request, "workflow/habits/habits.html", context, status=422 if form.is_bound or away else 200)


@desk(Role.MODERATOR)
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list that is shown, by name."""
    form, query = ViewForm(request.POST), Filters.parse(request.POST).query()
    if form.is_valid():
        actions.keep_view(person=person(request), name=form.cleaned_data["name"], query=query)
        messages.success(request, "Kept. You find it above the list.")
    else:
        messages.error(request, str(form.errors["name"][0]))
    return redirect(f"{reverse('workflow:queue')}{query}")


@desk(Role.MODERATOR)
@require_POST
def drop_view(request: HttpRequest) -> HttpResponse:
    """Remove a kept list; it can be had back."""
    name = request.POST.get("name", "")
    query = actions.drop_view(person=person(request), name=name)
    if query:
        offer(request, f"The list “{name}” is removed.", [{"does": "view", "name": name, "query": query}])
    return redirect("workflow:queue")
