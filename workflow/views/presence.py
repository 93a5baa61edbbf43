"""Who else is here: each open page says so every few seconds and is told of the others. No letter text passes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import worklist
from ..actions.presence import beat, leave
from ..decorators import desk, person
from ..models.presence import Page


@desk(Role.MODERATOR, Role.EXPERT)
@require_POST
def presence(request: HttpRequest, public_id: str, page: str) -> HttpResponse:
    """I am here (`unsaved` when I have typed something that is not kept yet), or I am gone (`gone`)."""
    who = person(request)
    case = get_object_or_404(worklist.on_desk_of(who).only("pk", "public_id"), public_id=public_id)
    if page not in Page.values:
        raise Http404
    here = Page(page)
    if "gone" in request.POST:
        leave(case=case, by=who, page=here)
        return HttpResponse(status=204)
    beat(case=case, by=who, page=here, has_unsaved="unsaved" in request.POST)
    return render(request, "workflow/presence/_people.html", {"people": worklist.present_at(case, but=who)})
