"""Backups can be believed: the drill on both databases, and every damaged, cut, foreign or newer one is refused."""

import base64
import json
import os
import random
import sqlite3
import struct
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config import logs
from config.backups import databases, files, sealed
from config.backups.databases import NotPossible
from config.backups.sealed import Unreadable
from config.management.commands import restore
from tests.cast import MARKER, make_case
from workflow.actions import intake, leaving
from workflow.models import Case
from workflow.states import State

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"one": b"1" * 32}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    """The database of this test, as the commands see it."""
    return {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}


@pytest.fixture
def empty(here, tmp_path):
    """An empty place of the same kind, and its DATABASE_URL."""
    if databases.is_sqlite(here):
        path = tmp_path / "restored" / "allay.sqlite3"
        yield {**here, "NAME": str(path)}, f"sqlite:///{path}"
        return
    name = f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    host = f"{here['USER']}@{here['HOST']}:{here['PORT']}"
    yield {**here, "NAME": name}, f"postgres://{host}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def backup(cast, here, tmp_path):
    make_case(cast, state=State.REVIEWED)
    return files.make(here, tmp_path / "backups", keys=KEYS)


def manage(url, tmp_path, *arguments):
    env = {**os.environ, "DATABASE_URL": url, "ALLAY_ENV": "test", "ALLAY_VAR": str(tmp_path)}
    env["BACKUP_KEYS"] = f"one:{base64.urlsafe_b64encode(KEYS['one']).decode()}"
    env["PYTHONPATH"] = str(ROOT)
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=110)


def test_the_drill(cast, here, empty, backup, tmp_path):
    """Restore into an empty place by the command a person would use, compare, sign in, publish."""
    _, url = empty
    done = manage(url, tmp_path, "manage.py", "restore", str(backup))
    assert done.returncode == 0, done.stderr
    drilled = manage(url, tmp_path, "tests/operations/drill.py")
    assert "signed in and published" in drilled.stdout, drilled.stderr


def test_it_restores_every_row_as_it_was(here, empty, backup):
    place, _ = empty
    before = databases.rows(here)
    files.restore(backup, place, keys=KEYS)
    assert databases.rows(place) == before
    assert sum(before.values()) > 50


