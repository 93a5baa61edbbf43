"""The two notes that every mail costs: the try, before it; that the server took it, after it.

Written as SQL, because the query compiler would take longer than the database: under a full outbox this is the path
that every mail goes. They count as long as our lease on the row stands. In a row of mails the note that one was taken and
the note that the next is begun are one UPDATE: no mail waits for two commits.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from .models import Message, Progress

LEASE = timedelta(seconds=120)  # longer than a mail server can drag one mail out (EMAIL_TIMEOUT at each of its steps)
_BEGIN = """
    UPDATE notifications_message
    SET state = 'sending', attempts = attempts + 1, deaths = deaths + %s, leased_until = %s
    WHERE id = %s AND lease = %s AND state IN ('waiting', 'sending')
"""
_SENT = """
    UPDATE notifications_message
    SET state = 'sent', reason = '', sealed = '', lease = '', leased_until = NULL, done_at = %s, said = %s
    WHERE id = %s AND lease = %s AND state IN ('waiting', 'sending')
"""

_SENT_AND_BEGUN = """
    UPDATE notifications_message
    SET state = CASE id WHEN %s THEN 'sent' ELSE 'sending' END,
        reason = CASE id WHEN %s THEN '' ELSE reason END,
        sealed = CASE id WHEN %s THEN '' ELSE sealed END,
        lease = CASE id WHEN %s THEN '' ELSE lease END,
        leased_until = CASE id WHEN %s THEN NULL ELSE {at} END,
        done_at = CASE id WHEN %s THEN {at} ELSE NULL END,
        said = CASE id WHEN %s THEN %s ELSE said END,
        attempts = attempts + CASE id WHEN %s THEN 0 ELSE 1 END
    WHERE id IN (%s, %s) AND lease = %s AND state IN ('waiting', 'sending')
"""


def begin(message: Message) -> bool:
    """Count the try and lengthen the lease; False when the lease is lost."""
    died = message.state == Progress.SENDING
    return _write(_BEGIN, int(died), _moment(timezone.now() + LEASE), message.pk, message.lease)


def sent(message: Message, said: str) -> bool:
    """The server took it. What was sealed for the mail is gone with this."""
    return _write(_SENT, _moment(timezone.now()), said, message.pk, message.lease)


def sent_and_begun(message: Message, said: str, following: Message) -> bool:
    """The server took one, and the next (which nobody tried before) is tried now. False when the lease on that is lost."""
    this, lease, now = message.pk, message.lease, timezone.now()
    until, at = _moment(now + LEASE), _moment(now)
    values = [*[this] * 5, until, this, at, this, said, this, this, following.pk, lease]
    with connection.cursor() as cursor:
        cursor.execute(_sent_and_begun(), values)
        if cursor.rowcount == 2:
            return True
    ours = Message.objects.filter(pk=following.pk, lease=lease, state=Progress.SENDING)
    return ours.exists()


@cache
def _sent_and_begun() -> str:
    return _SENT_AND_BEGUN.format(at="%s::timestamptz" if connection.vendor == "postgresql" else "%s")


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _write(sql: str, *values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)
