"""The one place that lets HTML through: experts' answers. Everything else in the product is escaped text.

Two engines in a row (docs/adr/0003): bleach, the policy layer, and nh3, which is maintained; then our own look at
every link, because bleach lets `javascript:123` pass as a host and port. What comes out is what is stored.
"""

import re
from html import unescape
from urllib.parse import urlsplit

import bleach
import nh3

MAX_CHARS = 60_000
MAX_TAGS = 2_000  # bleach is quadratic in nested tags: 80 kB of them cost 14 s
TAGS = frozenset({"p", "br", "h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "a", "hr"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# C0 controls and DEL, bidirectional overrides and isolates, zero-width and other invisible format characters.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class TooMuchMarkup(ValueError):
    """The text is too long or too deeply marked up to be cleaned in bounded time."""


def clean_html(html: str) -> str:
    """Reduce what an expert wrote to paragraphs, headings, lists, quotes, emphasis and safe links.

    Raises TooMuchMarkup beyond 60,000 characters or 2,000 tags.
    """
    if len(html) > MAX_CHARS:
        raise TooMuchMarkup(f"An answer can have at most {MAX_CHARS:,} characters with its markup.")
    if html.count("<") > MAX_TAGS:
        raise TooMuchMarkup(f"An answer can have at most {MAX_TAGS:,} markup tags.")
    visible = _INVISIBLE.sub("", html)
    first = bleach.clean(visible, tags=TAGS, attributes={"a": ["href"]}, protocols=SCHEMES, strip=True)
    second = nh3.clean(
        first,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        attribute_filter=_keep_safe_link,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer nofollow",
        generic_attribute_prefixes=set(),
        clean_content_tags={"script", "style"},
    )
    return _INVISIBLE.sub("", second)  # once more: written as entities they come to light only now


def _keep_safe_link(tag: str, attribute: str, value: str) -> str | None:
    """`rel` is what nh3 itself sets; nobody's own gets this far."""
    return value if attribute == "rel" or is_safe_link(value) else None


def is_safe_link(address: str) -> bool:
    """An absolute web, mail or telephone address without credentials, as a browser would read it."""
    squeezed = re.sub(r"[\x00-\x20]", "", address)
    try:
        parts = urlsplit(squeezed)
    except ValueError:
        return False
    if parts.scheme.lower() not in SCHEMES:
        return False
    if parts.scheme.lower() in {"http", "https"}:
        return bool(parts.hostname) and "@" not in parts.netloc
    return bool(parts.path)


_BLOCK = re.compile(r"<(/?)(?:p|h[1-6]|ul|ol|li|blockquote|div|table|pre)(?:\s[^<>]*)?>|<hr\s*/?>", re.IGNORECASE)


def as_paragraphs(text: str) -> str:
    """Text typed without the editor: an empty line parts paragraphs, a line end is kept. Blocks of markup stay as they are."""
    parts, depth, start = [], 0, 0
    for mark in _BLOCK.finditer(text):
        if depth == 0:
            parts.append(_paragraphs(text[start : mark.start()]))
            start = mark.start()
        if mark.group(1) is not None:
            depth = max(0, depth + (-1 if mark.group(1) else 1))
        if depth == 0:
            parts.append(text[start : mark.end()])
            start = mark.end()
    return "".join([*parts, text[start:] if depth else _paragraphs(text[start:])])


def _paragraphs(text: str) -> str:
    chunks = [chunk.strip() for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    return "".join("<p>" + chunk.replace("\n", "<br>") + "</p>" for chunk in chunks if chunk)


_LINE_ENDS = re.compile(r"</?(?:p|h2|h3|ul|ol|li|blockquote)>|<[bh]r\s*/?>")


def plain_text(html: str) -> str:
    """The words of sanitized HTML, one block a line; for search, counts and de-identification checks."""
    spaced = _LINE_ENDS.sub("\n", html)
    text = unescape(nh3.clean(spaced, tags=set(), clean_content_tags=set())).strip()
    # Line by line: a pattern for "blanks around a line end" is quadratic in a long run of blanks.
    return "\n".join(line for raw in text.split("\n") if (line := raw.strip()))
