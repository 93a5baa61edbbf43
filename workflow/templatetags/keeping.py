"""Until when the words of a case are kept: on the member's page, and as a row of the facts."""

from typing import Any

from django import template

from ..events import Kind
from ..models import Case
from ..queues.keeping import TERMS, end_of

register = template.Library()
CLOSED = {term.state for term in TERMS}


@register.inclusion_tag("workflow/keeping/_until.html", takes_context=True)
def kept_until(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """For the member: the day, and “Keep it longer”."""
    ends_at = end_of(case) if case.state in CLOSED else None
    return {"case": case, "ends_at": ends_at, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("workflow/keeping/_row.html")
def keeping_of(case: Case) -> dict[str, Any]:
    """For moderators, of a case that was read `whole`: no question more for it."""
    facts = vars(case)
    return {"case": case, "held_until": facts.get("held_until"), "is_agreed": facts.get("hold_agreed_at") is not None}


@register.filter
def is_ended_by_clock(case: Case) -> bool:
    """Nobody took it back: its time was over."""
    return bool(case.events.filter(kind=Kind.LETTER_ENDED).exists())
