"""What a case waits for: the next thing to do, who does it, and by when it was promised. No database; pages ask here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from . import clocks, hours
from .states import State

_TO_ANSWER = (State.SUBMITTED, State.TRIAGED, State.DRAFTED)
_URGENT = 1  # tiers up to this one are read first


class Facts(Protocol):
    """What is asked of a case; workflow.models.Case provides it."""

    state: str
    tier: int
    expert_id: int | None
    submitted_at: datetime
    first_read_at: datetime | None
    answered_at: datetime | None
    publish_at: datetime | None
    approved_alone: bool
    merged_into_id: int | None
    paused_at: datetime | None
    paused_days: int


class Flag(Protocol):
    """What is asked of an open safety flag."""

    acknowledged_at: datetime | None


class Steps(NamedTuple):
    """How far somebody is with the playbook of a pressing danger that they took on."""

    flag: int
    done: int
    total: int


@dataclass(frozen=True)
class Next:
    """The next thing to do. `page` names the page where it is done, `part` the place there; `is_ours`: a moderator does it.
    `then`: what the case waits for besides, where a danger is looked after first.
    """

    what: str
    page: str
    part: str = ""
    is_ours: bool = True
    then: "Next | None" = None

    @property
    def usual(self) -> "Next":
        """What the case itself waits for, whatever is done about a danger."""
        return self.then or self


@dataclass(frozen=True)
class Clock:
    """Something promised to the member, and when it is due."""

    what: str
    due: datetime

    def is_late(self, now: datetime) -> bool:
        return now > self.due


ACKNOWLEDGE = Next("Take on the safety flag", "workflow:case", "flags")
READ = Next("Read the letter", "workflow:letter")
DEIDENTIFY = Next("De-identify and confirm the question", "workflow:letter")
PASS_ON = Next("Pass it to the experts", "workflow:case")
CLAIM = Next("An expert can take it", "workflow:case", is_ours=False)
WRITE = Next("The expert writes the answer", "workflow:case", is_ours=False)
REPLY = Next("Read what the member replied, and pass it on", "workflow:case", "exchange")
ASKED = Next("The member was asked something", "workflow:case", is_ours=False)
REVIEW = Next("Review the answer", "workflow:review")
READ_TOO = Next("Read it too: one person alone approved it", "workflow:review")
SCHEDULED = Next("Will be published at its time", "workflow:preview", is_ours=False)
PUBLISH = Next("Publish: the member agreed", "workflow:preview")
WISH = Next("The member wants something changed", "workflow:case")
CONSENT = Next("The member decides about publishing", "workflow:case", is_ours=False)
MERGED = Next("Waits with the letter that it is the same as", "workflow:case", is_ours=False)
NOTHING = Next("Nothing waits here", "workflow:case", is_ours=False)


def next_thing(
    case: Facts,
    flags: Iterable[Flag],
    *,
    is_confirmed: bool,
    reply: str,
    has_reply: bool = False,
    steps: Steps | None = None,
) -> Next:
    """The one thing to do next. `flags` are the open ones; `reply` is the member's standing reply about publishing;
    `has_reply`: they replied to a question of ours, and nobody has passed it on; `steps`: of a playbook that is not through.
    """
    if any(flag.acknowledged_at is None for flag in flags):
        return ACKNOWLEDGE
    if case.merged_into_id is not None:
        return MERGED
    usual = _usual(case, is_confirmed=is_confirmed, reply=reply, has_reply=has_reply)
    return (
        usual if steps is None or usual == READ else _look_after(steps, usual)
    )  # every playbook begins with the letter


def _look_after(steps: Steps, then: Next) -> Next:
    what = f"Look after the danger: {steps.done} of {steps.total} step{'' if steps.total == 1 else 's'} done"
    return Next(what, "workflow:case", f"steps-{steps.flag}", then=then)


def _usual(case: Facts, *, is_confirmed: bool, reply: str, has_reply: bool) -> Next:
    """What a case waits for by itself."""
    if has_reply and case.state in _TO_ANSWER:
        return REPLY
    if case.paused_at is not None and case.first_read_at is not None:
        return ASKED
    match case.state:
        case State.SUBMITTED if case.first_read_at is None:
            return READ
        case State.SUBMITTED:
            return PASS_ON if is_confirmed else DEIDENTIFY
        case State.TRIAGED:
            return WRITE if case.expert_id else CLAIM
        case State.DRAFTED:
            return REVIEW
        case State.REVIEWED:
            return _after_review(case, reply)
    return NOTHING


def _after_review(case: Facts, reply: str) -> Next:
    if case.approved_alone:
        return READ_TOO
    if case.publish_at is not None:
        return SCHEDULED
    return {"agreed": PUBLISH, "change": WISH, "private": NOTHING}.get(reply, CONSENT)


def waits_for_urgent_reading(case: Facts) -> bool:
    """Danger was seen, and nobody has read the letter yet: the roster says by when."""
    return case.first_read_at is None and case.state == State.SUBMITTED and case.tier <= _URGENT


def clock_of(case: Facts, turns: hours.Turns) -> Clock | None:
    """The promise that runs now: a first reading, then an answer; none once the member has had the answer.

    `turns`: who is on call; asked only where `waits_for_urgent_reading`.
    While the member is asked something the answer's clock stands still; the first reading waits for nobody.
    """
    if case.state not in _TO_ANSWER or case.answered_at is not None or case.merged_into_id is not None:
        return None
    if case.first_read_at is None and case.state == State.SUBMITTED:
        due = clocks.reading_due(case.submitted_at, is_urgent=waits_for_urgent_reading(case), turns=turns)
        return Clock("First reading", due)
    if case.paused_at is not None:
        return None
    return Clock("Answer", clocks.end_of(clocks.answer_due(case.submitted_at, case.paused_days)))
