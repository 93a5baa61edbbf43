"""What changed between two texts, word by word. Pure, and bounded: no pair of texts can hold up a page."""

import re
from collections import Counter
from difflib import SequenceMatcher

Change = tuple[str, str, str]  # kind (equal, insert, delete, replace), before, after

_WORD = re.compile(r"[^\S\n]*\n|[^\S\n]*\S+|[^\S\n]+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+$")
_MOST_WORK = 2_000_000  # pairs of equal pieces that the comparison may look at; about one second


def word_changes(before: str, after: str) -> list[Change]:
    """The changes in order; joined, the `before`s give the first text and the `after`s the second."""
    for pieces in (_WORD, _LINE):
        first, second = pieces.findall(before), pieces.findall(after)
        head = _common(first, second)
        tail = _common(first[head:][::-1], second[head:][::-1])
        middle = first[head : len(first) - tail], second[head : len(second) - tail]
        if _work(*middle) <= _MOST_WORK:
            same_start = [_equal(first[:head])] if head else []
            same_end = [_equal(first[len(first) - tail :])] if tail else []
            return same_start + _compare(*middle) + same_end
    return [("replace", before, after)]


def has_changes(changes: list[Change]) -> bool:
    return any(kind != "equal" for kind, _, _ in changes)


def _common(first: list[str], second: list[str]) -> int:
    """How many pieces both lists have in common at their start."""
    pairs = zip(first, second, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))


def _work(first: list[str], second: list[str]) -> int:
    counts, others = Counter(first), Counter(second)
    return sum(number * others[piece] for piece, number in counts.items())


def _equal(pieces: list[str]) -> Change:
    text = "".join(pieces)
    return ("equal", text, text)


def _compare(first: list[str], second: list[str]) -> list[Change]:
    codes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return [(kind, "".join(first[a:b]), "".join(second[c:d])) for kind, a, b, c, d in codes]
