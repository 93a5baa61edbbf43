"""Asking a colleague for a comment, on the desks' pages of a case."""

from typing import Any

from django import template

from accounts.models import User

from .. import policies
from ..models import Case
from ..states import Act

register = template.Library()


@register.inclusion_tag("workflow/comments/_asking.html", takes_context=True)
def asking_colleagues(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """The way to ask a colleague, for those who may; the way to comment, for whom was asked."""
    user = context.get("user")
    if not isinstance(user, User):
        return {}
    return {
        "case": case,
        "is_asked": case.draft_id is not None and policies.may(user, Act.COMMENT_AS_ASKED, case),
        "may_ask": not policies.why_not(user, Act.ASK_COLLEAGUE, case),
    }
