"""From a message to a mail: text and HTML, neutral subject, the headers that machines need. Nothing here is stored."""

import hmac
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from workflow.models import Case

from .models import Category, Message
from .moulds import Mail, bare_address, cast
from .words import Spoken

_SOMEWHERE = "-a-case-"
NAMED = 24  # characters of a message's key in its link: as many as name a case


def sealed_hash(purpose: str, *parts: object) -> str:
    """An opaque, stable name for something: HMAC, so that nobody can tell or guess what it stands for."""
    text = json.dumps([purpose, *map(str, parts)]).encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, "sha256").hex()


def message_id(key: str) -> str:
    """The same for every try of one message, so that an unavoidable copy is recognisable as one."""
    return f"<{key[:40]}@{_domain()}>"


def _domain() -> str:
    return bare_address(settings.MAIL_FROM).rpartition("@")[2] or "localhost"


def link_to(case: Case | None) -> str:
    """An address on the site that tells nothing: the same form for every mail and every person."""
    path = _go().replace(_SOMEWHERE, case.public_id) if case else reverse("start")
    return f"{settings.PUBLIC_URL}{path}"


def link_of(message: Message) -> str:
    """The same form for a mail about no case: where it leads, views.go knows by the message."""
    return f"{settings.PUBLIC_URL}{_go().replace(_SOMEWHERE, message.key[:NAMED])}"


@cache
def _go() -> str:
    return reverse("notifications:go", args=[_SOMEWHERE])


def compose(message: Message, spoken: Spoken, *, address: str, values: dict[str, Any], stop: str = "") -> Mail:
    """The mail, ready to be handed to the server."""
    mail = cast(spoken.words, spoken.language, values, to=address, headers=_headers(message, stop))
    mail.key = message.key[:40]
    if message.category == Category.LETTER:
        mail.said = note_of(spoken, is_fuller=bool(values.get("fuller")))
    return mail


def note_of(spoken: Spoken, *, is_fuller: bool) -> str:
    """Kept with a message, so that the mail can be shown again as it was."""
    return f"{spoken.language}.{spoken.version}.{int(is_fuller)}"


def _headers(message: Message, stop: str) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(message.key),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.event and message.event.case_id and message.category != Category.DIGEST:
        thread = sealed_hash("thread", message.event.case_id, message.person_id or "member")
        headers["References"] = headers["In-Reply-To"] = message_id(thread)
    if stop:  # RFC 8058: a mail program may switch it off with one POST
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers
