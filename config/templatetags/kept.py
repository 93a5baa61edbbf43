"""The table of what is kept, for pages that strangers read."""

from django import template

from ..retention import Kept, table

register = template.Library()


@register.simple_tag
def what_is_kept() -> list[Kept]:
    """Every row."""
    return table()
