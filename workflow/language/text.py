"""An answer as the check reads it: paragraphs with their surroundings, quotations and links, from sanitized HTML."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = {"p", "h2", "h3", "li", "blockquote", "ul", "ol", "hr"}
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’(?!\w)")
HELP_LINE = ("help line:", "línea de ayuda:")  # how the heading of an inserted help-line block begins


@dataclass
class Passage:
    """One paragraph, heading or item; whether it stands in a quotation, or in a help-line block of the registry."""

    text: str
    is_quotation: bool = False
    is_help_line: bool = False


@dataclass
class Reading:
    """Everything that was read: passages in order, and links as (address, words)."""

    passages: list[Passage] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self.words: list[str] = []
        self.depth = 0
        self.is_help_line = False
        self.link: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.flush()
        if tag == "blockquote":
            self.depth += 1
        if tag == "br":
            self.words.append("\n")
        if tag == "a":
            self.link = [dict(attrs).get("href") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link:
            self.reading.links.append((self.link[0], "".join(self.link[1:]).strip()))
            self.link = None
        if tag in _BLOCKS:
            self.flush(is_heading=tag == "h3")
        if tag == "blockquote":
            self.depth = max(0, self.depth - 1)
            self.is_help_line = self.is_help_line and self.depth > 0

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.link is not None:
            self.link.append(data)

    def flush(self, *, is_heading: bool = False) -> None:
        text = "".join(self.words).strip()
        self.words = []
        if not text:
            return
        if is_heading and self.depth and text.lower().startswith(HELP_LINE):
            self.is_help_line = True
        self.reading.passages.append(Passage(text, self.depth > 0, self.is_help_line))


def read(html: str) -> Reading:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.reading


def masked(text: str, pattern: re.Pattern[str]) -> str:
    """The text with what matches put out of sight; every other character keeps its place."""
    return pattern.sub(lambda found: "\x00" * len(found[0]), text)


def without_quotations(text: str) -> str:
    return masked(text, _QUOTED)
