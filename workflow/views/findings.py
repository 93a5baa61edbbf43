"""Moderators decide what identifies: replace, keep, take out more, undo. One address, one button each; works without scripts."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.numbers import whole_number
from accounts.roles import Role

from ..actions import findings as actions
from ..decorators import desk, person
from ..models import Case
from ..transitions import Refused, Seen
from .records import case_for
from .triage import work_part

Answer = Callable[[HttpRequest, Case, Seen], Case]


@desk(Role.MODERATOR)
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Do what the pressed button says, then show the page again (a script asks for its working part only)."""
    case = case_for(request, public_id)
    answer = ANSWERS.get(request.POST.get("act", ""))
    if answer is None:
        raise Refused("Choose what to do with the words.", case=case)
    case = answer(request, case, Seen.parse(request.POST.get("seen", "")))
    if request.headers.get("X-Part") and not _inquiry(request):
        return work_part(request, case)
    messages.success(request, "Done. What is left stands below.")
    return redirect(f"{_page(request, case)}#findings")


def _page(request: HttpRequest, case: Case) -> str:
    """Where it was decided: at the letter, or at a reply of the member."""
    if number := _inquiry(request):
        return reverse("workflow:pass_on_reply", args=[case.public_id, number])
    return reverse("workflow:letter", args=[case.public_id])


def _inquiry(request: HttpRequest) -> int:
    value = request.POST.get("inquiry", "")
    return whole_number(value)


def _number(request: HttpRequest) -> int:
    value = request.POST.get("finding", "")
    return whole_number(value)


def _words(request: HttpRequest) -> str | None:
    """What was typed instead; nothing when it is what was proposed."""
    words = request.POST.get("words")
    return None if words is None or words == request.POST.get("proposed") else words.strip()


def _replace(request: HttpRequest, case: Case, seen: Seen) -> Case:
    return actions.decide(
        case_id=case.pk,
        finding_id=_number(request),
        by=person(request),
        decision="replaced",
        words=_words(request),
        is_whole_person=request.POST.get("scope") == "all",
        seen=seen,
    )


def _keep(request: HttpRequest, case: Case, seen: Seen) -> Case:
    return actions.decide(
        case_id=case.pk,
        finding_id=_number(request),
        by=person(request),
        decision="kept",
        reason=request.POST.get("reason", ""),
        is_whole_person=request.POST.get("scope") == "all",
        seen=seen,
    )


def _replace_rest(request: HttpRequest, case: Case, seen: Seen) -> Case:
    return actions.decide_rest(
        case_id=case.pk, by=person(request), hints=False, seen=seen, inquiry_id=_inquiry(request)
    )


def _keep_hints(request: HttpRequest, case: Case, seen: Seen) -> Case:
    reason = request.POST.get("reason", "")
    whole = {"inquiry_id": _inquiry(request)}
    return actions.decide_rest(case_id=case.pk, by=person(request), hints=True, reason=reason, seen=seen, **whole)


def _take_out(request: HttpRequest, case: Case, seen: Seen) -> Case:
    words, instead = request.POST.get("words", ""), request.POST.get("instead", "")
    return actions.add(case_id=case.pk, by=person(request), words=words, replacement=instead, seen=seen)


def _undo(request: HttpRequest, case: Case, seen: Seen) -> Case:
    return actions.undo(case_id=case.pk, by=person(request), finding_id=_number(request) or None, seen=seen)


ANSWERS: dict[str, Answer] = {
    "replace": _replace,
    "keep": _keep,
    "rest": _replace_rest,
    "hints": _keep_hints,
    "take_out": _take_out,
    "undo": _undo,
}
