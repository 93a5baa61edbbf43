"""What changed between two texts, word by word. Pure, and bounded: no pair of texts can hold up a page."""

import re
from contextlib import suppress
from difflib import Match, SequenceMatcher

Change = tuple[str, str, str]  # kind (equal, insert, delete, replace), before, after

_WORD = re.compile(r"[^\S\n]*\n|[^\S\n]*\S+|[^\S\n]+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+$")
_MOST_WORK = 8_000_000  # pieces and pairs of equal pieces that the comparison may look at; about one second


class _TooMuch(Exception):
    """The comparison has looked at as much as it may."""


class _Bounded(SequenceMatcher[str]):
    """Looks for the longest match again and again in what is left, and counts all of it: a text can be made so that each look
    finds one word and goes through the whole rest.
    """

    a: list[str]  # what difflib keeps of the texts
    b2j: dict[str, list[int]]
    left = _MOST_WORK

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        looked_at = self.a[alo:ahi]
        self.left -= sum(1 + len(self.b2j.get(piece, ())) for piece in looked_at)
        if self.left < 0:
            raise _TooMuch
        return super().find_longest_match(alo, ahi, blo, bhi)


def word_changes(before: str, after: str) -> list[Change]:
    """The changes in order; joined, the `before`s give the first text and the `after`s the second."""
    for pieces in (_WORD, _LINE):
        first, second = pieces.findall(before), pieces.findall(after)
        head = _common(first, second)
        tail = _common(first[head:][::-1], second[head:][::-1])
        middle = first[head : len(first) - tail], second[head : len(second) - tail]
        same_start = [_equal(first[:head])] if head else []
        same_end = [_equal(first[len(first) - tail :])] if tail else []
        with suppress(_TooMuch):
            return same_start + _compare(*middle) + same_end
    return [("replace", before, after)]


def has_changes(changes: list[Change]) -> bool:
    return any(kind != "equal" for kind, _, _ in changes)


def _common(first: list[str], second: list[str]) -> int:
    """How many pieces both lists have in common at their start."""
    pairs = zip(first, second, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))


def _equal(pieces: list[str]) -> Change:
    text = "".join(pieces)
    return ("equal", text, text)


def _compare(first: list[str], second: list[str]) -> list[Change]:
    codes = _Bounded(None, first, second, autojunk=False).get_opcodes()
    return [(kind, "".join(first[a:b]), "".join(second[c:d])) for kind, a, b, c, d in codes]
