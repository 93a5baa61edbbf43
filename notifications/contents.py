"""What a message says when it is sent: asked of the house at that moment, not when it was queued."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import grants
from accounts.models import User
from accounts.roles import Role
from workflow import queues
from workflow.models import Case, Event
from workflow.queues.helplines import changes_to_decide
from workflow.queues.playbooks import worded_lately
from workflow.queues.rules import rules_to_decide
from workflow.queues.upkeep import things_to_look_after

from . import emails, unsubscribe
from .facts import Facts
from .health import SELF_TEST
from .letters import added_to
from .models import About, Category, Choice, Habits, Message, Progress
from .moulds import Mail
from .rules import LINE_WAITS, PLAYBOOK_WORDED, ROLE_WAITS, RULE_WAITS, SIGN_IN_NOTICES, UPKEEP, Rule, rule_of
from .timing import Skip, check, check_code
from .wordings import SHIPPED


def prepare(message: Message, facts: Facts) -> Mail:
    """Check once more and compose. Raises Skip or Wait."""
    facts.renew(message)
    if message.template in _TO_MODERATORS:
        return _to_moderator(message, facts)
    if message.template in SIGN_IN_NOTICES:
        return _sign_in_notice(message, facts)
    if message.category == Category.SECURITY:
        return _security(message, facts)
    if message.template == SELF_TEST:
        return emails.compose(
            message, facts.words_for(message, SHIPPED), address=_sealed(message)["address"], values={}
        )
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
    values: dict[str, Any] = {"link": emails.link_to(case if rule.links_to_case else None)}
    if message.category == Category.LETTER:
        values |= {"fuller": facts.habits_of(person).is_fuller, "added": added_to(message)}
    streams = [rule.about] if rule.about else []
    if message.category == Category.WORK and (others := _told_together(message, facts)):
        values |= {"several": len(others) + 1, "link": emails.link_to(None)}
        streams = list(dict.fromkeys([*streams, *others]))
    return _composed(message, person, streams, values, facts)


def _cause(message: Message) -> tuple[Event, Case, Rule]:
    event = message.event
    rule = rule_of(event.kind, message.template) if event else None
    if event is None or event.case is None or rule is None:
        raise Skip("no rule for it")
    return event, event.case, rule


def _composed(
    message: Message, person: User, streams: Sequence[unsubscribe.Stream], values: dict[str, Any], facts: Facts
) -> Mail:
    """With a way to switch all of it off, where the person may switch it off (RFC 8058)."""
    stop = unsubscribe.address(person, *streams) if streams else ""
    spoken = facts.words_for(message, person.language)
    return emails.compose(message, spoken, address=person.email, values={**values, "stop": stop}, stop=stop)


@transaction.atomic
def _told_together(message: Message, facts: Facts) -> list[About]:
    """Other work waiting for the same person goes into this mail. Bound to it, so that a second try tells the same.

    Returns the stream of each.
    """
    others = Message.objects.pending().filter(person=message.person, category=Category.WORK, attempts=0)
    others = others.filter(lease__in=["", message.lease]).exclude(pk=message.pk)
    holding = [other.pk for other in others.select_related("event__case", "person") if _still_holds(other)]
    others.filter(pk__in=holding).update(
        state=Progress.SKIPPED, reason="told together", told_in=message, done_at=timezone.now()
    )
    facts.told_with_another.update(holding)
    return [rule.about for _, _, rule in map(_cause, message.tells.select_related("event__case")) if rule.about]


def _still_holds(message: Message) -> bool:
    try:
        event, case, rule = _cause(message)
    except Skip:  # of a release that knows more kinds than this one: it is judged when its own turn comes
        return False
    return message.person is not None and rule.holds(event, case, message.person)


def _digest(message: Message, person: User, facts: Facts) -> Mail:
    if message.template == UPKEEP:
        return _upkeep(message, person, facts)
    is_staff = person.is_on_staff
    check(message, person, About.MORNING if is_staff else None, facts)
    values: dict[str, Any] = {"link": emails.link_to(None)}
    if is_staff and person.is_away():
        raise Skip("away")
    if is_staff:
        values["waiting"] = queues.open_queue(person).count() + queues.held_by(person).count()
        if not values["waiting"]:
            raise Skip("nothing waits")
    stream = About.MORNING if is_staff else _daily(facts.habits_of(person))
    return _composed(message, person, [stream], values, facts)


def _daily(habits: Habits) -> unsubscribe.Stream:
    """What the daily mail of a member ends. It also comes, chosen by nobody, after much at once: then the least of it."""
    return Choice.DAILY if Choice.DAILY in habits.choices.values() else About.PROGRESS


def _upkeep(message: Message, person: User, facts: Facts) -> Mail:
    """For administrators: asked again now, because somebody may have looked after everything meanwhile."""
    check(message, person, None, facts)
    waiting = things_to_look_after() if person.holds(Role.ADMINISTRATOR) else 0
    if not waiting:
        raise Skip("nothing waits")
    return _composed(message, person, [], {"link": emails.link_to(None), "waiting": waiting}, facts)


def _security(message: Message, facts: Facts) -> Mail:
    """Signing in: never held back by a choice, worthless once it has expired."""
    if timezone.now() - message.created_at > timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT):
        raise Skip("expired")
    sealed, person = _sealed(message), message.person
    if person and not person.is_active:
        raise Skip("nobody to hear it")
    check_code(message, person)
    language = person.language if person else sealed.get("language", SHIPPED)
    code = sealed.get("code", "") if message.template != "sign_in_unknown" else ""
    values = {"code": code, "link": emails.link_to(None)}
    address = person.email if person else sealed.get("address", "")
    return emails.compose(message, facts.words_for(message, language), address=address, values=values)


def _sign_in_notice(message: Message, facts: Facts) -> Mail:
    """What happened to an account: told to its owner even when they are late to hear of it."""
    person = message.person
    if person is None:
        raise Skip("nobody to hear it")
    return emails.compose(message, facts.words_for(message, person.language), address=person.email, values={})


_TO_MODERATORS: dict[str, Callable[[User], QuerySet[Any]]] = {
    ROLE_WAITS: grants.waiting_for,
    RULE_WAITS: rules_to_decide,
    LINE_WAITS: changes_to_decide,
    PLAYBOOK_WORDED: worded_lately,
}


def _to_moderator(message: Message, facts: Facts) -> Mail:
    """A second yes waits for this moderator, or a playbook was worded anew: told at once, whatever they chose."""
    person = message.person
    if person is None or not person.is_active or not _TO_MODERATORS[message.template](person).exists():
        raise Skip("overtaken")
    spoken = facts.words_for(message, person.language)
    return emails.compose(message, spoken, address=person.email, values={"link": emails.link_of(message)})


def _sealed(message: Message) -> dict[str, str]:
    found: dict[str, str] = json.loads(message.sealed)
    return found
