"""Reads the rules (rules/*.toml), the vocabulary and the modifiers into ready objects; names their version by hash."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from .text import Speller
from .ways import Way, Ways, WrongWay, read_way, spelled_out, whole
from .words import Category, Severity, Subject, Timing

FOLDER = Path(__file__).resolve().parent / "rules"
IGNORABLE = frozenset({"negation", "hypothesis", "fear", "others", "media", "time", "loss", "idiom", "asked"})
CUE = ""  # a rule without a severity of its own: it counts only together with others


@dataclass(frozen=True)
class Rule:
    """Ways of saying one thing, how grave it is when said of now, of today, of long ago, and what does not soften it."""

    id: str
    category: Category
    severity: str
    reason: str
    source: str
    ways: tuple[str, ...]
    today: str = ""
    older: str = Severity.CONCERN
    alone: str = ""  # what it is worth in a long letter that says nothing else pressing; "": as much as ever
    window: int = 14
    subject: str = "auto"
    timing: Timing = Timing.NOW
    unless: tuple[str, ...] = ()
    ignores: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    not_examples: tuple[str, ...] = ()
    pattern: str = field(default="", repr=False)
    except_pattern: str = field(default="", repr=False)
    anchors: frozenset[str] = field(default=frozenset(), repr=False)
    prefixes: frozenset[str] = field(default=frozenset(), repr=False)
    said: Ways = field(default=Ways(), repr=False, compare=False)
    excepted: Ways = field(default=Ways(), repr=False, compare=False)


@dataclass(frozen=True)
class Compound:
    """Things said apart that are graver together, at most `within` sentences from one another (0: anywhere)."""

    id: str
    category: Category
    severity: Severity
    reason: str
    source: str
    all: tuple[tuple[str, ...], ...]
    within: int = 0
    alone: str = ""
    subject: Subject = Subject.LOVED_ONE
    timing: Timing = Timing.NOW
    examples: tuple[str, ...] = ()
    not_examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimeMark:
    """Ways of saying when, and how many days ago that is."""

    days: int
    said: Ways


@dataclass(frozen=True)
class RuleBook:
    """Everything the scan needs, and its version."""

    rules: tuple[Rule, ...]
    compounds: tuple[Compound, ...]
    modifiers: Mapping[str, Ways]
    times: tuple[TimeMark, ...]
    vocabulary: Mapping[str, Way]
    speller: Speller
    common_words: Mapping[str, frozenset[str]]
    version: str
    sources: Mapping[str, Any] = field(repr=False)

    @cached_property
    def begun_by(self) -> Mapping[str, list[int]]:
        """By tag, the numbers of the compounds that have it in their first group."""
        numbers: dict[str, list[int]] = {}
        for number, compound in enumerate(self.compounds):
            for tag in compound.all[0]:
                numbers.setdefault(tag, []).append(number)
        return numbers

    @cached_property
    def name_of(self) -> Mapping[Way, str | int]:
        """Of each way that stands around a mention, the modifier that it is, or how many days ago it says."""
        times = [(mark.days, mark.said) for mark in self.times]
        named: list[tuple[str | int, Ways]] = [*self.modifiers.items(), *times]
        return {way: name for name, ways in named for way in ways.all}

    @cached_property
    def alone(self) -> Mapping[str, str]:
        """What each rule that is often mistaken by itself is worth by itself."""
        return {rule.id: rule.alone for rule in self.rules if rule.alone} | {
            compound.id: compound.alone for compound in self.compounds if compound.alone
        }


def make_rule(row: Mapping[str, Any], vocabulary: Mapping[str, Way]) -> Rule:
    """One rule from its table. Raises WrongWay with a sentence that names what is wrong."""
    unknown = set(row) - set(Rule.__dataclass_fields__)
    if unknown:
        raise WrongWay(f"Rule {row.get('id')}: unknown fields {sorted(unknown)}.")
    ways = [_read(source, row["id"], vocabulary) for source in row["ways"]]
    unless = [_read(source, row["id"], vocabulary) for source in row.get("unless", [])]
    loose = [source for source, way in zip(row["ways"], ways, strict=True) if not way.anchors and not way.prefixes]
    if loose:
        raise WrongWay(f"“{loose[0]}” has no word by which it could be found.")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    values["ignores"] = frozenset(row.get("ignores", []))
    if wrong := values["ignores"] - IGNORABLE:
        raise WrongWay(f"Rule {row['id']}: nothing is called {sorted(wrong)}.")
    values["category"] = Category(row["category"])
    values["severity"] = Severity(row["severity"]) if row.get("severity") else CUE
    values["older"] = row.get("older", Severity.CONCERN if values["severity"] != Severity.CONCERN else CUE)
    values["timing"] = Timing(row.get("timing", "now"))
    return Rule(
        **values,
        pattern=whole(ways),
        except_pattern=whole(unless) if unless else "",
        anchors=frozenset().union(*(way.anchors for way in ways)),
        prefixes=frozenset().union(*(way.prefixes for way in ways)),
        said=_apart(ways),
        excepted=_apart(unless),
    )


def _read(source: str, rule: str, vocabulary: Mapping[str, Way]) -> Way:
    try:
        return read_way(source, vocabulary)
    except WrongWay as wrong:
        raise WrongWay(f"Rule {rule}: {wrong} In: “{source[:60]}”") from wrong


def make_compound(row: Mapping[str, Any]) -> Compound:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    values["all"] = tuple(tuple(group) for group in row["all"])
    values["category"], values["severity"] = Category(row["category"]), Severity(row["severity"])
    values["subject"] = Subject(row.get("subject", "loved_one"))
    values["timing"] = Timing(row.get("timing", "now"))
    return Compound(**values)


@cache
def read_sources() -> dict[str, dict[str, Any]]:
    """The files as they are: name → content."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def make_book(extra: Iterable[Mapping[str, Any]] = ()) -> RuleBook:
    """The rule book of the files, and of rules that administrators added."""
    sources = read_sources()
    extra = list(extra)
    vocabulary = _vocabulary(sources["vocabulary"]["words"])
    rows = [row for name in sources for row in sources[name].get("rule", [])] + extra
    context = sources["context"]
    modifiers = {name: _ways(ways, vocabulary) for name, ways in context["modifiers"].items()}
    times = tuple(TimeMark(int(row["days"]), _ways(row["ways"], vocabulary)) for row in context["time"])
    rules = tuple(make_rule(row, vocabulary) for row in rows)
    compounds = tuple(make_compound(row) for name in sources for row in sources[name].get("compound", []))
    text = json.dumps([sources, extra], sort_keys=True, ensure_ascii=False)
    return RuleBook(
        rules=tuple(sorted(rules, key=_gravest_first)),
        compounds=compounds,
        modifiers=modifiers,
        times=times,
        vocabulary=vocabulary,
        speller=_speller(sources, rows),
        common_words={name: frozenset(words.split()) for name, words in context["languages"].items()},
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        sources=sources,
    )


