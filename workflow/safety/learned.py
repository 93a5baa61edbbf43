"""A small learned model beside the rules: sentences that resemble what frightened families say, in words no rule has.

Logistic regression over words, pairs of words and pairs of word classes in one sentence or two that follow each other.
Classes are ours (model/classes.toml) or made from word vectors (model/kin.txt, benchmarks/safety_classes.py), so that words
no training text holds count as their kin do. Trained by benchmarks/train_safety.py; read and added up here in pure Python.
It may add a flag or raise one: to urgent, and to an emergency what reads as happening now. It never lowers one.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from itertools import count, pairwise, repeat
from operator import add
from pathlib import Path
from sys import intern
from typing import Any

from .words import Category

FOLDER = Path(__file__).resolve().parent / "model"
REACH = 5  # words between the two of a distant pair
FEW, FEW_SHARE = 2, 0.96  # of few sentences a little less is asked: a long letter has more chances to look dangerous
# Of a letter of many sentences a second place must lean to danger, or one weighs nearly twice what is asked.
MANY, LEANING, ALONE = 5, -250, 1.875
# And the whole counts: what its sentences weigh on average, above or below what they do in most letters, is added so many times.
WHOLE, ORDINARY = 2, -2_600
# Where a rule that is often mistaken stands alone, this little is enough to second it: all but plainly harmless.
DOUBTFUL = -1_300
# One place that weighs so much both as danger and, among dangers, as one that is happening now: an emergency, where a rule
# named something urgent; where none did, more is asked.
HAPPENING, UNNAMED = 1_000, 1_250
# Where a place of a longer text reads as one that is happening now, less is asked of it as danger: a missed emergency weighs most.
NOW, HASTE = 500, 800
MOST_WORDS = 1_500  # of a letter; what comes later is read by the rules alone
Weight = tuple[int, int, int]
Pairs = dict[tuple[str, str], int]
KINDS = ("words", "beside", "distant")  # of marks
NONE = 0  # the mark that weighs nothing
PLACES = 24  # binary, of each weight in a packed one
HALF = 1 << (PLACES - 1)


@dataclass(frozen=True)
class Model:
    """Marks by number, and what each weighs in thousandths: as pressing danger, as any danger, and as one that is now."""

    classes: dict[str, str]
    words: dict[str, int]
    beside: Pairs
    distant: Pairs
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
            beside=_pairs(raw["beside"], numbers),
            distant=_pairs(raw["distant"], numbers),
            weights=[once.setdefault(weight, weight) for weight in weights],
            bias=tuple(raw["bias"]),
            thresholds=tuple(raw["thresholds"]),
            categories=raw["categories"],
            version=version,
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """What one or two sentences weigh."""

    first: int
    last: int
    weight: int
    is_pressing: bool
    pressing: int
    happening: int


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


def _pairs(table: Iterable[str], numbers: Iterator[int]) -> Pairs:
    pairs = (map(intern, pair.split()) for pair in table)  # each word is kept once, however many pairs have it
    return {(first, second): next(numbers) for first, second in pairs}


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


def marks(words: list[str], classes: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Every mark of a text, for training: (kind, first, second)."""
    named = [classes.get(word, word) for word in words]
    for index, word in enumerate(words):
        yield "words", word, ""
        yield "words", named[index], ""
        for kind, row in (("beside", words), ("beside", named)):
            if index + 1 < len(row):
                yield kind, row[index], row[index + 1]
        for far in range(index + 2, min(len(named), index + REACH + 2)):
            yield "distant", named[index], named[far]


