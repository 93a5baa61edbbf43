"""What a scan says: flags with their evidence, mentions set aside with why, the version of the rules."""

from dataclasses import dataclass

from .rules_file import CUE, Rule
from .words import Category, Severity, Subject, Timing

RANK = {CUE: 0, Severity.CONCERN: 1, Severity.URGENT: 2, Severity.EMERGENCY: 3}


@dataclass(frozen=True)
class Evidence:
    """Words of the letter (code points), the rule that read them and why; `softened` says what lowered it."""

    start: int
    end: int
    rule: str
    reason: str
    source: str
    severity: str
    timing: Timing
    subject: Subject
    softened: str = ""


@dataclass(frozen=True)
class Flag:
    """One danger of one category."""

    category: Category
    severity: Severity
    subject: Subject
    timing: Timing
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Report:
    """What the scan found. `set_aside` are mentions that count for nothing, with why; a person can still see them."""

    flags: tuple[Flag, ...]
    set_aside: tuple[Evidence, ...]
    version: str
    language: str = "en"
    failed_rules: tuple[str, ...] = ()
    is_complete: bool = True

    @property
    def severity(self) -> str:
        """The highest severity of the flags, or "none"."""
        return max((flag.severity.value for flag in self.flags), key=lambda name: RANK[Severity(name)], default="none")

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(flag.category.value for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a rule's way of saying was found, before it is weighed together with the others."""

    rule: Rule
    sentence: int
    evidence: Evidence
    counts: bool
