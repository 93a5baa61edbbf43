"""Real processes, SIGKILL: the right person is told once whatever dies while a flag is escalated, and a dead clock is noticed.

Nothing is simulated but the clocks' lengths: supervisor, cluster, safety clock, sweeper and web server are the product's own.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import environ
import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from notifications import heartbeat
from notifications.emails import message_id
from notifications.failpoints import PLACES
from notifications.models import Message, Pulse
from tests.faults.harness import ROOT, UNAVOIDABLE, Sink, free_port
from workflow.models import SafetyFlag

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(420)]

THEIRS = "theirs"  # the processes' database, as this one knows it
WORK = """
import django
django.setup()
from datetime import timedelta
from notifications import fates, ledger
ledger.LEASE = timedelta(seconds=8)  # more than a talk with the mail server takes on a busy machine
fates.MAX_DEATHS = 10_000
from config.supervisor import Supervisor
Supervisor.BEAT_EVERY, Supervisor.LOOK_EVERY, Supervisor.SWEEP_EVERY, Supervisor.CLOCK_EVERY = 1, 0.5, 1, 0.5
Supervisor(grace=3).run()
"""
PREPARE = """
import django, json
django.setup()
from datetime import timedelta
from django.db.models import F
from django.utils import timezone
from accounts.models import User
from accounts.roles import Role
from workflow.actions.intake import submit_letter
from workflow.models import SafetyFlag, Shift
now, day = timezone.now(), timedelta(days=1)
def person(name, *roles):
    return User.objects.create_user(name + "@people.example", roles=roles)