@cache
def standard_book() -> RuleBook:
    """The rule book of the files, read once."""
    return make_book()


def _gravest_first(rule: Rule) -> tuple[int, str]:
    order = [Severity.EMERGENCY, Severity.URGENT, Severity.CONCERN, CUE]
    return order.index(rule.severity), rule.id


def _vocabulary(groups: Mapping[str, str]) -> dict[str, Way]:
    """Groups may use groups written above them."""
    known: dict[str, Way] = {}
    for name, source in groups.items():
        way = read_way(source, known)
        known[name] = Way(f"(?:{way.regex})", way.anchors, way.prefixes)
    return known


def _ways(ways: Iterable[str], vocabulary: Mapping[str, Way]) -> Ways:
    return _apart(read_way(source, vocabulary) for source in ways)


def _apart(ways: Iterable[Way]) -> Ways:
    return Ways(tuple(branch for way in ways for branch in way.apart()))


def _speller(sources: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Speller:
    spelling = sources["spelling"]
    table = {wrong: right for right, wrongs in spelling["table"].items() for wrong in wrongs.split()}
    real = set(spelling["real"].split())
    for source in [*sources["vocabulary"]["words"].values(), *(way for row in rows for way in row["ways"])]:
        real.update(spelled_out(source))
    return Speller(table, frozenset(spelling["near"].split()), frozenset(real))
