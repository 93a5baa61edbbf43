"""Turns a refused step into a page: 409 with what happened meanwhile and everything the person had typed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django_fsm import ConcurrentTransition

from accounts.models import User
from qa.models import AnswerRevision

from . import queues
from .events import Kind
from .models import Case, Event
from .transitions import Refused, Seen, happened_since
from .typed import typed_words

_CHOSEN = ("choice", "danger", "audience")  # a tap, no words that could be lost
# What a member may know of what staff did; never flags, openings of the letter or who holds the case.
_KNOWN_TO_MEMBERS = {
    Kind.CASE_TRIAGED,
    Kind.DRAFT_SUBMITTED,
    Kind.ANSWER_APPROVED,
    Kind.CASE_REOPENED,
    Kind.CASE_PUBLISHED,
    Kind.CASE_UNPUBLISHED,
    Kind.CASE_DECLINED,
    Kind.CASE_WITHDRAWN,
    Kind.QUESTION_CHANGED,
    Kind.CONSENT_GIVEN,
    Kind.CONSENT_REFUSED,
    Kind.CHANGE_SUGGESTED,
}


class Refusals:
    """Catches Refused, Stale and lost ties from any view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 409 page; other exceptions pass."""
        if not isinstance(exception, Refused | ConcurrentTransition):
            return None
        sentence = getattr(exception, "sentence", gettext("Somebody else was a moment faster."))
        case = getattr(exception, "case", None)
        typed = typed_words(request, besides=_CHOSEN)
        context = {
            "sentence": sentence,
            "meanwhile": _meanwhile(request, case) if case is not None else [],
            "typed": typed,
            "stands": _answer_that_stands(request, case) if any(one.is_answer for one in typed) else None,
            "back": _way_back(request),
        }
        return render(request, "409.html", context, status=409)


def _answer_that_stands(request: HttpRequest, case: Case | None) -> AnswerRevision | None:
    """What is the answer now, for an expert who may see it: to lay beside what they typed."""
    if case is None or not isinstance(request.user, User):
        return None
    seen = queues.of_expert(request.user).select_related("draft__written_by").filter(pk=case.pk).first()
    return seen.draft if seen else None


def _way_back(request: HttpRequest) -> str:
    """A page that can be opened: most steps are taken at addresses that only take forms."""
    match = request.resolver_match
    if match is None or "public_id" not in match.kwargs:
        return request.path
    case = [match.kwargs["public_id"]]
    if request.path.startswith("/desk/answering/"):
        return reverse("workflow:answering")
    if request.path.startswith("/desk/"):
        return reverse("workflow:case", args=case)
    return reverse("workflow:status", args=case)


def _meanwhile(request: HttpRequest, case: Case) -> list[Event]:
    """What happened since the page was opened, when the page said what it showed (`seen`) and that is not so now."""
    seen = Seen.parse(request.POST.get("seen", ""))
    if "seen" not in request.POST or seen == Seen.of(case):
        return []
    events = happened_since(case, seen)
    knows_all = isinstance(request.user, User) and request.user.is_on_staff
    return [event for event in events if knows_all or event.kind in _KNOWN_TO_MEMBERS]
