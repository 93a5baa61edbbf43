"""Taking a copy of the whole database at one instant, and putting it into an empty place. SQLite and PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect as open_file
from typing import Any

from psycopg import Connection, sql
from psycopg import connect as open_server

Settings = dict[str, Any]
COUNTED = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class NotPossible(Exception):
    """Says in one sentence why the copy could not be taken or put back."""


def is_sqlite(database: Settings) -> bool:
    return str(database["ENGINE"]).endswith("sqlite3")


def copy(database: Settings, into: Path) -> dict[str, int]:
    """Write a copy of this instant to the file. Returns how many rows each table has in it."""
    return _copy_sqlite(database, into) if is_sqlite(database) else _copy_postgres(database, into)


def put_back(database: Settings, copied: Path) -> None:
    """Fill the empty place from the file."""
    if is_sqlite(database):
        with closing(open_file(copied)) as found:
            if found.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise NotPossible("SQLite finds the copy damaged.")
        os.replace(copied, database["NAME"])
    else:
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(copied), database=database)


def refuse_unless_empty(database: Settings) -> None:
    """Nothing is ever written over: whoever restores makes an empty place first."""
    if tables(database):
        raise NotPossible("There is a database with tables at this place already. Restore into an empty one.")
    if is_sqlite(database):
        Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        for leftover in ("-wal", "-shm"):
            Path(f"{database['NAME']}{leftover}").unlink(missing_ok=True)


def tables(database: Settings) -> list[str]:
    """Names of the tables that are there; none where there is no database yet."""
    if is_sqlite(database):
        if not Path(database["NAME"]).exists():
            return []
        with closing(open_file(database["NAME"])) as found:
            return [name for (name,) in found.execute(COUNTED)]
    with _postgres(database) as found:
        return [name for (name,) in found.execute(TABLES)]


def rows(database: Settings) -> dict[str, int]:
    """How many rows each table has now."""
    if is_sqlite(database):
        return _rows_of_file(Path(database["NAME"]))
    with _postgres(database) as found:
        return _rows_of(found)


def _rows_of_file(path: Path) -> dict[str, int]:
    with closing(open_file(path)) as found:
        names = [name for (name,) in found.execute(COUNTED)]
        return {name: found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # nosec B608


def _rows_of(found: Connection[Any]) -> dict[str, int]:
    names = [name for (name,) in found.execute(TABLES)]
    counted = {}
    for name in names:
        row = found.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counted[name] = row[0] if row else 0
    return counted


def _copy_sqlite(database: Settings, into: Path) -> dict[str, int]:
    """VACUUM INTO: one instant, and none of the deleted bytes."""
    with closing(open_file(f"file:{database['NAME']}?mode=rw", uri=True, timeout=60)) as found:
        found.execute("VACUUM INTO ?", [str(into)])
    return _rows_of_file(into)


def _copy_postgres(database: Settings, into: Path) -> dict[str, int]:
    """Rows are counted in the very snapshot that pg_dump copies."""
    with _postgres(database) as found:
        found.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = found.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = str(row[0]) if row else ""
        counted = _rows_of(found)
        _run("pg_dump", "-Fc", f"--snapshot={snapshot}", "--no-owner", f"--file={into}", database=database)
    return counted


@contextmanager
def _postgres(database: Settings) -> Iterator[Connection[Any]]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {ours: str(database[name]) for name, ours in names.items() if database.get(name)}
    with open_server(**given) as found:  # type: ignore[arg-type]  # every value is a text
        yield found


def _run(program: str, *arguments: str, database: Settings) -> None:
    path = shutil.which(program)
    if path is None:
        raise NotPossible(f"{program} is not installed (apt-get install postgresql-client).")
    names = {"USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    given = {theirs: str(database[name]) for name, theirs in names.items() if database.get(name)}
    command = [path, f"--dbname={database['NAME']}", *arguments]
    done = subprocess.run(command, env={**os.environ, **given}, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise NotPossible(f"{program} failed: {' '.join(last)[:300]}")
