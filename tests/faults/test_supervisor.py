"""`manage.py work` with real processes: mail goes out, whatever is killed; and nothing is left behind when it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.harness import ROOT, Sink

pytestmark = [pytest.mark.slow, pytest.mark.pure, pytest.mark.timeout(600)]

PATIENCE = 120
# Short clocks; all else is the product's own supervisor.
WORK = """
import sys, time, django
began = time.monotonic()
django.setup()
from config.supervisor import Supervisor
Supervisor.BEAT_EVERY, Supervisor.LOOK_EVERY = 1, 0.5
Supervisor.SWEEP_EVERY = float(sys.argv[1])
# On a busy machine the first sign of life is late too; ended for its silence, a cluster would never come to it.
Supervisor.SILENCE = max(float(sys.argv[2]), 8 * (time.monotonic() - began))
Supervisor(grace=5).run()
"""
SEND = """
import django
django.setup()
from notifications.sign_in import queue_security_mail
from notifications.models import Message
print(queue_security_mail("sign_in_unknown", email="new@people.example").key[:40])
"""


class House:
    """A database, a mail server and a supervisor."""

    def __init__(self, folder: Path, database: str) -> None:
        self.sink = Sink(folder)
        self.env = {
            **os.environ,
            "ALLAY_VAR": str(folder),
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "ALLAY_ENV": "development",
        }

    def work(self, *, sweep_every: float = 3600, silence: float = 6) -> None:
        command = [sys.executable, "-c", WORK, str(sweep_every), str(silence)]
        self.supervisor = subprocess.Popen(command, cwd=ROOT, env=self.env, stderr=subprocess.DEVNULL)
        self.wait(lambda: len(self.family()) >= 6, "the cluster did not start")

    def family(self) -> dict[int, int]:
        """The processes of the cluster: number → parent. They are of one session, named in their environment's folder."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                environment = (stat.parent / "environ").read_bytes()
                command = (stat.parent / "cmdline").read_bytes()
            except OSError:
                continue
            if self.env["ALLAY_VAR"].encode() in environment and b"qcluster" in command and fields[0] != "Z":
                found[int(stat.parent.name)] = int(fields[1])
        return found

    def main(self) -> int:
        """The cluster's first process: the supervisor's child."""
        return next(child for child, parent in self.family().items() if parent == self.supervisor.pid)

    def sentinel(self) -> int:
        return next(child for child, parent in self.family().items() if parent == self.main())

    def workers(self) -> list[int]:
        """The sentinel starts its workers before anything else."""
        return sorted(child for child, parent in self.family().items() if parent == self.sentinel())[:2]

    def send(self) -> str:
        done = subprocess.run(
            [sys.executable, "-c", SEND], cwd=ROOT, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def wait_for(self, key: str, seconds: float = PATIENCE) -> None:
        self.wait(lambda: any(key in name for name in self.sink.accepted()), "the mail never came", seconds)

    def wait(self, ready, why: str, seconds: float = PATIENCE) -> None:
        until = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < until, why
            time.sleep(0.1)

    def end(self) -> None:
        self.supervisor.terminate()
        self.supervisor.wait(60)


@pytest.fixture
def house(tmp_path, own_file):
    made = House(tmp_path, own_file)
    yield made
    if made.supervisor.poll() is None:
        made.end()
    left = made.family()
    for process in left:
        os.kill(process, signal.SIGKILL)
    made.sink.stop()
    assert not left, "processes were left behind"


def test_it_sends_soon_goes_on_when_any_part_of_it_is_killed_and_ends_cleanly(house):
    """Idle workers that die make django-q2 hang for ever; without a sentinel or a main process orphans work on."""
    house.work()
    house.wait_for(house.send())
    for who in ("workers", "sentinel", "main"):
        before = set(house.family())
        for process in house.workers() if who == "workers" else [getattr(house, who)()]:
            os.kill(process, signal.SIGKILL)
        house.wait_for(house.send())
        house.wait(lambda before=before: len(set(house.family()) - before) >= 6, f"no new cluster without {who}")
        house.wait(lambda before=before: not before & set(house.family()), f"orphans of the old cluster, without {who}")
    assert max(house.sink.accepted().values()) == 1, "every mail once"
    house.end()
    assert house.supervisor.returncode == 0
    assert house.family() == {}


def test_it_sends_by_itself_while_the_cluster_does_not_work(house):
    house.work(sweep_every=1, silence=3600)
    stuck = house.workers()
    for process in stuck:
        os.kill(process, signal.SIGSTOP)
    house.wait_for(house.send())
    for process in stuck:
        os.kill(process, signal.SIGCONT)


def test_it_leaves_no_cluster_behind_when_it_is_killed_itself(house):
    house.work(silence=3600)  # a cluster that is slow to start is not what is asked here
    house.supervisor.kill()
    house.supervisor.wait(5)
    house.wait(lambda: not house.family(), "the cluster outlived its supervisor")
