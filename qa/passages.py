"""Passages of an answer that a comment is about: found again after small edits, and marked in its cleaned HTML.

Letters are compared without blanks, because a browser's selection and the markup part words differently. A passage is
its words and the letters around them; of equal words the place whose surroundings fit best is meant. Pure: no database.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

QUOTE_CHARS = 500
AROUND = 24  # letters kept on each side
LONG = 24  # this many letters in a row are the same passage wherever they stand now
ALIKE = 0.6  # how much of a passage must be left for it to count as edited, not as gone
# Tags (an address in one may hold ">"), entities and single letters, as nh3 writes them.
_UNIT = re.compile(r'<(?:"[^"]*"|[^">])*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);|.', re.DOTALL)
_INLINE = re.compile(r"</?(?:a|em|strong)\b")


@dataclass(frozen=True)
class Passage:
    """Words of an answer, and the letters before and after them."""

    quote: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Text:
    """An answer's HTML cut into units, and its letters: where each stands among the units."""

    units: list[str]
    letters: str
    where: list[int]

    @classmethod
    def of(cls, html: str) -> "Text":
        units = _UNIT.findall(html)
        found = [
            (place, letter)
            for place, unit in enumerate(units)
            if not unit.startswith("<")
            for letter in _squeezed(unescape(unit))
        ]
        return cls(units, "".join(letter for _, letter in found), [place for place, _ in found])

    def span(self, passage: Passage) -> tuple[int, int] | None:
        """Where the passage begins and ends among the letters; None when it is gone."""
        quote, before, after = (_squeezed(part) for part in (passage.quote, passage.before, passage.after))
        if not quote:
            return None
        starts = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", self.letters)]
        fits = [(self._fit(start, start + len(quote), before, after), -start) for start in starts]
        best, start = max(fits, default=(0, 0))
        if fits and (len(quote) >= LONG or best * 4 >= len(before) + len(after)):
            return -start, -start + len(quote)
        return self._edited(quote, before, after)

    def _fit(self, start: int, end: int, before: str, after: str) -> int:
        """How many letters of the surroundings are as they were."""
        here = self.letters[max(0, start - len(before)) : start]
        return _common(reversed(here), reversed(before)) + _common(self.letters[end : end + len(after)], after)

    def _edited(self, quote: str, before: str, after: str) -> tuple[int, int] | None:
        """What stands between the same surroundings now, when enough of the passage is left in it."""
        start = self.letters.find(before) + len(before)
        if before and start < len(before):
            return None
        end = self.letters.find(after, start) if after else len(self.letters)
        between = self.letters[start:end] if start <= end <= start + 2 * len(quote) + AROUND else ""
        is_alike = bool(between) and SequenceMatcher(None, quote, between, autojunk=False).ratio() >= ALIKE
        return (start, end) if is_alike else None

    def words(self, start: int, end: int) -> str:
        """These letters with the blanks between them."""
        units = self.units[self.where[start] : self.where[end - 1] + 1]
        parts = (("" if _INLINE.match(unit) else " ") if unit.startswith("<") else unescape(unit) for unit in units)
        return " ".join("".join(parts).split())


def passage_of(html: str, words: str, *, before: str = "", after: str = "") -> Passage | None:
    """The passage that somebody marked or typed, as it stands in the answer; None when it does not stand there."""
    text = Text.of(html)
    quote = _squeezed(words)
    if not quote or quote not in text.letters:
        return None
    span = text.span(Passage(words, before, after)) or text.span(Passage(words))
    if span is None:
        return None
    start, end = span
    around = text.letters[max(0, start - AROUND) : start], text.letters[end : end + AROUND]
    return Passage(text.words(start, end), *around)


def standing(html: str, passages: Mapping[int, Passage]) -> set[int]:
    """The numbers of the passages that still stand in the answer."""
    text = Text.of(html) if passages else None
    return {number for number, passage in passages.items() if text and text.span(passage)}


def marked(html: str, passages: Mapping[int, Passage]) -> str:
    """Cleaned HTML with each passage marked: nothing is added but marks and numbers, and no mark crosses a tag."""
    text = Text.of(html)
    spans = {number: span for number, passage in passages.items() if (span := text.span(passage))}
    begins = {number: text.where[start] for number, (start, _) in spans.items()}
    ends = {number: text.where[end - 1] for number, (_, end) in spans.items()}
    covered = {place for number in spans for place in range(begins[number], ends[number] + 1)}
    written: list[str] = []
    is_open = False
    for place, unit in enumerate(text.units):
        is_marked = place in covered and not unit.startswith("<") and (is_open or not unit.isspace())
        if is_open and not is_marked:
            written.append("</mark>")
        written += [f'<span class="passage-place" id="passage-{n}"></span>' for n, at in begins.items() if at == place]
        if is_marked and not is_open:
            written.append('<mark class="passage">')
        written.append(unit)
        is_open = is_marked
        if done := [n for n, at in ends.items() if at == place]:
            written += ["</mark>" if is_open else "", *(f'<sup class="passage-number">{n}</sup>' for n in done)]
            is_open = False
    return "".join([*written, "</mark>" if is_open else ""])


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """How many letters two texts begin with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
