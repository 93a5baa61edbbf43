"""Reads rules.toml: ways of writing, each with the reason and what to say instead."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("rules.toml")
BLOCK, ADVISE = "block", "advise"


@dataclass(frozen=True)
class Rule:
    """One way of writing. `spare` lets it pass where these words stand close by."""

    key: str
    kind: str
    severity: str
    pattern: re.Pattern[str]
    spare: re.Pattern[str] | None
    everywhere: bool
    why: str
    use: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(_rule(row) for row in _file()["rule"])


@cache
def names() -> re.Pattern[str]:
    """Proper names, which keep their words."""
    listed = sorted(_file()["names"], key=len, reverse=True)
    return re.compile("|".join(re.escape(name) for name in listed), re.IGNORECASE)


def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _rule(row: dict[str, Any]) -> Rule:
    flags = re.NOFLAG if row.get("case") else re.IGNORECASE
    spare = row.get("spare")
    return Rule(
        key=row["key"],
        kind=row.get("kind", "words"),
        severity=row.get("severity", ADVISE),
        pattern=re.compile(row["pattern"], flags),
        spare=re.compile(spare, re.IGNORECASE) if spare else None,
        everywhere=row.get("everywhere", False),
        why=row["why"],
        use=row["use"],
        examples=tuple(row["examples"]),
        counter_examples=tuple(row["not"]),
    )
