"""Hand this to somebody else: one press, no reason, no blame; it can be taken back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role

from ..actions import handing
from ..decorators import desk, person
from .records import case_for
from .undo import offer

SAID = "Handed on. A colleague sees it first, and it is not offered to you again. Thank you for saying so."


@desk(Role.MODERATOR)
@require_POST
def hand_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not today, not by me."""
    case = case_for(request, public_id)
    handing.hand_on(case_id=case.pk, by=person(request))
    offer(request, SAID, [{"does": "hand_on", "case": case.pk}])
    return redirect("workflow:queue")
