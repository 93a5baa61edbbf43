"""Whoever upgrades loses nothing: the kept databases of earlier releases, migrated and opened by this one."""

import lzma
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.upgrades.make import KEPT, MOST_BYTES, ROOT, environment, postgres

IS_SQLITE = "sqlite" in settings.DATABASES["default"]["ENGINE"]
ENGINE = "sqlite" if IS_SQLITE else "postgres"
RELEASES = sorted(path.name.removesuffix(f".{ENGINE}.xz") for path in KEPT.glob(f"*.{ENGINE}.xz"))


@pytest.fixture
def place(tmp_path):
    """An empty database of this round's kind, as a DATABASE_URL."""
    if IS_SQLITE:
        yield f"sqlite:///{tmp_path / 'allay.sqlite3'}"
        return
    here, name = os.environ["DATABASE_URL"], f"kept_{os.getpid()}"
    postgres(here, "psql", "-qc", f"CREATE DATABASE {name}", name="postgres")
    yield f"{here.rpartition('/')[0]}/{name}"
    postgres(here, "psql", "-qc", f"DROP DATABASE {name} WITH (FORCE)", name="postgres")


def put_back(release, place):
    kept = lzma.decompress((KEPT / f"{release}.{ENGINE}.xz").read_bytes())
    if IS_SQLITE:
        Path(place.removeprefix("sqlite:///")).write_bytes(kept)
    else:
        postgres(place, "psql", "-qX", "-v", "ON_ERROR_STOP=1", given=kept.decode())


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_it_brings_up_every_kept_release_and_opens_all_of_it(release, place, tmp_path):
    put_back(release, place)
    command = [sys.executable, "tests/upgrades/visit.py"]
    env = environment(place, str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=110)
    assert re.search(r"opened \d{2} pages and \d{2} letters", done.stdout), done.stderr[-3000:]


@pytest.mark.pure
def test_it_keeps_each_release_on_both_databases_and_small():
    kept = sorted(path.name for path in KEPT.iterdir())
    names = {name.partition(".sqlite.")[0].partition(".postgres.")[0] for name in kept}
    assert kept == sorted(f"{name}.{engine}.xz" for name in names for engine in ("sqlite", "postgres"))
    assert len(names) >= 1
    assert all(path.stat().st_size <= MOST_BYTES for path in KEPT.iterdir())
