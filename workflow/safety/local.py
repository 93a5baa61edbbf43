"""Rules that administrators added, read beside the shipped ones and never instead of them (docs/adr/0013).

The shipped rules read a letter as if these did not exist; what these find is laid on top, so they can only add. Each
rule has its share of time for one letter: what takes longer, or fails, counts as a failed rule, and a person reads it.
"""

import copy
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import regex

from . import judge
from .report import RANK, Evidence, Report
from .rules_file import Rule, RuleBook, make_rule
from .scan import MOST_CHARACTERS, Scanner
from .ways import Way, WrongWay, spelled_out
from .words import Category, Severity

RULE_SECONDS = 0.1  # of one rule in one letter
ALL_SECONDS = 0.4  # of all of them in one letter
MOST_AT_SAVING = 0.06  # seconds for the worst letter we can think of
MOST_WAYS, MOST_GAPS = 40, 4
FAILED = "scan.rule-failed"


class TookTooLong(ValueError):
    """A rule used up its time."""


@dataclass(slots=True)
class _Clock:
    """What each rule has used of its time in this letter."""

    limit: float
    spent: dict[str, float] = field(default_factory=dict)

    def left(self, rule: str) -> float:
        return min(self.limit - self.spent.get(rule, 0.0), ALL_SECONDS - sum(self.spent.values()))

    def use(self, rule: str, seconds: float) -> None:
        self.spent[rule] = self.spent.get(rule, 0.0) + seconds


class _Timed:
    """A rule's ways as one pattern that gives up when the rule's time is over; looks like `Ways` to the scan."""

    def __init__(self, pattern: Any, rule: str, clock: _Clock) -> None:
        self.pattern, self.rule, self.clock = pattern, rule, clock

    def matches(self, text: str, likely: set[Way]) -> list[Any]:
        made: list[Any] = self._ask(lambda left: list(self.pattern.finditer(text, timeout=left)))
        return made

    def search(self, text: str, likely: set[Way]) -> bool:
        return bool(self.pattern) and self._ask(lambda left: bool(self.pattern.search(text, timeout=left)))

    def _ask(self, question: Any) -> Any:
        left = self.clock.left(self.rule)
        if left <= 0:
            raise TookTooLong(self.rule)
        start = time.perf_counter()
        try:
            return question(left)
        except TimeoutError as fault:
            raise TookTooLong(self.rule) from fault
        finally:
            self.clock.use(self.rule, time.perf_counter() - start)


class LocalScanner(Scanner):
    """The added rules alone, with the vocabulary, the spelling and the modifiers of the shipped book."""

    def __init__(self, rules: Iterable[Rule], book: RuleBook, *, limit: float = RULE_SECONDS) -> None:
        super().__init__(replace(book, rules=tuple(rules), compounds=()), model=None)
        self.limit = limit
        self.clock = _Clock(limit)
        self.patterns_of = [
            (regex.compile(rule.pattern), regex.compile(rule.except_pattern) if rule.except_pattern else None)
            for rule in self.book.rules
        ]

    def scan(self, text: str) -> Report:
        return self.timed(text)[0]

    def timed(self, text: str) -> tuple[Report, dict[str, float]]:
        """The report, and the seconds that each rule took. Each scan has a clock of its own: threads share the rules."""
        run = copy.copy(self)
        run.clock = _Clock(self.limit)
        return Scanner.scan(run, text), run.clock.spent

    def _standing(self, likely: set[Way], text: str) -> set[Way]:
        return likely  # tried against the clock instead

    def _ways(self, number: int) -> Any:
        rule = self.book.rules[number].id
        pattern, exceptions = self.patterns_of[number]
        return _Timed(pattern, rule, self.clock), _Timed(exceptions, rule, self.clock)


def laid_on_top(base: Report, local: Report, version: str) -> Report:
    """What the shipped rules found, and what the added ones found besides; never less than either."""
    evidence: dict[Category, list[Evidence]] = {flag.category: list(flag.evidence) for flag in base.flags}
    for flag in local.flags:
        found = flag.evidence
        if flag.category == Category.UNREAD:  # the shipped rules say by themselves what cannot be read
            found = tuple(item for item in found if item.rule == FAILED)
        if found:
            evidence.setdefault(flag.category, []).extend(found)
    flags = [judge.flag_of(category, items) for category, items in evidence.items()]
    flags.sort(key=lambda flag: (-RANK[flag.severity], flag.category.value))
    aside = sorted({*base.set_aside, *local.set_aside}, key=lambda item: (item.start, item.rule))
    failed = tuple(sorted({*base.failed_rules, *local.failed_rules}))
    return replace(
        base,
        flags=tuple(flags),
        set_aside=tuple(aside),
        version=version,
        failed_rules=failed,
        is_complete=base.is_complete and local.is_complete,
    )


