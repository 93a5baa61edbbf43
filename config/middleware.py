"""Two guards around every page: nothing private is kept by a cache, and forms work although no Referer is ever sent."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import add_never_cache_headers, patch_vary_headers


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
