"""Reads a letter and says who may be in danger, how badly and when, with the words that say so and the rule that read them.

    report = scan(text)      report.severity, report.flags[0].evidence[0].reason …

Deterministic, explainable, without a database. What cannot be read (another language, a few words, an error, too much
work) is a concern for a person, never silence.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Literal

from . import judge
from .context import WHY, Surroundings
from .finder import Finder
from .language import language_of
from .learned import Model, Reading, standard_model
from .report import RANK, Evidence, Mention, Report
from .rules_file import CUE, Rule, RuleBook, standard_book
from .text import MOST_SENTENCES, MOST_WORDS, sentences
from .ways import Way, Ways
from .words import Severity, Timing

MOST_CHARACTERS = 25_000
MOST_WORK = 400_000  # characters of sentences times ways tried on them
MOST_IN_A_SENTENCE = 4  # mentions by one rule
MOST_MENTIONS = 24  # by one rule in one letter: more says nothing new
FAULTS = (ValueError, IndexError, KeyError, RecursionError, MemoryError)
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
    """One rule book, compiled, with the learned model beside it (None: the rules alone)."""

    def __init__(self, book: RuleBook, model: Model | Literal["standard"] | None = "standard") -> None:
        self.model = standard_model() if model == "standard" else model
        self.book = replace(book, version=_version(book, self.model))
        self.rule_of = {way: number for number, rule in enumerate(book.rules) for way in rule.said.all}
        self.finder = Finder(self.rule_of)
        around = [
            *book.modifiers.values(),
            *(mark.said for mark in book.times),
            *(rule.excepted for rule in book.rules),
        ]
        self.around = Finder(way for ways in around for way in ways.all)
        self.is_ready = False

    def scan(self, text: str) -> Report:
        text = text[: MOST_CHARACTERS * 2]
        found = sentences(text, self.book.speller)
        work = _Work()
        around: list[Surroundings] = []
        for sentence in found:
            around.append(Surroundings(sentence, self.book, self.around, around[-1] if around else None))
        for index, one in enumerate(around):
            if work.left >= 0:
                self._read(index, one, work)
        read_whole = sum(len(sentence.words) for sentence in found) < MOST_WORDS and len(found) < MOST_SENTENCES
        language = language_of(found, self.book.common_words)
        report = judge.report(
            self.book, around, work.mentions, work.set_aside, work.failed, work.left >= 0 and read_whole, language
        )
        return self._with_learned(report, around)

    def _with_learned(self, report: Report, around: list[Surroundings]) -> Report:
        """What the model makes of what the rules saw; above an emergency there is nothing."""
        if self.model is None or judge.severity_of(report.flags) == Severity.EMERGENCY:
            return report
        reading = Reading(self.model, [one.sentence.words for one in around])
        report = judge.seconded(report, around, reading)
        report = judge.with_learned(report, around, reading)
        return judge.happening(report, around, reading)

    def _read(self, index: int, around: Surroundings, work: _Work) -> None:
        sentence = around.sentence
        likely = self.finder.likely(sentence.words)
        work.left -= len(sentence.text) * len(likely)
        if work.left < 0:
            return
        if not (standing := self._standing(likely, sentence.text)):
            return
        for number in sorted({self.rule_of[way] for way in standing}):
            if work.found[number] >= MOST_MENTIONS:
                continue
            try:
                self._try(number, standing, index, around, work)
            except FAULTS:
                work.failed.append(self.book.rules[number].id)

    def _standing(self, likely: set[Way], text: str) -> set[Way]:
        """Those of the likely ways that stand in a sentence, or cannot be tried: their rule will say so."""
        standing = set()
        for way in likely:
            try:
                if way.compiled.search(text):
                    standing.add(way)
            except FAULTS:
                standing.add(way)
        return standing

    def make_ready(self) -> None:
        """Compile everything now, once: a server does so beside its first requests."""
        if self.is_ready:
            return
        for way in (*self.finder.all, *self.around.all):
            way.compiled  # noqa: B018
        self.is_ready = True

    def _ways(self, number: int) -> tuple[Ways, Ways]:
        """What a rule reads, and its exceptions."""
        rule = self.book.rules[number]
        return rule.said, rule.excepted

    def _try(self, number: int, standing: set[Way], index: int, around: Surroundings, work: _Work) -> None:
        rule = self.book.rules[number]
        said, exceptions = self._ways(number)
        sentence = around.sentence
        for count, match in enumerate(said.matches(sentence.text, standing)):
            if count == MOST_IN_A_SENTENCE:
                return
            work.found[number] += 1
            first, last = around.words_of(match)
            evidence = self._evidence(rule, around, first, last)
            if rule.unless and exceptions.search(sentence.around(first - MARGIN[0], last + MARGIN[1]), around.likely):
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


def _version(book: RuleBook, model: Model | None) -> str:
    """The rules' version and the model's as one: letters are read again when either changes."""
    return sha256(f"{book.version} {model.version}".encode()).hexdigest()[:12] if model else book.version


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