def test_it_takes_a_copy_of_one_instant_while_people_work(cast, here, empty, tmp_path):
    place, _ = empty
    make_case(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workflow_event")
    file = files.make(here, tmp_path, keys=KEYS)
    make_case(cast)
    manifest = files.restore(file, place, keys=KEYS)
    assert manifest["rows"]["workflow_case"] == 1 == Case.objects.count() - 1


def test_it_holds_no_word_in_clear(backup):
    text = backup.read_bytes()
    assert MARKER.encode() not in text
    assert b"rosa@people.example" not in text


def test_it_leaves_nothing_in_clear_beside_it(backup):
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def refused(file, place, keys=KEYS, match=None):
    with pytest.raises((Unreadable, NotPossible), match=match):
        files.restore(file, place, keys=keys)
    assert databases.tables(place) == []


def test_it_refuses_twenty_damaged_backups_of_twenty(empty, backup, tmp_path):
    chance = random.Random(20)
    for turn in range(20):
        data = bytearray(backup.read_bytes())
        data[chance.randrange(len(data)) if turn else 3] ^= 1 << chance.randrange(8)
        (damaged := tmp_path / "damaged").write_bytes(data)
        refused(damaged, empty[0])


def test_it_refuses_a_backup_that_was_cut_off_anywhere(empty, backup, tmp_path):
    data, chance = backup.read_bytes(), random.Random(10)
    for length in [0, 7, 8, 12, len(data) - 1, *(chance.randrange(len(data)) for _ in range(10))]:
        (cut := tmp_path / "cut").write_bytes(data[:length])
        refused(cut, empty[0])


def test_it_refuses_more_than_was_sealed(empty, backup, tmp_path):
    (longer := tmp_path / "longer").write_bytes(backup.read_bytes() + b"\0\0\0\x20" + b"x" * 32)
    refused(longer, empty[0])


def test_it_refuses_the_wrong_key_and_names_a_missing_one(empty, backup):
    refused(backup, empty[0], {"one": b"2" * 32}, "another key")
    refused(backup, empty[0], {"two": b"1" * 32}, "'one'.*BACKUP_KEYS")


def test_it_never_writes_over_a_database(here, backup):
    with pytest.raises(NotPossible, match="empty"):
        files.restore(backup, here, keys=KEYS)


def test_it_refuses_a_backup_of_a_newer_release(empty, here, backup, tmp_path, monkeypatch):
    known = files._known_migrations
    monkeypatch.setattr(files, "_known_migrations", lambda: [*known(), ("qa", "9999_from_tomorrow")])
    newer = files.make(here, tmp_path, keys=KEYS)
    monkeypatch.setattr(files, "_known_migrations", known)
    refused(newer, empty[0], match="9999_from_tomorrow")


def test_pieces_cannot_be_swapped(tmp_path):
    pieces = [bytes([number]) * 1000 for number in range(5)]
    with (tmp_path / "sealed").open("wb") as into:
        sealed.seal(pieces, into, keys=KEYS, head={})
    data = (tmp_path / "sealed").read_bytes()
    length = 4 + 1000 + sealed.TAG
    start = len(data) - 5 * length
    parts = [data[start + n * length : start + (n + 1) * length] for n in range(5)]
    (tmp_path / "swapped").write_bytes(data[:start] + b"".join([parts[1], parts[0], *parts[2:]]))
    with (tmp_path / "swapped").open("rb") as file, pytest.raises(Unreadable):
        list(sealed.unseal(file, keys=KEYS))
    with (tmp_path / "sealed").open("rb") as file:
        assert list(sealed.unseal(file, keys=KEYS)) == pieces


@pytest.mark.parametrize("head", [b"[]", b'"x"', b'{"a": "' + b"x" * sealed.MOST_HEAD + b'"}'])
def test_it_reads_no_head_that_it_never_writes(tmp_path, head):
    (tmp_path / "strange").write_bytes(sealed.MAGIC + struct.pack(">I", len(head)) + head)
    with (tmp_path / "strange").open("rb") as file, pytest.raises(Unreadable):
        sealed.read_head(file)


def test_it_reads_no_piece_that_is_larger_than_it_writes(tmp_path):
    with (tmp_path / "large").open("wb") as into:
        sealed.seal([bytes(sealed.PIECE + 1)], into, keys=KEYS, head={})
    with (tmp_path / "large").open("rb") as file, pytest.raises(Unreadable, match="damaged"):
        list(sealed.unseal(file, keys=KEYS))


def test_it_refuses_a_copy_that_is_not_the_one_of_its_manifest(tmp_path):
    (copied := tmp_path / "copy").write_bytes(b"what was put in")
    manifest = {"rows": {}, "migrations": [], "sha256": "of something else"}
    with (tmp_path / "sealed").open("wb") as into:
        sealed.seal(files._pieces(manifest, copied), into, keys=KEYS, head={})
    with pytest.raises(Unreadable, match="not the one"):
        files.open_up(tmp_path / "sealed", tmp_path / "again", keys=KEYS)
    with pytest.raises(NotPossible, match="too large"):
        next(files._pieces({"rows": "x" * sealed.PIECE}, copied))


def test_it_refuses_a_backup_of_the_other_database(empty, backup, monkeypatch):
    is_sqlite = databases.is_sqlite(empty[0])
    monkeypatch.setattr(databases, "is_sqlite", lambda database: not is_sqlite)
    with pytest.raises(NotPossible, match="This is a backup of"):
        files._fits(backup, empty[0])


def test_it_does_not_believe_that_rows_are_there(here, empty, tmp_path, cast, monkeypatch):
    real = databases.copy
    monkeypatch.setattr(databases, "copy", lambda *about: {**real(*about), "qa_topic": 999})
    with pytest.raises(NotPossible, match="do not have the rows"):
        files.restore(files.make(here, tmp_path, keys=KEYS), empty[0], keys=KEYS)


def test_it_says_which_program_is_missing_or_failed(here):
    with pytest.raises(NotPossible, match="no-such-program is not installed"):
        databases._run("no-such-program", database=here)
    with pytest.raises(NotPossible, match="false failed"):
        databases._run("false", database=here)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite")
def test_it_puts_no_file_in_place_that_sqlite_finds_damaged(empty, tmp_path):
    with sqlite3.connect(tmp_path / "copy") as damaged:
        damaged.execute("CREATE TABLE t (a)")
        damaged.execute("INSERT INTO t VALUES (NULL)")
        damaged.execute("PRAGMA writable_schema = ON")
        damaged.execute("UPDATE sqlite_master SET sql = 'CREATE TABLE t (a NOT NULL)'")
    damaged.close()
    with pytest.raises(NotPossible, match="damaged"):
        databases.put_back(empty[0], tmp_path / "copy")


@pytest.mark.parametrize("size", [0, 1, sealed.PIECE, sealed.PIECE + 1])
def test_it_takes_any_size(tmp_path, size):
    (copied := tmp_path / "copy").write_bytes(os.urandom(size))
    manifest = {"rows": {}, "migrations": [], "sha256": files._checksum(copied)}
    with (tmp_path / "sealed").open("wb") as into:
        sealed.seal(files._pieces(manifest, copied), into, keys=KEYS, head={})
    files.open_up(tmp_path / "sealed", tmp_path / "again", keys=KEYS)
    assert (tmp_path / "again").read_bytes() == copied.read_bytes()


def test_an_older_key_still_opens(empty, backup):
    files.restore(backup, empty[0], keys={"new": b"n" * 32, **KEYS})


def test_it_keeps_the_newest_however_old(here, tmp_path):
    for days in (50, 40, 1):
        with time_machine.travel(timezone.now() - timedelta(days=days)):
            files.make(here, tmp_path, keys=KEYS)
    assert files.drop_old(tmp_path, days=35) == 2
    assert files.newest(tmp_path) < timezone.now()
    assert files.drop_old(tmp_path, days=0) == 0


def test_what_was_erased_since_is_erased_again(cast, caplog):
    """The log of the live machine says it; the restored one does it once more."""
    taken_back, gone = make_case(cast), make_case(cast.__class__(**{**vars(cast), "rosa": cast.bela}))
    was = logs.REQUEST.set("9")
    with caplog.at_level("INFO", logger="allay.erasures"):
        intake.withdraw(case_id=taken_back.pk, by=cast.rosa)
        number = cast.bela.pk
        leaving.erase_account(by=cast.bela)
    assert caplog.messages == [
        f"erased letter {taken_back.letter_id}",
        f"erased letter {gone.letter_id}",
        f"erased person {number}",
    ]
    lines = [logs.JsonLine().format(record) for record in caplog.records]
    assert restore.ERASED.findall("\n".join([*lines, "GET / erased letter 7", json.dumps({"message": lines[0]})])) == [
        ("letter", str(taken_back.letter_id)),
        ("letter", str(gone.letter_id)),
        ("person", str(number)),
    ]
    assert not any("request" in json.loads(line) for line in lines)
    logs.REQUEST.reset(was)
    again = make_case(cast)
    assert leaving.erase_again("letter", again.letter_id) == 1
    assert leaving.erase_again("letter", again.letter_id) == 0
    assert leaving.erase_again("person", cast.rosa.pk) == 1
    assert leaving.erase_again("person", cast.rosa.pk) == 0
    assert leaving.erase_again("person", cast.mo.pk) == 0


def test_the_command_says_what_is_missing(settings, tmp_path):
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_KEYS"):
        call_command("backup", "--to", str(tmp_path))
    with pytest.raises(CommandError, match="no such file"):
        call_command("restore", str(tmp_path / "none"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite")
def test_it_copies_none_of_the_deleted_bytes(cast, here, tmp_path):
    case = make_case(cast)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    databases.copy(here, tmp_path / "copy")
    assert MARKER.encode() not in (tmp_path / "copy").read_bytes()
    assert sqlite3.connect(tmp_path / "copy").execute("PRAGMA integrity_check").fetchone() == ("ok",)
