"""The workflow in plain words, for desks and refusals: what an event was, and by which role."""

from datetime import date

from django import template

from .. import clocks
from ..events import Kind
from ..models import Case, Event

register = template.Library()

EVENT_WORDS = {
    Kind.CASE_SUBMITTED: "The letter came in",
    Kind.CASE_TRIAGED: "Passed to the experts",
    Kind.DRAFT_SUBMITTED: "The answer was sent for review",
    Kind.CHANGES_REQUESTED: "Returned to the expert with a comment",
    Kind.ANSWER_APPROVED: "The answer was approved",
    Kind.CASE_REOPENED: "The answer was reopened",
    Kind.CASE_PUBLISHED: "Published",
    Kind.CASE_UNPUBLISHED: "Taken down",
    Kind.CASE_DECLINED: "Declined",
    Kind.CASE_WITHDRAWN: "Withdrawn by the member",
    Kind.LETTER_OPENED: "The letter was opened",
    Kind.FLAG_RAISED: "A safety flag was raised",
    Kind.FLAG_ACKNOWLEDGED: "A safety flag was acknowledged",
    Kind.FLAG_CLOSED: "A safety flag was closed",
    Kind.QUESTION_SAVED: "The question was saved",
    Kind.QUESTION_CONFIRMED: "The question was confirmed",
    Kind.QUESTION_CHANGED: "The question was changed after the review",
    Kind.EXPERT_ASSIGNED: "The expert was named or freed",
    Kind.CASE_CLAIMED: "An expert took the case",
    Kind.CASE_GIVEN_BACK: "The expert gave the case back",
    Kind.PUBLICATION_SCHEDULED: "Publication was scheduled",
    Kind.PUBLICATION_UNSCHEDULED: "The schedule was cancelled",
    Kind.PUBLICATION_STOPPED: "The scheduled publication was stopped",
    Kind.CONSENT_GIVEN: "The member agreed to the exact words",
    Kind.CONSENT_REFUSED: "The member keeps it private",
    Kind.CHANGE_SUGGESTED: "The member wants something changed",
}


@register.filter
def event_words(event: Event) -> str:
    """What happened, as a short phrase; the kind itself for one that has no words yet."""
    return EVENT_WORDS.get(Kind(event.kind), event.kind.replace("_", " "))


@register.filter
def role_words(event: Event) -> str:
    """Who did it, by role and never by name: "a moderator", "the member", "the service"."""
    if event.actor_role in {"service", "member"}:
        return f"the {event.actor_role}"
    roles = event.actor_role.split("+")
    return " and ".join(f"an {role}" if role[:1] in "ae" else f"a {role}" for role in roles if role) or "somebody"


@register.filter
def answer_due(case: Case) -> date:
    """The day by which the member was promised an answer."""
    return clocks.answer_due(case.submitted_at)


@register.filter
def days_left(due: date) -> int:
    return clocks.days_left(due)


@register.filter
def left_in_words(left: int) -> str:
    return clocks.in_words(left)
