"""Is everything in order that letters depend on? One word for the outside; the reasons go to the log, by name only."""

import logging
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from notifications import heartbeat
from notifications.models import Message, Pulse

from .backups import files

log = logging.getLogger("allay.ready")
ROOM = 200_000_000  # bytes that must be free where the data lies
LOOK_EVERY = 5.0  # seconds
_seen: list[tuple[float, list[str]]] = []
SWEPT, LATE, BACKED_UP = timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=90)


def _can_write() -> bool:
    with transaction.atomic():
        Pulse.beat("readiness")
        transaction.set_rollback(True)
    return True


def _is_up_to_date() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _has_room() -> bool:
    return shutil.disk_usage(settings.VAR_DIR).free > ROOM


def _worker_works() -> bool:
    return Pulse.objects.filter(name="sweep", at__gt=timezone.now() - SWEPT).exists()


def _mail_goes_out() -> bool:
    return not Message.objects.pending().filter(next_try_at__lt=timezone.now() - LATE).exists()


def _clock_beats() -> bool:
    return heartbeat.silent_since() is None


def _is_backed_up() -> bool:
    """Only where backups are to lie on this machine; elsewhere whoever takes them watches them."""
    if not settings.BACKUP_DIR:
        return True
    last = files.newest(Path(settings.BACKUP_DIR))
    return last is not None and timezone.now() - last < BACKED_UP


CHECKS: dict[str, Callable[[], bool]] = {
    "the database takes no writes": _can_write,
    "migrations are missing": _is_up_to_date,
    "the disk is nearly full": _has_room,
    "the worker is not running": _worker_works,
    "mail waits for too long": _mail_goes_out,
    "the safety clock is silent": _clock_beats,
    "the last backup is too old": _is_backed_up,
}


def what_is_wrong_lately() -> list[str]:
    """The same for whoever asks from outside: looked at anew after some seconds only, so that asking costs nothing."""
    now = time.monotonic()
    if not _seen or now - _seen[0][0] >= LOOK_EVERY:
        _seen[:] = [(now, what_is_wrong())]
    return _seen[0][1]


def what_is_wrong() -> list[str]:
    """Names of the checks that fail; a check that cannot be made fails."""
    wrong = []
    for name, holds in CHECKS.items():
        try:
            is_fine = holds()
        except (DatabaseError, OSError):
            is_fine = False
        if not is_fine:
            wrong.append(name)
    if wrong:
        log.warning("not ready: %s", ", ".join(wrong))
    return wrong
