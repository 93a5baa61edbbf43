"""How delivery is: what waits and since when, what was given up, who shows a pulse; and the hourly mail to ourselves."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from workflow.models import Event

from . import heartbeat
from .emails import sealed_hash
from .models import RANK, Brake, Category, Habits, Message, Progress, Pulse, Report
from .words import edited, is_fit

log = logging.getLogger("allay.mail")
SELF_TEST = "self_test"
LATE = timedelta(minutes=10)  # anything that should have gone out longer ago than this
SHOWN = 50
REPORTS_DAYS = 30


@dataclass(frozen=True)
class Stream:
    """One category at a glance."""

    category: str
    waiting: int = 0
    failed: int = 0  # of those that wait: tried, and not taken yet
    oldest_due: datetime | None = None
    sent_today: int = 0
    given_up: int = 0

    @property
    def label(self) -> str:
        return str(Category(self.category).label)


def streams() -> list[Stream]:
    now = timezone.now()
    pending = Q(state__in=[Progress.WAITING, Progress.SENDING])
    rows = (
        Message.objects.order_by()
        .values_list("category")
        .annotate(
            waiting=Count("pk", filter=pending),
            failed=Count("pk", filter=pending & Q(attempts__gt=0)),
            oldest_due=Min("next_try_at", filter=pending & Q(next_try_at__lte=now)),
            sent_today=Count("pk", filter=Q(state=Progress.SENT, done_at__gt=now - timedelta(days=1))),
            given_up=Count("pk", filter=Q(state=Progress.UNDELIVERABLE)),
        )
    )
    found = {category: Stream(category, *counts) for category, *counts in rows}
    return [found.get(category.value, Stream(category.value)) for category in Category]


def reported() -> list[tuple[str, int]]:
    """What mailboxes and their owners told the provider in a month, the most frequent first; counts alone."""
    lately = Report.objects.filter(at__gt=timezone.now() - timedelta(days=REPORTS_DAYS)).order_by()
    return list(lately.values_list("kind").annotate(number=Count("pk")).order_by("-number", "kind"))


def silenced() -> int:
    """How many people get nothing but codes, because their mail bounced or was called unwanted."""
    return Habits.objects.filter(dead_at__isnull=False).count()


def given_up() -> QuerySet[Message]:
    """Undeliverable mails, the newest first, without a word about to whom."""
    return Message.objects.filter(state=Progress.UNDELIVERABLE).order_by("-done_at")[:SHOWN]


def troubles() -> list[str]:
    """What somebody must look at, in sentences; empty when all is well."""
    now, found = timezone.now(), []
    if heartbeat.silent_since() is not None:
        found.append("The safety clock is silent: nobody is called again about a danger. Is `manage.py work` running?")
    due = Message.objects.pending().filter(next_try_at__lt=now - LATE)
    if Brake.objects.filter(released_at__isnull=True).exists():
        found.append("The brake is pulled: only codes and calls about danger go out.")
    if count := due.count():
        found.append(f"{count} mail{'s' if count > 1 else ''} should have gone out more than ten minutes ago.")
    if Event.objects.filter(dispatch__isnull=True, at__lt=now - LATE).exists():
        found.append("Something happened more than ten minutes ago and was not turned into mail yet.")
    if not Pulse.objects.filter(name="sweep", at__gt=now - LATE).exists():
        found.append("The background worker has not been seen for ten minutes. Is `manage.py work` running?")
    if unfit := [row for row in edited().values() if not is_fit(row)]:
        found.append(f"The edited words of {len(unfit)} mail(s) cannot be sent as they are. The shipped words go out.")
    if _self_test_failed(now):
        found.append("The hourly mail to ourselves did not go out.")
    return found


def try_again(message_id: int) -> bool:
    """Once more from the beginning, for a mail that was given up."""
    kept = Message.objects.filter(pk=message_id, state=Progress.UNDELIVERABLE)
    kept = kept.exclude(category=Category.SECURITY).exclude(template=SELF_TEST)  # what was sealed for them is gone
    fresh = {"attempts": 0, "deaths": 0, "reason": "", "done_at": None, "next_try_at": timezone.now()}
    return bool(kept.update(state=Progress.WAITING, **fresh))


def mail_to_ourselves() -> None:
    """Each hour one mail takes the whole way. When the one before did not arrive at the server, say so, loudly."""
    if _self_test_failed(timezone.now()):
        log.error("the hourly mail to ourselves did not go out")
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    Message.objects.get_or_create(
        key=sealed_hash(SELF_TEST, hour.isoformat()),
        defaults={
            "template": SELF_TEST,
            "category": Category.DIGEST,
            "rank": RANK[Category.DIGEST],
            "sealed": json.dumps({"address": parseaddr(settings.MAIL_FROM)[1]}),
        },
    )


def _self_test_failed(now: datetime) -> bool:
    old = Message.objects.filter(template=SELF_TEST, created_at__lt=now - LATE).order_by("-created_at").first()
    return old is not None and old.state != Progress.SENT
