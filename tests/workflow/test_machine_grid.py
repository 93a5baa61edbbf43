"""The machine grid: every state x every step x every person. What is allowed is written once; all else must be refused."""

import itertools
from dataclasses import replace

import pytest

from tests.cast import ANSWER, make_case, settle
from workflow.actions import alone, answering, intake, publication, review, triage
from workflow.events import Kind
from workflow.models import Event
from workflow.policies import STEP_RULES
from workflow.states import State, Step
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once

MODERATORS = {"mo", "dana", "mora"}
# rosa sent the letter, erin holds it and wrote the answer. PRODUCT: the state machine's table.
ALLOWED = (
    {(State.SUBMITTED, Step.TRIAGE, who) for who in MODERATORS}
    | {(State.TRIAGED, Step.SUBMIT_DRAFT, "erin")}
    | {(State.DRAFTED, Step.REQUEST_CHANGES, who) for who in MODERATORS}
    | {(State.DRAFTED, Step.APPROVE, who) for who in MODERATORS}
    | {(State.REVIEWED, Step.REOPEN, who) for who in MODERATORS | {"erin"}}
    | {(State.REVIEWED, Step.PUBLISH, who) for who in MODERATORS}
    | {(State.PUBLISHED, Step.UNPUBLISH, who) for who in MODERATORS | {"rosa"}}
    | {(state, Step.DECLINE, who) for state in (State.SUBMITTED, State.TRIAGED) for who in MODERATORS}
    | {(state, Step.WITHDRAW, "rosa") for state in State if state != State.WITHDRAWN}
)
PEOPLE = ["rosa", "bela", "erin", "theo", "mo", "dana", "mora", "ada"]
GRID = list(itertools.product(State, Step))


@pytest.fixture(scope="module")
def lasting_cases(lasting_cast):
    return {state: make_case(lasting_cast, state=state) for state in State}


@pytest.fixture
def cast(cast_of_the_file):
    return cast_of_the_file


@pytest.fixture
def case_in(lasting_cases, db):
    return lambda state: _now(lasting_cases[state])


def take(step, case, by):
    """The step through its real action, with everything it needs besides permission and state."""
    who = {"case_id": case.pk, "by": by}
    seen = {**who, "seen": Seen.of(case)}
    actions = {
        Step.TRIAGE: lambda: triage.triage(**seen),
        Step.SUBMIT_DRAFT: lambda: answering.submit_draft(**seen, body=ANSWER, based_on=_newest(case)),
        Step.REQUEST_CHANGES: lambda: review.request_changes(**seen, comment="Please add a source."),
        Step.APPROVE: lambda: review.approve(**seen),
        Step.APPROVE_ALONE: lambda: alone.approve_alone(**seen, reason="Nobody else is here and he may die."),
        Step.REOPEN: lambda: review.reopen(**seen, reason="A mistake."),
        Step.PUBLISH: lambda: publication.publish(**seen),
        Step.UNPUBLISH: lambda: publication.unpublish(**seen, reason="Somebody was recognised."),
        Step.DECLINE: lambda: triage.decline(**seen, reason="Not for us.", message="We are sorry."),
        Step.WITHDRAW: lambda: intake.withdraw(**seen),
    }
    return actions[step]()


def _newest(case):
    latest = case.question.revisions.first()
    return latest.number if latest else 0


@pytest.mark.parametrize(("state", "step"), GRID, ids=lambda value: value.value)
def test_it_lets_exactly_the_right_people_take_exactly_the_right_steps(cast, case_in, state, step):
    case = case_in(state)
    if (state, step) == (State.SUBMITTED, Step.TRIAGE):
        _ready_for_triage(cast, case)
    if (state, step) == (State.REVIEWED, Step.PUBLISH):
        publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    allowed = {who for found_state, found_step, who in ALLOWED if (found_state, found_step) == (state, step)}
    for name in sorted(PEOPLE, key=lambda who: who in allowed):  # the refused first: none of them changes anything
        case, events = _now(case), Event.objects.count()
        if name not in allowed:
            with pytest.raises(Refused):
                take(step, case, getattr(cast, name))
            assert _now(case).state == state
            assert Event.objects.count() == events
        else:
            assert take(step, case, getattr(cast, name)).state != state
            return  # the first of the allowed moved it on


def breaks(*args):
    raise RuntimeError("a guard of ours is broken")


def refuses_when_a_guard_is_broken(case, step, by):
    """Who is let in is not let in when a condition of the step raises instead of answering: nothing has changed."""
    rule, before = STEP_RULES[step], (_now(case).version, Event.objects.count())
    broken = [replace(rule, allows=breaks)]
    for need in rule.needs:
        others = [replace(one, met=breaks) if one is need else one for one in rule.needs]
        broken.append(replace(rule, needs=tuple(others)))
    for one in broken:
        with pytest.MonkeyPatch.context() as patched:
            patched.setitem(STEP_RULES, step, one)
            with pytest.raises(RuntimeError, match="is broken"):
                take(step, _now(case), by)
        assert (_now(case).version, Event.objects.count()) == before


@pytest.mark.parametrize(("state", "step", "who"), sorted(ALLOWED), ids=lambda value: str(value))
def test_it_lets_each_of_them(cast, case_in, state, step, who):
    case = case_in(state)
    if (state, step) == (State.SUBMITTED, Step.TRIAGE):
        _ready_for_triage(cast, case)
    if (state, step) == (State.REVIEWED, Step.PUBLISH):
        publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    refuses_when_a_guard_is_broken(case, step, getattr(cast, who))
    moved = take(step, _now(case), getattr(cast, who))
    last = moved.events.exclude(kind__in=[Kind.LETTER_OPENED]).last()
    assert (last.from_state, last.to_state, last.actor_id) == (state, moved.state, getattr(cast, who).pk)


def _now(case):
    return type(case).objects.get(pk=case.pk)


def _ready_for_triage(cast, case):
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    settle(case, by=cast.mo)
