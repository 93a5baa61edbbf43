"""Which ways of saying something can stand in a sentence at all, by the words they need; only those are tried."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from .text import LONGEST_WORD, MOST_REMEMBERED
from .ways import Way

MOST_NEEDS = 5  # of a way that are asked of a sentence; more would rule out next to nothing


class Finder:
    """Ways by the words they need. One without anchors is always likely.

    A number stands for what is known of a sentence: for each of the first, second … needs of a way one bit for each way,
    set where the need is met. What each word meets is such a number; a sentence meets what any of its words does.
    """

    def __init__(self, ways: Iterable[Way]) -> None:
        self.all = tuple(ways)
        size = len(self.all)
        self.met = _Met()
        self.unasked = 0  # what is met without any word
        for number, way in enumerate(self.all):
            needs = _needs(way)
            for place in range(MOST_NEEDS):
                bit = 1 << place * size + number
                if place >= len(needs):
                    self.unasked |= bit
                    continue
                for token in needs[place]:
                    self.met.of[token] = self.met.of.get(token, 0) | bit
        self.met.lengths = sorted({len(token) - 1 for token in self.met.of if token.endswith("*")})
        self.places = [place * size for place in range(1, MOST_NEEDS)]
        self.every = (1 << size) - 1

    def likely(self, words: Iterable[str]) -> set[Way]:
        """The ways whose needs are met by these words of one sentence."""
        if len(self.met) > MOST_REMEMBERED:
            self.met.clear()
        met = reduce(or_, map(self.met.__getitem__, set(words)), self.unasked)
        left = met & self.every
        for place in self.places:
            left &= met >> place
        found = set()
        while left:
            lowest = left & -left
            found.add(self.all[lowest.bit_length() - 1])
            left ^= lowest
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
                met |= more
        if len(word) <= LONGEST_WORD:
            self[word] = met
        return met


def _needs(way: Way) -> list[frozenset[str]]:
    """Words of which one must be there, for each part that must: those that say most first."""
    needs = dict.fromkeys(need for need in (way.tokens(), *way.needs) if need)
    return sorted(needs, key=len)[:MOST_NEEDS]
