"""How long a sign-in lasts, and that nobody works here without the second step.

Members may be idle for a day (NHS: at least 20 hours; a letter is written slowly); people at the desks for an hour, and
never longer than a shift (OWASP ASVS 5.0, 7.3). What a page does by itself (news, presence) does not count as being there.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import second_step
from accounts.models import User
from accounts.sessions import BEGAN, MACHINE, SEEN, machine_of
from workflow.typed import typed_words

EVERY = 300  # seconds: a session is written this often at most, only to note that the person is still here
BY_ITSELF = {"workflow:news", "workflow:board", "workflow:presence"}  # what pages ask without anybody's touch


class _BeforeThePage:
    """A guard that looks at a request once its view is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class IdleEnds(_BeforeThePage):
    """Signs out who has not been here for too long; SignInFirst then shows them what they had typed."""

    def process_view(self, request: HttpRequest, *view: object) -> None:
        if not request.user.is_authenticated:
            return
        now = int(time.time())
        seen, began = request.session.get(SEEN, now), request.session.get(BEGAN, now)
        if second_step.is_done(request) and _is_over(seen, began, now):
            logout(request)
        elif SEEN not in request.session or (now - seen > EVERY and not _by_itself(request)):
            request.session.update({SEEN: now, BEGAN: began, MACHINE: machine_of(request)})


def _is_over(seen: int, began: int, now: int) -> bool:
    return bool(now - seen > settings.STAFF_IDLE_MINUTES * 60 or now - began > settings.STAFF_SESSION_HOURS * 3600)


def _by_itself(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in BY_ITSELF


class SecondStepFirst(_BeforeThePage):
    """Who works here sees no page of ours before the second step, not even those that strangers see."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        person = request.user
        if not isinstance(person, User) or second_step.is_done(request) or not person.is_on_staff:
            return None
        if getattr(view, "before_second_step", False):
            return None
        typed = typed_words(request) if request.method == "POST" else []
        if typed:
            context = {"typed": typed, "back": request.path, "sign_in": "second_step"}
            return render(request, "signed_out.html", context, status=403)
        return redirect("second_step")
