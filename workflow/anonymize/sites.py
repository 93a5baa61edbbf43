"""Where somebody works, told by what is made there ("the fish plant", "la planta de pollo"): in a small town that is one house."""

from . import cues
from .cues import is_capital
from .lexicon import FAMILY, PLACE, section
from .naming import Span
from .reading import Reading

_HEADS = section("site_heads")
_ALONE = section("sites_alone")
_CUES = section("site_cues")
_MAKES = section("car_brands")
_PLAIN = section("no_site", "function_words") | cues.POSSESSORS
_SPANISH = section("spanish_sites")
_CIVIC = {tuple(phrase.split()) for phrase in section("civic_sites")}
_CIVIC_ENDS = {words[-1] for words in _CIVIC}
_PREPOSITIONS = frozenset({"at", "for", "from", "in", "to", "with", "by"})
_SPANISH_PREPOSITIONS = frozenset({"en", "de", "para", "a"})
_ARTICLES_ES = frozenset({"la", "el", "un", "una", "las", "los"})
# nobody is there who does not work there
_ONLY_HANDS = section("sites_alone") - {
    "mine",
    "quarry",
    "casino",
    "railyard",
    "colliery",
    "lumberyard",
    "boatyard",
} | {"creamery"}
_DISMISSED = section("spanish_dismissed")
_ONLY_WORK = frozenset({"fabrica", "factoria", "empacadora", "maquiladora", "procesadora", "matadero", "aserradero"})
_WHY = "A place of work; in a small town there is one."

_FAMILY_SHOPS = section("family_shops")

ENDS = _HEADS | _SPANISH | _CIVIC_ENDS | _FAMILY_SHOPS


def site(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """Word i ends (in Spanish begins) such a place; the span begins with its article."""
    norm = reading.norm(i)
    if norm not in ENDS or is_capital(reading.tokens[i]):
        return None
    if norm in _SPANISH and reading.tokens[i].is_spanish:
        return _spanish(reading, i, free)
    if norm in _CIVIC_ENDS and (span := _civic(reading, i, free)):
        return span
    if norm in _FAMILY_SHOPS and (span := _of_a_relative(reading, i, free)):
        return span
    return _made(reading, i, free) if norm in _HEADS else None


def _of_a_relative(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "working at my uncle's pharmacy", "for her cousin's body shop"."""
    owner = next((k for k in (i - 1, i - 2) if k > 0 and reading.tokens[k].possessive), 0)
    if not owner or reading.norm(owner) not in cues.KIN or reading.norm(owner - 1) not in cues.OWNERS:
        return None
    beside = all(free[k] and reading.tokens[k].gap == " " for k in range(owner, i + 1))
    told = reading.norm(owner - 2) in {"at", "for", "in"} and is_told(reading, owner - 2)
    return (owner - 1, i, "work", "A business of the family.") if beside and told and free[owner - 1] else None


def _made(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "at the gypsum mine", "works at the casino"."""
    first = i
    while first and i - first < 3 and reading.norm(first - 1) != "the" and _is_thing(reading, first - 1, free):
        first -= 1
    if reading.norm(first - 1) != "the" or reading.tokens[first].gap != " " or not free[first - 1]:
        return None
    preposition, told = reading.norm(first - 2), is_told(reading, first - 2)
    if first == i and reading.norm(i) in _ONLY_HANDS and preposition in {"at", "from", "lose", "lost", "left"}:
        return first - 1, i, "work", _WHY
    if preposition not in _PREPOSITIONS or (first == i and not (told and reading.norm(i) in _ALONE)):
        return None
    return (first - 1, i, "work", _WHY) if told or preposition in {"at", "for", "from"} else None


def _is_thing(reading: Reading, k: int, free: list[bool]) -> bool:
    """A word that says what is made: "fish", "car parts", not "old" nor "his"."""
    token = reading.tokens[k]
    return (
        free[k]
        and token.shape == "lower"
        and not token.possessive
        and reading.tokens[k + 1].gap in {" ", "-"}
        and token.norm not in _PLAIN
        and not token.norm.endswith(("ed", "ing"))
    )


def is_told(reading: Reading, at: int, reach: int = 6) -> bool:
    """Work is spoken of just before, in the same breath."""
    for k in range(at - 1, max(-1, at - reach - 1), -1):
        if reading.norm(k) in _CUES:
            return True
        if reading.tokens[k].gap.strip(" ,") or ("," in reading.tokens[k].gap and reach < 7):
            return False
    return False


def _civic(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "teller at the credit union", "off from the transit authority"."""
    for size in (3, 2):
        first = i - size + 1
        if first < 2 or tuple(_written(reading, k) for k in range(first, i + 1)) not in _CIVIC:
            continue
        while first > 1 and is_capital(reading.tokens[first]) and is_capital(reading.tokens[first - 1]):
            first -= 1
        if reading.norm(first - 1) != "the" or not all(free[first - 1 : i + 1]):
            continue
        works_there = reading.norm(i + 1) == "where" and reading.norm(i + 3) in _CUES
        if reading.norm(first - 2) in _PREPOSITIONS and (works_there or is_told(reading, first - 2)):
            return first - 1, i, "work", _WHY
    return None


def _written(reading: Reading, k: int) -> str:
    return reading.norm(k) + ("'s" if reading.tokens[k].possessive else "")


def _spanish(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "trabaja en la planta de pollo", "en un almacén de Amazon", "lo corrieron de la bodega"."""
    first = i - 1 if reading.norm(i - 1) in _ARTICLES_ES else i
    if reading.norm(first - 1) not in _SPANISH_PREPOSITIONS:
        return None
    if reading.norm(i + 1) != "de" or i + 2 >= len(free):
        dismissed = {reading.norm(k) for k in range(max(0, first - 4), first)} & _DISMISSED
        return (first, i, "work", _WHY) if dismissed and all(free[first : i + 1]) else None
    last = i + 2
    if reading.norm(last) in {"la", "el", "los", "las", "calle"} and last + 1 < len(free):
        last += 1
    named = is_capital(reading.tokens[last]) or reading.norm(last - 1) == "calle"
    works = reading.norm(i) in _ONLY_WORK or is_told(reading, first, 12)
    if not all(free[first : last + 1]) or not (named or works):
        return None
    return first, last, "work", _WHY


def dealer(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "at Delaney Ford": a family's name before a make of cars sells them."""
    token = reading.tokens[i]
    if (
        i + 1 >= len(free)
        or not free[i + 1]
        or token.opens
        or not is_capital(token)
        or reading.tokens[i + 1].gap != " "
    ):
        return None
    if reading.norm(i + 1) not in _MAKES or not is_capital(reading.tokens[i + 1]) or token.norm in cues.NEVER_NOR_KIN:
        return None
    named = bool(token.flags & (FAMILY | PLACE)) or not token.is_word
    return (
        (i, i + 1, "work", "A dealer of cars.")
        if named and reading.norm(i - 1) in {"at", "for", "from", "with"}
        else None
    )
