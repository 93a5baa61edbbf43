"""Cards of first help, drawn from the registry of help lines."""

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
from ..safety.words import PRESSING, Category

register = template.Library()
MOST_CARDS = 2  # more would hide the one thing to do


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
