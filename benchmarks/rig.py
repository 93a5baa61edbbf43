"""What the growth benchmarks share: a fresh database of each kind in a process of its own, and one page measured."""

import importlib
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import at_server

ROOT = Path(__file__).resolve().parents[1]
FRAME = ("SAVEPOINT", "RELEASE", "SET LOCAL", "BEGIN", "COMMIT")
ROUNDS = 15


def on_each_database(module: str, arguments: list[str], *, sizes: list[int]) -> int:
    """Run `child(size)` of the module, the size as it was typed, against an empty SQLite and PostgreSQL database each."""
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else ""
    for size in [word for word in arguments if word[0].isdigit()] or map(str, sizes):
        if only != "postgresql":
            with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
                _child(module, size, folder, f"sqlite:///{folder}/bench.sqlite3")
        if only != "sqlite":
            _on_postgres(module, size)
    return 0


def _on_postgres(module: str, size: str) -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    from postgres import INSTALL, find_binaries, running_server

    binaries = find_binaries()
    if binaries is None:
        print(f"PostgreSQL is not installed, so it is not measured. To install it: {INSTALL}")
        return
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder, running_server(binaries) as url:
        at_server(url, "CREATE DATABASE allay")
        _child(module, size, folder, url)


def _child(module: str, size: str, folder: str, url: str) -> None:
    Path(folder, "static").mkdir()
    env = {**os.environ, "ALLAY_ENV": "test", "ALLAY_VAR": folder, "DATABASE_URL": url}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    subprocess.run([sys.executable, "-m", "benchmarks.rig", module, size], cwd=ROOT, env=env, check=True)


@contextmanager
def filling() -> Iterator[None]:
    """A large SQLite database is made in memory's time: no journal, a large cache; what is measured after it is as served."""
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        with connection.cursor() as cursor:
            for setting in ("journal_mode=OFF", "synchronous=OFF", "secure_delete=OFF", "cache_size=-4000000"):
                cursor.execute(f"PRAGMA {setting}")
    yield
    if is_sqlite:
        connection.close()  # the next one has the settings of the product again


def measured(url: str, person=None) -> str:
    """Queries (those that only frame a transaction left out), CPU time of this process and wall time, medians."""
    from django.contrib.auth.signals import user_logged_in
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    if person is not None:
        user_logged_in.connect(_second_step_done)
        client.force_login(person)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
        assert answer.status_code == 200, f"{url} answered {answer.status_code}"
    asked = len([query for query in captured if not query["sql"].startswith(FRAME)])
    cpu, wall = [], []
    for _ in range(ROUNDS):
        before, start = time.process_time(), time.perf_counter()
        client.get(url)
        cpu.append(1000 * (time.process_time() - before))
        wall.append(1000 * (time.perf_counter() - start))
    return f"{asked:>3} queries {statistics.median(cpu):>8.1f} ms CPU {statistics.median(wall):>8.1f} ms wall"


def _second_step_done(request, user, **kwargs) -> None:
    """As tests/conftest.py: the session is as it is after the second step."""
    from allauth.account.internal.flows.login import record_authentication

    record_authentication(request, user, "mfa", id=0, type="totp")
    request.session.update({"seen": 2**40, "began": 2**40})


if __name__ == "__main__":
    import django

    django.setup()
    logging.disable(logging.INFO)
    importlib.import_module(sys.argv[1]).child(sys.argv[2])
