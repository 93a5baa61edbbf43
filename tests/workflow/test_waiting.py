"""The desk's clocks: what is due when, counted as it was promised."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from workflow import clocks
from workflow.states import State
from workflow.waiting import MERGED, clock_of, next_thing

pytestmark = pytest.mark.pure
FRIDAY = datetime(2026, 11, 20, 22, 0, tzinfo=ZoneInfo("America/New_York"))


def case(**facts):
    usual = {"state": State.SUBMITTED, "tier": 3, "submitted_at": FRIDAY, "first_read_at": None, "answered_at": None}
    usual |= {"expert_id": None, "publish_at": None, "merged_into_id": None}
    usual |= {"paused_at": None, "paused_days": 0, "approved_alone": False}
    return SimpleNamespace(**{**usual, **facts})


def test_it_counts_the_first_reading_over_a_weekend():
    clock = clock_of(case(), [])
    assert (clock.what, clock.due) == ("First reading", FRIDAY + timedelta(days=3))
    assert not clock.is_late(FRIDAY + timedelta(days=2))
    assert clock.is_late(FRIDAY + timedelta(days=4))


@pytest.mark.parametrize("tier", [0, 1])
def test_it_gives_danger_a_quarter_of_an_hour_while_the_desk_is_staffed(tier):
    assert clock_of(case(tier=tier), []).due == FRIDAY + timedelta(minutes=15)


def test_it_counts_the_answer_once_the_letter_is_read():
    clock = clock_of(case(first_read_at=FRIDAY), [])
    assert (clock.what, clock.due.date()) == ("Answer", clocks.answer_due(FRIDAY))


@pytest.mark.parametrize("state", [State.REVIEWED, State.PUBLISHED, State.DECLINED, State.WITHDRAWN])
def test_it_counts_nothing_once_the_member_has_the_answer(state):
    assert clock_of(case(state=state), []) is None


def test_it_counts_nothing_for_a_reopened_answer_that_the_member_has_read():
    assert clock_of(case(state=State.DRAFTED, first_read_at=FRIDAY, answered_at=FRIDAY), []) is None


def test_it_waits_for_nothing_when_it_is_kept_as_the_same_letter():
    twin = case(merged_into_id=7)
    assert clock_of(twin, []) is None
    assert next_thing(twin, [], is_confirmed=False, reply="") == MERGED
    waiting = next_thing(twin, [SimpleNamespace(acknowledged_at=None)], is_confirmed=False, reply="")
    assert (waiting.what, waiting.is_ours) == ("Take on the safety flag", True)
