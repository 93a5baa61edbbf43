"""What a message says when it is sent: asked of the house at that moment, not when it was queued."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.models import User
from workflow import queues

from . import audience, emails
from .models import Category, Message
from .rules import rule_of


class Skip(Exception):
    """The mail is not needed any more; the reason is kept with the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def prepare(message: Message) -> EmailMultiAlternatives:
    """Check once more and compose. Raises Skip."""
    if message.category == Category.SECURITY:
        return _security(message)
    person = audience.recipient(message)
    if person is None or not person.is_active:
        raise Skip("nobody to hear it")
    return emails.compose(message, address=person.email, words=_words(message, person))


def _words(message: Message, person: User) -> dict[str, Any]:
    event = message.event
    rule = rule_of(event.kind, message.template) if event else None
    if event is None or event.case is None or rule is None:
        raise Skip("no rule for it")
    if not rule.holds(event, event.case, person):
        raise Skip("overtaken")
    words: dict[str, Any] = {"link": emails.link_to(event.case if rule.links_to_case else None)}
    if message.category == Category.DIGEST:
        words["waiting"] = _waiting(person)
    return words


def _waiting(person: User) -> int:
    """How many cases wait at the desk; a digest of nothing is not sent."""
    count = queues.open_queue(person).count()
    if not count:
        raise Skip("nothing waits")
    return count


def _security(message: Message) -> EmailMultiAlternatives:
    """Signing in: never held back by a preference, worthless once it has expired."""
    if timezone.now() - message.created_at > timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT):
        raise Skip("expired")
    sealed: dict[str, str] = json.loads(message.sealed)
    address = message.person.email if message.person else sealed.get("address", "")
    if message.person and not message.person.is_active:
        raise Skip("nobody to hear it")
    words = {"code": sealed.get("code", ""), "link": emails.link_to(None)}
    return emails.compose(message, address=address, words=words)
