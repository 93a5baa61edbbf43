"""A small learned model beside the rules: letters that resemble what frightened families say, in words no rule has.

Logistic regression over words, pairs of words, and pairs and triples of word classes that stand side by side in one sentence
or in two that follow each other: the places of a letter. What a letter weighs is the sum of the odds of its places, and what
its sentences weigh on average. Classes are ours (model/classes.toml) or made from word vectors (model/kin.txt,
benchmarks/safety_classes.py), so that words no training text holds count as their kin do. Trained by
benchmarks/train_safety.py; read and added up here in pure Python.
It may add a flag or raise one: to urgent, and to an emergency what reads as happening now. It never lowers one.
"""

import json
import math
import tomllib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import count, pairwise, repeat
from operator import add
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple, Self

from .words import Category

FOLDER = Path(__file__).resolve().parent / "model"
# What a sentence of ordinary life weighs: one stands beside those of each letter, or a single sentence were the whole.
ORDINARY = -3_000
MILDEST = -5_000  # no sentence counts as more harmless than this: one does not talk a letter down
# What a rule that is often mistaken found alone is seconded where its place weighs so much, or the letter this little.
SECOND_PLACE, SECOND_LETTER = 1_000, 0
# A place that weighs so much both as danger and, among dangers, as one that is happening now is an emergency, whatever else stands
# in the letter. A missed emergency weighs most.
HAPPENING = 2_000
MOST_WORDS = 1_500  # of a letter; what comes later is read by the rules alone
Weight = tuple[int, int, int]
Rows = dict[tuple[str, ...], int]
KINDS = ("words", "pairs", "triples")  # of marks
NONE = 0  # the mark that weighs nothing
PLACES = 24  # binary, of each weight in a packed one
HALF = 1 << (PLACES - 1)


@dataclass(frozen=True)
class Model:
    """Marks by number, and what each weighs in thousandths: as pressing danger, as any danger, and as one that is now."""

    classes: dict[str, str]
    words: dict[str, int]
    pairs: Rows
    triples: Rows
    weights: list[int]  # the three of each mark in one number (`packed`)
    bias: Weight
    thresholds: tuple[int, int]
    categories: dict[str, dict[str, int]]
    version: str

    @classmethod
    def of(cls, raw: Mapping[str, Any], classes: dict[str, str], version: str) -> "Model":
        """From what the training made."""
        numbers = count(NONE + 1)
        once: dict[int, int] = {}  # each number is kept once, however many marks have it
        weights = [packed(weight) for weight in ((0, 0, 0), *(one for kind in KINDS for one in raw[kind].values()))]
        return cls(
            classes=classes,
            words={word: next(numbers) for word in raw["words"]},
            pairs=_rows(raw["pairs"], numbers),
            triples=_rows(raw["triples"], numbers),
            weights=[once.setdefault(weight, weight) for weight in weights],
            bias=tuple(raw["bias"]),
            thresholds=tuple(raw["thresholds"]),
            categories=raw["categories"],
            version=version,
        )


class Place(NamedTuple):
    """One sentence, or two that follow each other, and what it weighs in thousandths."""

    first: int
    last: int
    pressing: int
    danger: int
    now: int

    @property
    def happening(self) -> int:
        """What it weighs as a danger that is happening now."""
        return min(self.pressing, self.now)

    def is_apart_from(self, others: Iterable[Self]) -> bool:
        return all(self.last < other.first or other.last < self.first for other in others)


@cache
def standard_model() -> Model:
    """The model of the files, read once."""
    text = (FOLDER / "weights.json").read_text(encoding="utf-8")
    return Model.of(json.loads(text), class_of(), sha256((text + _kin()).encode()).hexdigest()[:12])


@cache
def class_of() -> dict[str, str]:
    """Each word and the class it stands for: one of ours where it has one, else that of its kin ("=31")."""
    groups = tomllib.loads((FOLDER / "classes.toml").read_text(encoding="utf-8"))["classes"]
    found: dict[str, str] = {}
    for name, words in groups.items():
        for word in words.split():
            found.setdefault(word, name.upper())
    for number, words in enumerate(_kin().splitlines()):
        for word in words.split():
            found.setdefault(word, f"={number}")
    return found


def _kin() -> str:
    return (FOLDER / "kin.txt").read_text(encoding="utf-8")


def _rows(table: Iterable[str], numbers: Iterator[int]) -> Rows:
    rows = (tuple(map(intern, row.split())) for row in table)  # each word is kept once, however many rows have it
    return {row: next(numbers) for row in rows}


def packed(weight: Iterable[int]) -> int:
    """Three weights as one number, so that one sum adds all three: each has 24 bits, far more than two sentences can weigh."""
    pressing, danger, now = weight
    return pressing + (danger << PLACES) + (now << 2 * PLACES)


def unpacked(total: int) -> Weight:
    """The three sums in a sum of packed weights."""
    pressing = (total + HALF) % (2 * HALF) - HALF
    total = (total - pressing) >> PLACES
    danger = (total + HALF) % (2 * HALF) - HALF
    return pressing, danger, (total - danger) >> PLACES


def plain(words: list[str]) -> list[str]:
    """The words without pauses and quotation marks; any number is "#"."""
    return ["#" if word.isdigit() else word for word in words if word not in (",", '"')]


