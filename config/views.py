"""Pages that belong to no room: to one's own desk, away at once, health, and what is said when something is wrong."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Role
from accounts.second_step import before_second_step
from notifications import heartbeat
from qa.querysets import moved
from workflow.typed import typed_words

from .logs import REQUEST
from .readiness import what_is_wrong_lately

# The first role that a person holds says where they begin.
DESKS = [
    (Role.MODERATOR, "workflow:queue"),
    (Role.EXPERT, "workflow:answering"),
    (Role.ADMINISTRATOR, "admin:index"),
    (Role.MEMBER, "workflow:my_cases"),
]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where signing in leads: each to their own desk."""
    person = request.user
    desk = next((desk for role, desk in DESKS if isinstance(person, User) and person.holds(role)), "qa:home")
    return redirect(desk)


@login_not_required
@before_second_step
def leave(request: HttpRequest) -> HttpResponse:
    """Away at once, also without JavaScript: signed out, cookies gone, on to a page that tells nothing."""
    logout(request)
    response = HttpResponseRedirect(settings.EXIT_URL)
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    for name in request.COOKIES:
        response.delete_cookie(name)
    return response


@login_not_required
@before_second_step
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For machines: can this process serve pages from its database?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", content_type="text/plain; charset=utf-8", status=503)
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@before_second_step
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """For whoever watches the whole: database, migrations, disk, worker, mail, safety clock, backups. The log says what."""
    wrong = what_is_wrong_lately()
    said, status = ("not ready\n", 503) if wrong else ("ready\n", 200)
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=status)


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a hole (RFC 9116). Without SECURITY_CONTACT there is none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (timezone.now() + timedelta(days=180)).replace(microsecond=0).isoformat()
    lines = [f"Contact: {settings.SECURITY_CONTACT}", f"Expires: {until}", "Preferred-Languages: en, es"]
    lines.append(f"Canonical: {settings.PUBLIC_URL}{request.path}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@before_second_step
@require_safe
def clock(request: HttpRequest) -> HttpResponse:
    """For whoever watches the service from outside: does the clock run that calls people? (A web without it still serves.)"""
    try:
        since = heartbeat.silent_since()
    except DatabaseError:
        return HttpResponse("no database\n", content_type="text/plain; charset=utf-8", status=503)
    said, status = ("silent\n", 503) if since else ("beating\n", 200)
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=status)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: mostly a page that was open for long. Keeps what was typed."""
    context = {"typed": typed_words(request), "back": request.path}
    return render(request, "403_form.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that makes no sense."""
    return render(request, "400.html", {"typed": typed_words(request)}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a room of other people."""
    return render(request, "403.html", {"typed": typed_words(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what never was and for what is not yours. Old addresses of an imported archive lead on."""
    if request.method in {"GET", "HEAD"} and (new := moved(request.path, getattr(request, "user", AnonymousUser()))):
        return redirect(new, permanent=True)
    return render(request, "404.html", {"typed": typed_words(request)}, status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """500: needs neither database nor session, and says nothing of the fault but the number of the request in the log."""
    context = {"typed": typed_words(request), "number": REQUEST.get()}
    return HttpResponse(render_to_string("500.html", context), status=500)
