"""A small learned model beside the rules: sentences that resemble what frightened families say, in words no rule has.

Logistic regression over words, pairs of words and pairs of word classes in one sentence or two that follow each other.
Classes are ours (model/classes.toml) or made from word vectors (model/kin.txt, benchmarks/safety_classes.py), so that words
no training text holds count as their kin do. Trained by benchmarks/train_safety.py; read and added up here in pure Python.
It may add a flag or raise one: to urgent, and to an emergency what reads as happening now. It never lowers one.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from sys import intern

from .words import Category

FOLDER = Path(__file__).resolve().parent / "model"
REACH = 5  # words between the two of a distant pair
EDGE = REACH + 1  # words of each side that can pair across two sentences
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
Pairs = dict[str, dict[str, Weight]]
Found = dict[tuple[str, str, str], Weight]  # marks, as `marks` names them, and what they weigh
Words = tuple[list[str], list[str]]  # of a sentence, and the classes for which they stand
NONE: dict[str, Weight] = {}


@dataclass(frozen=True)
class Model:
    """Weights in thousandths. The first of each speaks of pressing danger, the second of any, the third of one that is now."""

    classes: dict[str, str]
    words: dict[str, Weight]
    beside: Pairs
    distant: Pairs
    bias: Weight
    thresholds: tuple[int, int]
    categories: dict[str, dict[str, int]]
    version: str


@dataclass(frozen=True, slots=True)
class Hit:
    """What one or two sentences weigh, and what of them weighs: why and of what category is asked of few, by `Reading`."""

    first: int
    last: int
    weight: int
    is_pressing: bool
    pressing: int
    happening: int
    found: Found = field(compare=False, repr=False)


@cache
def standard_model() -> Model:
    """The model of the files, read once."""
    text = (FOLDER / "weights.json").read_text(encoding="utf-8")
    raw = json.loads(text)
    return Model(
        classes=class_of(),
        words={word: tuple(weight) for word, weight in raw["words"].items()},
        beside=_pairs(raw["beside"]),
        distant=_pairs(raw["distant"]),
        bias=tuple(raw["bias"]),
        thresholds=tuple(raw["thresholds"]),
        categories=raw["categories"],
        version=sha256((text + _kin()).encode()).hexdigest()[:12],
    )


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


def _pairs(raw: dict[str, list[int]]) -> Pairs:
    made: Pairs = {}
    known: dict[Weight, Weight] = {}  # each weight and each word is kept once, however many pairs have it
    for pair, (pressing, danger, now) in raw.items():
        first, second = map(intern, pair.split())
        weight = (pressing, danger, now)
        made.setdefault(first, {})[second] = known.setdefault(weight, weight)
    return made


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

    def _found(self, words: list[str], names: list[str]) -> Found:
        """The marks of a sentence that weigh something, each once. `names`: the words, or the classes they stand for."""
        found: Found = {}
        single, beside, distant = self.model.words, self.model.beside, self.model.distant
        for one in {*words, *names}:
            if weight := single.get(one):
                found["", one, ""] = weight
        for row in (words, names):
            for one, other in pairwise(row):
                if (near := beside.get(one)) and (weight := near.get(other)):
                    found[" ", one, other] = weight
        for index, name in enumerate(names):
            if far := distant.get(name):
                for other in names[index + 2 : index + REACH + 2]:
                    if weight := far.get(other):
                        found["~", name, other] = weight
        return found

    def _across(self, before: Words, after: Words) -> Found:
        """The marks of which one half stands in a sentence and the other in the next."""
        found: Found = {}
        for row, following in zip(before, after, strict=True):
            if row and following and (weight := self.model.beside.get(row[-1], NONE).get(following[0])):
                found[" ", row[-1], following[0]] = weight
        names, following = before[1][-EDGE:], after[1]
        for index, name in enumerate(reversed(names)):
            if far := self.model.distant.get(name):
                for other in following[max(0, 1 - index) : REACH - index + 1]:
                    if weight := far.get(other):
                        found["~", name, other] = weight
        return found

    def hits(self, sentences: list[list[str]], named: Iterable[int] = ()) -> list[Hit]:
        """What weighs as danger, sentence by sentence and two by two. `named`: places that a rule named, and so lean to it."""
        share = FEW_SHARE if len(sentences) <= FEW else 1.0
        self.haste = 0 if len(sentences) <= FEW else HASTE
        self.asked = (self.model.thresholds[0] * share, self.model.thresholds[1] * share)
        self.leaning, self.weights, self.singly = [(place, place) for place in named], {}, []
        made: list[Hit] = []
        found: Found = {}
        here: Words = ([], [])
        count = 0
        for index, sentence in enumerate(sentences):
            words = plain(sentence)
            count += len(words)
            if count > MOST_WORDS:
                break
            before, there = found, here
            here = (words, [self.model.classes.get(word, word) for word in words])
            found = self._found(*here)
            made.extend(self._weighed(index, index, found))
            if index:
                made.extend(self._weighed(index - 1, index, {**before, **found, **self._across(there, here)}))
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

    def _weighed(self, first: int, last: int, found: Found) -> list[Hit]:
        pressing, danger, now = self.model.bias
        for one, other, third in found.values():
            pressing += one
            danger += other
            now += third
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
        return [Hit(first, last, max(pressing, danger), is_pressing, pressing, happening, found)]

    def because(self, hit: Hit) -> list[str]:
        """The words that weigh most in it."""
        side = 0 if hit.is_pressing else 1
        heavy = sorted(hit.found, key=lambda mark: (-hit.found[mark][side], mark))
        return [_said(mark) for mark in heavy if mark[1].islower()][:3]

    def category(self, words: list[str]) -> Category:
        """The category of which the words speak most."""
        total: dict[str, int] = {}
        for word in set(words) | {self.model.classes.get(word, word) for word in words}:
            for name, weight in self.model.categories.get(word, {}).items():
                total[name] = total.get(name, 0) + weight
        best = max(sorted(total), key=lambda name: total[name], default=Category.WRITER_CRISIS.value)
        return Category(best)


def _said(mark: tuple[str, str, str]) -> str:
    return mark[1] if not mark[2] else f"{mark[1]} {mark[2]}"
