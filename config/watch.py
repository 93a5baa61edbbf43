"""In every web process a thread looks after the safety clock, which runs elsewhere: when it falls silent, people are told.

It shares nothing with the worker but the database: no outbox, no tasks, no schedule.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

ALARM = "notifications.heartbeat.alarm"
log = logging.getLogger("allay.safety")
is_begun_by_workers = False  # gunicorn.conf.py: the product is loaded before the processes that answer are forked


def watch(*, rounds: int | None = None) -> None:
    """Look again and again; first after as long as the clock may be silent, so that a fresh start alarms nobody."""
    pause = max(1.0, settings.CLOCK_SILENCE_SECONDS / 4)
    time.sleep(settings.CLOCK_SILENCE_SECONDS)
    while rounds is None or rounds > 0:
        rounds = None if rounds is None else rounds - 1
        try:
            close_old_connections()
            import_string(ALARM)()  # by name: the web server loads this before any model can be
        except Exception:
            log.exception("looking after the safety clock failed; going on")
        finally:
            close_old_connections()
        time.sleep(pause)


def begin() -> None:
    """Called once in each process that answers."""
    threading.Thread(target=watch, name="watch", daemon=True).start()
