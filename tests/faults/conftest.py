"""Databases for real processes, beside the one of the tests: prepared as an installation prepares its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests import tables

ROOT = Path(__file__).resolve().parents[2]


def prepare(url, folder):
    env = {**os.environ, "ALLAY_VAR": str(folder), "DATABASE_URL": url, "ALLAY_ENV": "development"}
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True)


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory):
    """A SQLite database, made once and copied by each test that wants one of its own."""
    folder = tmp_path_factory.mktemp("prepared")
    tables.lay_down(folder / "prepared.sqlite3")
    prepare(f"sqlite:///{folder}/prepared.sqlite3", folder)
    return folder / "prepared.sqlite3"


@pytest.fixture
def own_file(tmp_path, prepared_file):
    """The DATABASE_URL of a prepared SQLite database of this test's own."""
    shutil.copy(prepared_file, tmp_path / "own.sqlite3")
    return f"sqlite:///{tmp_path}/own.sqlite3"


@pytest.fixture
def own_database(tmp_path, request):
    """The DATABASE_URL of a prepared database; on PostgreSQL it is gone when the test ends."""
    if connection.vendor == "sqlite":
        yield request.getfixturevalue("own_file")
        return
    name = f"own_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE {name} TEMPLATE "{tables.kept_database()}"')
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    prepare(url, tmp_path)
    yield url
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
