"""The playbooks: what a person does about a danger they took on. Words only; numbers come from the registry of help lines."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "playbooks.toml"
_LINE = re.compile(r"\{line:([\w-]+)\}")


@dataclass(frozen=True)
class Task:
    """One thing to do, ticked off by whoever did it. Its key outlives its words."""

    key: str
    text: str


@dataclass(frozen=True)
class Template:
    """Words for the member, to be changed before they are sent."""

    key: str
    title: str
    text: str

    def filled(self, lines: Mapping[str, str]) -> str:
        """With numbers from the registry; a line whose help line is not there is left out."""
        kept = [row for row in self.text.strip().splitlines() if set(_LINE.findall(row)) <= set(lines)]
        return "\n".join(_LINE.sub(lambda found: lines[found[1]], row) for row in kept)


@dataclass(frozen=True)
class Playbook:
    """The steps for some kinds of danger."""

    key: str
    categories: tuple[str, ...]
    first: str
    call: tuple[str, ...]
    steps: tuple[Task, ...]
    messages: tuple[Template, ...]

    def has_step(self, key: str) -> bool:
        return any(step.key == key for step in self.steps)


@cache
def all_playbooks() -> tuple[Playbook, ...]:
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["playbook"]
    return tuple(_playbook(row) for row in rows)


def _playbook(row: dict[str, Any]) -> Playbook:
    return Playbook(
        key=row["key"],
        categories=tuple(row["categories"]),
        first=row["first"],
        call=tuple(row["call"]),
        steps=tuple(Task(**step) for step in row["steps"]),
        messages=tuple(Template(**message) for message in row["messages"]),
    )


def playbook_for(category: str) -> Playbook:
    """The playbook of a category; every category has one (kept by a test)."""
    return next(book for book in all_playbooks() if category in book.categories)


def lines_named() -> set[str]:
    """Every key of the registry that a playbook or its messages name."""
    books = all_playbooks()
    named = {key for book in books for key in book.call}
    return named | {key for book in books for message in book.messages for key in _LINE.findall(message.text)}
