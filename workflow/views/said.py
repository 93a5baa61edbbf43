"""Where in the opened letter a danger is spoken of: the words behind open and closed flags, with the rules that read them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ..models import Case, SafetyFlag
from ..models.cases import TIERS
from ..safety.words import Severity

AROUND = 40  # characters of the letter shown on each side of a place
IN_SIGHT = 3  # places that do not fold: the gravest

Item = tuple[SafetyFlag, dict[str, Any]]  # what a scan wrote down of a rule, and the flag that rests on it


@dataclass(frozen=True)
class Read:
    """What one rule read: for which danger, why, and in which words where they are not all of the place."""

    flag: SafetyFlag
    rule: str
    reason: str
    source: str
    softened: str = ""
    words: str = ""


@dataclass(frozen=True)
class Said:
    """A place of the letter that raised a flag. `number` leads from its mark to its row; 1 is the gravest."""

    start: int
    end: int
    reads: tuple[Read, ...] = ()
    number: int = 0
    before: str = ""
    words: str = ""
    after: str = ""

    @property
    def key(self) -> str:
        """The name of the place on the page; its row leads there."""
        return f"said-{self.start}-{self.end}"

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(read.reason for read in self.reads))

    @property
    def dangers(self) -> list[tuple[SafetyFlag, list[Read]]]:
        """What was read here, by danger."""
        found: dict[tuple[str, str, str], tuple[SafetyFlag, list[Read]]] = {}
        for read in self.reads:
            flag = read.flag
            found.setdefault((flag.category, flag.subject, flag.timing), (flag, []))[1].append(read)
        return list(found.values())

    @property
    def tier(self) -> int:
        return min(TIERS[Severity(read.flag.severity)] for read in self.reads)


@dataclass(frozen=True)
class Why:
    """Why a letter was flagged: its places gravest first, what was read of the letter as a whole, what was set aside."""

    places: list[Said]
    whole: list[Read]
    aside: list[Said]
    version: str

    @property
    def first(self) -> list[Said]:
        return self.places[:IN_SIGHT]

    @property
    def rest(self) -> list[Said]:
        return self.places[IN_SIGHT:]


def why_flagged(case: Case, letter: str) -> Why | None:
    """Every place once, with all that was read there; none where no scan found anything. One read."""
    flags = list(case.flags.exclude(evidence=""))
    if not flags:
        return None
    found = [(flag, json.loads(flag.evidence)) for flag in flags]
    items = [(flag, item) for flag, evidence in found for item in evidence["evidence"]]
    aside = next(([(flag, item) for item in one["set_aside"]] for flag, one in found if one["set_aside"]), [])
    return Why(
        places=_numbered(_places(letter, items)),
        whole=_each_once(_read(flag, item) for flag, item in items if not _is_within(letter, item)),
        aside=_places(letter, aside),
        version=flags[0].rules_version,
    )


def _is_within(letter: str, item: dict[str, Any]) -> bool:
    return bool(0 <= item["start"] < item["end"] <= len(letter))


def _numbered(places: list[Said]) -> list[Said]:
    gravest = sorted(places, key=lambda one: (one.tier, one.start))
    return [replace(one, number=number) for number, one in enumerate(gravest, 1)]


def _places(letter: str, items: Iterable[Item]) -> list[Said]:
    """What overlaps is one place: five rules that read one sentence are told beside it once. What points outside drops out."""
    groups: list[tuple[int, int, list[Item]]] = []
    inside = [(flag, item) for flag, item in items if _is_within(letter, item)]
    for flag, item in sorted(inside, key=lambda pair: (pair[1]["start"], pair[1]["end"])):
        if groups and item["start"] < groups[-1][1]:
            start, end, some = groups.pop()
            groups.append((start, max(end, item["end"]), [*some, (flag, item)]))
        else:
            groups.append((item["start"], item["end"], [(flag, item)]))
    return [_place(letter, start, end, some) for start, end, some in groups]


def _place(letter: str, start: int, end: int, items: Iterable[Item]) -> Said:
    whole = letter[start:end]
    words = [(flag, item, letter[item["start"] : item["end"]]) for flag, item in items]
    reads = _each_once(_read(flag, item, "" if said == whole else said) for flag, item, said in words)
    return Said(start, end, tuple(reads), before=_before(letter, start), words=whole, after=_after(letter, end))


def _read(flag: SafetyFlag, item: dict[str, Any], words: str = "") -> Read:
    return Read(flag, item["rule"], item["reason"], item["source"], item["softened"], words)


def _each_once(reads: Iterable[Read]) -> list[Read]:
    """A rule that read several words of one place for one danger is named once."""
    once: dict[tuple[str, str, str], Read] = {}
    for read in reads:
        once.setdefault((read.flag.category, read.rule, read.reason), read)
    return list(once.values())


def _before(letter: str, start: int) -> str:
    """The words in front of a place, none of them cut in two."""
    first = max(0, start - AROUND)
    return letter[first:start] if first == 0 else "… " + letter[first:start].partition(" ")[2]


def _after(letter: str, end: int) -> str:
    """The words behind a place, none of them cut in two."""
    last = end + AROUND
    return letter[end:] if last >= len(letter) else letter[end:last].rpartition(" ")[0] + " …"
