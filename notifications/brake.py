"""The breaker: when far more goes out than ever should, stop, and say so. A loop of ours must not mail everybody."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from .models import NEVER_HELD, Brake, Message

log = logging.getLogger("allay.mail")
TOO_MANY = "too many mails in an hour"


def is_pulled() -> bool:
    """While it is, only what is never held back goes out."""
    return Brake.objects.filter(released_at__isnull=True).exists()


def room() -> int:
    """How many mails that can be held back may still go out; none while the brake is pulled. Pulls it when it is time."""
    if is_pulled():
        return 0
    left: int = settings.MAIL_PER_HOUR - _sent_in_an_hour()
    if left > 0:
        return left
    pull(TOO_MANY)
    return 0


def pull(why: str) -> None:
    _, is_new = Brake.objects.get_or_create(why=why, released_at=None)
    if is_new:
        log.error("the brake on mail is pulled: %s", why)


def release() -> None:
    """A person looked into it; the hour begins anew."""
    Brake.objects.filter(released_at__isnull=True).update(released_at=timezone.now())


def _sent_in_an_hour() -> int:
    since = timezone.now() - timedelta(hours=1)
    last = Brake.objects.filter(released_at__gt=since).order_by("-released_at").first()
    began = last.released_at if last and last.released_at else since
    sent = Message.objects.sent().filter(done_at__gt=began)
    return sent.exclude(category__in=NEVER_HELD).count()
