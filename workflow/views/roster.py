"""Who is on call when: seen and kept by moderators and administrators, gaps shown loudly."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Role

from .. import hours, queues
from ..actions.roster import drop_turn, give_turn, swap_turn
from ..decorators import desk, person
from ..forms.roster import SwapForm, TurnForm
from ..transitions import Refused

UNREADABLE = 422


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Two weeks of the roster, and a form to put somebody on it."""
    who = person(request)
    people = queues.may_take_turns(who)
    form = TurnForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        made = give_turn(by=who, **form.cleaned_data)
        more = f" in each of {len(made)} weeks" if len(made) > 1 else ""
        messages.success(request, f"{made[0].person.staff_name} is on call then{more}.")
        return redirect("workflow:roster")
    now = timezone.now()
    days = queues.shifts_of_days(timezone.localdate())
    turn = queues.on_call_at(now)
    context = {
        "form": form,
        "days": days,
        "missing": sum(bool(day.gaps) for day in days),
        "turn": turn,
        "following": queues.next_on_call(now, told=turn[:1]),
        "cover": queues.cover_now(now),
        "next_reading": queues.next_reading(now),
        "people": people,
        "minutes": settings.ESCALATION_MINUTES,
        "staffed": hours.staffed_window(timezone.localdate()),
        "zone": settings.TIME_ZONE.replace("_", " "),
    }
    return render(request, "workflow/roster/roster.html", context, status=UNREADABLE if form.is_bound else 200)


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_POST
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody else takes a turn, or nobody does."""
    who = person(request)
    if "drop" in request.POST:
        drop_turn(by=who, shift_id=number)
        messages.success(request, "The turn is taken off the roster. See below whether a gap is left.")
        return redirect("workflow:roster")
    form = SwapForm(request.POST, people=queues.may_take_turns(who))
    if not form.is_valid():
        raise Refused("Choose who takes the turn, then press Swap.")
    shift = swap_turn(by=who, shift_id=number, to=form.cleaned_data["person"])
    messages.success(request, f"{shift.person.staff_name} takes that turn now.")
    return redirect("workflow:roster")
