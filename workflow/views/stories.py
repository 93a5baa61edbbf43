"""Letters of one member: parts of one story, or the same letter twice. Each can be undone, and parted again later."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import queues
from ..actions import stories as actions
from ..decorators import desk, person
from ..models import Case
from ..transitions import Seen
from .records import case_for
from .undo import offer


@desk(Role.MODERATOR)
@require_POST
def link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Parts of one story: the expert sees the earlier question too."""
    case = case_for(request, public_id)
    other = _chosen(request, case)
    if other is not None:
        was = actions.link(case_id=case.pk, other_id=other.pk, by=person(request), seen=_seen(request))
        said = f"Case {case.pk} and case {other.pk} are one story now."
        offer(request, said, [{"does": "story", "case": case.pk, "was": was.kept()}])
    return redirect("workflow:case", public_id)


@desk(Role.MODERATOR)
@require_POST
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    """Out of its story."""
    case = case_for(request, public_id)
    was = actions.split(case_id=case.pk, by=person(request), seen=_seen(request))
    said = f"Case {case.pk} stands for itself now."
    offer(request, said, [{"does": "story", "case": case.pk, "was": was.kept()}])
    return redirect("workflow:case", public_id)


@desk(Role.MODERATOR)
@require_POST
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same letter twice: the later one leaves the queue."""
    case = case_for(request, public_id)
    other = _chosen(request, case)
    if other is not None:
        twin = actions.merge(case_id=case.pk, other_id=other.pk, by=person(request), seen=_seen(request))
        said = f"Case {twin.pk} is set aside as the same letter as case {twin.merged_into_id}."
        offer(request, said, [{"does": "merge", "case": twin.pk, "seen": str(Seen.of(twin))}])
    return redirect("workflow:case", public_id)


@desk(Role.MODERATOR)
@require_POST
def unmerge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not the same after all."""
    case = case_for(request, public_id)
    actions.unmerge(case_id=case.pk, by=person(request), seen=_seen(request))
    messages.success(request, f"Case {case.pk} waits for itself again.")
    return redirect("workflow:case", public_id)


def _chosen(request: HttpRequest, case: Case) -> Case | None:
    """The other letter of the same member that was chosen. Any other address is as if it did not exist."""
    other = request.POST.get("other", "")
    if not other:
        messages.error(request, "Choose the other letter first.")
        return None
    found = next((one for one in queues.others_of_member(person(request), case) if one.public_id == other), None)
    if found is None:
        raise Http404
    return found


def _seen(request: HttpRequest) -> Seen:
    return Seen.parse(request.POST.get("seen", ""))
