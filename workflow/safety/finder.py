"""Which ways of saying something can stand in a sentence at all, by the words they need; only those are tried."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from .text import LONGEST_WORD, MOST_REMEMBERED
from .ways import Way

MOST_NEEDS = 5  # of a way that are asked of a sentence; more would rule out next to nothing


class Finder:
    """Ways by the words they need. One without anchors is always likely.

    A number stands for what is met of all that the ways need: one bit for the first need of each way, then one for the
    second of each that has one, and so on. What a word meets is such a number; a sentence meets what any of its words
    does. Ways of many needs come first, so that the bits of one way stand at the same place of each of these rows.
    """

    def __init__(self, ways: Iterable[Way]) -> None:
        needed = sorted(((_needs(way), way) for way in ways), key=lambda one: -len(one[0]))
        self.all = tuple(way for _, way in needed)
        self.met = _Met()
        self.every = (1 << len(self.all)) - 1
        self.rows: list[tuple[int, int]] = []  # where each begins, and the bits of the ways that have no need in it
        start = 0
        for place in range(MOST_NEEDS):
            row = [needs[place] for needs, _ in needed if len(needs) > place]
            for number, need in enumerate(row):
                for token in need:
                    self.met.of[token] = self.met.of.get(token, 0) | 1 << start + number
            self.rows.append((start, self.every >> len(row) << len(row)))
            start += len(row)
        self.met.lengths = sorted({len(token) - 1 for token in self.met.of if token.endswith("*")})

    def likely(self, words: Iterable[str]) -> set[Way]:
        """The ways whose needs are met by these words of one sentence."""
        if len(self.met) > MOST_REMEMBERED:
            self.met.clear()
        met = reduce(or_, map(self.met.__getitem__, words), 0)
        left = self.every
        for start, without in self.rows:
            left &= met >> start | without
        found = set()
        while left:  # the highest bit first, so that the number grows shorter
            number = left.bit_length() - 1
            found.add(self.all[number])
            left ^= 1 << number
        return found


class _Met(dict[str, int]):
    """What each word seen so far meets, by itself or by its beginning."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}  # each token of a way
        self.lengths: list[int] = []  # of the beginnings among them

    def __missing__(self, word: str) -> int:
        met = self.of.get(word, 0)  # not a number of its own where nothing is added to it: they are large
        for length in self.lengths:
            if length <= len(word) and (more := self.of.get(f"{word[:length]}*")):
                met = met | more if met else more
        if len(word) <= LONGEST_WORD:
            self[word] = met
        return met


def _needs(way: Way) -> list[frozenset[str]]:
    """Words of which one must be there, for each part that must: those that say most first."""
    needs = dict.fromkeys(need for need in (way.tokens(), *way.needs) if need)
    return sorted(needs, key=len)[:MOST_NEEDS]
