"""The playbooks: what a person does about a danger they took on. Words only; numbers come from the registry of help lines.

Steps are for the desks and stand in English; the words for the member stand in each language. What an administrator
wrote instead (models.PlaybookWords) has the same fields: `first`, `steps` (one a line, with their `keys`) and one
`message_…` for each message.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "playbooks.toml"
IN_SPANISH = Path(__file__).resolve().parent / "playbooks_es.toml"
ENGLISH, SPANISH = "en", "es"
LINE = re.compile(r"\{line:([\w-]+)\}")
_ALIKE = 0.75  # how much of a step's words must stay for it to be the same step


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

    @property
    def field(self) -> str:
        return f"message_{self.key}"

    def filled(self, lines: Mapping[str, str]) -> str:
        """With numbers from the registry; a line whose help line is not there is left out."""
        kept = [row for row in self.text.strip().splitlines() if set(LINE.findall(row)) <= set(lines)]
        return "\n".join(LINE.sub(lambda found: lines[found[1]], row) for row in kept)


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

    def words(self, language: str) -> dict[str, str]:
        """What an administrator can word, flat. The steps are for the desks: they stand with the English words only."""
        said = {message.field: message.text.strip() for message in self.messages}
        if language != ENGLISH:
            return said
        steps, keys = "\n".join(step.text for step in self.steps), " ".join(step.key for step in self.steps)
        return {"first": self.first, "steps": steps, "keys": keys, **said}

    def saying(self, words: Mapping[str, object]) -> "Playbook":
        """The same playbook in other words. What is missing, or is no words at all, stays as it is."""
        said = {name: text for name, text in words.items() if isinstance(text, str) and text.strip()}
        steps = _steps(said.get("steps", ""), said.get("keys", "")) or self.steps
        messages = tuple(replace(one, text=said.get(one.field, one.text)) for one in self.messages)
        return replace(self, first=said.get("first", self.first), steps=steps, messages=messages)

    def keys_for(self, lines: list[str]) -> list[str]:
        """A key for each line that is to be a step: what was ticked stays with a step that was only reworded or moved."""
        free = {step.text: step.key for step in self.steps}
        same = {line: free.pop(line) for line in lines if line in free}
        used = {step.key for step in self.steps}
        return [same.get(line) or _key_of(line, free, used) for line in lines]


def _key_of(line: str, free: dict[str, str], used: set[str]) -> str:
    """That of the step it was, else a new one that no step of now or before it in the list has."""
    if alike := get_close_matches(line, free, n=1, cutoff=_ALIKE):
        return free.pop(alike[0])
    made = (f"own-{hashlib.sha256(f'{line}{turn}'.encode()).hexdigest()[:8]}" for turn in ("", *range(1, 100)))
    key = next(key for key in made if key not in used)
    used.add(key)
    return key


def _steps(texts: str, keys: str) -> tuple[Task, ...]:
    pairs = list(zip(keys.split(), texts.splitlines(), strict=False))
    return tuple(Task(key, text) for key, text in pairs) if len(pairs) == len(texts.splitlines()) else ()


@cache
def all_playbooks(language: str = ENGLISH) -> tuple[Playbook, ...]:
    """Every playbook as this release has it, with the words for members in this language."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["playbook"]
    books = tuple(_playbook(row) for row in rows)
    if language != SPANISH:
        return books
    said = tomllib.loads(IN_SPANISH.read_text(encoding="utf-8"))
    return tuple(_in_their_words(book, said[book.key]) for book in books)


def _in_their_words(book: Playbook, said: dict[str, dict[str, str]]) -> Playbook:
    return replace(book, messages=tuple(replace(one, **said[one.key]) for one in book.messages))


def _playbook(row: dict[str, Any]) -> Playbook:
    return Playbook(
        key=row["key"],
        categories=tuple(row["categories"]),
        first=row["first"],
        call=tuple(row["call"]),
        steps=tuple(Task(**step) for step in row["steps"]),
        messages=tuple(Template(**message) for message in row["messages"]),
    )


def playbook_for(category: str, language: str = ENGLISH) -> Playbook:
    """The shipped playbook of a category; every category has one (kept by a test)."""
    return next(book for book in all_playbooks(language) if category in book.categories)


def lines_named(*books: Playbook) -> set[str]:
    """Every key of the registry that these playbooks or their messages name."""
    named = {key for book in books for key in book.call}
    return named | {key for book in books for message in book.messages for key in LINE.findall(message.text)}
