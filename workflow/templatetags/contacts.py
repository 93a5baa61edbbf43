"""On the case page: that a contact is hidden, that a colleague asks for it, or that it is open for oneself."""

from typing import Any

from django import template

from accounts.models import User

from .. import policies, queues
from ..models import Case
from ..states import Act

register = template.Library()


@register.inclusion_tag("workflow/contact/_row.html", takes_context=True)
def contact_of(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """A row of the facts; nothing for those who can never see a contact."""
    user = context.get("user")
    if not isinstance(user, User) or not policies.may(user, Act.SEE_CONTACT, case):
        return {}
    wishes = list(queues.contact_wishes(user, case))
    return {
        "case": case,
        "is_shown": True,
        "standing": queues.open_wish(user, case),
        "asking": [wish.asked_by.staff_name for wish in wishes if wish.asked_by_id != user.pk],
        "is_mine_waiting": any(wish.asked_by_id == user.pk for wish in wishes),
    }
