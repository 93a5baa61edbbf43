"""A database for real processes, beside the one of the tests."""

import os

import pytest
from django.db import connection


@pytest.fixture
def own_database(tmp_path):
    """Its DATABASE_URL; on PostgreSQL it is gone when the test ends."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/own.sqlite3"
        return
    name = f"own_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
