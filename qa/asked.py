"""What was typed into search, as groups of beginnings that the index and the page understand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .everyday import COMMON, SAME
from .words import stem, tokens

LONGEST_QUERY = 200
MOST_WORDS = 8
SHORTEST_BEGINNING = 4  # shorter words count only whole: "od" is not the beginning of "odd"
Pieces = list[tuple[str, bool]]
_WORD = re.compile(r"([\w'’]+)")


@dataclass(frozen=True)
class Group:
    """One typed word with its other names: beginnings of words, and short words that count only whole."""

    beginnings: tuple[str, ...]
    whole: tuple[str, ...] = ()

    @classmethod
    def of(cls, word: str) -> "Group":
        same = next((group for group in SAME if word in group), frozenset())
        names = [word, *sorted(same - {word})]
        short = tuple(name for name in names if len(name) < SHORTEST_BEGINNING)
        stems = dict.fromkeys(stem(name) for name in names if len(name) >= SHORTEST_BEGINNING)
        return cls(tuple(stems), short)

    @property
    def terms(self) -> list[str]:
        """As the index wants them."""
        return [*(f"{beginning}*" for beginning in self.beginnings), *self.whole]

    def fits(self, token: str) -> bool:
        return token in self.whole or bool(self.beginnings and token.startswith(self.beginnings))

    def times(self, words: str) -> int:
        """How often a text holds it; the text as qa.words.folded gives it."""
        stems = sum(words.count(f" {beginning}") for beginning in self.beginnings)
        return stems + sum(words.count(f" {word} ") for word in self.whole)


@dataclass(frozen=True)
class Asked:
    """The typed line, its telling words, and a group for each: a page fits a word when it holds any name of it."""

    text: str
    words: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> "Asked":
        typed = " ".join(text[:LONGEST_QUERY].replace("\x00", " ").split())
        every = list(dict.fromkeys(tokens(typed)))
        words = ([word for word in every if word not in COMMON] or every)[:MOST_WORDS]
        return cls(typed, words, [Group.of(word) for word in words])


class Hits(dict[str, bool]):
    """Whether a written word fits one of the groups; each word is looked at once, in however many texts it stands."""

    def __init__(self, groups: Iterable[Group]) -> None:
        super().__init__()
        self._groups = list(groups)

    def __missing__(self, word: str) -> bool:
        self[word] = is_hit = any(group.fits(token) for token in tokens(word) for group in self._groups)
        return is_hit


def pieces(text: str, hits: Hits) -> Pieces:
    """A text cut into what fits and what does not; a template marks and escapes it."""
    cut: Pieces = []
    for at, part in enumerate(_WORD.split(text)):  # every second part is a word
        is_hit = at % 2 == 1 and hits[part]
        if cut and cut[-1][1] == is_hit:
            cut[-1] = (cut[-1][0] + part, is_hit)
        elif part:
            cut.append((part, is_hit))
    return cut


def passage(text: str, hits: Hits, *, longest: int = 240) -> Pieces:
    """The part of a text around the first word that fits."""
    line = " · ".join(" ".join(part.split()) for part in text.splitlines() if part.strip())
    start = next((word.start() for word in _WORD.finditer(line) if hits[word[0]]), 0)
    begin = max(0, start - longest // 3)
    begin = line.find(" ", begin) + 1 if begin else 0
    end = line.rfind(" ", begin, begin + longest) if len(line) > begin + longest else len(line)
    return pieces(("… " if begin else "") + line[begin:end] + (" …" if end < len(line) else ""), hits)
