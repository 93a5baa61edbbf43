"""Where the links of mails lead."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from workflow import queues
from workflow.decorators import person
from workflow.states import State


@require_GET
def go(request: HttpRequest, public_id: str) -> HttpResponse:
    """One address for every mail about a case, so that the link tells nothing; it leads each person to their own page."""
    who = person(request)
    if queues.of_member(who).filter(public_id=public_id).exists():
        return redirect("workflow:status", public_id)
    if case := queues.of_moderator(who).filter(public_id=public_id).only("state", "public_id").first():
        return redirect("workflow:review" if case.state == State.DRAFTED else "workflow:case", public_id)
    if queues.of_expert(who).filter(public_id=public_id).exists():
        return redirect("workflow:write", public_id)
    raise Http404
