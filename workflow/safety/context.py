"""What stands around a mention: denied, only feared or imagined, long ago, of somebody else, in a film, a way of speaking.

After ConText (Harkema 2009): a modifier that stands before a mention, in the same clause, softens it. It never softens a
grave mention to nothing: what a person should not overlook stays at least a concern, with the reason in words.
"""

import re
from functools import cached_property

from .finder import Finder
from .rules_file import Rule, RuleBook
from .text import Sentence
from .ways import Way
from .words import Category

NEGATION_REACH = 6
WIDE_REACH = 14
FAR_REACH = 40  # of a scene that is told
CARRIED_FOR = 6  # sentences
LONG_AGO = 14  # days
_OTHER_EVENTS = frozenset("died passed dead born married divorced retired moved graduated met".split())
_SUBJECTS = frozenset("i he she they hes shes hell shell hed shed im ill theyre we it".split())
_THAT = frozenset("that thats this it".split())
_NOT_THAT = re.compile(
    r" (?:dont|doesnt|didnt|not|never) (?:ever |really |actually )?"
    r"(?:think|believe|said|say|mean|claim|feel like)(?: that)? $"
)
WHY = {
    "negation": "The letter seems to say that this is not so.",
    "hypothesis": "Spoken of as something that could happen, or to learn about.",
    "asked": "Somebody asked about it.",
    "fear": "Spoken of as a fear.",
    "others": "Seems to be about somebody outside the family.",
    "media": "Seems to be from a film, a book, a song or the news.",
    "loss": "Seems to be about somebody who has died.",
    "time": "Seems to be some time ago.",
    "idiom": "A way of speaking.",
}


