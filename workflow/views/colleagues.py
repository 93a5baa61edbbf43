"""What takes two people: granted roles, lost second steps, rules of the house, other numbers (docs/adr/0009, 0011, 0013, 0019)."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import grants, new_starts
from accounts.numbers import whole_number
from accounts.roles import Role

from ..actions import helplines
from ..decorators import desk, person
from ..queues.helplines import changes_to_decide, proposed_changes
from ..queues.rules import proposed_rules, rules_to_decide

MOST_DIGITS = 12
REFUSED = "Refused. Nothing changes for them."
OPENS = {
    Role.MODERATOR: "They will be able to open every letter.",
    Role.EXPERT: "They will read questions that are not public.",
    Role.ADMINISTRATOR: "They will look after accounts and help lines, and read no letter.",
}


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and the decision on one of them."""
    who = person(request)
    if request.method == "POST":
        return _decide(request)
    waiting = [(grant, OPENS[Role(grant.role)]) for grant in grants.waiting_for(who)]
    starts = new_starts.waiting_for(who)
    rules = rules_to_decide(who)
    others = grants.waiting().count() - len(waiting) + new_starts.waiting().count() - len(starts)
    others += proposed_rules().count() - len(rules)
    changes = changes_to_decide(who)
    others += proposed_changes().count() - len(changes)
    context = {"waiting": waiting, "starts": starts, "rules": rules, "changes": changes, "others": others}
    return render(request, "workflow/colleagues/colleagues.html", context)


def _decide(request: HttpRequest) -> HttpResponse:
    agreed = request.POST.get("decision") == "confirm"
    decide = next((_BY_FIELD[name] for name in _BY_FIELD if name in request.POST), _decide_grant)
    if said := decide(request, agreed):
        messages.success(request, said)
    else:
        messages.warning(
            request, "This does not wait any more: somebody else decided it, or it is not yours to decide."
        )
    return redirect("workflow:colleagues")


def _decide_grant(request: HttpRequest, agreed: bool) -> str:
    decide = grants.confirm if agreed else grants.refuse
    done = decide(grant_id=_number(request, "grant"), by=person(request))
    return ("Confirmed. They can begin." if agreed else REFUSED) if done else ""


def _decide_start(request: HttpRequest, agreed: bool) -> str:
    who = new_starts.decide(new_start_id=_number(request, "start"), by=person(request), agreed=agreed)
    if who and agreed:
        get_adapter().send_mail("account/email/second_step", who.email, {})
    return ("Agreed. They set up a new second step when they sign in next." if agreed else REFUSED) if who else ""


def _decide_change(request: HttpRequest, agreed: bool) -> str:
    done = helplines.decide(change_id=_number(request, "change"), by=person(request), agreed=agreed)
    agreed_words = "Agreed. The new number is shown now, and suggested once somebody has checked it."
    return (agreed_words if agreed else "Refused. The number stays as it was.") if done else ""


_BY_FIELD = {"start": _decide_start, "change": _decide_change}


def _number(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return whole_number(typed, digits=MOST_DIGITS)
