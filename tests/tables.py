"""The tables of the tests' databases: made once by the migrations, then copied. To make them costs as much as a hundred tests.

Several workers, and rounds, of the same day and the same migrations share one copy: a file under var/tests/ for SQLite,
a database beside theirs for PostgreSQL. Who comes first makes it; the others wait.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django import get_version
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "tests"
NEW = sqlite3.connect(":memory:")  # the SQLite database of this process before its first test


def give() -> None:
    """Make the test database of this process."""
    with _alone():
        is_there = _copy()
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=is_there)
        if not is_there:
            _keep()
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.backup(NEW)


def put_back() -> None:
    """The test database as it was new, page by page: to empty and fill it took fifty times as long.

    Numbers go on: a row of the next test is no row of this one, whoever remembers it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, name FROM sqlite_sequence")
        numbers = cursor.fetchall()
        NEW.backup(connection.connection)
        cursor.execute("DELETE FROM sqlite_sequence")
        cursor.executemany("INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)", numbers)


def lay_down(path: Path) -> None:
    """A SQLite file with all tables and nothing else, for processes of their own; where none is kept they make it."""
    with _alone():
        if kept := _kept_file():
            shutil.copy(kept, path)


def _kept_file() -> Path | None:
    path = FOLDER / f"tables-{_key()}.sqlite3"
    return path if path.exists() else None


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _key() -> str:
    """Another migration, another Django or another day: other tables."""
    found = hashlib.sha256(f"{get_version()} {date.today()}".encode())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            found.update(f"{app.label} {path.name}".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _copy() -> bool:
    """The kept tables under the name of this process's test database; False when none are kept."""
    name = connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}"
    if connection.vendor == "sqlite":
        kept = _kept_file()
        if kept:
            shutil.copy(kept, name)
        return kept is not None
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept_database()])
        is_kept = cursor.fetchone() is not None
        if is_kept:
            _execute(
                cursor, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{kept_database()}"'
            )
        return is_kept


def _keep() -> None:
    """A copy of what was just made."""
    if connection.vendor == "sqlite":
        for old in FOLDER.glob("tables-*.sqlite3"):
            old.unlink()
        new = FOLDER / "new.sqlite3"
        new.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(new)])
        new.rename(FOLDER / f"tables-{_key()}.sqlite3")
        return
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        _execute(cursor, f'CREATE DATABASE "{kept_database()}" TEMPLATE "{name}"')


def kept_database() -> str:
    return f"tables_{_key()}"


def _execute(cursor, *statements: str) -> None:
    for statement in statements:
        cursor.execute(statement)
