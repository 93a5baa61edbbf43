"""A case changes hands: taken, given back, handed to a colleague; reviews started and taken over; days away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_fsm import ConcurrentTransition

from accounts.roles import Role

from .. import queues, worklist
from ..actions import answering, holding, review
from ..decorators import desk, person
from ..forms.answering import ReasonForm
from ..forms.holding import AwayForm, HandOverForm
from ..transitions import Refused
from . import answering as pages
from . import habits
from .review import WHY_TAKE_OVER, case_for, review_page


@desk(Role.EXPERT)
@require_POST
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a free case. Whoever comes second is told so, in the same words as for a case that never was."""
    me = person(request)
    case = queues.free_for(me).filter(public_id=public_id).first()
    enough = worklist.is_enough_before(me, case) if case else ""
    if enough and "anyway" not in request.POST:
        context = {"enough": enough, "back": reverse("workflow:answering"), "claim": request.path}
        return render(request, "workflow/triage/enough.html", context)
    try:
        if case is not None:
            answering.claim(case_id=case.pk, by=me)
            messages.success(request, "This question is yours now. Take the time it needs.")
            return redirect("workflow:write", public_id)
    except (Refused, ConcurrentTransition):
        pass
    if queues.held_by(me).filter(public_id=public_id).exists():
        return redirect("workflow:write", public_id)
    messages.warning(
        request, "This question is no longer free: a colleague was a moment faster. Thank you all the same."
    )
    return redirect("workflow:answering")


@desk(Role.EXPERT)
@require_POST
def give_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a colleague take it; what was written stays for them."""
    case = pages.case_for(request, public_id)
    form = ReasonForm(request.POST, label=pages.WHY_BACK)
    if not form.is_valid():
        return pages.write_page(request, case, back=form)
    answering.give_back(case_id=case.pk, by=person(request), reason=form.cleaned_data["reason"])
    messages.success(request, "Given back. What you wrote is kept for the colleague who takes it.")
    return redirect("workflow:answering")


@desk(Role.EXPERT)
@require_POST
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give it to a colleague by name."""
    case, me = pages.case_for(request, public_id), person(request)
    form = HandOverForm(request.POST, colleagues=queues.colleagues(me))
    if not form.is_valid():
        return pages.write_page(request, case, hand=form)
    answering.hand_over(case_id=case.pk, by=me, **form.cleaned_data)
    messages.success(request, f"{form.cleaned_data['to'].staff_name} has it now, with everything you wrote.")
    return redirect("workflow:answering")


@desk(Role.EXPERT, Role.MODERATOR)
@require_POST
def away(request: HttpRequest) -> HttpResponse:
    """When I am away. Nothing new comes to me then; what is urgent, flags I took on included, goes to others."""
    form, me = AwayForm(request.POST), person(request)
    is_at_habits = "habits" in request.POST or not me.holds(Role.EXPERT)
    if not form.is_valid():
        return habits.habits_page(request, away=form) if is_at_habits else pages.desk_page(request, away=form)
    holding.set_away(person=me, **form.cleaned_data)
    said = "Written down. Nothing new comes to you on these days." if me.away_from else "Good to have you here."
    messages.success(request, said)
    return redirect("workflow:habits" if is_at_habits else "workflow:answering")


@desk(Role.MODERATOR)
@require_POST
def start_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """I am at it now: others see it."""
    case = case_for(request, public_id)
    review.start(case_id=case.pk, by=person(request))
    return redirect("workflow:review", public_id)


@desk(Role.MODERATOR)
@require_POST
def take_over_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on where a colleague is, with a reason."""
    case = case_for(request, public_id)
    form = ReasonForm(request.POST, label=WHY_TAKE_OVER, auto_id="take_%s")
    if not form.is_valid():
        return review_page(request, case, taking=form)
    review.take_over(case_id=case.pk, by=person(request), reason=form.cleaned_data["reason"])
    messages.success(request, "The review is yours now. Your colleague sees that, and why.")
    return redirect("workflow:review", public_id)
