"""What every public address shares: GET only, the same bytes for everybody without a cookie, validators for caches."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
# A shared cache may answer for half a minute by itself, so that what is withdrawn is gone everywhere within one.
CACHING = "public, max-age=0, s-maxage=30, must-revalidate"
FOR_SEARCH_ENGINES = "all"


def reading_room(view: View[P]) -> View[P]:
    """A page for everybody, read only. Who comes without a cookie gets bytes that caches may keep and ask about."""

    @login_not_required
    @require_safe
    @wraps(view)
    def public(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        return response if request.COOKIES else validated(request, response)

    public.is_public = True  # type: ignore[attr-defined]  # its language is that of its address (config/languages.py)
    return cast(View[P], public)


def for_machines(view: View[P]) -> View[P]:
    """For programs: whoever asks gets what a stranger gets, so that the bytes are the same with and without cookies."""

    @login_not_required
    @require_safe
    @wraps(view)
    def public(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return validated(request, view(request, *args, **kwargs))

    public.is_for_machines = True  # type: ignore[attr-defined]
    return cast(View[P], public)


def validated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With an ETag, and 304 for who has it already."""
    if response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = CACHING
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
