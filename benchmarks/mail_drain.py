"""How fast a full outbox drains, beside a bare smtplib loop over one connection to the same server, in one run.

    python -m benchmarks.mail_drain [--mails 10000] [--workers 2]

The bare loop sends mails that are ready, each with the same bytes: nothing is built, read or written for it. The product
claims each, asks again whether it is still true and wanted, renders it, sends it, and notes it. Both talk to one
aiosmtpd process on this machine. The database is SQLite. They take turns of a second, the one frozen while the other
runs, so that what else the machine does meanwhile falls on both alike.
"""

import argparse
import os
import resource
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import free_port

ROOT = Path(__file__).resolve().parents[1]
TURN = 1.0  # seconds
SERVER = """
import sys, time
from aiosmtpd.controller import Controller
class Sink:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [*responses[:-1], *["250-PIPELINING"] * (sys.argv[2] == "1"), responses[-1]]
    async def handle_DATA(self, server, session, envelope):
        return "250 kept"
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
time.sleep(3600)
"""


def start_server(port: int, *, pipelines: bool = True) -> subprocess.Popen:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port), str(int(pipelines))])
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def fill(count: int) -> None:
    """`count` mails to as many members, as if the server had been away for a while."""
    from django.db import transaction

    from accounts.models import User
    from notifications.models import Category, Message
    from notifications.outbox import fan_out
    from workflow.actions.intake import submit_letter
    from workflow.models import Case

    for first in range(0, count, 500):
        with transaction.atomic():
            for number in range(first, min(first + 500, count)):
                member = User.objects.create_user(f"member{number}@people.example")
                submit_letter(by=member, text="A letter of some length, as they come in.", danger="no")
        print(f"{Case.objects.count()} letters written", end="\r", file=sys.stderr, flush=True)
    while fan_out():
        pass
    assert Message.objects.filter(category=Category.LETTER).count() == count == Case.objects.count()


@dataclass
class Tally:
    """What one of the two did in its turns."""

    mails: int = 0
    seconds: float = 0.0
    cpu: float = 0.0  # seconds of the sending side alone

    @property
    def rate(self) -> float:
        return self.mails / self.seconds

    def __str__(self) -> str:
        return f"{self.rate:8.0f} mails/s   {self.cpu / self.mails * 1000:.2f} ms of CPU each"


def bare(line: smtplib.SMTP, mail: bytes, tally: Tally) -> None:
    """One turn of the loop."""
    began, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() - began < TURN:
        line.sendmail("hello@allay.example", ["member@people.example"], mail)
        tally.mails += 1
    tally.seconds += time.perf_counter() - began
    tally.cpu += time.process_time() - cpu


def begin_workers(number: int) -> list[int]:
    """Frozen until it is their turn."""
    from django.db import connections

    from notifications.delivery import deliver

    connections.close_all()
    children = []
    for _ in range(number):
        child = os.fork()
        if not child:
            os.kill(os.getpid(), signal.SIGSTOP)
            deliver(seconds=3600)
            os._exit(0)
        os.waitpid(child, os.WUNTRACED)
        children.append(child)
    return children


def drain_a_turn(children: list[int], tally: Tally) -> list[int]:
    """The workers that are still at it after their turn."""
    began = time.perf_counter()
    for child in children:
        os.kill(child, signal.SIGCONT)
    while children and time.perf_counter() - began < TURN:
        time.sleep(0.005)
        children = [child for child in children if not os.waitpid(child, os.WNOHANG)[0]]
    for child in children:
        os.kill(child, signal.SIGSTOP)
    tally.seconds += time.perf_counter() - began
    return children


def compare(port: int, mail: bytes, *, workers: int, count: int) -> tuple[Tally, Tally]:
    """Turn by turn until the outbox is empty."""
    from notifications.models import Message, Progress

    loop, ours = Tally(), Tally(mails=count)
    children = begin_workers(workers)
    with smtplib.SMTP("127.0.0.1", port) as line:
        bare(line, mail, loop)
        while children:
            children = drain_a_turn(children, ours)
            bare(line, mail, loop)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours.cpu = used.ru_utime + used.ru_stime
    assert Message.objects.filter(state=Progress.SENT).count() == count
    assert not Message.objects.filter(attempts__gt=1).exists()
    return loop, ours


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as var:
        os.environ |= {
            "ALLAY_ENV": "test",
            "ALLAY_VAR": var,
            "DATABASE_URL": f"sqlite:///{var}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_PER_HOUR": "1000000",
        }
        import django

        django.setup()
        from django.core.management import call_command

        from notifications.contents import prepare
        from notifications.facts import Facts
        from notifications.models import Message

        call_command("migrate", verbosity=0)
        fill(options.mails)
        server = start_server(port)
        first = Message.objects.filter(template="received").first()
        mail = prepare(first, Facts([first])).whole().message().as_bytes(linesep="\r\n")
        loop, ours = compare(port, mail, workers=options.workers, count=options.mails)
        server.kill()
    print(f"{'bare smtplib loop, one connection':<40}{loop}")
    print(f"{f'the product, {options.workers} workers':<40}{ours}   {ours.rate / loop.rate:.0%} of the loop")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
