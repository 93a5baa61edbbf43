"""A member's account: what we hold of them, to keep and to read; and the way to have all of it erased."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from notifications.own_data import habits_of_member, mails_of_member
from workflow import queues
from workflow.actions.leaving import erase_account
from workflow.decorators import leads_colleagues, member_page, person
from workflow.own_data import GIVEN, INSIDE, KEYS, OTHERS, draft_of_member, letters_of_member
from workflow.states import State

HELD = {
    "accounts.User": {
        **dict.fromkeys(["email", "called", "time_zone", "language", "joined_at", "last_login"], GIVEN),
        **dict.fromkeys(["public_line", "away_from", "away_until"], OTHERS),
        "is_active": INSIDE,
        **dict.fromkeys(["id", "email_index"], KEYS),
        "password": "members have none",
    },
    "accounts.Session": dict.fromkeys(
        ["session_key", "session_data", "expire_date", "person_id"],
        "shown under where they are signed in; a key opens it",
    ),
}
LABELS = {
    "email": _("Your address"),
    "called": _("What we call you"),
    "time_zone": _("Your time zone"),
    "language": _("Your language"),
    "joined_at": _("Here since"),
    "last_login": _("Last signed in"),
    "choices": _("What comes by mail, and how"),
    "quiet_from": _("No mail from this hour"),
    "quiet_until": _("until this hour"),
    "is_fuller": _("Mails that say more"),
}
FILE, FORMS = "my-data", ("html", "json")
SHORT = ("account", "how_we_write")


@leads_colleagues("second_step", saying="Letters are written by members. As a colleague, this is your account.")
@member_page
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What the account is, and the two things one can do with it."""
    return render(request, "config/account.html", {"letters": queues.of_member(person(request)).count()})


@member_page
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Everything that is theirs: a page to read and print, or a file for other programs. Its name tells nothing."""
    if form not in FORMS:
        raise Http404
    everything = everything_of(person(request))
    if form == "json":
        text = json.dumps(everything, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
    else:
        rows = {part: [(LABELS[name], value) for name, value in everything[part].items()] for part in SHORT}
        response = render(request, "config/own_data.html", {**everything, **rows})
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}.{form}"'
    return response


def everything_of(member: User) -> dict[str, Any]:
    """The export: named for people, dates in UTC."""
    names = ("email", "called", "time_zone", "language", "joined_at", "last_login")
    return {
        "made_at": timezone.now(),
        "account": {name: getattr(member, name) for name in names},
        "how_we_write": habits_of_member(member),
        "not_sent_yet": draft_of_member(member),
        "letters": letters_of_member(member),
        "mails": mails_of_member(member),
    }


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Asked once, with what goes and what stays; a tick, so that no slip of a finger does it."""
    who = person(request)
    is_wrong = request.method == "POST" and not request.POST.get("sure")
    if request.method == "POST" and not is_wrong:
        erase_account(by=who)
        logout(request)
        messages.success(request, gettext("Your account and your letters are erased."))
        return redirect("qa:help_now")
    context = {
        "standing": queues.of_member(who).exclude(state=State.WITHDRAWN).count(),
        "is_public": queues.of_member(who).filter(state=State.PUBLISHED).exists(),
        "is_waiting": queues.of_member(who).filter(is_waiting=True).exists(),
        "is_wrong": is_wrong,
    }
    return render(request, "config/erase.html", context)