class Surroundings:
    """One sentence and what its words say about time and idiom."""

    def __init__(self, sentence: Sentence, book: RuleBook, finder: Finder, before: "Surroundings | None") -> None:
        self.sentence, self.book, self.finder, self.before = sentence, book, finder, before
        self.after: Surroundings | None = None
        if before:
            before.after = self

    @cached_property
    def likely(self) -> set[Way]:
        """The modifiers, mentions of time and exceptions that its words allow."""
        return self.finder.likely(self.sentence.words)

    def says(self, name: str, words: str | None = None) -> bool:
        """Whether a modifier stands in the sentence, or in these words of it."""
        if name not in self.allowed:
            return False
        return self.book.modifiers[name].search(self.sentence.text if words is None else words, self.likely)

    @cached_property
    def allowed(self) -> set[str | int | None]:
        """The modifiers, and the days ago, of which a way is likely: the others need not be asked for."""
        return set(map(self.book.name_of.get, self.likely))

    @cached_property
    def times(self) -> list[tuple[int, int, int]]:
        """(first word, last word, days ago) of every mention of time; a longer one hides those inside it."""
        found = []
        for mark in self.book.times:
            if mark.days not in self.allowed:
                continue
            for match in mark.said.matches(self.sentence.text, self.likely):
                first, last = self.words_of(match)
                if not _OTHER_EVENTS & set(self.sentence.words[max(0, first - 2) : first]):
                    found.append((first, last, mark.days))
        return [
            mark for mark in found
            if not any(o is not mark and o[0] <= mark[0] and mark[1] <= o[1] and (o[1] - o[0]) > (mark[1] - mark[0]) for o in found)
        ]  # fmt: skip

    @cached_property
    def idioms(self) -> list[tuple[int, int]]:
        if "idiom" not in self.allowed:
            return []
        found = self.book.modifiers["idiom"].matches(self.sentence.text, self.likely)
        return [self.words_of(match) for match in found]

    @cached_property
    def is_of_the_present(self) -> bool:
        return self.says("present")

    def words_of(self, match: re.Match[str]) -> tuple[int, int]:
        return self.sentence.word_at(match.start() + 1), self.sentence.word_at(match.end() - 1)

    def days_ago(self, first: int, last: int) -> int | None:
        """How long ago, by the nearest mention of time in the sentence, else by the story so far; None: not said."""
        if self.times:
            return min(self.times, key=lambda mark: (_distance(mark, first, last), mark[2]))[2]
        return self._dated_after() or self._carried()

    @cached_property
    def told_of_elsewhere(self) -> str:
        """Why the whole sentence may speak of no danger of these days; empty when it seems to."""
        days = (
            min((mark[2] for mark in self.times), default=None)
            if self.times
            else self._dated_after() or self._carried()
        )
        if days is not None and days > LONG_AGO:
            return WHY["time"]
        for name in ("media", "hypothesis", "loss"):
            if self.says(name):
                return WHY[name]
        return WHY["asked"] if self.says("denied") else ""

    def _dated_after(self) -> int | None:
        """The time that the next sentence gives: "That was 2006." """
        after = self.after
        return after.times[0][2] if after and after.sentence.words[0] in _THAT and after.times else None

    def _carried(self) -> int | None:
        """The time of which the sentences before spoke, while they tell one story in the past."""
        around: Surroundings | None = self
        for _ in range(CARRIED_FOR):
            if around is None or around.is_of_the_present:
                return None
            around = around.before
            if around and around.times:
                return around.times[-1][2]
        return None

    def softened_by(self, rule: Rule, first: int, last: int) -> str:
        """The name of the modifier that softens this mention; empty when none does."""
        if "idiom" not in rule.ignores and any(start <= last and first <= end for start, end in self.idioms):
            return "idiom"
        for name in ("negation", "asked", "hypothesis", "fear", "media", "others", "loss"):
            if name not in self.allowed or name in rule.ignores:
                continue
            if name == "loss" and rule.category != Category.OVERDOSE:
                continue
            words = self._words_for(name, first, last)
            if name == "asked" and (
                rule.category not in (Category.SUICIDE, Category.SELF_HARM) or self._is_affirmed(last)
            ):
                continue
            if self.says(name, words) and not (name in ("negation", "others") and self.says(f"not_{name}", words)):
                if name == "negation" and self._has_its_own_subject(first) and not _NOT_THAT.search(words):
                    continue  # "if I don't pay, he will kill himself": the denial belongs to the clause before
                return name
        return ""

    def _words_for(self, name: str, first: int, last: int) -> str:
        """Where a modifier has to stand to soften this mention."""
        if name == "loss":
            return self.sentence.around(first - WIDE_REACH, last + WIDE_REACH)
        if name in ("negation", "fear"):
            return self._clause_before(first, NEGATION_REACH)
        if name == "others":
            return self.sentence.around(first - 7, last)
        if name == "media":
            told = self._clause_before(first, FAR_REACH, stop_at_comma=False)
            if self.says("scene", told):
                return told
        return self._clause_before(first, WIDE_REACH, stop_at_comma=False)

    def _is_affirmed(self, last: int) -> bool:
        """A question whose answer, there or at the head of the next sentence, is not a plain no."""
        if self.says("not_asked", self.sentence.around(last + 1, last + WIDE_REACH)):
            return True
        after = self.after
        return after is not None and after.says("not_asked", after.sentence.around(0, NEGATION_REACH))

    def _has_its_own_subject(self, first: int) -> bool:
        return first > 0 and self.sentence.words[first] in _SUBJECTS

    def _clause_before(self, first: int, reach: int, *, stop_at_comma: bool = True) -> str:
        words = self.sentence.words
        start = first
        while start > 0 and first - start < reach:
            word = words[start - 1]
            if word in ("but", "however", "although", "though", "except", "until"):
                break
            if stop_at_comma and word == ",":
                break
            start -= 1
        return self.sentence.around(start, first - 1)


def _distance(mark: tuple[int, int, int], first: int, last: int) -> int:
    return max(0, mark[0] - last, first - mark[1])
