"""How fast a full outbox drains, beside a bare smtplib loop over one connection to the same server, in one run.

    python -m benchmarks.mail_drain [--mails 10000] [--workers 2]

The bare loop sends mails that are ready; the product claims each, asks again whether it is still true and wanted,
renders it, sends it, and notes it. Both talk to one aiosmtpd process on this machine. The database is SQLite.
"""

import argparse
import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
    from accounts.models import User
    from notifications.models import Category, Message
    from notifications.outbox import fan_out
    from workflow.actions.intake import submit_letter
    from workflow.models import Case

    for number in range(count):
        member = User.objects.create_user(f"member{number}@people.example")
        submit_letter(by=member, text="A letter of some length, as they come in.", danger="no")
    while fan_out():
        pass
    assert Message.objects.filter(category=Category.LETTER).count() == count == Case.objects.count()


def bare(port: int, mails: list[bytes]) -> float:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for mail in mails:
            line.sendmail("hello@allay.example", ["member@people.example"], mail)
    return len(mails) / (time.perf_counter() - began)


def drain(workers: int, count: int) -> float:
    from django.db import connections

    from notifications.delivery import deliver
    from notifications.models import Message, Progress

    connections.close_all()
    began = time.perf_counter()
    children = []
    for _ in range(workers):
        child = os.fork()
        if not child:
            deliver(seconds=3600)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    took = time.perf_counter() - began
    assert Message.objects.filter(state=Progress.SENT).count() == count
    return count / took


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
        sample = prepare(first, Facts([first])).whole().message().as_bytes(linesep="\r\n")
        mails = [sample] * options.mails
        first = bare(port, mails[: options.mails // 2])
        ours = drain(options.workers, options.mails)
        second = bare(port, mails[: options.mails // 2])
        server.kill()
    loop = (first + second) / 2
    print(f"{'bare smtplib loop, one connection':<40}{loop:8.0f} mails/s   (before {first:.0f}, after {second:.0f})")
    print(f"{f'the product, {options.workers} workers':<40}{ours:8.0f} mails/s   {ours / loop:.0%} of it")


if __name__ == "__main__":
    main()
