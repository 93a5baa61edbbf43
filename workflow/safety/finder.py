"""Which ways of saying something can stand in a sentence at all, by the words they need; only those are tried."""

from collections import defaultdict
from collections.abc import Iterable

from .text import LONGEST_WORD, MOST_REMEMBERED
from .ways import Way


class Finder:
    """Ways by the words they need. One without anchors is always likely."""

    def __init__(self, ways: Iterable[Way]) -> None:
        self.all = tuple(ways)
        self.always: set[Way] = set()
        self.ways: dict[str, list[tuple[Way, int]]] = defaultdict(list)
        self.meets: dict[str, int] = defaultdict(int)  # the needs, each a bit, that a word meets
        bits: dict[frozenset[str], int] = {}
        for way in self.all:
            wanted = 0
            for need in way.needs:
                wanted |= bits.setdefault(need, 1 << len(bits))
            tokens = way.tokens()
            for token in tokens:
                self.ways[token].append((way, wanted))
            if not tokens:
                self.always.add(way)
        for need, bit in bits.items():
            for token in need:
                self.meets[token] |= bit
        self.known = {*self.ways, *self.meets}
        self.lengths = sorted({len(token) - 1 for token in self.known if token.endswith("*")})
        self.seen: dict[str, tuple[int, list[tuple[Way, int]]]] = {}

    def likely(self, words: Iterable[str]) -> set[Way]:
        """The ways all of whose needs are met by these words of one sentence."""
        if len(self.seen) > MOST_REMEMBERED:
            self.seen.clear()
        met, anchored = 0, []
        for word in set(words):
            meets, ways = self.seen.get(word) or self._read(word)
            met |= meets
            if ways:
                anchored.append(ways)
        return self.always.union(way for ways in anchored for way, wanted in ways if wanted & met == wanted)

    def _read(self, word: str) -> tuple[int, list[tuple[Way, int]]]:
        """The needs that a word meets, and the ways of which it is an anchor, by itself or by its beginning."""
        meets, ways = 0, []
        for token in self._tokens_of(word):
            meets |= self.meets.get(token, 0)
            ways += self.ways.get(token, [])
        if len(word) <= LONGEST_WORD:
            self.seen[word] = meets, ways
        return meets, ways

    def _tokens_of(self, word: str) -> tuple[str, ...]:
        beginnings = (f"{word[:length]}*" for length in self.lengths if length <= len(word))
        return tuple(token for token in (word, *beginnings) if token in self.known)
