"""What people already judged about a letter: a second reading speaks only of what is new or graver.

Known is, by the same words of the letter: what a flag (open, closed, or changed by a moderator) rested on, at the
severity it was judged at. So a flag that was closed with a reason does not come back for the same words, and does for
other words or for more. A flag that a colleague raised by hand covers its kind of danger: they had read the letter.
A flag of the member covers nothing: they spoke of more than the words.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from accounts.master_keys import CannotDecrypt

from ..models import Case, SafetyFlag
from ..models.flags import Source
from ..safety.report import RANK, Evidence, Flag, Report
from ..safety.words import Severity


@dataclass(frozen=True)
class Judged:
    """Words of the letter that a flag rested on; a concern was judged whatever kind of danger it was filed under."""

    category: str
    start: int
    end: int
    rule: str
    rank: int

    def covers(self, category: str, item: Evidence) -> bool:
        rank = RANK[Severity(item.severity)]
        if rank > self.rank or (rank > RANK[Severity.CONCERN] and category != self.category):
            return False
        if self.start == self.end or item.start == item.end:  # about the letter as a whole
            return self.rule == item.rule
        return self.start < item.end and item.start < self.end


@dataclass(frozen=True)
class Known:
    """Everything that was judged about one letter."""

    words: tuple[Judged, ...]
    kinds: dict[str, int]  # category → the rank at which it is open, or was judged as a whole

    @classmethod
    def of(cls, flags: Iterable[SafetyFlag]) -> "Known":
        words: list[Judged] = []
        kinds: dict[str, int] = {}
        for flag in flags:
            rank = RANK[Severity(flag.severity)]
            if flag.closed_at is None or flag.source == Source.PERSON:
                kinds[flag.category] = max(kinds.get(flag.category, 0), rank)
            words += _words_of(flag, rank)
        return cls(tuple(words), kinds)

    def has(self, category: str, item: Evidence) -> bool:
        is_open = RANK[Severity(item.severity)] <= self.kinds.get(category, 0)
        return is_open or any(judged.covers(category, item) for judged in self.words)


def what_is_new(report: Report, case: Case) -> Report:
    """The report without what the flags of the letter say already."""
    known = Known.of(_flags_of(case))
    fresh = (_without(flag, known) for flag in report.flags)
    return replace(report, flags=tuple(flag for flag in fresh if flag))


def _flags_of(case: Case) -> list[SafetyFlag]:
    """The flags; when their words cannot be opened, without them: then only what is open is known."""
    try:
        return list(case.flags.all())
    except CannotDecrypt:
        flags = list(case.flags.defer("evidence", "note", "outcome"))
        for flag in flags:
            flag.evidence = ""
        return flags


def _without(flag: Flag, known: Known) -> Flag | None:
    left = [item for item in flag.evidence if item.severity and not known.has(flag.category, item)]
    if not left:
        return None
    top = max(left, key=lambda item: RANK[Severity(item.severity)])
    return replace(flag, severity=Severity(top.severity), subject=top.subject, timing=top.timing, evidence=tuple(left))


def _words_of(flag: SafetyFlag, rank: int) -> list[Judged]:
    if not flag.evidence:
        return []
    rows: list[dict[str, Any]] = json.loads(flag.evidence)["evidence"]
    return [
        Judged(flag.category, row["start"], row["end"], row["rule"], max(rank, RANK[Severity(row["severity"])]))
        for row in rows
        if row["severity"]
    ]
