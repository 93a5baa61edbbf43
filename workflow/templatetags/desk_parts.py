"""Parts that stand on several desk pages."""

from typing import Any

from django import template

from accounts.models import User

from .. import worklist
from ..models import Case

register = template.Library()


@register.inclusion_tag("workflow/presence/_here.html", takes_context=True)
def present(context: dict[str, Any], case: Case, here: str) -> dict[str, Any]:
    """Colleagues who have this case open, kept current; `here` is the page this is (models.presence.Page)."""
    user = context.get("user")
    people = worklist.present_at(case, but=user) if isinstance(user, User) else []
    return {"case": case, "here": here, "people": people}
