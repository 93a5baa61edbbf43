"""Fan out: from events to messages, once, whatever dies when. An event without a Dispatch still has to be looked at."""

import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from workflow.models import Event

from . import audience
from .emails import sealed_hash
from .failpoints import reached
from .models import RANK, Category, Dispatch, Message
from .rules import Rule, rules_for

log = logging.getLogger("allay.mail")
AT_ONCE = 500  # events looked at in one go
DIGEST_HOUR = 7


def fan_out(*, event_id: int | None = None) -> int:
    """Turn events that nobody looked at yet into messages. Safe to run twice and at the same time."""
    waiting = Event.objects.filter(dispatch__isnull=True).order_by("id")
    if event_id is not None:
        waiting = waiting.filter(pk=event_id)
    done = 0
    for event in waiting.select_related("case").defer("case__member_message")[:AT_ONCE]:
        done += _dispatch(event)
    return done


def _dispatch(event: Event) -> bool:
    """One event, all or nothing. A fault of one rule must not hold up the other events."""
    try:
        with transaction.atomic():
            Dispatch.objects.create(event=event)
            Message.objects.bulk_create(_messages(event), ignore_conflicts=True)
            reached("fanned_out")
    except IntegrityError:
        return False  # another process was a moment faster
    except Exception:
        log.exception("event %s could not be turned into mail; it is tried again", event.pk)
        return False
    reached("dispatched")
    return True


def _messages(event: Event) -> list[Message]:
    rules = [rule for rule in rules_for(event.kind) if rule.concerns(event)]
    return [_message(rule, event, person) for rule in rules for person in audience.people(rule.to, event)]


def _message(rule: Rule, event: Event, person: User | None) -> Message:
    who = person.pk if person else "member"
    if rule.category == Category.DIGEST and person:
        at = _next_morning(person)
        key = sealed_hash("digest", rule.template, who, at.date())
    else:
        at = timezone.now()
        key = sealed_hash("message", event.pk, rule.template, who)
    return Message(
        event=event,
        template=rule.template,
        category=rule.category,
        rank=RANK[rule.category],
        person=person,
        key=key,
        next_try_at=at,
    )


def _next_morning(person: User) -> datetime:
    """The next seven o'clock where the person is."""
    zone = ZoneInfo(person.time_zone)
    now = timezone.now().astimezone(zone)
    day = now.date() if now.hour < DIGEST_HOUR else now.date() + timedelta(days=1)
    return datetime.combine(day, time(DIGEST_HOUR), tzinfo=zone)
