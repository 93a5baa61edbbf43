"""Honest words about when a person reads: from the calendar and the roster as they are at this moment."""

from typing import Any

from django import template
from django.utils import timezone

from .. import clocks, queues

register = template.Library()


@register.simple_tag
def read_by() -> str:
    """When a letter that speaks of danger is read, as the end of a sentence."""
    return queues.read_by()


@register.inclusion_tag("workflow/member/_nobody_reads.html")
def nobody_reads(*, is_urgent: bool) -> dict[str, Any]:
    """That nobody reads now, and when somebody does; nothing while somebody is there.

    Somebody on call reads what speaks of danger; every other letter waits for the desk.
    """
    now = timezone.now()
    coming = queues.next_reading(now, is_urgent=is_urgent)
    if coming == now:
        return {}
    opening = clocks.opening_words(coming, now) if coming else ""
    return {"when_not": clocks.when_nobody_reads(now), "opening": opening, "is_nobody": True}
