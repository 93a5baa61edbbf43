"""Names that are words, written small: no capital says so, but what stands around them is only said of somebody."""

from . import cues
from .lexicon import BASIC, COMMON, section
from .reading import Reading

_LINKS = frozenset(
    {"so", "and", "but", "then", "when", "cuz", "bc", "because", "if", "that", "since", "now", "says", "said"}
)
_NOT = section("contracted_nots")
_OWNED = (cues.KIN | cues.ROLES | section("owned_by_somebody")) - {"middle", "law", "man", "adult", "master"}
_VIRTUES = frozenset({"hope", "faith", "grace", "love", "joy", "peace", "mercy", "god", "charity", "will", "may"})
_VERBS_TOO = section("verbs_too")
_NO_NAMES = section("weekdays", "holy") | (section("function_words") - {"will"}) | cues.RELATIONS
_KEPT_ON = section("what_people_do", "what_people_keep_on")
_TOLD = frozenset({"told", "asked", "texted"})
_AFTER_TOLD = section("function_words") | {"about", "again"}
_SPOKEN = section("spoken_to")
_CLOSING = (section("function_words") | {"again", "about", "alone", "first", "yesterday", "today"}) - {
    "of",
    "is",
    "was",
}


def told_small(reading: Reading, i: int) -> str:
    """Why the given name i, written small, is meant as a name; empty when the word may be meant."""
    token = reading.tokens[i]
    if token.norm in _NO_NAMES or len(token.norm) < 3 or cues.has_article(reading, i):
        return ""
    if token.possessive:
        return "Something that only people have." if _owns(reading, i) else ""
    if _is_told(reading, i):
        return "A name that is also a word, spoken to."
    if token.opens or reading.norm(i - 1) in _LINKS:
        return "A name that is also a word, written small; it does what people do." if _acts(reading, i) else ""
    return ""


def _owns(reading: Reading, i: int) -> bool:
    """ "chase's probation officer", "grace's school"; not "summer's end"."""
    token = reading.tokens[i]
    is_name = bool(token.flags & COMMON) or not token.flags & BASIC
    return (
        is_name and reading.tokens[i + 1 : i + 2] != [] and reading.norm(i + 1) in _OWNED and reading.is_touching(i + 1)
    )


def _is_told(reading: Reading, i: int) -> bool:
    """ "told summer not to", "talk to mark for me"; not "talk to bill collectors"."""
    token, before = reading.tokens[i], reading.norm(i - 1)
    if not token.flags & COMMON or token.norm in cues.MODALS or token.gap != " ":
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    is_closed = after is None or bool(after.gap.strip())
    if before in _TOLD:
        return is_closed or reading.norm(i + 1) in _AFTER_TOLD
    if before != "to" or reading.norm(i - 2) not in _SPOKEN:
        return False
    return is_closed or (
        reading.norm(i + 1) in _CLOSING and not (token.norm in _VIRTUES and reading.norm(i + 1) == "in")
    )


def _acts(reading: Reading, i: int) -> bool:
    """ "will wont go", "grace keeps asking", "rose found him", "art my stepdad drinks"."""
    norm, after, later = reading.norm(i), reading.norm(i + 1), reading.norm(i + 2)
    if i + 2 >= len(reading.tokens) or reading.tokens[i + 1].gap != " ":
        return False
    if norm == "will":
        return after in _NOT
    if after in {"keeps", "kept"}:
        return later in _KEPT_ON
    if after == "found":
        return later in {"him", "her"} and norm not in _VIRTUES
    if after not in cues.OWNERS or norm in _VERBS_TOO:
        return False
    return later in cues.KIN and not reading.tokens[i + 2].possessive and reading.norm(i + 3) in cues.VERBS
