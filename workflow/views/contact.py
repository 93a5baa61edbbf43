"""The page on which a moderator asks to see how a member can be reached, a colleague decides, and it is seen for an hour."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.numbers import whole_number
from accounts.roles import Role

from .. import policies, queues
from ..actions import contact as actions
from ..decorators import desk, person
from ..forms.contact import ReasonForm
from ..models import Case
from ..states import Act
from .records import case_for

UNREADABLE = 422
MOST_DIGITS = 12


@desk(Role.MODERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """What stands between this person and the contact; asking for it; and the contact itself while it is open."""
    case, who = case_for(request, public_id), person(request)
    if who.holds(Role.ADMINISTRATOR):
        raise PermissionDenied
    wishes = list(queues.contact_wishes(who, case))
    mine = next((wish for wish in wishes if wish.asked_by_id == who.pk), None)
    asked = queues.reason_of(who, case, mine) if mine else ""
    form = ReasonForm(request.POST or None, initial={"reason": asked})
    if request.method == "POST" and form.is_valid():
        return _ask(request, case, form.cleaned_data["reason"])
    standing = queues.open_wish(who, case)
    may_ask, may_open = policies.may(who, Act.SEE_CONTACT, case), actions.may_open_at_once(who, case)
    context = {
        "case": case,
        "form": form,
        "standing": standing,
        "address": actions.look_at_contact(case_id=case.pk, by=who) if standing and not form.is_bound else "",
        "mine": mine,
        "asked": asked,
        "others": [(wish, queues.reason_of(who, case, wish)) for wish in wishes if wish.asked_by_id != who.pk],
        "may_ask": may_ask,
        "may_open": may_open,
        "may_write": may_ask and standing is None and (may_open or mine is None),
        "minutes": settings.CONTACT_MINUTES,
    }
    return render(request, "workflow/contact/contact.html", context, status=UNREADABLE if form.is_bound else 200)


def _ask(request: HttpRequest, case: Case, reason: str) -> HttpResponse:
    who = person(request)
    if "now" in request.POST:
        actions.open_at_once(case_id=case.pk, by=who, reason=reason)
        messages.success(request, "It is open for you now. All leads are told, with your name.")
    else:
        actions.ask_contact(case_id=case.pk, by=who, reason=reason)
        messages.success(request, "Asked. Your colleagues are written to; one of them has to say yes.")
    return redirect("workflow:contact", case.public_id)


@desk(Role.MODERATOR)
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """A colleague's yes or no."""
    case, who = case_for(request, public_id), person(request)
    typed = request.POST.get("wish", "")
    wish_id = whole_number(typed, digits=MOST_DIGITS)
    is_yes = request.POST.get("answer") == "yes"
    actions.decide_contact(case_id=case.pk, wish_id=wish_id, by=who, is_yes=is_yes)
    messages.success(request, "They can see it for an hour." if is_yes else "Refused. It stays hidden.")
    return redirect("workflow:case", case.public_id)
