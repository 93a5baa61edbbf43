"""In which language a page speaks: the address says it, else the person chose it, else their browser asks (docs/adr/0017)."""

import re
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.decorators import decorator_from_middleware
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.second_step import before_second_step
from qa import tongues
from qa.tongues import ENGLISH

from .middleware import Csrf

REMEMBERED_FOR = 365 * 24 * 3600
# Our team works in English, and programs read one kind of bytes: these addresses have no other language.
_DESKS = ("/desk/", "/admin/", "/mailbox/", "/sign-in/password/", "/sign-in/second/")
_ONLY_ENGLISH = re.compile(
    r"/(desk|admin|mailbox|api|embed|oembed|healthz|readyz|metrics|language|static|\.well-known)(/|$)"
    r"|/sign-in/(password|second)/|.*\.(atom|xml|txt|csv)$|/(topics/[\w-]+/)?feed\.json$"
)
_PREFIX = re.compile(rf"/({'|'.join(code for code, _ in settings.LANGUAGES if code != ENGLISH)})(?=/|$)")
Page = Callable[[HttpRequest], HttpResponse]


def without_prefix(path: str) -> str:
    """The address of the same page in English."""
    return _PREFIX.sub("", path, count=1) or "/"


def in_language(path: str, code: str) -> str:
    """The address of the same page in a language."""
    return tongues.in_language(without_prefix(path), code)


def has_other_languages(request: HttpRequest) -> bool:
    """Whether this page is spoken in more than one language."""
    return not _ONLY_ENGLISH.match(request.path_info)


class LanguageInAddress:
    """/es/about/ is /about/ in Spanish. Every link that such a page makes leads to the Spanish address again."""

    def __init__(self, get_response: Page) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _PREFIX.match(request.path_info)
        if found is None:
            return self.get_response(request)
        rest = without_prefix(request.path_info)
        if rest == "/" and not request.path_info.endswith("/"):
            return HttpResponseRedirect(request.path_info + "/")
        if _ONLY_ENGLISH.match(rest) and not rest.startswith(("//", "/\\")):  # that would be another site
            response = HttpResponseRedirect(without_prefix(request.get_full_path()))
            response.status_code = 307  # a form stays a form
            return response
        request.path_info, before = rest, get_script_prefix()
        request.address_language = found[1]  # type: ignore[attr-defined]
        set_script_prefix(f"/{found[1]}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


class Speaks:
    """Speaks the language of the address, of the person, of their choice in this browser, or of their browser."""

    def __init__(self, get_response: Page) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(_language(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", _spoken())
            return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object) -> None:
        """What a shared cache may keep depends on its address alone, never on what a browser asks for."""
        is_kept = getattr(view, "is_public", False) and not request.COOKIES
        if getattr(view, "is_for_machines", False) or (is_kept and not _of_address(request)):
            translation.activate(ENGLISH)


def _spoken() -> str:
    return (translation.get_language() or ENGLISH).split("-")[0]


def _of_address(request: HttpRequest) -> str:
    return str(getattr(request, "address_language", ""))


def _language(request: HttpRequest) -> str:
    if request.path_info.startswith(_DESKS):
        return ENGLISH
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if of_address := _of_address(request):
        return of_address
    if isinstance(request.user, User):
        return request.user.language
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


@csrf_exempt  # strangers have no token: their pages are the same for all, and nothing of theirs can be changed here
@login_not_required
@before_second_step
@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """The switch of every page; remembered in the account and in this browser."""
    answer = _own_choice if request.user.is_authenticated else _choice
    return cast(HttpResponse, answer(request))


def _choice(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("language", "")
    back = request.POST.get("back", "")
    pages = (back, without_prefix(back))  # taking a language off must not leave the address of another site
    if not back.startswith("/") or not all(url_has_allowed_host_and_scheme(page, allowed_hosts=None) for page in pages):
        back = "/"
    if code not in dict(settings.LANGUAGES):
        return redirect(back)
    if isinstance(request.user, User):
        request.user.speak(code)
    response = redirect(without_prefix(back) if request.user.is_authenticated else in_language(back, code))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=REMEMBERED_FOR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


_own_choice = decorator_from_middleware(Csrf)(_choice)