mo, dana = person("mo", Role.MODERATOR), person("dana", Role.MODERATOR)
mora, ada = person("mora", Role.MODERATOR), person("ada", Role.ADMINISTRATOR)
Shift.objects.create(person=mo, starts_at=now - day, ends_at=now + day / 2)
Shift.objects.create(person=dana, starts_at=now + day / 2, ends_at=now + day)
case = submit_letter(by=person("rosa"), text="He is asleep on the sofa and I sit beside him. " * 2, danger="yes")
closed = submit_letter(by=person("bela"), text="He is asleep on the sofa and I sit beside him. " * 2, danger="yes")
SafetyFlag.objects.filter(case=closed).update(
    acknowledged_by=mo, acknowledged_at=now, closed_by=mo, closed_at=now, raised_at=F("raised_at") - timedelta(minutes=11)
)
taken = submit_letter(by=person("vera"), text="He is asleep on the sofa and I sit beside him. " * 2, danger="yes")
print(json.dumps({"flags": case.flags.count(), "case": case.pk, "taken": taken.pk, "mo": mo.pk}))
"""


class Service:
    """A database, a mail server, and processes that are killed."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.sink = folder, Sink(folder)
        self.started: list[subprocess.Popen[bytes]] = []
        (folder / "static").mkdir()
        self.env = {
            **os.environ,
            "ALLAY_VAR": str(folder),
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "ALLAY_ENV": "development",
            "CLOCK_SILENCE_SECONDS": "6",
        }
        done = subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        self.facts = json.loads(done.stdout)

    def told(self) -> list[tuple[str, int, str, str, str]]:
        rows = Message.objects.using(THEIRS).filter(category="safety").select_related("event", "person")
        return [
            (row.event.kind, row.event.case_id, row.person.email.split("@")[0], message_id(row.key), row.state)
            for row in rows
        ]

    def make_due(self) -> None:
        flags = SafetyFlag.objects.using(THEIRS).filter(case=self.facts["case"])
        flags.update(raised_at=F("raised_at") - timedelta(minutes=11))
        took_on = timezone.now() - timedelta(minutes=11)
        unopened = SafetyFlag.objects.using(THEIRS).filter(case=self.facts["taken"])
        unopened.update(acknowledged_by=self.facts["mo"], acknowledged_at=took_on, raised_at=took_on)

    def has_clock_since(self, began: datetime) -> bool:
        return Pulse.objects.using(THEIRS).filter(name=heartbeat.CLOCK, at__gt=began).exists()

    def work(self, *, dies_at: str = "") -> subprocess.Popen[bytes]:
        env = {**self.env, "ALLAY_FAILPOINTS": f"{dies_at}:1" if dies_at else ""}
        return self._start([sys.executable, "-c", WORK], env)

    def serve(self) -> tuple[subprocess.Popen[bytes], int]:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
        return self._start(command, self.env), port

    def _start(self, command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        self.started.append(subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL))
        return self.started[-1]

    def kill_all(self) -> int:
        """SIGKILL for every process that belongs to this service, as a power cut would; how many."""
        killed = 0
        while processes := self.processes():
            for process in processes:
                try:
                    os.kill(process, signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    continue
            time.sleep(0.05)
        return killed

    def processes(self) -> list[int]:
        """Alive, ours by the folder in their environment, and not the mail server."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state = stat.read_text().rpartition(")")[2].split()[0]
                environment = (stat.parent / "environ").read_bytes()
            except OSError:
                continue
            if state != "Z" and f"ALLAY_VAR={self.folder}".encode() in environment:
                found.append(int(stat.parent.name))
        return found

    def wait(self, ready, why: str, seconds: float = 150) -> None:
        until = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < until, why
            time.sleep(0.3)


@pytest.fixture
def service(tmp_path, own_database):
    connections.databases[THEIRS] = {**connection.settings_dict, **environ.Env.db_url_config(own_database)}
    connections[THEIRS].connect()  # by hand: a test may not come to another database by asking it something
    made = Service(tmp_path, own_database)
    yield made
    connections[THEIRS].close()
    del connections[THEIRS], connections.databases[THEIRS]
    made.kill_all()
    for process in made.started:
        process.wait()
    made.sink.stop()


def arrived(service, kind):
    """Who was sent what about a kind of event, and how often the mail server took it."""
    accepted = service.sink.accepted()
    return Counter({(who, case): accepted[key] for named, case, who, key, _ in service.told() if named == kind})


def is_quiet(service):
    """Every mail that there is was sent."""
    rows = service.told()
    return bool(rows) and all(row[4] in {"sent", "skipped"} for row in rows)


def test_it_tells_the_right_person_once_whatever_dies_during_escalation(service):
    facts = service.facts
    assert facts["flags"] == 1
    worker = service.work()
    first = ("mo", facts["case"])
    service.wait(lambda: arrived(service, "case_submitted")[first] == 1, "whose turn it is was not told")
    service.wait(lambda: is_quiet(service), "it was not recorded")
    service.kill_all()
    worker.wait()

    service.make_due()
    killed = 0
    for place in [place for place in PLACES if place != UNAVOIDABLE]:
        began = timezone.now()
        worker = service.work(dies_at=place)
        service.wait(lambda began=began: service.has_clock_since(began), "the clock does not run")
        time.sleep(10)  # the leases of who died before run out, and the sweep comes by once more
        if place == "recorded":  # killed between "accepted" and "recorded" a mail goes out again: unavoidable
            service.wait(lambda: is_quiet(service), "nothing was recorded")
        killed += service.kill_all()
        worker.wait()
    assert killed >= 2 * (len(PLACES) - 1)

    worker = service.work()
    second = ("dana", facts["case"])
    again = ("dana", facts["taken"])
    service.wait(lambda: arrived(service, "flag_escalated")[second] >= 1, "the next on the roster was never told")
    service.wait(lambda: arrived(service, "flag_escalated")[again] >= 1, "taken on, unopened, and nobody was called")
    service.wait(lambda: is_quiet(service), "something is still under way")
    time.sleep(3)  # several more rounds of the clock and of the sweep
    assert arrived(service, "flag_escalated") == Counter({second: 1, again: 1})
    assert arrived(service, "case_submitted")[first] == 1
    assert max(service.sink.accepted().values()) == 1


def clock_of(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/clock", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def test_it_is_noticed_by_the_web_when_the_clock_is_killed_and_told_by_a_mail_of_its_own(service):
    web, port = service.serve()
    worker = service.work()
    service.wait(lambda: clock_of(port) == 200, "the clock never beat")
    service.wait(lambda: is_quiet(service), "the mails about the letter never went out")
    before = service.sink.accepted()
    worker.kill()
    worker.wait()
    service.wait(lambda: clock_of(port) == 503, "nobody noticed that the clock is dead", 40)
    service.wait(lambda: sum(service.sink.accepted().values()) >= sum(before.values()) + 4, "no alarm was sent", 40)
    time.sleep(4)
    assert sum(service.sink.accepted().values()) == sum(before.values()) + 4, "each is told once, by one web process"
    worker = service.work()
    service.wait(lambda: clock_of(port) == 200, "the new clock does not beat")
    assert web.poll() is None
