"""Plain words that people are called by ("Red", "Tiny", "Smoke"): a name where only a name stands."""

from . import cues
from .cues import is_capital
from .lexicon import section
from .reading import Reading

NAMES = section("street_names")
_BEFORE = frozenset(
    {"told", "asked", "texted", "called", "from", "with", "by", "owes", "owed", "and", "then", "so", "but", "let"}
)
_DONE_TO = cues.POSSESSORS | {"me", "him", "us", "them", "it", "over", "by", "in", "home", "back", "up"}
_WEAK = cues.VERBS - {"is", "was", "has", "had", "will", "would", "can", "could", "for", "in"}
_SMALL = section("function_words")


def is_called_so(reading: Reading, i: int) -> bool:
    """ "Red took my keys", "told Blue to stop", "with Tiny again"; not "Smoke filled the house", "the Red Cross"."""
    token = reading.tokens[i]
    if token.shape != "title" or token.possessive or cues.has_article(reading, i):
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if after is not None and is_capital(after):
        return False
    if token.opens:
        return after is not None and after.gap == " " and _acts(reading, i)
    return _is_spoken_of(reading, i) and (
        after is None or bool(after.gap.strip()) or after.norm in _SMALL or _acts(reading, i)
    )


def _is_spoken_of(reading: Reading, i: int) -> bool:
    """After "told", "with", "and", and no capital before it."""
    before = reading.tokens[i - 1]
    return reading.tokens[i].gap == " " and before.norm in _BEFORE and (before.opens or not is_capital(before))


def _acts(reading: Reading, i: int) -> bool:
    """ "owes him money", "took my keys"."""
    verb = reading.norm(i + 1)
    return verb in cues.STRONG_VERBS or (verb in _WEAK and reading.norm(i + 2) in _DONE_TO)
