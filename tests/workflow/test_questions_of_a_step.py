"""How often the database is asked on a letter's way: each rule once in a step, with what it needs to know read once."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_fsm import TransitionNotAllowed

from tests.cast import make_case, settle
from workflow.actions import review, triage
from workflow.models import Case, Finding
from workflow.states import State

pytestmark = pytest.mark.once

FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@pytest.fixture(autouse=True)
def _scan_of_its_own_time(settings):
    settings.SAFETY_SCAN_SECONDS = 60.0  # how busy the machine is must not flag a letter


@pytest.mark.both
def test_a_letters_whole_way_asks_so_often(cast):
    make_case(cast, state=State.PUBLISHED)
    with CaptureQueriesContext(connection) as asked:
        make_case(cast, state=State.PUBLISHED)
    assert len([query for query in asked if not query["sql"].startswith(FRAME)]) <= 130


def counting(name, really, counted):
    def ask(case):
        counted[name] += 1
        return really(case)

    return ask


@pytest.mark.parametrize(("state", "step"), [(State.DRAFTED, "approve"), (State.SUBMITTED, "triage")])
def test_rules_and_machine_are_told_the_same_answer(cast, monkeypatch, state, step):
    case = make_case(cast, state=state)
    if state == State.SUBMITTED:
        settle(case, by=cast.mo)
    counted: Counter[str] = Counter()
    for name in ("has_open_findings", "has_unacknowledged_flags"):
        monkeypatch.setattr(Case, name, counting(name, getattr(Case, name), counted))
    take = review.approve if step == "approve" else triage.triage
    take(case_id=case.pk, by=cast.mo, seen=None)
    assert counted == {"has_open_findings": 1, "has_unacknowledged_flags": 1}


def test_the_machine_asks_by_itself_where_nobody_went_through_the_door(cast):
    case = make_case(cast, state=State.DRAFTED)
    case.approve()  # all is well
    again = Case.objects.get(pk=case.pk)
    Finding.objects.create(case=again, start=0, end=1, kind="PERSON", why="x", text="x")
    with pytest.raises(TransitionNotAllowed):
        again.approve()
    with again.standing_still(), pytest.raises(TransitionNotAllowed):
        again.approve()
    Finding.objects.filter(case=again).delete()
    again.approve()  # what was true while it stood still is asked anew
