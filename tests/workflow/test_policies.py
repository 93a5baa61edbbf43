"""The rules by themselves, without a database: what each step needs of a case, and every condition on a person, one at a time."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.roles import Role
from workflow import policies
from workflow.policies import unmet_needs, why_not
from workflow.states import Act, State, Step

pytestmark = pytest.mark.pure

MEMBER, EXPERT, MODERATOR, ADMINISTRATOR = Role.MEMBER, Role.EXPERT, Role.MODERATOR, Role.ADMINISTRATOR
ME, SOMEBODY = 1, 2


@dataclass
class Person:
    """Somebody with roles."""

    roles: set[Role]
    pk: int = ME
    is_active: bool = True

    def holds(self, role):
        return role in self.roles


# What a case must say, one fact a line: how it reads when all is well, and when it is not.
FACTS: dict[str, tuple[Any, Any]] = {
    "has_unacknowledged_flags": (False, True),
    "has_open_emergency": (True, False),
    "has_open_findings": (False, True),
    "has_fresh_identifiers": (False, True),
    "has_topic": (True, False),
    "has_confirmed_question": (True, False),
    "has_draft": (True, False),
    "missing_safety_blocks": ([], ["Call 911"]),
    "has_clean_language": (True, False),
    "overdue_lines": ([], ["988"]),
    "has_standing_approval": (True, False),
    "has_standing_consent": (True, False),
    "is_scheduled": (True, False),
    "allows_publication": (True, False),
    "is_read": (True, False),
    "is_claimed": (False, True),
    "has_duplicates": (False, True),
    "waits_for_member": (False, True),
    "has_unread_reply": (False, True),
    "has_open_comments": (False, True),
    "is_written_by": (False, True),
    "has_answer_by": (False, True),
    "is_reviewed_by_another": (False, True),
    "has_asked": (False, True),
}


@dataclass
class Facts:
    """A case as the rules see it: all is well, but for what a test says."""

    state: str = State.DRAFTED
    expert_id: int | None = None
    drafted_by_id: int | None = None
    approved_alone: bool = False
    merged_into_id: int | None = None
    said: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name):
        if name not in FACTS:
            raise AttributeError(name)
        return lambda *person: self.said.get(name, FACTS[name][0])


APPROVALS = {Step.APPROVE, Step.APPROVE_ALONE, Act.CONFIRM_ANSWER}
TO_PUBLISH = {Step.PUBLISH, Act.SCHEDULE}
# Which steps wait while something is not well. Written down once more, so that no need is lost by a slip.
HELD_UP = {
    "has_unacknowledged_flags": {Step.TRIAGE, Step.DECLINE, *APPROVALS, *TO_PUBLISH},
    "has_open_emergency": {Step.APPROVE_ALONE, Act.OPEN_CONTACT},
    "has_open_findings": {Step.TRIAGE, Act.CONFIRM_QUESTION, *APPROVALS, *TO_PUBLISH},
    "has_fresh_identifiers": TO_PUBLISH,
    "has_topic": {Step.TRIAGE},
    "has_confirmed_question": {Step.TRIAGE, *APPROVALS, *TO_PUBLISH},
    "has_draft": {Step.SUBMIT_DRAFT, Act.COMMENT, Act.ASK_COLLEAGUE, Act.COMMENT_AS_ASKED},
    "missing_safety_blocks": {Step.SUBMIT_DRAFT, *APPROVALS},
    "has_clean_language": APPROVALS,
    "overdue_lines": {*APPROVALS, *TO_PUBLISH},
    "has_standing_approval": {Act.CONSENT, Act.CONFIRM_ANSWER, *TO_PUBLISH},
    "has_standing_consent": TO_PUBLISH,
    "is_scheduled": {Act.UNSCHEDULE},
    "allows_publication": TO_PUBLISH,
    "is_read": {Act.MERGE, Act.TELL_MEMBER},
    "is_claimed": {Act.MERGE},
    "has_duplicates": {Act.MERGE},
    "waits_for_member": {Step.SUBMIT_DRAFT, Act.ASK_MEMBER, Act.MERGE, *APPROVALS},
    "has_unread_reply": {Step.SUBMIT_DRAFT, Act.MERGE, *APPROVALS},
    "has_open_comments": {Step.SUBMIT_DRAFT, *APPROVALS},
}


@pytest.mark.parametrize("fact", HELD_UP)
def test_it_holds_up_exactly_the_steps_that_need_it(fact):
    held_up = set()
    for step in (*Step, *Act):
        well = Facts(approved_alone=step == Act.CONFIRM_ANSWER)
        assert unmet_needs(step, well) == [], step
        amiss = Facts(approved_alone=step == Act.CONFIRM_ANSWER, said={fact: FACTS[fact][1]})
        if unmet_needs(step, amiss):
            held_up.add(step)
    assert held_up == HELD_UP[fact]


def test_it_publishes_nothing_that_one_person_alone_approved_and_confirms_nothing_else():
    alone = {step for step in (*Step, *Act) if unmet_needs(step, Facts(approved_alone=True))}
    two = {step for step in (*Step, *Act) if unmet_needs(step, Facts())}
    assert (alone, two) == (TO_PUBLISH, {Act.CONFIRM_ANSWER})


BOTH = {EXPERT, MODERATOR}
# A rule on people; somebody whom it lets in, with the case; and each single change after which it no longer does.
PEOPLE = [
    ("is_writer", {MEMBER}, {"is_written_by": True}, [{"is_active": False}, {"is_written_by": False}]),
    (
        "is_writer_of_what_two_have_read",
        {MEMBER},
        {"is_written_by": True},
        [{"is_active": False}, {"is_written_by": False}, {"approved_alone": True}],
    ),
    ("is_moderator", {MODERATOR}, {}, [{"roles": {EXPERT}}, {"roles": {ADMINISTRATOR}}]),
    (
        "is_moderator_and_no_administrator",
        {MODERATOR},
        {},
        [{"roles": {EXPERT}}, {"roles": {MODERATOR, ADMINISTRATOR}}],
    ),
    ("is_expert_in_charge", {EXPERT}, {"expert_id": ME}, [{"roles": {MODERATOR}}, {"expert_id": SOMEBODY}]),
    ("is_expert_and_case_is_free", {EXPERT}, {}, [{"roles": {MODERATOR}}, {"is_claimed": True}]),
    (
        "is_second_person",
        {MODERATOR},
        {"drafted_by_id": SOMEBODY},
        [{"roles": {EXPERT}}, {"drafted_by_id": ME}, {"has_answer_by": True}],
    ),
    (
        "is_author_with_nobody_at_the_review",
        BOTH,
        {"drafted_by_id": ME},
        [{"roles": {EXPERT}}, {"roles": {MODERATOR}}, {"drafted_by_id": SOMEBODY}, {"is_reviewed_by_another": True}],
    ),
    (
        "is_second_person_at_the_review",
        {MODERATOR},
        {},
        [{"roles": {EXPERT}}, {"drafted_by_id": ME}, {"has_answer_by": True}, {"is_reviewed_by_another": True}],
    ),
    ("is_moderator_at_the_review", {MODERATOR}, {}, [{"roles": {EXPERT}}, {"is_reviewed_by_another": True}]),
    (
        "is_second_person_beside_another",
        {MODERATOR},
        {"is_reviewed_by_another": True},
        [{"roles": {EXPERT}}, {"has_answer_by": True}, {"is_reviewed_by_another": False}],
    ),
    ("is_moderator_or_expert_in_charge", {EXPERT}, {"expert_id": ME}, [{"expert_id": SOMEBODY}]),
    (
        "is_moderator_or_expert_who_writes",
        {EXPERT},
        {"expert_id": ME, "state": State.TRIAGED},
        [{"expert_id": SOMEBODY}, {"state": State.DRAFTED}],
    ),
    (
        "is_expert_in_charge_or_second_person",
        {EXPERT},
        {"expert_id": ME, "state": State.TRIAGED},
        [{"expert_id": SOMEBODY}, {"state": State.DRAFTED}],
    ),
    (
        "is_expert_who_writes_or_moderator_at_the_review",
        {EXPERT},
        {"expert_id": ME, "state": State.TRIAGED},
        [{"roles": {MODERATOR}}, {"expert_id": SOMEBODY}, {"state": State.DRAFTED}],
    ),
    ("is_asked_colleague", {EXPERT}, {"has_asked": True}, [{"roles": {ADMINISTRATOR}}, {"has_asked": False}]),
    ("is_moderator_or_writer", {MEMBER}, {"is_written_by": True}, [{"is_written_by": False}]),
    ("is_desk_person", {EXPERT}, {}, [{"roles": {ADMINISTRATOR}}, {"state": State.SUBMITTED}]),
]


def allows(rule, **changes):
    person, case = Person(set()), Facts(state=State.REVIEWED)
    for name, value in changes.items():
        if name in FACTS:
            case.said[name] = value
        else:
            setattr(person if hasattr(person, name) else case, name, value)
    return getattr(policies, rule)(person, case)


@pytest.mark.parametrize(("rule", "roles", "case", "changes"), PEOPLE, ids=[row[0] for row in PEOPLE])
def test_it_lets_in_who_meets_every_condition_and_nobody_who_misses_one(rule, roles, case, changes):
    assert allows(rule, roles=roles, **case)
    for change in changes:
        assert not allows(rule, **{"roles": roles, **case, **change}), change


def test_it_asks_the_member_again_only_while_an_answer_two_have_read_may_be_published():
    assert policies.is_asked_again(Facts(state=State.REVIEWED))
    assert not policies.is_asked_again(Facts(state=State.DRAFTED))
    assert not policies.is_asked_again(Facts(state=State.REVIEWED, said={"allows_publication": False}))
    assert not policies.is_asked_again(Facts(state=State.REVIEWED, approved_alone=True))


@pytest.mark.parametrize(
    ("roles", "case", "says"),
    [
        ({MODERATOR}, Facts(state=State.SUBMITTED), "The case is “new” now."),
        ({EXPERT}, Facts(), "This step is for a moderator who"),
        ({MODERATOR}, Facts(merged_into_id=7), "same letter as case 7"),
        ({MODERATOR}, Facts(said={"has_open_comments": True}), "A comment on the answer is still open."),
        ({MEMBER}, Facts(), "Your letter has moved on meanwhile"),
        ({MODERATOR}, Facts(), ""),
    ],
)
def test_it_says_first_what_stands_most_in_the_way(roles, case, says):
    said = why_not(Person(roles), Step.APPROVE, case)
    assert says in said
    assert bool(said) == bool(says)


def test_it_takes_a_member_at_their_step():
    assert why_not(Person({MEMBER}), Step.WITHDRAW, Facts(said={"is_written_by": True})) == ""


@pytest.mark.parametrize(
    ("roles", "case"), [({MODERATOR}, {"state": State.TRIAGED}), ({EXPERT}, {}), ({MODERATOR}, {"merged_into_id": 7})]
)
def test_it_offers_no_step_that_would_be_refused(roles, case):
    assert Step.APPROVE in policies.steps_for(Person({MODERATOR}), Facts())
    assert Step.APPROVE not in policies.steps_for(Person(roles), Facts(**case))
    assert policies.may(Person({MODERATOR}), Act.READ_LETTER, Facts(merged_into_id=7))
