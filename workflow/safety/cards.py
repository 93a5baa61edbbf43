"""The cards that tell a member at once what to do. Words only; numbers come from the registry of help lines."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "cards.toml"
IN_SPANISH = Path(__file__).resolve().parent / "cards_es.toml"


@dataclass(frozen=True)
class Card:
    """One card: when it applies, whom to call, what to do now, what to know when it is over."""

    key: str
    categories: tuple[str, ...]
    title: str
    now: str
    call: tuple[str, ...]
    steps: tuple[str, ...]
    over: str
    after: tuple[str, ...]
    also: tuple[str, ...]


@cache
def all_cards(language: str = "en") -> tuple[Card, ...]:
    """Every card, in English or in Spanish."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["card"]
    cards = tuple(Card(**_fixed(row)) for row in rows)
    if language != "es":
        return cards
    said = tomllib.loads(IN_SPANISH.read_text(encoding="utf-8"))
    return tuple(replace(card, **_fixed(said[card.key])) for card in cards)


def _fixed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def cards_for(categories: Iterable[str], language: str = "en") -> list[Card]:
    """The cards that fit these categories of danger, the most pressing first."""
    wanted = {str(category) for category in categories}
    return [card for card in all_cards(language) if wanted & set(card.categories)]
