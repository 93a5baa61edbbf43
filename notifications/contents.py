"""What a message says when it is sent: asked of the house at that moment, not when it was queued."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import grants
from accounts.models import User
from workflow import queues
from workflow.models import Case, Event

from . import emails, unsubscribe
from .facts import Facts
from .health import SELF_TEST
from .models import About, Category, Message, Progress
from .moulds import Mail
from .rules import ROLE_WAITS, Rule, rule_of
from .timing import Skip, check

CODES_AN_HOUR = 10


def prepare(message: Message, facts: Facts) -> Mail:
    """Check once more and compose. Raises Skip or Wait."""
    facts.renew()
    if message.template == ROLE_WAITS:
        return _role_waits(message)
    if message.category == Category.SECURITY:
        return _security(message)
    if message.template == SELF_TEST:
        return emails.compose(message, address=json.loads(message.sealed)["address"], words={})
    person = facts.recipient(message)
    if person is None or not person.is_active:
        raise Skip("nobody to hear it")
    if message.category == Category.DIGEST:
        return _digest(message, person, facts)
    event, case, rule = _cause(message)
    if not rule.holds(event, case, person):
        raise Skip("overtaken")
    if message.category == Category.LETTER and not case.may_mail:
        raise Skip("not safe to mail")
    check(message, person, rule.about, facts)
    words = {"link": emails.link_to(case if rule.links_to_case else None), "fuller": facts.habits_of(person).is_fuller}
    if message.category == Category.WORK and (others := _told_together(message)):
        words |= {"several": others + 1, "link": emails.link_to(None)}
    return _composed(message, person, rule.about, words)


def _cause(message: Message) -> tuple[Event, Case, Rule]:
    event = message.event
    rule = rule_of(event.kind, message.template) if event else None
    if event is None or event.case is None or rule is None:
        raise Skip("no rule for it")
    return event, event.case, rule


def _composed(message: Message, person: User, about: About | None, words: dict[str, Any]) -> Mail:
    """With a way to switch it off, where it may be switched off without harm."""
    stop = unsubscribe.address(person, about) if about and about != About.READY else ""
    return emails.compose(message, address=person.email, words={**words, "stop": stop}, stop=stop)


@transaction.atomic
def _told_together(message: Message) -> int:
    """Other work waiting for the same person goes into this mail. Bound to it, so that a second try tells the same."""
    others = Message.objects.pending().filter(person=message.person, category=Category.WORK, attempts=0)
    others = others.filter(lease__in=["", message.lease]).exclude(pk=message.pk)
    holding = [other.pk for other in others.select_related("event__case", "person") if _still_holds(other)]
    others.filter(pk__in=holding).update(
        state=Progress.SKIPPED, reason="told together", told_in=message, done_at=timezone.now()
    )
    return message.tells.count()


def _still_holds(message: Message) -> bool:
    event, case, rule = _cause(message)
    return message.person is not None and rule.holds(event, case, message.person)


def _digest(message: Message, person: User, facts: Facts) -> Mail:
    about = About.MORNING if person.is_on_staff else None
    check(message, person, about, facts)
    words: dict[str, Any] = {"link": emails.link_to(None)}
    if person.is_on_staff:
        words["waiting"] = queues.open_queue(person).count() + queues.held_by(person).count()
        if not words["waiting"]:
            raise Skip("nothing waits")
    return _composed(message, person, About.MORNING if person.is_on_staff else About.PROGRESS, words)


def _security(message: Message) -> Mail:
    """Signing in: never held back by a choice, worthless once it has expired."""
    if timezone.now() - message.created_at > timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT):
        raise Skip("expired")
    sealed: dict[str, str] = json.loads(message.sealed)
    address = message.person.email if message.person else sealed.get("address", "")
    if message.person and not message.person.is_active:
        raise Skip("nobody to hear it")
    if message.person and _codes_in_an_hour(message.person) >= CODES_AN_HOUR:
        raise Skip("many at once")
    return emails.compose(
        message, address=address, words={"code": sealed.get("code", ""), "link": emails.link_to(None)}
    )


def _role_waits(message: Message) -> Mail:
    """A role was granted that this moderator can confirm: told at once, whatever they chose, so that none slips in."""
    person = message.person
    if person is None or not person.is_active or not grants.waiting_for(person).exists():
        raise Skip("overtaken")
    return emails.compose(message, address=person.email, words={"link": emails.link_to(None)})


def _codes_in_an_hour(person: User) -> int:
    sent = Message.objects.filter(person=person, category=Category.SECURITY, state=Progress.SENT)
    return sent.filter(done_at__gt=timezone.now() - timedelta(hours=1)).count()
