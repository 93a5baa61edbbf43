"""A note for colleagues, from the case, the review or the answer's desk."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import queues
from ..actions import notes as actions
from ..decorators import desk, person


@desk(Role.MODERATOR, Role.EXPERT)
@require_POST
def write_note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep it, and back to where it was written."""
    me = person(request)
    case = queues.with_notes_for(me).filter(public_id=public_id).first()
    if case is None:
        raise Http404
    actions.write_note(case_id=case.pk, by=me, text=request.POST.get("note", ""))
    page = "workflow:case" if me.holds(Role.MODERATOR) else "workflow:write"
    return redirect(page, public_id)