class Reading:
    """A letter's sentences, weighed by a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.asked: tuple[float, float] = model.thresholds
        self.haste = HASTE
        self.leaning: list[tuple[int, int]] = []
        self.weights: dict[int, int] = {}  # the most that each sentence weighs, by itself or with a neighbour
        self.singly: list[int] = []  # what each sentence weighs by itself
        self.words: list[str] = []
        self.ends = [0]  # of the words of each sentence, after the beginning of the first
        # The numbers of marks, word by word: of one word; and of two, with how far before this word the first stands.
        self.singles: list[list[int]] = []
        self.pairs: list[tuple[int, list[int]]] = []

    def _read(self, sentences: list[list[str]]) -> None:
        for sentence in sentences:
            words = plain(sentence)
            if len(self.words) + len(words) > MOST_WORDS:
                break
            self.words += words
            self.ends.append(len(self.words))
        names = [self.model.classes.get(word, word) for word in self.words]
        for row in (self.words, names):
            self.singles.append(list(map(self.model.words.get, row, repeat(NONE))))
            self.pairs.append(self._pairs(row, 1, self.model.beside))
        self.pairs += [self._pairs(names, far, self.model.distant) for far in range(2, REACH + 2)]

    def _pairs(self, row: list[str], far: int, known: Pairs) -> tuple[int, list[int]]:
        pairs = zip(row, row[far:], strict=False)
        return far, [NONE] * far + list(map(known.get, pairs, repeat(NONE)))

    def _within(self, start: int, end: int) -> set[int]:
        """The marks of the words from start to end."""
        found: set[int] = set()
        for row in self.singles:
            found.update(row[start:end])
        for far, row in self.pairs:
            found.update(row[start + far : end])
        return found

    def _across(self, start: int, middle: int, end: int) -> set[int]:
        """The marks of which one half stands before the middle and the other after it."""
        found: set[int] = set()
        for far, row in self.pairs:
            found.update(row[max(middle, start + far) : min(end, middle + far)])
        return found

    def _sum(self, found: set[int]) -> int:
        return sum(map(self.model.weights.__getitem__, found))

    def hits(self, sentences: list[list[str]], named: Iterable[int] = ()) -> list[Hit]:
        """What weighs as danger, sentence by sentence and two by two. `named`: places that a rule named, and so lean to it."""
        share = FEW_SHARE if len(sentences) <= FEW else 1.0
        self.haste = 0 if len(sentences) <= FEW else HASTE
        self.asked = (self.model.thresholds[0] * share, self.model.thresholds[1] * share)
        self.leaning = [(place, place) for place in named]
        self._read(sentences)
        made: list[Hit] = []
        earlier: set[int] = set()
        before = weighed = 0
        for index, (start, end) in enumerate(pairwise(self.ends)):
            found = self._within(start, end)
            weighs = self._sum(found)
            made += self._weighed(index, index, weighs)
            if index:  # what both say counts once, and is less than all that they say
                more = self._sum(self._across(before, start, end) - found - earlier) - self._sum(found & earlier)
                made += self._weighed(index - 1, index, weighed + weighs + more)
            before, earlier, weighed = start, found, weighs
        return made if len(sentences) <= MANY else self._seconded(made)

    def _seconded(self, hits: list[Hit]) -> list[Hit]:
        """The hits of a long letter: concerns only, where one stands alone in it, or in one that is ordinary throughout."""
        asked = self.asked[0]
        is_sure = any(hit.pressing >= ALONE * asked for hit in hits)
        whole = WHOLE * (sum(self.singly) / len(self.singly) - ORDINARY) if hits else 0.0
        return [
            hit
            if not hit.is_pressing or (hit.pressing + whole >= asked and (is_sure or self._has_a_second(hit)))
            else replace(hit, is_pressing=False)
            for hit in hits
        ]

    def _has_a_second(self, hit: Hit) -> bool:
        return any(last < hit.first or hit.last < first for first, last in self.leaning)

    def is_doubtful(self, place: int) -> bool:
        """Whether a sentence reads as anything but harmless; one that was not weighed does."""
        return self.weights.get(place, DOUBTFUL) >= DOUBTFUL

    def _weighed(self, first: int, last: int, weighs: int) -> list[Hit]:
        pressing, danger, now = map(add, self.model.bias, unpacked(weighs))
        if first == last:
            self.singly.append(pressing)
        for place in (first, last):
            self.weights[place] = max(pressing, self.weights.get(place, pressing))
        if pressing >= LEANING:
            self.leaning.append((first, last))
        happening = min(pressing, now)
        if now >= NOW:
            pressing += self.haste
        is_pressing = pressing >= self.asked[0]
        if not is_pressing and danger < self.asked[1] and happening < HAPPENING:
            return []
        return [Hit(first, last, max(pressing, danger), is_pressing, pressing, happening)]

    def because(self, hit: Hit) -> list[str]:
        """The words that weigh most in it."""
        words = self.words[self.ends[hit.first] : self.ends[hit.last + 1]]
        side = 0 if hit.is_pressing else 1
        weighs = {
            mark: unpacked(self.model.weights[number])[side]
            for mark in marks(words, self.model.classes)
            if mark[1].islower() and (number := self._number(mark))
        }
        heavy = sorted(weighs, key=lambda mark: (-weighs[mark], KINDS.index(mark[0]), mark))
        return [f"{first} {second}".strip() for _, first, second in heavy[:3]]

    def _number(self, mark: tuple[str, str, str]) -> int:
        kind, first, second = mark
        if kind == "words":
            return self.model.words.get(first, NONE)
        pairs = self.model.beside if kind == "beside" else self.model.distant
        return pairs.get((first, second), NONE)

    def category(self, words: list[str]) -> Category:
        """The category of which the words speak most."""
        total: dict[str, int] = {}
        for word in set(words) | {self.model.classes.get(word, word) for word in words}:
            for name, weight in self.model.categories.get(word, {}).items():
                total[name] = total.get(name, 0) + weight
        best = max(sorted(total), key=lambda name: total[name], default=Category.WRITER_CRISIS.value)
        return Category(best)
