"""When a mail goes out, if at all: what the person chose, their quiet hours, and not too many to anybody.

Asked at the moment of sending. Signing in and danger are never held back; but anybody can type anybody's address, so
codes have limits of their own: for one mailbox, and for all who never signed in.
"""

import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

from .facts import Facts
from .models import NEVER_HELD, About, Category, Choice, Habits, Message, Progress
from .outbox import digest_for
from .rules import CODES

log = logging.getLogger("allay.mail")
CODES_AN_HOUR = 10


class Skip(Exception):
    """The mail is not needed any more; the reason is kept with the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Wait(Exception):
    """Not now; this is not a failed try."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason


def habits_of(person: User) -> Habits:
    return Habits.objects.filter(person=person).first() or Habits(person=person)


def check(message: Message, person: User, about: About | None, facts: Facts) -> None:
    """Returns when the mail may go now. Raises Skip or Wait otherwise."""
    habits = facts.habits_of(person)
    if habits.dead_at is not None:
        raise Skip(f"address: {habits.dead_reason}")
    if message.category in NEVER_HELD:
        return
    choice = habits.choice(about) if about else Choice.AT_ONCE
    if choice == Choice.NONE:
        raise Skip("not wanted")
    if message.category != Category.DIGEST:
        if choice == Choice.DAILY:
            _fold(person, "told once a day")
        if _has_enough(facts.sent_lately(person, before=message)):
            _fold(person, "many at once")
    if until := end_of_quiet(person, habits):
        raise Wait(until, "quiet hours")


def check_code(message: Message, person: User | None) -> None:
    """Raises Skip when a stranger seems to ask: again and again for one mailbox, or for one new mailbox after another."""
    lately = Q(state=Progress.SENT, done_at__gt=timezone.now() - timedelta(hours=1)) | Q(state=Progress.SENDING)
    codes = Message.objects.filter(lately, category=Category.SECURITY, template__in=CODES).exclude(pk=message.pk)
    if person and codes.filter(person=person).count() >= CODES_AN_HOUR:
        raise Skip("many at once")
    if person and person.last_login:
        return
    if codes.filter(person__last_login__isnull=True).count() >= settings.MAIL_NEW_PER_HOUR:
        log.error("too many codes for new addresses in an hour; only people who signed in before get theirs")
        raise Skip("many new at once")


def _fold(person: User, reason: str) -> None:
    """Into the daily mail. It is queued before this one is let go, so that nothing is lost in between."""
    template = "work_digest" if person.is_on_staff else "news_digest"
    Message.objects.bulk_create([digest_for(person, template)], ignore_conflicts=True)
    raise Skip(reason)


def _has_enough(sent: list[datetime]) -> bool:
    """More than a person should get in an hour or a day."""
    hour_ago = timezone.now() - timedelta(hours=1)
    return sum(at > hour_ago for at in sent) >= settings.MAIL_PERSON_HOUR or len(sent) >= settings.MAIL_PERSON_DAY


def end_of_quiet(person: User, habits: Habits) -> datetime | None:
    """When the person's quiet hours end, if it is quiet there now."""
    if habits.quiet_from is None or habits.quiet_until is None or habits.quiet_from == habits.quiet_until:
        return None
    zone = ZoneInfo(person.time_zone)
    now = timezone.now().astimezone(zone)
    first, last = habits.quiet_from, habits.quiet_until
    is_quiet = first <= now.hour < last if first < last else now.hour >= first or now.hour < last
    if not is_quiet:
        return None
    day = now.date() + timedelta(days=now.hour >= last)
    return datetime.combine(day, time(last), tzinfo=zone)
