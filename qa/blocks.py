"""Blocks of an answer, told by their headings. No classes, so nothing is lost when the answer is cleaned.

    <blockquote><h3>Help line: NAME</h3> … number and when to call, from the registry … </blockquote>
    <h2>Words you could use</h2><p>Who says it: …</p><blockquote> … </blockquote><p>When not to: …</p>

Whoever looks for a block asks `help_lines_in` or `has_words`; whoever inserts one calls the function of its name.
Readers get the words with a button to copy them (qa/templatetags/reading.py).
"""

import re
from html import escape, unescape
from html.parser import HTMLParser
from typing import Protocol

HELP_LINE = "Help line: "
HELP_LINES = {"en": HELP_LINE, "es": "Línea de ayuda: "}
WORDS = "Words you could use"
_SHORT = 3  # 911, 988
_VOID = {"br", "hr", "img"}
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
    press: str
    spoken_in: str


def help_line(line: Line) -> str:
    """A block for one line, with everything a reader needs before they call."""
    more = " ".join(f"{part.rstrip('.')}." for part in (line.hours, line.is_not) if part)
    number = escape(line.number)
    if line.tel.startswith("tel:"):  # other kinds of links do not survive the cleaning
        number = f'<a href="{escape(line.tel)}">{number}</a>'
    tail = f"<p>{escape(more)}</p>" if more else ""
    press = f" ({escape(line.press)})" if line.press else ""
    first = f"<p><strong>{number}</strong>{press}: {escape(line.when)}</p>"
    return f"<blockquote><h3>{HELP_LINES[line.spoken_in]}{escape(line.name)}</h3>{first}{tail}</blockquote>"


def put_in_place(html: str, number: str, line: Line) -> str:
    """The first bare mention of a number becomes the name of its line, and the block stands after that paragraph.

    Unchanged when the number stands only in blocks, or not at all. Answers are clean: whole elements, well nested.
    """
    whole = _Whole(html)
    for start, end in whole.texts:
        at = html.find(number, start, end)
        if at >= 0:
            after = next((place for place in whole.ends if place >= at), len(html))
            named = f"{html[:at]}{escape(instead_of(number, line))}{html[at + len(number) : after]}"
            return f"{named}{help_line(line)}{html[after:]}"
    return html


def instead_of(number: str, line: Line) -> str:
    """What stands in the text where a number was typed: its name. 911 and 988 are names already."""
    return number if len(number) <= _SHORT else line.name


class _Whole(HTMLParser):
    """Where the texts outside of help-line blocks stand in a clean answer, and where its outermost elements end."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: list[tuple[int, int]] = []
        self.ends: list[int] = []
        self.depth = 0
        self.blocks = [found.span() for found in _HEADED.finditer(html) if _line_in(found[1])]
        self.lines = [0]
        for row in html.split("\n"):
            self.lines.append(self.lines[-1] + len(row) + 1)
        self.whole = html
        self.feed(html)
        self.close()

    @property
    def place(self) -> int:
        row, column = self.getpos()
        return self.lines[row - 1] + column

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.depth += tag not in _VOID

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        if self.depth == 0:
            self.ends.append(self.whole.find(">", self.place) + 1)

    def handle_data(self, data: str) -> None:
        start = self.place
        if not any(first <= start < last for first, last in self.blocks):
            self.texts.append((start, start + len(data)))


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
    return {name for heading, _ in _HEADED.findall(html) if (name := _line_in(heading))}


def _line_in(heading: str) -> str:
    """The name of the line whose block has this heading, in either language; empty for any other heading."""
    words = unescape(heading).strip()
    return next((words.removeprefix(begins) for begins in HELP_LINES.values() if words.startswith(begins)), "")


def has_words(html: str) -> bool:
    return _SCRIPT.search(html) is not None


def names_number(text: str, number: str) -> bool:
    """The number stands in this plain text, not as a part of a longer one."""
    return re.search(rf"(?<![\d-]){re.escape(number)}(?![\d-])", text) is not None