def marks(words: Sequence[str], classes: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Every mark of a place, for training: one or two words or classes, or three classes, that stand side by side."""
    named = [classes.get(word, word) for word in words]
    for row in (words, named):
        yield from zip(row)
        yield from pairwise(row)
    yield from _triples(named)


def kind_of(mark: tuple[str, ...]) -> str:
    return KINDS[len(mark) - 1]


def _triples(row: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(row, row[1:], row[2:], strict=False)


class Reading:
    """A letter's places, weighed by a model."""

    def __init__(self, model: Model, sentences: Iterable[list[str]]) -> None:
        self.model = model
        self.words: list[str] = []
        self.ends = [0]  # of the words of each sentence, after the beginning of the first
        # How far before a mark's last word its first stands, and the numbers of such marks, each at its last word.
        self.numbers: list[tuple[int, list[int]]] = []
        self._read(sentences)
        self.places = list(self._weighed())

    def _read(self, sentences: Iterable[list[str]]) -> None:
        for sentence in sentences:
            words = plain(sentence)
            if len(self.words) + len(words) > MOST_WORDS:
                break
            self.words += words
            self.ends.append(len(self.words))
        named = [self.model.classes.get(word, word) for word in self.words]
        for row in (self.words, named):
            self._number(0, row, self.model.words)
            self._number(1, pairwise(row), self.model.pairs)
        self._number(2, _triples(named), self.model.triples)

    def _number(self, far: int, row: Iterable[Any], known: Mapping[Any, int]) -> None:
        self.numbers.append((far, [NONE] * far + list(map(known.get, row, repeat(NONE)))))

    def _within(self, start: int, end: int) -> set[int]:
        """The marks of the words from start to end."""
        found: set[int] = set()
        for far, row in self.numbers:
            found.update(row[start + far : end])
        return found

    def _across(self, start: int, middle: int, end: int) -> set[int]:
        """The marks that begin before the middle and end after it."""
        found: set[int] = set()
        for far, row in self.numbers:
            found.update(row[max(middle, start + far) : min(end, middle + far)])
        return found

    def _sum(self, found: set[int]) -> int:
        return sum(map(self.model.weights.__getitem__, found))

    def _weighed(self) -> Iterator[Place]:
        """What each sentence and each two that follow weigh: a mark counts once in a place, however often it stands there."""
        earlier: set[int] = set()
        before = weighed = 0
        for index, (start, end) in enumerate(pairwise(self.ends)):
            found = self._within(start, end)
            weighs = self._sum(found)
            yield self._place(index, index, weighs)
            if index:  # what both say counts once, and is less than all that they say
                more = self._sum(self._across(before, start, end) - found - earlier) - self._sum(found & earlier)
                yield self._place(index - 1, index, weighed + weighs + more)
            before, earlier, weighed = start, found, weighs

    def _place(self, first: int, last: int, total: int) -> Place:
        return Place(first, last, *map(add, self.model.bias, unpacked(total)))

    def _heard(self, but: Container[int]) -> list[Place]:
        """The places without these sentences."""
        return [place for place in self.places if place.first not in but and place.last not in but]

    def weight(self, but: Container[int] = ()) -> float:
        """What the letter weighs as pressing danger, in thousandths, without the sentences in `but`."""
        places = self._heard(but)
        if not places:
            return -math.inf
        single = [max(MILDEST, place.pressing) for place in places if place.first == place.last]
        odds = sum(math.exp(place.pressing / 1000) for place in places)
        return 1000 * math.log(odds) + (sum(single) + ORDINARY) / (len(single) + 1)

    def is_pressing(self, but: Container[int] = ()) -> bool:
        """Whether the letter as a whole weighs enough, or one place of it reads as happening now."""
        is_now = any(place.happening >= HAPPENING for place in self._heard(but))
        return is_now or self.weight(but) >= self.model.thresholds[0]

    def heaviest(self, most: int, but: Container[int] = ()) -> list[Place]:
        """The place that weighs most as pressing danger, and others, apart from it, that are as likely as not to be one."""
        found: list[Place] = []
        for place in sorted(self._heard(but), key=lambda one: (-one.pressing, one.first)):
            if not place.is_apart_from(found):
                continue
            if len(found) == most or (found and place.pressing < 0):
                break
            found.append(place)
        return found

    def seconds(self, sentence: int) -> bool:
        """Whether what a rule read in a sentence is danger for the model too, or was not weighed."""
        if sentence >= len(self.ends) - 1 or self.weight() >= SECOND_LETTER:
            return True
        return any(place.first <= sentence <= place.last and place.pressing >= SECOND_PLACE for place in self.places)

    def because(self, place: Place, side: int) -> list[str]:
        """The words that weigh most in it: as pressing danger (0) or as any (1)."""
        words = self.words[self.ends[place.first] : self.ends[place.last + 1]]
        weighs = {
            mark: unpacked(self.model.weights[number])[side]
            for mark in marks(words, self.model.classes)
            if all(map(str.islower, mark)) and (number := self._known(mark))
        }
        heavy = sorted(weighs, key=lambda mark: (-weighs[mark], len(mark), mark))
        return [" ".join(mark) for mark in heavy[:3]]

    def _known(self, mark: tuple[str, ...]) -> int:
        if len(mark) == 1:
            return self.model.words.get(mark[0], NONE)
        return (self.model.pairs if len(mark) == 2 else self.model.triples).get(mark, NONE)

    def category(self, words: list[str]) -> Category:
        """The category of which these words of the letter speak most; what else it says counts a third."""
        here, whole = self._speaks_of(words), self._speaks_of(self.words)
        best = max(sorted(whole), key=lambda name: 3 * here[name] + whole[name], default=Category.WRITER_CRISIS.value)
        return Category(best)

    def _speaks_of(self, words: list[str]) -> Counter[str]:
        """What words say for each category."""
        total: Counter[str] = Counter()
        for word in {"", *words, *(self.model.classes.get(word, word) for word in words)}:
            total.update(self.model.categories.get(word, {}))
        return total
