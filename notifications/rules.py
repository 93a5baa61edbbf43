"""The table: event kind → who gets which mail, and whether it is still true when it is sent.

Every kind of event has a row; an empty row says that nobody hears of it by mail.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Role
from workflow import policies
from workflow.events import Kind
from workflow.models import Case, Event
from workflow.states import Act, State, Step

from .audience import To
from .models import Category

Holds = Callable[[Event, Case, User], bool]
Concerns = Callable[[Event], bool]

URGENT = {"emergency", "urgent"}


def _always(event: Event) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    """One mail: its template, its stream, who gets it, while what holds, for which events, whether it links to the case."""

    template: str
    category: Category
    to: To
    holds: Holds
    concerns: Concerns = _always
    links_to_case: bool = True


def _in(*states: State) -> Holds:
    return lambda event, case, person: case.state in states


def _is_urgent(event: Event) -> bool:
    """Sent with an open emergency or urgent flag, or such a flag was raised."""
    return event.data.get("tier", 9) <= 1 or event.data.get("severity") in URGENT


def _is_calm(event: Event) -> bool:
    return not _is_urgent(event)


def _names_expert(event: Event) -> bool:
    return event.data.get("expert") is not None


def _flag_waits(event: Event, case: Case, person: User) -> bool:
    """Somebody still has to take a danger on."""
    return person.holds(Role.MODERATOR) and case.has_unacknowledged_flags()


def _moderates(*states: State) -> Holds:
    return lambda event, case, person: person.holds(Role.MODERATOR) and case.state in states


def _holds_case(*states: State) -> Holds:
    def holds(event: Event, case: Case, person: User) -> bool:
        return policies.is_expert_in_charge(person, case) and case.state in states

    return holds


def _wrote(*states: State) -> Holds:
    return lambda event, case, person: person.pk in (case.expert_id, case.drafted_by_id) and case.state in states


def _may_review(event: Event, case: Case, person: User) -> bool:
    return policies.may(person, Step.APPROVE, case)


def _may_agree(event: Event, case: Case, person: User) -> bool:
    """The page changed after the member saw it, and they have not said no to all of it."""
    return policies.may(person, Act.CONSENT, case) and case.allows_publication() and not case.has_standing_consent()


def _letter(template: str, holds: Holds) -> Rule:
    return Rule(template, Category.LETTER, To.MEMBER, holds)


def _work(template: str, to: To, holds: Holds, concerns: Concerns = _always, *, links_to_case: bool = True) -> Rule:
    return Rule(template, Category.WORK, to, holds, concerns, links_to_case)


def _danger(concerns: Concerns) -> Rule:
    return Rule("work_danger", Category.SAFETY, To.MODERATORS, _flag_waits, concerns)


_ANSWERED = (State.REVIEWED, State.PUBLISHED)
_OPEN = (State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.REVIEWED)
_EVER = tuple(State)

RULES: dict[Kind, tuple[Rule, ...]] = {
    Kind.CASE_SUBMITTED: (
        _letter("received", _in(*_OPEN, State.PUBLISHED)),
        _danger(_is_urgent),
        Rule("work_digest", Category.DIGEST, To.MODERATORS, _moderates(*_EVER), _is_calm, links_to_case=False),
    ),
    Kind.CASE_TRIAGED: (
        _letter("under_way", _in(State.TRIAGED, State.DRAFTED)),
        _work("work_assigned", To.NAMED_EXPERT, _holds_case(State.TRIAGED), _names_expert),
    ),
    Kind.DRAFT_SUBMITTED: (_work("work_to_review", To.REVIEWERS, _may_review),),
    Kind.CHANGES_REQUESTED: (_work("work_returned", To.EXPERT, _holds_case(State.TRIAGED)),),
    Kind.ANSWER_APPROVED: (_letter("ready", _in(*_ANSWERED)),),
    Kind.CASE_REOPENED: (_work("work_reopened", To.EXPERT, _wrote(State.DRAFTED, State.TRIAGED)),),
    Kind.CASE_PUBLISHED: (
        _letter("shared", _in(State.PUBLISHED)),
        _work("work_done", To.EXPERT, _wrote(State.PUBLISHED)),
    ),
    Kind.CASE_UNPUBLISHED: (
        _work("work_taken_down", To.EXPERT, _wrote(*_ANSWERED, State.DRAFTED)),
        _work("work_taken_down_desk", To.MODERATORS, _moderates(State.REVIEWED, State.DRAFTED)),
    ),
    Kind.CASE_DECLINED: (_letter("reply", _in(State.DECLINED)),),
    Kind.CASE_WITHDRAWN: (
        _work("work_withdrawn", To.MODERATORS, _moderates(State.WITHDRAWN), links_to_case=False),
        _work("work_withdrawn_expert", To.EXPERT, _wrote(State.WITHDRAWN), links_to_case=False),
    ),
    Kind.FLAG_RAISED: (_danger(_is_urgent),),
    Kind.QUESTION_CHANGED: (_letter("look_again", _may_agree),),
    Kind.EXPERT_ASSIGNED: (_work("work_assigned", To.NAMED_EXPERT, _holds_case(State.TRIAGED), _names_expert),),
    Kind.CASE_GIVEN_BACK: (_work("work_given_back", To.MODERATORS, _moderates(State.TRIAGED)),),
    Kind.PUBLICATION_STOPPED: (_work("work_stopped", To.MODERATORS, _moderates(State.REVIEWED)),),
    Kind.CONSENT_GIVEN: (_work("work_agreed", To.MODERATORS, _moderates(State.REVIEWED)),),
    Kind.CHANGE_SUGGESTED: (_work("work_wish", To.MODERATORS, _moderates(State.REVIEWED)),),
    # Nobody hears of these by mail: they are the actor's own doing, or the pages show them where they matter.
    Kind.LETTER_OPENED: (),
    Kind.FLAG_ACKNOWLEDGED: (),
    Kind.FLAG_CLOSED: (),
    Kind.QUESTION_SAVED: (),
    Kind.QUESTION_CONFIRMED: (),
    Kind.CASE_CLAIMED: (),
    Kind.PUBLICATION_SCHEDULED: (),
    Kind.PUBLICATION_UNSCHEDULED: (),
    Kind.CONSENT_REFUSED: (),
}

# Mails without an event: signing in.
SECURITY = ("sign_in_code", "sign_in_unknown", "password_code")


def rules_for(kind: str) -> tuple[Rule, ...]:
    """The rows of a kind; empty for a kind this release does not know (rows of a newer one)."""
    return RULES.get(Kind(kind), ()) if kind in set(Kind) else ()


def rule_of(kind: str, template: str) -> Rule | None:
    return next((rule for rule in rules_for(kind) if rule.template == template), None)


def templates() -> dict[str, Category]:
    """Every mail there is, with its stream."""
    named = {rule.template: rule.category for rules in RULES.values() for rule in rules}
    return {**named, **dict.fromkeys(SECURITY, Category.SECURITY)}
