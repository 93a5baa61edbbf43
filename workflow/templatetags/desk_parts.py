"""Parts that stand on several desk pages."""

import json
from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.models import Publication

from .. import queues, worklist
from ..keys import PLACE_WORDS, keys_for, keys_of
from ..models import Case

register = template.Library()


@register.inclusion_tag("workflow/presence/_here.html", takes_context=True)
def present(context: dict[str, Any], case: Case, here: str) -> dict[str, Any]:
    """Colleagues who have this case open, kept current; `here` is the page this is (models.presence.Page)."""
    user = context.get("user")
    people = worklist.present_at(case, but=user) if isinstance(user, User) else []
    return {"case": case, "here": here, "people": people}


@register.simple_tag(takes_context=True)
def case_behind(context: dict[str, Any], page: Publication) -> Case | None:
    """The case of a public page, for a moderator who reads it; nothing, and no read, for anybody else."""
    user = context.get("user")
    is_moderating = isinstance(user, User) and user.holds(Role.MODERATOR)
    return queues.case_of_page(user, page) if isinstance(user, User) and is_moderating else None


@register.inclusion_tag("workflow/habits/_keys.html", takes_context=True)
def desk_keys(context: dict[str, Any]) -> dict[str, Any]:
    """The way to one's own habits and, for those who want keys, the keys themselves and the list under “?”. One read."""
    user = context.get("user")
    if not isinstance(user, User) or not (user.holds(Role.MODERATOR) or user.holds(Role.EXPERT)):
        return {}
    habits = worklist.habits_of(user)
    letters, ours = keys_of(habits.keys), keys_for(user.roles)
    by_place = {place: [does for does, key in ours.items() if key.place == place] for place in PLACE_WORDS}
    return {
        "is_ours": True,
        "uses_keys": habits.uses_keys,
        "keys": json.dumps({place: {letters[does]: does for does in found} for place, found in by_place.items()}),
        "listed": [
            (PLACE_WORDS[place], [(letters[does], ours[does].words) for does in found])
            for place, found in by_place.items()
            if found
        ],
        "help": letters["help"],
    }


@register.simple_tag(takes_context=True)
def letters_of_keys(context: dict[str, Any]) -> dict[str, str]:
    """The letters of the keys for who switched them on; nothing for anybody else. No read beside `desk_keys`."""
    user = context.get("user")
    habits = worklist.habits_of(user) if isinstance(user, User) else None
    return keys_of(habits.keys) if habits is not None and habits.uses_keys else {}


@register.inclusion_tag("workflow/habits/_undo.html", takes_context=True)
def undo_offer(context: dict[str, Any]) -> dict[str, Any]:
    """What was done last, with a button that takes it back, for ten minutes."""
    request = context.get("request")
    kept = request.session.get("undo") if request is not None and hasattr(request, "session") else None
    fresh = kept is not None and kept["until"] > timezone.now().timestamp()
    return {"said": kept["said"] if kept and fresh else "", "csrf_token": context.get("csrf_token")}
