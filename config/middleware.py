"""Guards around every page: each request has a number and what is refused is noted, nothing private is kept by a cache,
forms work although no Referer is ever sent, and who must sign in first loses nothing they typed."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from accounts.models import User
from workflow.typed import typed_words

from .logs import REQUEST

log = logging.getLogger("allay.access")
# What was refused, by its status; a 404 counts for somebody signed in only: it is also what a row of others answers.
REFUSED = {400: "made no sense", 403: "may not", 404: "not there for them", 409: "too late", 429: "too often"}
FOR_MACHINES = ("/mail/reports/", "/healthz", "/readyz", "/metrics", "/api/")


class Numbered:
    """Gives each request a number, for its log lines and the page of a fault, and notes what was refused.

    Names of pages and numbers of people only (OWASP ASVS 5.0, 16.3): an address can hold a token, and a form words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = REQUEST.set(secrets.token_hex(4))
        try:
            response = self.get_response(request)
            if response.status_code in REFUSED:
                _note(request, response.status_code)
            return response
        finally:
            REQUEST.reset(before)


def _note(request: HttpRequest, status: int) -> None:
    person = getattr(request, "user", None)
    who = f"person {person.pk}" if isinstance(person, User) else "a stranger"
    page = request.resolver_match.view_name if request.resolver_match else "no page"
    if status != 404 or isinstance(person, User):
        log.warning("%s %s: %s at %s", status, REFUSED[status], who, page)


class NeverInClear:
    """Over http a page is led to https (Django's SecurityMiddleware); a form or a machine is refused: led on, it would go
    on sending in clear what nobody may read (OWASP ASVS 5.0, 4.1.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.method in {"GET", "HEAD"} and not request.path.startswith(FOR_MACHINES)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and not is_page:
            return HttpResponse("https only\n", content_type="text/plain; charset=utf-8", status=403)
        return self.get_response(request)


class PrivatePages:
    """Forbids storing any page that was made for a person or that somebody signed in has seen (OWASP ASVS 14.3.2).

    A view that serves the same bytes to everybody may set its own Cache-Control; it is kept for strangers only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("X-Robots-Tag", "noindex, noarchive")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
        if signed_in or "Cache-Control" not in response.headers:
            response.headers.pop("Cache-Control", None)
            add_never_cache_headers(response)
        patch_vary_headers(response, ["Cookie"])
        return response


class Csrf(CsrfViewMiddleware):
    """Django's CSRF check under `Referrer-Policy: no-referrer`.

    With that policy browsers send `Origin: null` on a form's POST (Fetch standard, "append a request Origin header"),
    which Django refuses. We accept it where the browser itself says that the request is ours (Sec-Fetch-Site), or is
    too old to say; the token is demanded all the same.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        return bool(super()._origin_verified(request))  # type: ignore[misc]


class SignInFirst(LoginRequiredMiddleware):
    """Every page asks for a signed-in person unless it says otherwise.

    A form sent after the session ended is not thrown away by a redirect: the page shows what was typed and where to
    sign in again.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        typed = typed_words(request) if request.method == "POST" else []
        if not typed:
            return super().handle_no_permission(request, view_func)
        context = {"typed": typed, "back": request.path, "sign_in": settings.LOGIN_URL}
        return render(request, "signed_out.html", context, status=403)
