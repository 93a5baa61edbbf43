"""What the member was asked and replied, on the desks' pages of a case."""

from typing import Any

from django import template

from accounts.models import User
from accounts.roles import Role

from .. import policies, queues
from ..models import Case
from ..states import Act

register = template.Library()


@register.inclusion_tag("workflow/asking/_exchange.html", takes_context=True)
def exchange_of_case(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """The exchange, with what this person may do in it; an expert never gets a reply as it was sent."""
    user = context.get("user")
    if not isinstance(user, User):
        return {}
    inquiries = list(queues.inquiries_of(user, case))
    return {
        "case": case,
        "inquiries": inquiries,
        "has_unread": any(one.replied_at and not one.settled_at for one in inquiries),
        "is_moderating": user.holds(Role.MODERATOR),
        "may_ask": not policies.why_not(user, Act.ASK_MEMBER, case),
        "may_take_back": policies.may(user, Act.TAKE_BACK_INQUIRY, case),
        "csrf_token": context.get("csrf_token"),
    }
