"""Keeps a populated database of this release: `python tests/upgrades/make.py NAME`, once for each release, before its tag.

Made from a part of the demo (invented people; fill.py) under a key of its own: of SQLite the file, of PostgreSQL plain
SQL, compressed. What a later release makes of it is asked by test_upgrades.py. A kept one is never made anew: it is
what people really have.
"""

import argparse
import base64
import hashlib
import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).resolve().parent / "kept"
MOST_BYTES = 200_000
# No secret: the key of invented letters, written here so that they can be read again.
KEY = "upgrades:" + base64.urlsafe_b64encode(hashlib.sha256(b"kept databases of invented people").digest()).decode()


def main() -> int:
    sys.path.insert(0, str(ROOT / "scripts"))
    from postgres import find_binaries, running_server  # type: ignore[import-not-found]

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("name", help="of the release, for example v1.2.0")
    name = asked.parse_args().name
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.sqlite3"
        _fill(f"sqlite:///{file}", folder)
        with closing(sqlite3.connect(file)) as line:
            line.execute("VACUUM INTO ?", [f"{file}.small"])
        _keep(KEPT / f"{name}.sqlite.xz", Path(f"{file}.small").read_bytes())
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is needed to keep a database of it.")
    with running_server(binaries) as url, tempfile.TemporaryDirectory() as folder:
        postgres(url, "psql", "-qc", "CREATE DATABASE allay", name="postgres")
        _fill(url, folder)
        _keep(KEPT / f"{name}.postgres.xz", postgres(url, "pg_dump", "--no-owner", "--no-privileges").encode())
    return 0


def environment(url: str, folder: str) -> dict[str, str]:
    """Of a process that works on a kept database: its own key, nothing of this machine's settings."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **plain,
        "ALLAY_ENV": "test",
        "ALLAY_VAR": folder,
        "DATABASE_URL": url,
        "FIELD_KEYS": KEY,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def postgres(url: str, program: str, *arguments: str, name: str = "", given: str | None = None) -> str:
    """What a program of PostgreSQL writes, for the database that the address names (or another on that server)."""
    parts = urlsplit(url)
    where = ["-h", str(parts.hostname), "-p", str(parts.port), "-U", str(parts.username)]
    command = [program, *where, "-d", name or parts.path.strip("/"), *arguments]
    return subprocess.run(command, input=given, check=True, capture_output=True, text=True).stdout


def _fill(url: str, folder: str) -> None:
    subprocess.run([sys.executable, "tests/upgrades/fill.py"], cwd=ROOT, env=environment(url, folder), check=True)


def _keep(path: Path, copied: bytes) -> None:
    KEPT.mkdir(exist_ok=True)
    packed = lzma.compress(copied, preset=9 | lzma.PRESET_EXTREME)
    if len(packed) > MOST_BYTES:
        raise SystemExit(f"{path.name} would have {len(packed):,} bytes, more than {MOST_BYTES:,}.")
    path.write_bytes(packed)
    print(f"{path.relative_to(ROOT)}: {len(packed):,} bytes")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
