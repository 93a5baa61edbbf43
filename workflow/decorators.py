"""The first of three gates: may this person be in this room? Members and strangers learn nothing of the desks."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.roles import Role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def person(request: HttpRequest) -> User:
    """The signed-in person; the login guard has run before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def desk(*roles: Role) -> Callable[[View[P]], View[P]]:
    """A page of the desks, for any of these roles: other staff get 403, everybody else 404."""

    def guard(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            who = person(request)
            if not who.is_on_staff:
                raise Http404
            if not any(who.holds(role) for role in roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return guard


def leads_colleagues(to: str, *, saying: str) -> Callable[[View[P]], View[P]]:
    """A page of members that public pages point to: who works here is led to what is theirs, with a sentence why."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = request.user
            if isinstance(user, User) and user.is_on_staff and request.method in {"GET", "HEAD"}:
                messages.info(request, saying)
                return redirect(to)
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return guard


def member_page(view: View[P]) -> View[P]:
    """A page of members. Staff answer letters, they do not send them: they are shown their desk's 404."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not person(request).holds(Role.MEMBER):
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View[P], guarded)
