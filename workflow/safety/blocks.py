"""The advice that an answer must hold for a kind of danger, recognised by what it speaks of (FIELD.md d2, d5)."""

import re
from collections.abc import Iterable

from .words import Category

_911 = (r"\b911\b", "911, and when to call it")
_988 = (r"\b988\b", "988, for them and for the writer")
DEMANDS: dict[Category, tuple[tuple[str, str], ...]] = {
    Category.OVERDOSE: (
        _911,
        (r"naloxone|narcan", "naloxone: give it, and a second dose after 2 to 3 minutes"),
        (
            r"tolerance|used to less|less than (?:before|it was)",
            "that tolerance is lower after detox, treatment or jail",
        ),
        (r"medication|buprenorphine|suboxone|methadone|naltrexone|vivitrol", "medication for opioid use disorder"),
        (r"\balone\b", "never to use alone"),
        (r"\b988\b|samhsa|for you(?:rself)?\b|look after yourself|you too", "help for the writer"),
    ),
    Category.SUICIDE: (_988, _911),
    Category.SELF_HARM: (_988,),
    Category.VIOLENCE: (_911, (r"799-?7233|domestic violence|thehotline", "the domestic violence hotline")),
    Category.CHILD: (_911, (r"childhelp|422-?4453|child protect|cps\b", "Childhelp, or the state’s child protection")),
    Category.WITHDRAWAL: (
        _911,
        (r"doctor|hospital|medical|detox", "that stopping suddenly needs medical care"),
    ),
    Category.WRITER_CRISIS: (_988,),
}


def missing_blocks(categories: Iterable[str], answer: str) -> list[str]:
    """What the plain words of an answer lack for these kinds of danger, each once."""
    text = answer.lower()
    lacking: list[str] = []
    for category in categories:
        for pattern, name in DEMANDS.get(Category(category), ()):
            if not re.search(pattern, text) and name not in lacking:
                lacking.append(name)
    return lacking