def read_rule(row: Mapping[str, Any], book: RuleBook) -> Rule:
    """A rule from what an administrator typed. Raises WrongWay with a sentence."""
    if len(row["ways"]) > MOST_WAYS:
        raise WrongWay(f"A rule has at most {MOST_WAYS} ways. Make two rules of it.")
    for way in [*row["ways"], *row.get("unless", [])]:
        if way.count("~~") * 2 + way.replace("~~", "").count("~") > MOST_GAPS * 2:
            raise WrongWay(f"“{way[:60]}” has too many gaps. Leave some of the ~ out.")
    return make_rule(row, book.vocabulary)


def misread(rule: Rule, book: RuleBook) -> tuple[list[str], list[str]]:
    """Its own examples that it gets wrong: those it should find and does not, and those it should leave and does not."""
    scanner = LocalScanner([rule], book, limit=1.0)
    missed = [text for text in rule.examples if not finds(scanner, rule, text)]
    caught = [text for text in rule.not_examples if finds(scanner, rule, text)]
    return missed, caught


def finds(scanner: LocalScanner, rule: Rule, text: str) -> bool:
    """Whether the rule speaks at its full severity; what is denied or long ago is softened and does not count."""
    return rank_of(scanner.scan(text), rule) >= RANK[Severity(rule.severity)]


def rank_of(report: Report, rule: Rule) -> int:
    """How gravely this rule speaks in a report; 0: it says nothing."""
    found = (item for flag in report.flags for item in flag.evidence if item.rule == rule.id)
    return max((RANK[Severity(item.severity)] for item in found), default=0)


def is_too_slow(rule: Rule, book: RuleBook) -> bool:
    """Whether a letter made of the rule's own words would take it too long."""
    scanner = LocalScanner([rule], book, limit=10 * MOST_AT_SAVING)
    return any(_is_slow(scanner, text) for text in hostile(rule, book))


def _is_slow(scanner: LocalScanner, text: str) -> bool:
    """Five times in a row, so that a busy machine is not held against a rule."""
    return all(sum(scanner.timed(text)[1].values()) > MOST_AT_SAVING for _ in range(5))


def hostile(rule: Rule, book: RuleBook) -> Iterator[str]:
    """Long letters that begin to match everywhere and never end to: the rule's words in several orders."""
    words = [word for way in (*rule.ways, *rule.unless) for word in _words_of(way, book)] or ["so"]
    anchors = sorted(rule.anchors | rule.prefixes) or words
    others = [word for word in dict.fromkeys(words) if word not in anchors]
    orders = [words, words[::-1], anchors, [word for word in words for _ in range(3)], [words[0]]]
    # Found by its anchor, then nothing but beginnings: the most work without a match.
    orders += [[anchors[0], *(others * 50)[:50]]] if others else []
    orders += [[anchors[0], *[word] * 50] for word in others[:6]]
    for order in orders:
        line = " ".join(order) + ". "
        yield (line * (MOST_CHARACTERS // len(line) + 1))[:MOST_CHARACTERS]


def _words_of(way: str, book: RuleBook) -> list[str]:
    """Words that stand in a way, a few of each group that it names, beginnings and a number."""
    groups = book.sources["vocabulary"]["words"]
    spelled = re.sub(r"\{([a-z_]+)\}", lambda named: " ".join(spelled_out(groups[named[1]])[:3]), way)
    return spelled_out(spelled.replace("*", "").replace("#", "two"))


def as_the_browser_reads(rule: Rule) -> dict[str, object]:
    """The rule for static/js/safety.js: without its examples, which are nobody else's business."""
    return {
        "id": rule.id,
        "category": rule.category,
        "severity": rule.severity,
        "today": rule.today,
        "older": rule.older,
        "window": rule.window,
        "ignores": sorted(rule.ignores),
        "tags": [],
        "pattern": rule.pattern,
        "except": rule.except_pattern,
        "anchors": sorted(rule.anchors),
        "prefixes": sorted(rule.prefixes),
    }
