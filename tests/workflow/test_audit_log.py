"""The audit trail is whole or says where it is not: the database refuses changes, and a chain finds those made past it."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.cast import make_case
from tests.terminal import Terminal, stopped_at
from workflow.actions import sealing
from workflow.models import Event, Seal
from workflow.states import State

GUARDS = import_module("workflow.migrations.0012_seals")


@pytest.fixture
def trail(cast):
    """A sealed trail of a case that went all the way."""
    make_case(cast, state=State.PUBLISHED)
    assert sealing.seal_events() == Event.objects.count() > 5
    return list(Event.objects.order_by("pk"))


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def past_the_guards():
    """What somebody does who holds the database itself."""
    with connection.schema_editor() as editor:
        GUARDS.unguard(None, editor)
    yield
    with connection.schema_editor() as editor:
        GUARDS.guard(None, editor)


def found():
    return [f"{fault.where}: {fault.what}" for fault in sealing.faults()]


def test_it_seals_each_event_once_in_order(trail):
    seals = list(Seal.objects.order_by("position"))
    assert [seal.position for seal in seals] == list(range(1, len(trail) + 1))
    assert [seal.event_id for seal in seals] == [event.pk for event in trail]
    assert len({seal.hash for seal in seals}) == len(seals)
    assert sealing.seal_events() == 0
    assert found() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow_event SET kind = 'letter_opened'",
        "DELETE FROM workflow_event",
        "UPDATE workflow_seal SET hash = ''",
        "DELETE FROM workflow_seal",
    ],
)
def test_the_database_refuses_to_change_it(trail, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(statement)


CHANGES = {
    "kind": "UPDATE workflow_event SET kind = 'page_checked' WHERE id = %s",
    "actor": "UPDATE workflow_event SET actor_id = 1000001 WHERE id = %s",
    "role": "UPDATE workflow_event SET actor_role = 'nobody' WHERE id = %s",
    "case": "UPDATE workflow_event SET case_id = NULL WHERE id = %s",
    "from": "UPDATE workflow_event SET from_state = 'x' WHERE id = %s",
    "to": "UPDATE workflow_event SET to_state = 'x' WHERE id = %s",
    "data": "UPDATE workflow_event SET data = '{\"a\": 1}' WHERE id = %s",
    "at": "UPDATE workflow_event SET at = '2020-01-01 00:00:00+00' WHERE id = %s",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("column", CHANGES)
def test_it_finds_a_changed_line(cast, trail, column):
    changed = trail[3]
    with past_the_guards():
        run(CHANGES[column], changed.pk)
    assert found() == [f"seal 4: does not fit event {changed.pk} and the seal before it"]
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit_log")


@pytest.mark.django_db(transaction=True)
def test_it_finds_a_line_that_was_taken_out(cast, trail):
    with past_the_guards():
        run("DELETE FROM workflow_seal WHERE event_id = %s", trail[3].pk)
        run("DELETE FROM workflow_remark WHERE event_id = %s", trail[3].pk)
        run("DELETE FROM workflow_event WHERE id = %s", trail[3].pk)
    assert found()[0] == "seal 4: is missing; the next is 5"


@pytest.mark.django_db(transaction=True)
def test_it_finds_a_chain_that_was_written_anew_by_a_head_noted_before(cast, trail, caplog):
    sealing.note_head()
    with past_the_guards():
        run(CHANGES["kind"], trail[3].pk)
        run("DELETE FROM workflow_seal")
    sealing.seal_events()
    assert found() == []
    noted = Seal.objects.order_by("-position").values_list("position", flat=True)[0]
    position, _, head = caplog.messages[0].removeprefix("audit head ").partition(":")
    assert int(position) == noted
    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_audit_log", "--head", f"{position}:{head}")


@pytest.mark.django_db(transaction=True)
def test_it_finds_guards_that_are_gone(cast, trail):
    with past_the_guards():
        assert all("does not refuse changes" in fault for fault in found())
        assert found()
    assert found() == []


def test_it_says_that_nothing_seals(cast):
    make_case(cast)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert found() == [f"events: {Event.objects.count()} were not sealed in time; is the worker running?"]


def test_it_seals_what_was_committed_late(trail, cast):
    """On PostgreSQL an event with a lower number may be seen after one with a higher number."""
    make_case(cast)
    late, *others = Event.objects.filter(seal__isnull=True).order_by("pk")
    last = Seal.objects.order_by("-position").first()
    Seal.objects.bulk_create(sealing._chain(last, others))
    assert sealing.seal_events() == 1
    assert Seal.objects.order_by("-position").first().event_id == late.pk
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_seal_each_event_once(cast):
    make_case(cast, state=State.PUBLISHED)
    barrier = threading.Barrier(4)

    def work():
        barrier.wait(10)
        sealing.seal_events()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sealing.seal_events()
    assert Seal.objects.count() == Event.objects.count()
    assert found() == []


def test_it_prints_the_head(trail, capsys):
    call_command("verify_audit_log")
    last = Seal.objects.order_by("-position").first()
    assert f"Head {last.position}:{last.hash}" in capsys.readouterr().out


def test_it_shows_how_far_it_is_and_can_be_stopped(trail, monkeypatch):
    call_command("verify_audit_log", stdout=(seen := Terminal()))
    assert f"] {len(trail)} of {len(trail)}" in seen.getvalue()
    monkeypatch.setattr(sealing, "digest", stopped_at(3, sealing.digest))
    with pytest.raises(CommandError, match=r"Stopped\. The trail is as it was"):
        call_command("verify_audit_log", stdout=StringIO())


@pytest.mark.parametrize("text", ["", "x", "1:", f"1:{'g' * 64}", f"-1:{'a' * 64}"])
def test_it_refuses_a_head_that_is_none(text):
    with pytest.raises(CommandError):
        call_command("verify_audit_log", f"--head={text}")
