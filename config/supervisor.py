"""Keeps one cluster of django-q2 workers alive and the mail going, whatever happens to it (docs/adr/0005).

The cluster runs in a session of its own. To stop, its main process alone is told (TERM to all of them kills the task in
hand). It must show a pulse; a silent or headless one is killed whole and begun again. Each minute the outbox is swept
from here too, in a child process, so that neither a blocked scheduler nor a message that kills its reader stops mail.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone
from django_q.tasks import async_task

from notifications import heartbeat
from notifications.models import Message, Pulse
from notifications.tasks import sweep
from workflow.actions.clocks import call_about_unread, escalate_flags

log = logging.getLogger("allay.worker")
PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """In the child: if the supervisor is killed, the kernel asks the cluster to stop (Linux; elsewhere nothing)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Cluster:
    """One `manage.py qcluster` and all its children."""

    def __init__(self) -> None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
        self.process = subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603
        self.began = time.monotonic()
        self.name = f"cluster {socket.gethostname()} {self.process.pid}"

    def is_running(self) -> bool:
        return self.process.poll() is None

    def silent_for(self) -> float:
        """Seconds since a worker last finished a beat, or since the start."""
        last = Pulse.objects.filter(name=self.name).values_list("at", flat=True).first()
        age = time.monotonic() - self.began
        return min(age, (timezone.now() - last).total_seconds()) if last else age

    def stop(self, grace: float) -> None:
        """Let it finish what it has in hand, then end what is left."""
        if self.is_running():
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace)
        self.kill()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        Pulse.objects.filter(name=self.name).delete()


class Supervisor:
    """The loop of `manage.py work`."""

    TICK = 1.0
    BEAT_EVERY = 30.0
    SWEEP_EVERY = 60.0
    LOOK_EVERY = 5.0
    CLOCK_EVERY = 20.0
    CLOCK_PATIENCE = 60.0  # a round of the safety clock that takes longer is ended and begun again
    CHECKPOINT_EVERY = 20.0
    SILENCE = 240.0  # longer than two tasks that run into their timeout

    def __init__(self, *, grace: float = 10.0) -> None:
        self.grace = grace
        self.cluster: Cluster | None = None
        self.clock: multiprocessing.process.BaseProcess | None = None
        self.sweeper: multiprocessing.process.BaseProcess | None = None
        self.stopping = False
        self._last: dict[str, float] = {}

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        self.cluster = Cluster()
        while not self.stopping:
            for work in (self.mind_clock, self.mind_cluster, self.ask_for_beat, self.sweep, self.checkpoint):
                self._safely(work)
            time.sleep(self.TICK)
        self.cluster.stop(self.grace)
        for child in (self.clock, self.sweeper):
            if child and child.is_alive():
                child.kill()

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _safely(self, work: Callable[[], None]) -> None:
        """A database that is away for a while must not end the supervisor."""
        try:
            work()
        except Exception:
            log.exception("%s failed; going on", work.__name__)
            connections.close_all()

    def _is_time(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now - self._last.get(what, -every) < every:
            return False
        self._last[what] = now
        return True

    def mind_cluster(self) -> None:
        """Begin again what ended or fell silent."""
        if self.cluster is None or not self._is_time("mind", self.LOOK_EVERY):
            return
        ended = not self.cluster.is_running()
        if ended or self.cluster.silent_for() > self.SILENCE:
            log.error("the cluster of workers %s; beginning a new one", "ended" if ended else "fell silent")
            self.cluster.kill()
            self.cluster = Cluster()

    def ask_for_beat(self) -> None:
        if self._is_time("beat", self.BEAT_EVERY):
            async_task("notifications.tasks.beat")

    def mind_clock(self) -> None:
        """The safety clock, before anything else and in a child of its own: no mail and no message holds it up."""
        if self.clock and self.clock.is_alive():
            if time.monotonic() - self._last["clock"] > self.CLOCK_PATIENCE:
                log.error("a round of the safety clock took too long; beginning it again")
                self.clock.kill()
            return
        if self._is_time("clock", self.CLOCK_EVERY):
            self.clock = _child(_tick, "clock")

    def sweep(self) -> None:
        """Each minute, and as soon as something is overdue. In a child: what kills it does not kill us."""
        if self.sweeper and self.sweeper.is_alive():
            return
        is_overdue = self._is_time("look", self.LOOK_EVERY) and _something_is_overdue()
        if self._is_time("sweep", self.SWEEP_EVERY) or is_overdue:
            self.sweeper = _child(_sweep, "sweep")

    def checkpoint(self) -> None:
        """On SQLite one process alone moves the write-ahead log into the file (docs/adr/0004)."""
        if connection.vendor == "sqlite" and self._is_time("checkpoint", self.CHECKPOINT_EVERY):
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _something_is_overdue() -> bool:
    return Message.objects.due(timezone.now() - timedelta(seconds=5)).exists()


def _child(work: Callable[[], None], name: str) -> multiprocessing.process.BaseProcess:
    """A process of its own that ends by itself, and with the supervisor."""
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=_in_child, args=(work,), name=name)
    child.start()
    return child


def _in_child(work: Callable[[], None]) -> None:
    _end_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work()
    except Exception:
        log.exception("%s failed; the next round tries again", work.__name__)


def _tick() -> None:
    """A round of the safety clock. It beats only when all of it went well."""
    escalate_flags()
    call_about_unread()
    heartbeat.beat()


def _sweep() -> None:
    sweep()
