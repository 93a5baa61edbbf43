"""From a message to a mail: text and HTML, neutral subject, the headers that machines need. Nothing here is stored."""

import hashlib
import hmac
import json
from email.utils import parseaddr
from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.urls import reverse

from workflow.models import Case

from .models import Category, Message

SUBJECTS = {
    Category.SECURITY: "Your code for {name}",
    Category.SAFETY: "Please look now at {name}",
    Category.LETTER: "There is news for you at {name}",
    Category.WORK: "Something waits for you at {name}",
    Category.DIGEST: "Your day at {name}",
}


@cache
def _plain() -> Engine:
    """Templates of plain text: nothing is escaped, because nothing is HTML."""
    return Engine(dirs=[str(settings.BASE_DIR / "templates")], autoescape=False)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def sealed_hash(purpose: str, *parts: object) -> str:
    """An opaque, stable name for something: HMAC, so that nobody can tell or guess what it stands for."""
    text = json.dumps([purpose, *map(str, parts)]).encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def message_id(key: str) -> str:
    """The same for every try of one message, so that an unavoidable copy is recognisable as one."""
    return f"<{key[:40]}@{_domain()}>"


def _domain() -> str:
    return parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"


def link_to(case: Case | None) -> str:
    """An address on the site that tells nothing: the same form for every mail and every person."""
    path = reverse("notifications:go", args=[case.public_id]) if case else reverse("start")
    return f"{settings.PUBLIC_URL}{path}"


def compose(message: Message, *, address: str, words: dict[str, Any], stop: str = "") -> EmailMultiAlternatives:
    """The mail, ready to be handed to the server."""
    context = {"name": settings.MAIL_NEUTRAL_NAME, "promise": settings.PROMISE, **words}
    folder = f"emails/{message.template}"
    subject = " ".join(_plain().get_template(f"{folder}/subject.txt").render(Context(context)).split())
    text = _plain().get_template(f"{folder}/body.txt").render(Context(context)).strip() + "\n"
    mail = EmailMultiAlternatives(subject, text, settings.MAIL_FROM, [address], headers=_headers(message, stop))
    html = render_to_string(f"{folder}/body.html", {**context, "subject": subject})
    mail.metadata = {"allay": message.key[:40]}  # type: ignore[attr-defined]
    mail.track_opens = mail.track_clicks = False  # type: ignore[attr-defined]
    mail.attach_alternative(_inliner().inline(html), "text/html")
    return mail


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
