"""The queue at four thousand cases: read from its index in its order, without sorting and without cases at rest."""

import re

import pytest
from django.db import connection

from qa.models import Audience, Letter
from tests.cast import make_case
from workflow import queues
from workflow.models import Case, Consent, SafetyFlag
from workflow.models.consents import Choice
from workflow.queues import keeping
from workflow.states import State

MANY = 4_000


def plan_of(cases, *, without_scans=False):
    """What the database says it would do; at a size where a scan is as cheap, PostgreSQL is asked to leave scans out."""
    return explained(*cases.query.sql_with_params(), without_scans=without_scans)


def explained(sql, params, *, without_scans=False):
    with connection.cursor() as cursor:
        if without_scans and connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def asked_by(read):
    """Statements with their values apart, as they are planned: with a value in its place SQLite may plan otherwise."""
    made = []

    def note(execute, sql, params, many, context):
        made.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        read()
    assert made
    return made


@pytest.fixture
def crowd(cast):
    """Most cases are published; many are at rest; a few hundred wait."""
    pattern = make_case(cast, state=State.REVIEWED)
    letters = Letter.objects.bulk_create(Letter(text="x", danger="no") for _ in range(MANY))
    cases = []
    for number, letter in enumerate(letters):
        waiting = number % 20 == 0
        cases.append(
            Case(
                letter=letter,
                state=State.SUBMITTED if waiting else State.REVIEWED,
                audience=Audience.PUBLIC if waiting else Audience.PRIVATE,
                tier=number % 4,
                approved_by=None if waiting else pattern.approved_by,
                approved_at=None if waiting else pattern.approved_at,
                approved_hash="" if waiting else "x",
            )
        )
    Case.objects.bulk_create(cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_it_reads_the_queue_in_its_order_and_of_nothing_else_all_there_is(cast, crowd):
    page = queues.in_order(queues.of_moderator(cast.mo).filter(is_waiting=1))[: queues.PAGE + 1]
    plan = plan_of(page)
    assert "case_queue" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan
    assert len(queues.open_queue(cast.mo)) == MANY // 20 + 1
    for sql, params in asked_by(lambda: queues.open_counts(cast.mo)):
        assert "workflow_case" not in sql or "case_queue" in explained(sql, params), sql
    case = Case.objects.latest("pk")
    reads = [
        Consent.objects.filter(choice=Choice.CHANGE, void_at__isnull=True).values("case"),
        SafetyFlag.objects.seen_from(case).open(),
        queues.free_for(cast.erin)[: queues.PAGE],
        queues.answered_by(cast.erin),
        queues.beside_the_queue(cast.mo),
        keeping.announced(keeping.ANSWERED).filter(pk=case.pk),
    ]
    for read in reads:
        plan = plan_of(read, without_scans=True)
        assert "Seq Scan" not in plan, plan
        if read is not reads[-1]:  # PostgreSQL would walk all cases and ask it of each
            assert "hashed SubPlan" not in plan, plan
        assert not re.search(r"^SCAN (workflow_|[TUVW]\d)(?!.*flag_waiting)", plan, re.MULTILINE), plan
    plan = plan_of(queues.taken_unopened(cast.mo), without_scans=True)
    assert "Seq Scan" not in plan, plan
    if connection.vendor == "sqlite":  # to PostgreSQL every index of a handful of flags is as good
        assert "flag_taken_on" in plan, plan
