"""The heartbeat of the safety clock: it beats when the clock ran whole, and its silence is told by the web, not by the worker.

Whoever calls people about danger cannot be the one to say that it has stopped. So the web process looks (config/watch.py),
and writes straight to the mail server: past the outbox, the tasks and the worker.
"""

import logging
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from .audience import leads, moderators
from .models import Pulse

log = logging.getLogger("allay.safety")
CLOCK, ALARM = "safety clock", "safety clock alarm"
AGAIN = timedelta(hours=1)  # how often the alarm is repeated while the clock is silent
LOOK_EVERY = 10.0  # seconds that a page may go on believing what it saw last
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_seen: list[tuple[float, datetime | None]] = []


def beat() -> None:
    """The clock went through everything without a fault."""
    Pulse.beat(CLOCK)


def last_beat() -> datetime | None:
    return Pulse.objects.filter(name=CLOCK).values_list("at", flat=True).first()


def silent_since() -> datetime | None:
    """Since when the clock has been silent for too long (long ago when it never beat); nothing while it beats."""
    last = last_beat() or _NEVER
    return last if timezone.now() - last > timedelta(seconds=settings.CLOCK_SILENCE_SECONDS) else None


def silent_since_lately() -> datetime | None:
    """The same for every page of the desks: asked anew after a few seconds only."""
    now = time.monotonic()
    if not _seen or now - _seen[0][0] >= LOOK_EVERY:
        _seen[:] = [(now, silent_since())]
    return _seen[0][1]


def alarm() -> bool:
    """Tell the moderators, the leads and whoever ALARM_TO names that the clock is silent: one process tells, once an hour."""
    since = silent_since()
    if since is None:
        return False
    Pulse.objects.get_or_create(name=ALARM, defaults={"at": _NEVER})
    earlier = max(since, timezone.now() - AGAIN)
    before = Pulse.objects.filter(name=ALARM).values_list("at", flat=True).get()
    if before > earlier or not Pulse.objects.filter(name=ALARM, at=before).update(at=timezone.now()):
        return False
    log.error("the safety clock is silent; telling everybody by a way of its own")
    if _tell(since):
        return True
    Pulse.objects.filter(name=ALARM).update(at=before)  # nobody was reached: the next look tries again
    return False


def _tell(since: datetime) -> bool:
    """One mail to each, phone-sized; a mailbox that fails holds up no other."""
    people = {person.email for person in [*moderators(), *leads()]}
    words = _words(since)
    connection = get_connection(**settings.ALARM_EMAIL)
    sent = [_send(EmailMessage(*words, to=[to], connection=connection)) for to in people | set(settings.ALARM_TO)]
    return any(sent)


def _send(mail: EmailMessage) -> bool:
    try:
        return bool(mail.send())
    except OSError as fault:
        log.error("the alarm of the safety clock could not be sent: %s", type(fault).__name__)
        return False


def _words(since: datetime) -> tuple[str, str, str]:
    name, minutes = settings.MAIL_NEUTRAL_NAME, int((timezone.now() - since).total_seconds() // 60)
    when = "has never been seen" if since == _NEVER else f"has been silent for {minutes} minutes"
    body = (
        f"The clock that calls people {when}. Nobody is called by mail until it runs again.\n\n"
        f"Please look yourself now, and have the worker (manage.py work) started:\n{settings.PUBLIC_URL}/start/\n\n"
        f"-- \n{name}\n"
    )
    return f"Please look now at {name}", body, settings.MAIL_FROM
