"""On every page of the desks: that the clock which calls people has stopped, while it has."""

from typing import Any

from django import template

from accounts.models import User

from ..heartbeat import silent_since_lately

register = template.Library()


@register.inclusion_tag("notifications/clock_banner.html", takes_context=True)
def clock_banner(context: dict[str, Any]) -> dict[str, Any]:
    """A banner for staff; nothing while the clock beats."""
    user = context.get("user")
    since = silent_since_lately() if isinstance(user, User) and user.is_on_staff else None
    return {"is_silent": since is not None, "since": since if since and since.year > 1970 else None}
