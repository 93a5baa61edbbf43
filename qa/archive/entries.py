"""One letter of an archive, whatever form it came in; splitting a post into letter and answer; cleaning both."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from ..sanitize import TooMuchMarkup, as_paragraphs, clean_html, plain_text

# Where the answer begins in a post that holds both: WordPress's "more", or a line that says so.
_ANSWER = re.compile(
    r"<!--\s*more\b.*?-->|<h[1-6][^>]*>\s*(?:our |the )?(?:answer|reply|response)\s*:?\s*</h[1-6]>"
    r"|<p[^>]*>\s*<(?:strong|b)>\s*(?:our |the )?(?:answer|reply|response)\s*:?\s*</(?:strong|b)>\s*:?\s*</p>",
    re.IGNORECASE,
)
_BLOCKS = re.compile(r"<!--.*?-->", re.DOTALL)
_SHORTCODES = re.compile(r"\[/?[a-z][\w-]*(?:\s[^\[\]]*)?\]")
_HEADINGS = [(re.compile(r"(</?)h1\b", re.IGNORECASE), r"\1h2"), (re.compile(r"(</?)h[4-6]\b", re.IGNORECASE), r"\1h3")]
_PRIVATE = frozenset({"members", "private"})


class Unusable(ValueError):
    """Why an entry is skipped, said so that somebody can mend it."""


@dataclass
class Entry:
    """A letter and its answer as they came, and where they were found before."""

    key: str
    title: str
    question: str
    answer_html: str
    answered_on: date
    label: str = ""
    intro: str = ""
    answered_by: str = ""
    address: str = ""
    audience: str = "public"
    topics: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """What the entry is known by: its old path, or its number in its own archive."""
        parts = urlsplit(self.address)
        return parts.path if parts.path not in {"", "/"} else f"import:{self.key}"


def split_post(html: str) -> tuple[str, str]:
    """Letter and answer of one post. Raises Unusable when nothing says where the answer begins."""
    found = _ANSWER.search(html)
    if found is None or not plain_text(html[: found.start()]) or not plain_text(html[found.end() :]):
        raise Unusable("Nothing says where the answer begins. Put a heading “Answer” or the “Read more” mark there.")
    return html[: found.start()], html[found.end() :]


def tidy_answer(html: str) -> str:
    """What the sanitizer lets through, as for every answer. Raises Unusable."""
    text = _SHORTCODES.sub("", _BLOCKS.sub("", html))
    for pattern, better in _HEADINGS:
        text = pattern.sub(better, text)
    try:
        cleaned = clean_html(as_paragraphs(text))
    except TooMuchMarkup as fault:
        raise Unusable(str(fault)) from fault
    if not plain_text(cleaned):
        raise Unusable("The answer is empty.")
    return cleaned


def tidy_text(html: str) -> str:
    """Plain paragraphs of a letter that came with markup."""
    try:
        cleaned = clean_html(as_paragraphs(_SHORTCODES.sub("", _BLOCKS.sub("", html))))
    except TooMuchMarkup as fault:
        raise Unusable(str(fault)) from fault
    text = "\n\n".join(line.strip() for line in plain_text(cleaned).splitlines() if line.strip())
    if not text:
        raise Unusable("The letter is empty.")
    return text


def day_of(text: str) -> date:
    """A day from `2021-05-03` or `2021-05-03 10:00:00`. Raises Unusable."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        raise Unusable(f"“{text[:30]}” is not a day. Write it like 2021-05-03.") from None


def audience_of(text: str) -> str:
    """Whatever is not plainly public stays with members."""
    return "members" if text.strip().lower() in _PRIVATE else "public"
