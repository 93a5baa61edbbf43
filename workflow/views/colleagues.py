"""Who is to work here: moderators confirm the roles that an administrator granted (docs/adr/0009)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import grants
from accounts.roles import Role

from ..decorators import desk, person

MOST_DIGITS = 12
OPENS = {
    Role.MODERATOR: "They will be able to open every letter.",
    Role.EXPERT: "They will read questions that are not public.",
    Role.ADMINISTRATOR: "They will look after accounts and help lines, and read no letter.",
}


@desk(Role.MODERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and the decision on one of them."""
    who = person(request)
    if request.method == "POST":
        return _decide(request)
    waiting = [(grant, OPENS[Role(grant.role)]) for grant in grants.waiting_for(who)]
    others = grants.waiting().count() - len(waiting)
    return render(request, "workflow/colleagues/colleagues.html", {"waiting": waiting, "others": others})


def _decide(request: HttpRequest) -> HttpResponse:
    who, typed = person(request), request.POST.get("grant", "")
    grant_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else 0
    if request.POST.get("decision") == "confirm":
        done, said = grants.confirm(grant_id=grant_id, by=who), "Confirmed. They can begin."
    else:
        done, said = grants.refuse(grant_id=grant_id, by=who), "Refused. Nothing changes for them."
    if done:
        messages.success(request, said)
    else:
        messages.warning(
            request, "This does not wait any more: somebody else decided it, or it is not yours to decide."
        )
    return redirect("workflow:colleagues")
