"""Turns a refused step into a page: 409 with what happened meanwhile and everything the person had typed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_fsm import ConcurrentTransition

from .transitions import Refused, Seen, Stale, happened_since

_NOT_TYPED = {"csrfmiddlewaretoken", "seen"}


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
        sentence = getattr(exception, "sentence", "Somebody else was a moment faster.")
        case = getattr(exception, "case", None)
        meanwhile = []
        if case is not None and isinstance(exception, Stale):
            meanwhile = happened_since(case, Seen.parse(request.POST.get("seen", "")))
        typed = [(name, value) for name, value in request.POST.items() if name not in _NOT_TYPED and str(value).strip()]
        context = {"sentence": sentence, "meanwhile": meanwhile, "typed": typed, "back": request.path}
        return render(request, "409.html", context, status=409)
