"""The state machine as data: states, steps and the table of PRODUCT.md. The FSM methods on Case are written from it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case is."""

    SUBMITTED = "submitted"
    TRIAGED = "triaged"
    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# Where a case is, as the desks say it.
STATE_WORDS = {
    State.SUBMITTED: "New",
    State.TRIAGED: "With the experts",
    State.DRAFTED: "In review",
    State.REVIEWED: "Answered",
    State.PUBLISHED: "Published",
    State.DECLINED: "Declined",
    State.WITHDRAWN: "Withdrawn",
}

OPEN_STATES = (State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.REVIEWED)
BEFORE_AN_ANSWER = (State.SUBMITTED, State.TRIAGED, State.DRAFTED)


class Step(StrEnum):
    """A transition, named by its verb. The value is the name of the method on Case."""

    TRIAGE = "triage"
    SUBMIT_DRAFT = "submit_draft"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    APPROVE_ALONE = "approve_alone"
    REOPEN = "reopen"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Act(StrEnum):
    """Something a person does to a case that leaves its state as it is."""

    READ_LETTER = "read_letter"
    RAISE_FLAG = "raise_flag"
    ACKNOWLEDGE_FLAG = "acknowledge_flag"
    CLOSE_FLAG = "close_flag"
    CHANGE_FLAG = "change_flag"
    TICK_STEP = "tick_step"
    TELL_MEMBER = "tell_member"
    READ_MESSAGE = "read_message"
    SEE_CONTACT = "see_contact"
    OPEN_CONTACT = "open_contact"
    DECIDE_FINDING = "decide_finding"
    EDIT_QUESTION = "edit_question"
    CONFIRM_QUESTION = "confirm_question"
    ASSIGN = "assign"
    CLAIM = "claim"
    GIVE_BACK = "give_back"
    HAND_OVER = "hand_over"
    START_REVIEW = "start_review"
    TAKE_OVER_REVIEW = "take_over_review"
    WRITE_ANSWER = "write_answer"
    WRITE_NOTE = "write_note"
    KEEP_WORDS = "keep_words"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    CONSENT = "consent"
    REFUSE_CONSENT = "refuse_consent"
    SUGGEST_CHANGE = "suggest_change"
    READ_ANSWER = "read_answer"
    CHOOSE_MAIL = "choose_mail"
    HAND_ON = "hand_on"
    LINK = "link"
    SPLIT = "split"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ASK_MEMBER = "ask_member"
    TAKE_BACK_INQUIRY = "take_back_inquiry"
    REPLY = "reply"
    SETTLE_REPLY = "settle_reply"
    COMMENT = "comment"
    RESOLVE_COMMENT = "resolve_comment"
    ASK_COLLEAGUE = "ask_colleague"
    COMMENT_AS_ASKED = "comment_as_asked"
    KEEP_LONGER = "keep_longer"
    HOLD = "hold"
    CONFIRM_ANSWER = "confirm_answer"


@dataclass(frozen=True)
class Edge:
    """One row of the machine: from which states a step leads where, and what the event is called."""

    sources: tuple[State, ...]
    target: State
    event: str
    label: str
    needs_reason: bool = False


MACHINE: dict[Step, Edge] = {
    Step.TRIAGE: Edge((State.SUBMITTED,), State.TRIAGED, "case_triaged", "Pass to the experts"),
    Step.SUBMIT_DRAFT: Edge((State.TRIAGED,), State.DRAFTED, "draft_submitted", "Send for review"),
    Step.REQUEST_CHANGES: Edge((State.DRAFTED,), State.TRIAGED, "changes_requested", "Return with a comment", True),
    Step.APPROVE: Edge((State.DRAFTED,), State.REVIEWED, "answer_approved", "Approve the answer"),
    Step.APPROVE_ALONE: Edge(
        (State.DRAFTED,), State.REVIEWED, "answer_approved_alone", "Approve your own answer, in an emergency", True
    ),
    Step.REOPEN: Edge((State.REVIEWED,), State.DRAFTED, "case_reopened", "Reopen the answer", True),
    Step.PUBLISH: Edge((State.REVIEWED,), State.PUBLISHED, "case_published", "Publish"),
    Step.UNPUBLISH: Edge((State.PUBLISHED,), State.REVIEWED, "case_unpublished", "Take down", True),
    Step.DECLINE: Edge((State.SUBMITTED, State.TRIAGED), State.DECLINED, "case_declined", "Decline", True),
    Step.WITHDRAW: Edge(
        tuple(state for state in State if state != State.WITHDRAWN), State.WITHDRAWN, "case_withdrawn", "Withdraw"
    ),
}
