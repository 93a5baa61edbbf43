"""Who may do what, and what a case must be like first: with workflow/needs.py the only file that decides it.

Two kinds of rule, never mixed: PEOPLE (may this person take this step: `allows`) and DATA (is the case ready:
`needs`). `why_not` answers both with a sentence that says what would allow the step, or with nothing. Pages, queues,
actions, the permissions page of the docs and mail all ask here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from accounts.models import User
from accounts.roles import Role

from .case_facts import CaseFacts
from .needs import (
    APPROVAL_STANDS,
    COMMENTS_RESOLVED,
    CONSENT_STANDS,
    DRAFT_WRITTEN,
    EMERGENCY_FOR_ONE,
    EMERGENCY_OPEN,
    FINDINGS_DECIDED,
    FLAGS_ACKNOWLEDGED,
    LETTER_OPENED,
    LETTER_READ,
    LINES_CHECKED,
    MEMBER_NOT_ASKED,
    NO_DUPLICATES,
    NOBODY_WRITES,
    NOTHING_FOUND_SINCE,
    PUBLICATION_ALLOWED,
    QUESTION_CONFIRMED,
    READ_BY_ONE,
    READ_BY_TWO,
    REPLY_READ,
    SAFETY_BLOCKS,
    SCHEDULED,
    TO_APPROVE,
    TOPIC_SET,
    Need,
)
from .states import BEFORE_AN_ANSWER, MACHINE, OPEN_STATES, STATE_WORDS, Act, State, Step


# ---- people -------------------------------------------------------------------------------------------------------
def is_writer(person: User, case: CaseFacts) -> bool:
    """The member who sent the letter."""
    return person.is_active and case.is_written_by(person)


def is_writer_of_what_two_have_read(person: User, case: CaseFacts) -> bool:
    """The member, once somebody who did not write the answer vouches for it."""
    return is_writer(person, case) and not case.approved_alone


def is_asked_again(case: CaseFacts) -> bool:
    """A change of the question now would be put before the member: they have the answer, and may agree to its publication."""
    return case.state == State.REVIEWED and case.allows_publication() and not case.approved_alone


def is_moderator(person: User, case: CaseFacts) -> bool:
    """Any moderator."""
    return person.holds(Role.MODERATOR)


def is_moderator_and_no_administrator(person: User, case: CaseFacts) -> bool:
    """A moderator; an administrator never, also when they hold both roles."""
    return is_moderator(person, case) and not person.holds(Role.ADMINISTRATOR)


def is_expert_in_charge(person: User, case: CaseFacts) -> bool:
    """The expert who holds the case."""
    return person.holds(Role.EXPERT) and case.expert_id == person.pk


def is_expert_and_case_is_free(person: User, case: CaseFacts) -> bool:
    """Any expert, while nobody holds the case or the lease of who held it has run out."""
    return person.holds(Role.EXPERT) and not case.is_claimed()


def is_second_person(person: User, case: CaseFacts) -> bool:
    """A moderator who wrote no revision of the answer (four eyes)."""
    return is_moderator(person, case) and case.drafted_by_id != person.pk and not case.has_answer_by(person)


def is_author_with_nobody_at_the_review(person: User, case: CaseFacts) -> bool:
    """A moderator who is an expert too and wrote some of the answer, while no other moderator is at the review."""
    wrote_it = case.drafted_by_id == person.pk or case.has_answer_by(person)
    is_both = is_moderator(person, case) and person.holds(Role.EXPERT)
    return is_both and wrote_it and not case.is_reviewed_by_another(person)


def is_second_person_at_the_review(person: User, case: CaseFacts) -> bool:
    """The second person, while no other moderator is at the review."""
    return is_second_person(person, case) and not case.is_reviewed_by_another(person)


def is_moderator_at_the_review(person: User, case: CaseFacts) -> bool:
    """Any moderator, while no other one is at the review."""
    return is_moderator(person, case) and not case.is_reviewed_by_another(person)


def is_second_person_beside_another(person: User, case: CaseFacts) -> bool:
    """The second person, while another moderator is at the review."""
    return is_second_person(person, case) and case.is_reviewed_by_another(person)


def is_moderator_or_expert_in_charge(person: User, case: CaseFacts) -> bool:
    """Any moderator, or the expert who holds the case."""
    return is_moderator(person, case) or is_expert_in_charge(person, case)


def is_moderator_or_expert_who_writes(person: User, case: CaseFacts) -> bool:
    """Any moderator, or the expert who holds the case while they write."""
    return is_moderator(person, case) or (case.state == State.TRIAGED and is_expert_in_charge(person, case))


def is_expert_in_charge_or_second_person(person: User, case: CaseFacts) -> bool:
    """Who writes the answer now, or who reviews it."""
    is_writing = case.state == State.TRIAGED and is_expert_in_charge(person, case)
    return is_writing or is_second_person_at_the_review(person, case)


def is_expert_who_writes_or_moderator_at_the_review(person: User, case: CaseFacts) -> bool:
    """Who writes the answer now; once it is in review, any moderator while no other one is at it."""
    if case.state == State.TRIAGED:
        return is_expert_in_charge(person, case)
    return is_moderator_at_the_review(person, case)


def is_asked_colleague(person: User, case: CaseFacts) -> bool:
    """An expert or a moderator who was asked for a comment."""
    return (person.holds(Role.EXPERT) or person.holds(Role.MODERATOR)) and case.has_asked(person)


def is_moderator_or_writer(person: User, case: CaseFacts) -> bool:
    """Any moderator, or the member by withdrawing consent."""
    return is_moderator(person, case) or is_writer(person, case)


def is_desk_person(person: User, case: CaseFacts) -> bool:
    """Any moderator, or an expert (on cases that reached the experts)."""
    return is_moderator(person, case) or (person.holds(Role.EXPERT) and case.state != State.SUBMITTED)


def may_keep_roster(person: User) -> bool:
    """Who is on call when: moderators and administrators. It says nothing about any letter."""
    return person.holds(Role.MODERATOR) or person.holds(Role.ADMINISTRATOR)


# ---- rules ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rule:
    """Who may take a step, said in words too, from which states, and what the case needs."""

    allows: Callable[[User, CaseFacts], bool]
    who: str
    needs: tuple[Need, ...] = ()
    sources: tuple[State, ...] = OPEN_STATES


def _step(step: Step, allows: Callable[[User, CaseFacts], bool], who: str, *needs: Need) -> Rule:
    return Rule(allows, who, needs, MACHINE[step].sources)


STEP_RULES: dict[Step, Rule] = {
    Step.TRIAGE: _step(
        Step.TRIAGE, is_moderator, "a moderator", FLAGS_ACKNOWLEDGED, FINDINGS_DECIDED, QUESTION_CONFIRMED, TOPIC_SET
    ),
    Step.SUBMIT_DRAFT: _step(
        Step.SUBMIT_DRAFT,
        is_expert_in_charge,
        "the expert who holds the case",
        DRAFT_WRITTEN,
        SAFETY_BLOCKS,
        MEMBER_NOT_ASKED,
        REPLY_READ,
        COMMENTS_RESOLVED,
    ),
    Step.REQUEST_CHANGES: _step(
        Step.REQUEST_CHANGES, is_moderator_at_the_review, "a moderator, while nobody else is at the review"
    ),
    Step.APPROVE: _step(
        Step.APPROVE,
        is_second_person_at_the_review,
        "a moderator who did not write the answer, while nobody else is at the review",
        *TO_APPROVE,
    ),
    Step.APPROVE_ALONE: _step(
        Step.APPROVE_ALONE,
        is_author_with_nobody_at_the_review,
        "a moderator and expert who wrote the answer, while nobody else is at the review; all leads are told",
        EMERGENCY_FOR_ONE,
        *TO_APPROVE,
    ),
    Step.REOPEN: _step(Step.REOPEN, is_moderator_or_expert_in_charge, "a moderator, or the expert who holds the case"),
    Step.PUBLISH: _step(
        Step.PUBLISH,
        is_moderator,
        "a moderator",
        FLAGS_ACKNOWLEDGED,
        FINDINGS_DECIDED,
        QUESTION_CONFIRMED,
        PUBLICATION_ALLOWED,
        APPROVAL_STANDS,
        READ_BY_TWO,
        CONSENT_STANDS,
        NOTHING_FOUND_SINCE,
        LINES_CHECKED,
    ),
    Step.UNPUBLISH: _step(Step.UNPUBLISH, is_moderator_or_writer, "a moderator, or the member by withdrawing consent"),
    Step.DECLINE: _step(Step.DECLINE, is_moderator, "a moderator", FLAGS_ACKNOWLEDGED),
    Step.WITHDRAW: _step(Step.WITHDRAW, is_writer, "the member who sent the letter"),
}

_NOT_WITHDRAWN = tuple(state for state in State if state != State.WITHDRAWN)
_ANSWERED = (State.REVIEWED, State.PUBLISHED)

ACT_RULES: dict[Act, Rule] = {
    Act.READ_LETTER: Rule(is_moderator, "a moderator; each opening is recorded", (), _NOT_WITHDRAWN),
    Act.RAISE_FLAG: Rule(is_desk_person, "a moderator, or an expert", (), _NOT_WITHDRAWN),
    Act.ACKNOWLEDGE_FLAG: Rule(is_moderator, "a moderator", (), tuple(State)),
    Act.CLOSE_FLAG: Rule(is_moderator, "a moderator", (), tuple(State)),
    Act.CHANGE_FLAG: Rule(is_moderator, "a moderator", (), tuple(State)),
    Act.TICK_STEP: Rule(is_moderator, "a moderator", (), tuple(State)),
    Act.TELL_MEMBER: Rule(is_moderator, "a moderator", (LETTER_OPENED,), _NOT_WITHDRAWN),
    Act.SEE_CONTACT: Rule(
        is_moderator_and_no_administrator,
        "a moderator who is no administrator, after a second one said yes; for an hour, each look recorded",
        (),
        _NOT_WITHDRAWN,
    ),
    Act.OPEN_CONTACT: Rule(
        is_moderator_and_no_administrator,
        "a moderator who is no administrator, where somebody may die; all leads are told",
        (EMERGENCY_OPEN,),
        _NOT_WITHDRAWN,
    ),
    Act.READ_MESSAGE: Rule(is_writer, "the member", (), _NOT_WITHDRAWN),
    Act.DECIDE_FINDING: Rule(is_moderator, "a moderator"),
    Act.EDIT_QUESTION: Rule(is_moderator, "a moderator"),
    Act.CONFIRM_QUESTION: Rule(is_moderator, "a moderator", (FINDINGS_DECIDED,)),
    Act.ASSIGN: Rule(is_moderator, "a moderator", (), BEFORE_AN_ANSWER),
    Act.CLAIM: Rule(is_expert_and_case_is_free, "any expert, while nobody holds the case", (), (State.TRIAGED,)),
    Act.GIVE_BACK: Rule(is_expert_in_charge, "the expert who holds the case", (), (State.TRIAGED,)),
    Act.HAND_OVER: Rule(is_expert_in_charge, "the expert who holds the case", (), (State.TRIAGED,)),
    Act.START_REVIEW: Rule(
        is_second_person_at_the_review,
        "a moderator who did not write the answer, while nobody else is at the review",
        (),
        (State.DRAFTED,),
    ),
    Act.TAKE_OVER_REVIEW: Rule(
        is_second_person_beside_another,
        "a moderator who did not write the answer, while another one is at the review",
        (),
        (State.DRAFTED,),
    ),
    Act.WRITE_ANSWER: Rule(is_expert_in_charge, "the expert who holds the case", (), (State.TRIAGED,)),
    Act.WRITE_NOTE: Rule(
        is_moderator_or_expert_in_charge, "a moderator, or the expert who holds the case", (), _NOT_WITHDRAWN
    ),
    Act.KEEP_WORDS: Rule(
        is_expert_in_charge_or_second_person,
        "the expert who holds the case, or a moderator who did not write the answer",
        (),
        (State.TRIAGED, State.DRAFTED),
    ),
    Act.SCHEDULE: Rule(is_moderator, "a moderator", STEP_RULES[Step.PUBLISH].needs, (State.REVIEWED,)),
    Act.UNSCHEDULE: Rule(is_moderator, "a moderator", (SCHEDULED,), (State.REVIEWED,)),
    Act.CONSENT: Rule(
        is_writer_of_what_two_have_read,
        "the member, once somebody who did not write the answer vouches for it",
        (APPROVAL_STANDS,),
        (State.REVIEWED,),
    ),
    Act.REFUSE_CONSENT: Rule(is_writer, "the member", (), (State.REVIEWED,)),
    Act.SUGGEST_CHANGE: Rule(is_writer, "the member", (), (State.REVIEWED,)),
    Act.READ_ANSWER: Rule(is_writer, "the member", (), _ANSWERED),
    Act.CHOOSE_MAIL: Rule(is_writer, "the member", (), _NOT_WITHDRAWN),
    Act.HAND_ON: Rule(is_moderator, "a moderator", (), _NOT_WITHDRAWN),
    Act.LINK: Rule(is_moderator, "a moderator", (), _NOT_WITHDRAWN),
    Act.SPLIT: Rule(is_moderator, "a moderator", (), _NOT_WITHDRAWN),
    Act.MERGE: Rule(
        is_moderator,
        "a moderator",
        (LETTER_READ, NOBODY_WRITES, NO_DUPLICATES, MEMBER_NOT_ASKED, REPLY_READ),
        (State.SUBMITTED, State.TRIAGED),
    ),
    Act.UNMERGE: Rule(is_moderator, "a moderator", (), (State.SUBMITTED, State.TRIAGED)),
    Act.ASK_MEMBER: Rule(
        is_moderator_or_expert_who_writes,
        "a moderator, or the expert who holds the case",
        (MEMBER_NOT_ASKED,),
        BEFORE_AN_ANSWER,
    ),
    Act.TAKE_BACK_INQUIRY: Rule(
        is_moderator_or_expert_who_writes, "a moderator, or the expert who holds the case", (), BEFORE_AN_ANSWER
    ),
    Act.REPLY: Rule(is_writer, "the member", (), BEFORE_AN_ANSWER),
    Act.SETTLE_REPLY: Rule(is_moderator, "a moderator"),
    Act.COMMENT: Rule(
        is_second_person_at_the_review,
        "a moderator who did not write the answer, while nobody else is at the review",
        (DRAFT_WRITTEN,),
        (State.DRAFTED,),
    ),
    Act.ASK_COLLEAGUE: Rule(
        is_expert_who_writes_or_moderator_at_the_review,
        "the expert who holds the case, or a moderator at the review",
        (DRAFT_WRITTEN,),
        (State.TRIAGED, State.DRAFTED),
    ),
    Act.COMMENT_AS_ASKED: Rule(
        is_asked_colleague,
        "a colleague who was asked for a comment",
        (DRAFT_WRITTEN,),
        (State.TRIAGED, State.DRAFTED),
    ),
    Act.KEEP_LONGER: Rule(is_writer, "the member", (), (State.DECLINED, *_ANSWERED)),
    Act.HOLD: Rule(is_moderator, "a moderator; it takes a second one", (), _NOT_WITHDRAWN),
    Act.CONFIRM_ANSWER: Rule(
        is_second_person,
        "a moderator who did not write the answer",
        (READ_BY_ONE, APPROVAL_STANDS, *TO_APPROVE),
        (State.REVIEWED,),
    ),
    Act.RESOLVE_COMMENT: Rule(
        is_expert_who_writes_or_moderator_at_the_review,
        "the expert who holds the case, or a moderator at the review",
        (),
        (State.TRIAGED, State.DRAFTED),
    ),
}
# What can still be done to a letter that is kept as the same as another; everything else waits until that is undone.
WHILE_MERGED: frozenset[Step | Act] = frozenset(
    {
        Step.WITHDRAW,
        Act.READ_LETTER,
        Act.RAISE_FLAG,
        Act.ACKNOWLEDGE_FLAG,
        Act.CLOSE_FLAG,
        Act.CHANGE_FLAG,
        Act.TICK_STEP,
        Act.TELL_MEMBER,
        Act.READ_MESSAGE,
        Act.WRITE_NOTE,
        Act.CHOOSE_MAIL,
        Act.HAND_ON,
        Act.LINK,
        Act.SPLIT,
        Act.UNMERGE,
        Act.HOLD,
    }
)
MERGED = "This is kept as the same letter as case {}. Go on there, or say here that it is not the same."


def rule_for(step: Step | Act) -> Rule:
    return STEP_RULES[step] if isinstance(step, Step) else ACT_RULES[step]


def may(person: User, step: Step | Act, case: CaseFacts) -> bool:
    """PEOPLE only: is this person, in this state, one who takes this step?"""
    rule = rule_for(step)
    return case.state in rule.sources and not _is_set_aside(step, case) and rule.allows(person, case)


def _is_set_aside(step: Step | Act, case: CaseFacts) -> bool:
    return case.merged_into_id is not None and step not in WHILE_MERGED


def unmet_needs(step: Step | Act, case: CaseFacts) -> list[str]:
    """DATA only: the sentences of everything the case still lacks for a step."""
    return [need.said_of(case) for need in rule_for(step).needs if not need.is_met(case)]


def why_not(person: User, step: Step | Act, case: CaseFacts) -> str:
    """Why this person cannot take this step now, and what would allow it; empty when they can."""
    rule = rule_for(step)
    if person.holds(Role.MEMBER) and not may(person, step, case):
        return gettext("Your letter has moved on meanwhile, so this cannot be done now. Its page shows where it is.")
    if case.state not in rule.sources:
        now, *allowed = (STATE_WORDS[State(state)].lower() for state in (case.state, *rule.sources))
        words = " or ".join(f"“{one}”" for one in allowed)
        return f"The case is “{now}” now. This step is for a case that is {words}."
    if not rule.allows(person, case):
        return f"This step is for {rule.who}."
    if _is_set_aside(step, case):
        return MERGED.format(case.merged_into_id)
    return next((need.said_of(case) for need in rule.needs if not need.is_met(case)), "")


def steps_for(person: User, case: CaseFacts) -> list[Step]:
    """The steps whose buttons this person sees: allowed by state and person; unmet needs are shown beside them."""
    return [step for step in Step if may(person, step, case)]
