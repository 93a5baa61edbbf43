"""The advice that an answer must hold for a kind of danger: vetted words to insert, and how the same is recognised in other words.

Data in blocks.toml (FIELD.md d2, d5). It makes sure that nothing was forgotten; whether it is said well, the reviewer reads.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from .playbooks import LINE
from .words import PRESSING, Category

FILE = Path(__file__).resolve().parent / "blocks.toml"

# Sentences that say the contrary do not count. “You do not have to be sure” and “do not wait to call” are no contraries.
_CONTRARY = re.compile(
    r"(?:n't|\bnot|\bnever|cannot)\s+(?:(?:really|actually|ever|even|just|always)\s+)?"
    r"(?:(?:need|have)(?! to be\b)|call|dial|ring|phone|bother|give|text|contact)\b"
    r"|\bno (?:need|reason|point)\b|\b(?:needless|unnecessary|pointless|useless|forget)\b"
    r"|\bno (?:llame|marque|dé|necesit\w+|tiene que|hay que|hace falta (?!estar))"
)
_SENTENCE = re.compile(r"[^.?!]*[.?!]*")


class Flag(Protocol):
    """What is asked of a safety flag."""

    category: str
    severity: str
    rules: list[str]


@dataclass(frozen=True)
class Block:
    """One piece of advice. `lines` are keys of the registry whose blocks stand below the words."""

    key: str
    name: str
    categories: frozenset[str]
    rules: frozenset[str]
    words: dict[str, str]
    lines: tuple[str, ...]
    signs: tuple[re.Pattern[str], ...]

    def is_demanded_by(self, flag: Flag) -> bool:
        is_pressing = flag.severity in PRESSING and flag.category in self.categories
        return is_pressing or not self.rules.isdisjoint(flag.rules)

    def is_said(self, paragraphs: list[str]) -> bool:
        return all(any(sign.search(paragraph) for paragraph in paragraphs) for sign in self.signs)

    def text(self, language: str) -> str:
        return self.words.get(language, self.words["en"])


@cache
def all_blocks() -> tuple[Block, ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["block"]
    return tuple(
        Block(
            row["key"],
            row["name"],
            frozenset(Category(category) for category in row["categories"]),
            frozenset(row.get("rules", [])),
            {language: row[language] for language in ("en", "es")},
            tuple(row["lines"]),
            tuple(re.compile(sign) for sign in row["signs"]),
        )
        for row in rows
    )


def demanded(flags: Iterable[Flag]) -> list[Block]:
    """What these dangers demand of an answer, each once."""
    known = list(flags)
    return [block for block in all_blocks() if any(block.is_demanded_by(flag) for flag in known)]


def missing(blocks: Iterable[Block], answer: str) -> list[Block]:
    """What the plain words of an answer, a paragraph a line, lack of these."""
    paragraphs = [_said(paragraph) for paragraph in answer.splitlines()]
    return [block for block in blocks if not block.is_said(paragraphs)]


def hiding(said: Iterable[str], numbers: Mapping[str, str]) -> Callable[[str], str]:
    """A function that blanks out these words and those of every block, so that nobody looks for a family's names in them.

    Everything else keeps its place. `numbers`: of the registry, by key.
    """
    rows = [row for block in all_blocks() for words in block.words.values() for row in words.splitlines()]
    filled = [LINE.sub(lambda found: numbers.get(found[1], found[0]), row) for row in rows]
    longest_first = sorted({*said, *filled}, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: pattern.sub(lambda found: " " * len(found[0]), text)


def _said(text: str) -> str:
    plain = text.lower().replace("’", "'")
    return "".join(sentence for sentence in _SENTENCE.findall(plain) if not _CONTRARY.search(sentence))
