"""Guards around every page: nothing private is kept by a cache, forms work although no Referer is ever sent, and
who must sign in first loses nothing they typed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from .typed import typed_words


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
