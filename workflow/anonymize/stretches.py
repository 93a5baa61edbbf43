"""Where a costly pattern is worth a look: around digits, around a slash, around a few words. Neighbouring stretches are joined."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_DIGITS = re.compile(r"\d+")
_SLASHES = re.compile(r"(?<=\d)/(?=\d)")


@dataclass(slots=True)
class Sheet:
    """A text as the patterns see it: as it is, in small letters, and where its digits stand."""

    text: str
    lowered: str = ""
    digits: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lowered = self.text.lower()
        self.digits = [match.span() for match in _DIGITS.finditer(self.text)]


def near_digits(pattern: re.Pattern[str], sheet: Sheet, before: int, after: int) -> Iterator[re.Match[str]]:
    """Matches that begin at most `before` ahead of digits and end at most `after` behind them."""
    for start, end in around(sheet.digits, before, after):
        yield from pattern.finditer(sheet.text, start, end)


def near_slashes(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The same for dates like 3/14."""
    for start, end in around([match.span() for match in _SLASHES.finditer(text)], 40, 24):
        yield from pattern.finditer(text, start, end)


def near_words(
    words: re.Pattern[str], pattern: re.Pattern[str], text: str, before: int, after: int
) -> Iterator[re.Match[str]]:
    """The same for patterns that contain one of a few words."""
    for start, end in around([match.span() for match in words.finditer(text)], before, after):
        yield from pattern.finditer(text, start, end)


def around(anchors: list[tuple[int, int]], before: int, after: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the stretches; `end` may lie behind the text."""
    start = end = -1
    for first, last in anchors:
        if start >= 0 and first - before <= end:
            end = last + after
            continue
        if start >= 0:
            yield start, end
        start, end = max(0, first - before), last + after
    if start >= 0:
        yield start, end
