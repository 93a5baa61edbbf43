"""Cards of first help, drawn from the registry of help lines; evidence of a flag for those who opened the letter."""

import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone

from qa.models import HelpLine
from qa.models.helplines import trusted
from qa.tongues import speaking

from ..actions.rulebook import browser_rules
from ..models import Case
from ..safety.cards import Card, all_cards, cards_for
from ..safety.words import Category, Severity

register = template.Library()
AROUND = 40  # characters of the letter shown on each side of a mention
MOST_CARDS = 2  # more would hide the one thing to do
PRESSING = (Severity.EMERGENCY, Severity.URGENT)


@register.inclusion_tag("workflow/safety/_cards.html")
def care_for(found: Iterable[str], beside: str = "") -> dict[str, Any]:
    """Cards for these kinds of danger. `beside`: a card that the page need not show."""
    return _drawn([card for card in cards_for(found, speaking()) if card.key != beside][:MOST_CARDS])


@register.filter
def speak_of_overdose(found: Iterable[str]) -> bool:
    """Whether its own card says more than the general advice to somebody who answered that there is danger."""
    return not {Category.OVERDOSE, Category.WITHDRAWAL}.isdisjoint(found)


@register.simple_tag
def dangers_of(case: Case) -> list[str]:
    """The kinds of danger of a letter that was sent, as long as an urgent flag is open."""
    return list(case.flags_here().open().filter(severity__in=PRESSING).values_list("category", flat=True))


@register.inclusion_tag("workflow/safety/_cards.html")
def care_while_typing() -> dict[str, Any]:
    """Every card, hidden: static/js/safety.js shows the one that fits what is typed. The text goes nowhere."""
    return {**_drawn(list(all_cards(speaking()))), "is_hidden": True, "more_rules": json.dumps(browser_rules())}


def _drawn(cards: list[Card]) -> dict[str, Any]:
    if not cards:
        return {"cards": []}
    keys = {key for card in cards for key in (*card.call, *card.also)}
    lines = {line.key: line.spoken() for line in HelpLine.objects.filter(key__in=keys)}
    return {"cards": [_with_lines(card, lines) for card in cards]}


def _with_lines(card: Card, lines: dict[str, HelpLine]) -> dict[str, Any]:
    """The card with numbers that were checked in time; somebody to call stays in any case."""
    today = timezone.localdate()
    call = trusted([lines[key] for key in card.call if key in lines], today=today)
    also = [lines[key] for key in card.also if key in lines]
    fresh = [line for line in also if line.may_be_offered(today=today)]
    return {"card": card, "call": call, "also": fresh if call else trusted(also, today=today)}


@register.inclusion_tag("workflow/safety/_evidence.html")
def evidence_in(case: Case, letter: str) -> dict[str, Any]:
    """Which words of the opened letter raised which flag, by which rule and why; what was set aside, and why."""
    flags: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    for flag in case.flags.exclude(evidence=""):
        found = json.loads(flag.evidence)
        flags.append({"flag": flag, "quotes": _quotes(letter, found["evidence"])})
        aside = aside or _quotes(letter, found["set_aside"])
    return {"flags": flags, "aside": aside}


def _quotes(letter: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each mention once, with a few words around it; longer mentions first when they stand at the same place."""
    quotes = []
    seen: set[tuple[int, int, str]] = set()
    for item in items:
        start, end = item["start"], item["end"]
        if (start, end, item["reason"]) in seen:
            continue
        seen.add((start, end, item["reason"]))
        around = {"before": _before(letter, start), "words": letter[start:end]}
        around["place"] = f"said-{start}-{end}" if start < end <= len(letter) else ""
        quotes.append({**item, **around, "after": _after(letter, end) if end else ""})
    return quotes


def _before(letter: str, start: int) -> str:
    """The words in front of a place, none of them cut in two."""
    first = max(0, start - AROUND)
    return letter[first:start] if first == 0 else "… " + letter[first:start].partition(" ")[2]


def _after(letter: str, end: int) -> str:
    """The words behind a place, none of them cut in two."""
    last = end + AROUND
    return letter[end:] if last >= len(letter) else letter[end:last].rpartition(" ")[0] + " …"
