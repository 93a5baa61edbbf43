"""Blocks of an answer, told by their headings. No classes, so nothing is lost when the answer is cleaned.

    <blockquote><h3>Help line: NAME</h3> … number and when to call, from the registry … </blockquote>
    <h2>Words you could use</h2><p>Who says it: …</p><blockquote> … </blockquote><p>When not to: …</p>

Whoever looks for a block asks `help_lines_in` or `has_words`; whoever inserts one calls the function of its name.
Readers get the words with a button to copy them (qa/templatetags/reading.py).
"""

import re
from html import escape, unescape
from typing import Protocol

HELP_LINE = "Help line: "
WORDS = "Words you could use"
_HEADED = re.compile(r"<blockquote>\s*<h3>(.*?)</h3>(.*?)</blockquote>", re.DOTALL)

_SCRIPT = re.compile(
    rf"<h[23]>\s*{WORDS}\s*</h[23]>(?:(?!<h[23]>|<blockquote>).)*<blockquote>", re.DOTALL | re.IGNORECASE
)


class Line(Protocol):
    """What is asked of a help line of the registry."""

    name: str
    number: str
    tel: str
    when: str
    hours: str
    is_not: str


def help_line(line: Line) -> str:
    """A block for one line, with everything a reader needs before they call."""
    more = " ".join(f"{part.rstrip('.')}." for part in (line.hours, line.is_not) if part)
    number = escape(line.number)
    if line.tel.startswith("tel:"):  # other kinds of links do not survive the cleaning
        number = f'<a href="{escape(line.tel)}">{number}</a>'
    tail = f"<p>{escape(more)}</p>" if more else ""
    first = f"<p><strong>{number}</strong>: {escape(line.when)}</p>"
    return f"<blockquote><h3>{HELP_LINE}{escape(line.name)}</h3>{first}{tail}</blockquote>"


def words() -> str:
    """A script to fill in: who says it, the words themselves, and when not to."""
    return (
        f"<h2>{WORDS}</h2><p><strong>Who says it:</strong> …</p><blockquote><p>…</p></blockquote>"
        "<p><strong>When not to:</strong> …</p>"
    )


def outline() -> str:
    """The parts of a whole answer, to write into."""
    return (
        "<p>What you are already doing, and that it was right to ask.</p><h2>What may be going on</h2><p>…</p>"
        f"{words()}<h2>Next steps</h2><ol><li>Today: …</li><li>This week: …</li><li>For you: …</li></ol>"
    )


def help_lines_in(html: str) -> set[str]:
    """The names of the registry whose blocks stand in an answer."""
    headings = [unescape(heading).strip() for heading, _ in _HEADED.findall(html)]
    return {heading.removeprefix(HELP_LINE) for heading in headings if heading.startswith(HELP_LINE)}


def has_words(html: str) -> bool:
    return _SCRIPT.search(html) is not None


def names_number(text: str, number: str) -> bool:
    """The number stands in this plain text, not as a part of a longer one."""
    return re.search(rf"(?<![\d-]){re.escape(number)}(?![\d-])", text) is not None
