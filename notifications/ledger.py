"""The two notes that every mail costs: the try, before it; that the server took it, after it.

Written as SQL, because the query compiler would take longer than the database: under a full outbox this is the path
that every mail goes. Both are one UPDATE of one row, as long as our lease on it stands.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from .models import Message, Progress

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


def begin(message: Message, *, leased_until: datetime) -> bool:
    """Count the try and lengthen the lease; False when the lease is lost."""
    died = message.state == Progress.SENDING
    return _write(_BEGIN, int(died), _moment(leased_until), message.pk, message.lease)


def sent(message: Message, said: str) -> bool:
    """The server took it. What was sealed for the mail is gone with this."""
    return _write(_SENT, _moment(timezone.now()), said, message.pk, message.lease)


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _write(sql: str, *values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)
