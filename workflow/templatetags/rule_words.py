"""Counts of letters in words that point at no letter."""

from django import template

from ..queues.told import FEW

register = template.Library()


@register.filter
def about(number: int) -> str:
    """Rounded down to fives; what is less than five is not told, not even whether it is none."""
    return "fewer than 5" if number < FEW else f"about {number // FEW * FEW}"
