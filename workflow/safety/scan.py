"""Reads a letter and says who may be in danger, how badly and when, with the words that say so and the rule that read them.

    report = scan(text)      report.severity, report.flags[0].evidence[0].reason …

Deterministic, explainable, without a database. What cannot be read (another language, a few words, an error, too much
work) is a concern for a person, never silence.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from . import judge
from .context import WHY, Compiled, Surroundings
from .language import language_of
from .report import RANK, Evidence, Mention, Report
from .rules_file import CUE, Rule, RuleBook, compiled, standard_book
from .text import MOST_SENTENCES, MOST_WORDS, sentences
from .words import Severity, Timing

MOST_CHARACTERS = 25_000
MOST_WORK = 450_000  # characters of sentences times rules tried on them
MOST_IN_A_SENTENCE = 4  # mentions by one rule
MOST_MENTIONS = 24  # by one rule in one letter: more says nothing new
Matcher = tuple[re.Pattern[str], re.Pattern[str] | None]
MARGIN = (8, 9)  # words before and after a mention in which a rule's exceptions are looked for


@dataclass(slots=True)
class _Work:
    """What one scan has done so far."""

    left: int = MOST_WORK
    mentions: list[Mention] = field(default_factory=list)
    set_aside: list[Evidence] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    found: Counter[int] = field(default_factory=Counter)


class Scanner:
    """One rule book, compiled."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.patterns = Compiled.of(book)
        self.matchers: list[Matcher | None] = [None] * len(book.rules)  # compiled when first needed
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_beginning: dict[str, list[int]] = defaultdict(list)
        for index, rule in enumerate(book.rules):
            for word in rule.anchors:
                self.by_word[word].append(index)
            for beginning in rule.prefixes:
                self.by_beginning[beginning].append(index)
        self.beginnings = sorted({len(beginning) for beginning in self.by_beginning})

    def scan(self, text: str) -> Report:
        text = text[: MOST_CHARACTERS * 2]
        found = sentences(text, self.book.speller)
        work = _Work()
        around: list[Surroundings] = []
        for index, sentence in enumerate(found):
            around.append(Surroundings(sentence, self.patterns, around[-1] if around else None))
            if work.left >= 0:
                self._read(index, around[-1], work)
        read_whole = sum(len(sentence.words) for sentence in found) < MOST_WORDS and len(found) < MOST_SENTENCES
        language = language_of(found, self.book.common_words)
        return judge.report(
            self.book, around, work.mentions, work.set_aside, work.failed, work.left >= 0 and read_whole, language
        )

    def _read(self, index: int, around: Surroundings, work: _Work) -> None:
        sentence = around.sentence
        for number in self._candidates(sentence.words):
            if work.found[number] >= MOST_MENTIONS:
                continue
            work.left -= len(sentence.text)
            if work.left < 0:
                return
            rule = self.book.rules[number]
            try:
                self._try(rule, number, index, around, work)
            except (ValueError, IndexError, KeyError, RecursionError, MemoryError):
                work.failed.append(rule.id)

    def _matcher(self, number: int) -> Matcher:
        found = self.matchers[number]
        if found is None:
            rule = self.book.rules[number]
            found = compiled(rule.pattern), compiled(rule.except_pattern) if rule.except_pattern else None
            self.matchers[number] = found
        return found

    def make_ready(self) -> None:
        """Compile everything now: a server does so beside its first requests."""
        for number in range(len(self.matchers)):
            self._matcher(number)

    def _candidates(self, words: Iterable[str]) -> list[int]:
        numbers: set[int] = set()
        for word in set(words):
            if word in self.by_word:
                numbers.update(self.by_word[word])
            for length in self.beginnings:
                if length > len(word):
                    break
                if (start := word[:length]) in self.by_beginning:
                    numbers.update(self.by_beginning[start])
        return sorted(numbers)

    def _try(self, rule: Rule, number: int, index: int, around: Surroundings, work: _Work) -> None:
        pattern, exceptions = self._matcher(number)
        sentence = around.sentence
        for count, match in enumerate(pattern.finditer(sentence.text)):
            if count == MOST_IN_A_SENTENCE:
                return
            work.found[number] += 1
            first, last = around.words_of(match)
            evidence = self._evidence(rule, around, first, last)
            if exceptions and exceptions.search(sentence.around(first - MARGIN[0], last + MARGIN[1])):
                evidence = replace(evidence, severity=CUE, softened="The words around it say otherwise.")
                work.set_aside.append(evidence)
                continue
            counts = not evidence.softened
            if rule.severity != CUE and evidence.severity == CUE:
                work.set_aside.append(evidence)
            else:
                work.mentions.append(Mention(rule, index, evidence, counts))

    def _evidence(self, rule: Rule, around: Surroundings, first: int, last: int) -> Evidence:
        severity, softened = rule.severity, ""
        days = None if "time" in rule.ignores else around.days_ago(first, last)
        timing = rule.timing
        if days is not None:
            timing = Timing.NOW if days <= 1 and rule.timing == Timing.NOW else Timing.RECENT
            if days <= 1 and rule.today:
                severity, timing = rule.today, Timing.NOW
            elif days > rule.window:
                severity, timing, softened = rule.older, Timing.PAST, WHY["time"]
        if name := around.softened_by(rule, first, last):
            # Softened, never silenced: what is grave stays a concern. Only a way of speaking counts for nothing.
            keep = RANK[severity] >= RANK[Severity.URGENT] and name != "idiom"
            severity, softened = (Severity.CONCERN if keep else CUE), WHY[name]
        start, end = around.sentence.span(first, last)
        subject = judge.subject_of(rule, around, first, last)
        return Evidence(start, end, rule.id, rule.reason, rule.source, severity, timing, subject, softened)


@cache
def standard_scanner() -> Scanner:
    """The scanner of the rules in the files. The first call of a process takes a second or two."""
    return Scanner(standard_book())


def scan(text: str, scanner: Scanner | None = None) -> Report:
    """Read a letter. Never raises: a fault is a concern for a person, and is named in the report."""
    try:
        return (scanner or standard_scanner()).scan(text)
    except Exception as fault:  # noqa: BLE001  whatever goes wrong, a person must look
        return judge.unread(f"The scan could not read this letter ({type(fault).__name__}).", "")
