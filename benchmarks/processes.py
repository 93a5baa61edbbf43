"""Several web and worker processes on one PostgreSQL, with each broker: how throughput grows, and that nothing is doubled.

    python -m benchmarks.processes [--mails 5000] [--processes 1 2 4] [--seconds 5]

Workers: so many `manage.py work` (one task process each) drain the same outbox into one mail server that keeps what it took;
beside the mails, schedules fall due that each add a line to a file. The mails fall due when all workers have started and
have nothing else to do: otherwise the start of the second is counted against the work of the first. Web: gunicorn with so
many workers answers the home page to eight readers at once. Server, readers, database and all processes share the cores of
this machine: nothing can grow beyond them.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READERS = 8
SCHEDULES = 20
PATIENCE = 600  # seconds
RELEASE = """
import django; django.setup()
from django.utils import timezone
from notifications.doorbell import ring
from notifications.models import Message
Message.objects.update(next_try_at=timezone.now())
for _ in range({number}):
    ring()
"""


def tick(name: str) -> None:
    """What a schedule of the benchmark does."""
    with open(os.environ["ALLAY_BENCH_TICKS"], "a") as file:
        file.write(f"{name}\n")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=5_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "scripts"))
    from postgres import INSTALL, find_binaries, running_server

    binaries = find_binaries()
    if binaries is None:
        print(f"Skipped: PostgreSQL is not installed. To install it: {INSTALL}")
        return 0
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    with running_server(binaries) as url:
        prepare(url, options.mails)
        for broker in ("orm", "redis"):
            for number in options.processes:
                with redis(broker == "redis") as address, tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
                    if broker == "redis" and not address:
                        print("Skipped: redis-server is not installed, so the Redis broker is not measured.")
                        break
                    mails(broker, number, options.mails, environment(folder, afresh(url), address))
        with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
            env = environment(folder, afresh(url), "")
            for number in options.processes:
                pages(number, options.seconds, env)
    return 0


def environment(folder: str, url: str, address: str) -> dict[str, str]:
    Path(folder, "static").mkdir()
    own = {
        "ALLAY_ENV": "test",
        "ALLAY_VAR": folder,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "MAIL_PER_HOUR": "1000000",
        "WORKERS": "1",
        "ALLAY_BENCH_TICKS": str(Path(folder, "ticks")),
        **({"REDIS_URL": address} if address else {}),
    }
    return {**os.environ, **own}


def prepare(url: str, number: int) -> None:
    """A database to copy: an outbox of so many mails for tomorrow, and schedules that are due as soon as somebody looks."""
    at_server(url, "CREATE DATABASE filled")
    run = f"""
import django; django.setup()
import logging; logging.disable(logging.INFO)
from django.core.management import call_command
for command in ("migrate", "createcachetable"): call_command(command, verbosity=0)
from benchmarks.mail_drain import fill
from datetime import timedelta
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from notifications.models import Message
fill({number})
Message.objects.update(next_try_at=timezone.now() + timedelta(days=1))
OrmQ.objects.all().delete()
for number in range({SCHEDULES}):
    Schedule.objects.create(func="benchmarks.processes.tick", args=repr((f"schedule {{number}}",)), schedule_type=Schedule.ONCE)
"""
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
        env = environment(folder, named(url, "filled"), "")
        subprocess.run([sys.executable, "-c", run], cwd=ROOT, env=env, check=True, stderr=subprocess.DEVNULL)


def afresh(url: str) -> str:
    """The address of a new copy of what was prepared."""
    at_server(url, "DROP DATABASE IF EXISTS allay WITH (FORCE)", "CREATE DATABASE allay TEMPLATE filled")
    return named(url, "allay")


def at_server(url: str, *statements: str) -> None:
    """Run these on the server itself, each in its own transaction."""
    import psycopg

    with psycopg.connect(named(url, "postgres"), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def named(url: str, database: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{database}"


def mails(broker: str, number: int, count: int, env: dict[str, str]) -> None:
    port, log, mode = env["EMAIL_URL"].rpartition(":")[2], Path(env["ALLAY_VAR"], "log"), Path(env["ALLAY_VAR"], "mode")
    mode.write_text("ok")
    ticks = Path(env["ALLAY_BENCH_TICKS"])
    quiet = {"cwd": ROOT, "env": env, "stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", "tests.faults.sink", port, str(log), str(mode)], **quiet)
    workers = [subprocess.Popen([sys.executable, "manage.py", "work"], **quiet) for _ in range(number)]
    try:
        wait(lambda: len(lines(ticks)) >= SCHEDULES)
        settle()
        subprocess.run([sys.executable, "-c", RELEASE.format(number=number)], **quiet, check=True)
        wait(lambda: len(lines(log)) > 0)
        began, first = time.perf_counter(), len(lines(log))
        wait(lambda: len(lines(log)) >= count)
        spent = time.perf_counter() - began
        time.sleep(5)  # whoever would send or fire again has had the time to
    finally:
        for process in [*workers, server]:
            process.terminate()
        for process in [*workers, server]:
            process.wait(60)
    sent, fired = Counter(lines(log)), Counter(lines(ticks))
    twice = sum(n - 1 for n in [*sent.values(), *fired.values()])
    print(
        f"  mail, {broker:<6}{number} × manage.py work {(count - first) / spent:>8.0f} mails/s   "
        f"{len(sent):,} of {count:,} mails, {len(fired)} of {SCHEDULES} schedules, {twice} doubled",
        flush=True,
    )


def pages(number: int, seconds: float, env: dict[str, str]) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    options = ["--workers", str(number), "--threads", "4", "--log-level", "critical"]
    server = subprocess.Popen([*command, *options], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    url, done, until = f"http://127.0.0.1:{port}/", [0] * READERS, [0.0]

    def read(at: int) -> None:
        while time.perf_counter() < until[0]:
            with urllib.request.urlopen(url, timeout=60) as answer:
                assert answer.status == 200
                answer.read()
            done[at] += 1

    try:
        wait(lambda: answers(url))
        until[0] = time.perf_counter() + seconds
        readers = [threading.Thread(target=read, args=(at,)) for at in range(READERS)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    finally:
        server.terminate()
        server.wait(60)
    print(f"  home page, gunicorn with {number} workers {sum(done) / seconds:>8.0f} pages/s", flush=True)


@contextmanager
def redis(is_wanted: bool) -> Iterator[str]:
    """A throwaway Redis; no address where it is not installed or not wanted."""
    binary = shutil.which("redis-server") if is_wanted else None
    if binary is None:
        yield ""
        return
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"], **quiet
    )
    try:
        wait(lambda: listens(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(30)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait(is_ready: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_ready():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


def settle() -> None:
    """Wait until this machine does little for two seconds: whatever starts has started."""
    for _ in range(20):
        before = work_so_far()
        time.sleep(2)
        if (work_so_far() - before) / os.sysconf("SC_CLK_TCK") < 0.4:
            return
    print("  (beside other work)")


def work_so_far() -> int:
    """Ticks that all cores together have worked."""
    user, nice, system, *_ = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return int(user) + int(nice) + int(system)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
