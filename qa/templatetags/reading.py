"""Template helps for what people read. The one place where stored HTML is let through: answers, cleaned once more."""

from django import template
from django.utils.safestring import SafeString

from ..sanitize import clean_html

register = template.Library()


@register.filter
def answer_html(body: str) -> SafeString:
    """An answer as HTML. It was cleaned when it was stored; it is cleaned again here, so a changed row cannot bite."""
    return SafeString(clean_html(body))
