"""What a provider reports about mail it took: mailboxes that do not exist, and people who called our mail unwanted.

The provider's webhook is checked by django-anymail (signature or secret); here a report counts once, however often it
is sent. Mail to a dead address stops, but for sign-in codes; the moderators see it on the case. A mailbox that is
only full or busy is given three chances. That somebody called our mail unwanted is told to the moderators, once.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from anymail import urls as anymail_urls
from anymail.signals import EventType, RejectReason
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.models import User
from workflow import queues
from workflow.events import Kind, record

from . import audience
from .emails import sealed_hash
from .models import UNWANTED, Category, Habits, Message, Report

log = logging.getLogger("allay.mail")
_DEAD = {RejectReason.INVALID, RejectReason.BOUNCED}
_FAILED = {EventType.BOUNCED, EventType.REJECTED}
PASSES = "full or busy"
PATIENCE, MEMORY = 3, timedelta(days=30)  # so many passing faults, none a month after the one before, and mail stops
_SOFT = {"softbounce", "transient", "temporary", "soft"}
_NAMED = ("Type", "type", "event", "bounceType", "severity", "bounce_classification")
KEY = "allay"  # the name under which a message's key travels with the mail


def tracked(sender: object, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Called for every report of the provider; most need nothing. What is older than our memory could be a replay."""
    if event.timestamp and event.timestamp < timezone.now() - timedelta(days=settings.KEEP_MAIL_DAYS):
        return
    if event.event_type == EventType.COMPLAINED:
        _take(event, esp_name, kind=UNWANTED)
    elif event.event_type in _FAILED and event.reject_reason in _DEAD:
        _take(event, esp_name, kind=PASSES if _passes(event) else "no such mailbox")


def _passes(event: Any) -> bool:
    """A full or busy mailbox. django-anymail tells it apart for nobody, so the provider's own word decides."""
    said = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    said = {**said, **(said["bounce"] if isinstance(said.get("bounce"), Mapping) else {})}
    words = {str(said.get(name, "")).lower().replace("_", "") for name in _NAMED}
    return bool(words & _SOFT)


@transaction.atomic
def _take(event: Any, esp_name: str, *, kind: str) -> None:
    unique = event.event_id or [event.message_id, event.recipient, str(event.timestamp)]
    message = Message.objects.filter(key__startswith=(event.metadata or {}).get(KEY, "-")).first()
    _, is_new = Report.objects.get_or_create(
        key=sealed_hash("report", esp_name, event.event_type, unique), defaults={"kind": kind, "message": message}
    )
    person = _person(message, event.recipient)
    if not is_new or person is None:
        return
    Habits.objects.get_or_create(person=person)
    habits = Habits.objects.select_for_update().get(person=person)
    if kind == UNWANTED and habits.dead_reason != UNWANTED:
        _tell_moderators(message, person)
    if kind == PASSES and not _is_one_too_many(habits):
        return
    habits.dead_at, habits.dead_reason = timezone.now(), "always full or busy" if kind == PASSES else kind
    habits.save()
    log.warning("mail to person %s stops: %s", person.pk, habits.dead_reason)


def _tell_moderators(message: Message | None, person: User) -> None:
    """It stands on the case of the mail, or on the newest one; from there the moderators hear of it, once."""
    event = message.event if message else None
    case = event.case if event and message and message.category == Category.LETTER else None
    case = case or queues.of_member(person).order_by("-pk").first()
    if case is not None:
        record(Kind.MAIL_UNWANTED, case=case, by=None)


def _is_one_too_many(habits: Habits) -> bool:
    """Count it; what is older than a month does not count any more."""
    now = timezone.now()
    is_old = habits.bounced_at is None or habits.bounced_at < now - MEMORY
    habits.bounces, habits.bounced_at = 1 if is_old else habits.bounces + 1, now
    habits.save()
    return habits.bounces >= PATIENCE


def _person(message: Message | None, address: str | None) -> User | None:
    if message is not None and (known := audience.recipient(message)):
        return known
    return User.objects.filter(email=(address or "").lower()).first()


def urlpatterns() -> list[URLPattern]:
    """The one webhook of the provider in use; none with plain SMTP."""
    provider = settings.MAIL_PROVIDER
    for pattern in anymail_urls.urlpatterns if provider else []:
        name = str(pattern.name)
        if name.startswith(provider) and "inbound" not in name:
            return [path("mail/reports/", login_not_required(pattern.callback), name="reports")]
    return []
