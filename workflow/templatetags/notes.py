"""Notes between colleagues on the desks' pages; members' pages and mail have no way to them."""

from typing import Any

from django import template

from accounts.models import User

from .. import policies, queues
from ..models import Case
from ..states import Act

register = template.Library()


@register.inclusion_tag("workflow/notes/_notes.html", takes_context=True)
def notes_of_case(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """Everything colleagues noted about a case, for those who may read it, with a field for one more."""
    user = context.get("user")
    if not isinstance(user, User) or not queues.may_read_notes(user, case):
        return {}
    return {
        "is_ours": True,
        "case": case,
        "notes": list(queues.notes_of(user, case)),
        "may_note": policies.may(user, Act.WRITE_NOTE, case),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def notes_naming_me(context: dict[str, Any]) -> list[Any]:
    """Where colleagues named the person who looks, newest first."""
    user = context.get("user")
    return list(queues.notes_naming(user)[:5]) if isinstance(user, User) else []
