"""Template helps for what people read. The one place where stored HTML is let through: answers, cleaned once more."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ..passages import Passage, marked
from ..sanitize import clean_html
from ..tongues import speaking
from ..tongues import written_in as language_of

register = template.Library()


# Experts put what a reader could say into a quotation under a heading that begins "Words you could use".
_WORDS = re.compile(
    r"(<h[23]>\s*Words you could use\b[^<]{0,60}</h[23]>(?:(?!<h[23]>|<blockquote>).)*?)<blockquote>(.*?)</blockquote>",
    re.I | re.S,
)
_AROUND = (
    '{before}<section class="words"><blockquote>{words}</blockquote>'
    '<p class="words__when" lang="{lang}">{calm}</p>'
    '<button class="button button--quiet no-print" lang="{lang}" data-copy hidden'
    ' data-copied="{copied}">{copy}</button></section>'
)
_CALM = _("For a calm moment. Not while somebody is drunk or high, and not when you are afraid.")
_COPY, _COPIED = _("Copy these words"), _("Copied")
_HEADING = re.compile(r"<(/?)h([23])>")
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def written_in(text: str) -> str:
    """The language of what a person wrote, for `lang`."""
    return language_of(str(text))


@register.filter
def answer_html(body: str) -> SafeString:
    """An answer as HTML. It was cleaned when it was stored; it is cleaned again here, so a changed row cannot bite."""
    return SafeString(_with_words(clean_html(body)))


@register.filter
def answer_below(body: str, ranks: int) -> SafeString:
    """The same under a heading of the page: its own headings that many ranks lower."""
    return SafeString(_HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + ranks}>", answer_html(body)))


@register.filter
def answer_with_passages(body: str, passages: Mapping[int, Passage]) -> SafeString:
    """The same with passages marked, by number: for colleagues who read comments beside it."""
    return SafeString(_with_words(marked(clean_html(body), passages)))


def _with_words(cleaned: str) -> str:
    around = {"lang": speaking(), "calm": gettext(_CALM), "copy": gettext(_COPY), "copied": gettext(_COPIED)}
    return _WORDS.sub(lambda found: _AROUND.format(before=found[1], words=found[2], **around), cleaned)


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Structured data for search engines: a block of data, which no browser runs; `<` can never end it."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return SafeString(f'<script type="application/ld+json">{text}</script>')
