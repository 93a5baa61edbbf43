"""Names with their explanation beside them, whatever else the word may be: "Chase, that's the roofer,", "Will (oldest)"."""

from . import cues, street_names
from .cues import is_capital
from .lexicon import BASIC, COMMON, GIVEN, section
from .reading import Reading

_PERSONS = cues.KIN | cues.ROLES | section("what_people_are")
_RANKS = frozenset({"oldest", "youngest", "eldest", "middle", "firstborn", "older", "younger"})
_WHICH_ONE = _RANKS | frozenset({"small", "little", "big", "new", "tall", "old", "first", "second", "third"})
_OWNERS = cues.POSSESSORS - {"your"}
_ASIDES = section("asides")
_GIVEN_NAMES = frozenset({"given", "real", "legal", "first", "christian", "actual", "birth", "whole", "full"})
_LAST_OF_ASIDES = _ASIDES - {"it"}  # "named it Narcan"
_ENDS = frozenset('.!?\n"”')
_PREPOSITIONS = frozenset({"for", "of", "to", "about", "with"})
_STOPS = frozenset({" (", ", ", ". ", " "})
_NAMERS = frozenset({"we", "they", "everybody", "everyone", "i", "kids"})
_NO_NAMES = (section("holy", "weekdays", "function_words", "staff", "slang") - {"will"}) | cues.RELATIONS
_NEAR = (
    ("next", "door"),
    ("down", "the", "street"),
    ("down", "the", "road"),
    ("across", "the", "street"),
    ("across", "the", "hall"),
)
_SHE = frozenset({"she", "he", "she's", "he's", "shes", "hes"})
_NOBODY = section("weekdays", "holy")
_BRANDS = frozenset({"brand", "street", "trade", "generic", "file", "user", "domain"})


def explained(reading: Reading, i: int) -> str:
    """Why word i, which has a capital, is a name; empty when nothing beside it explains it."""
    token = reading.tokens[i]
    if is_named_aside(reading, i):
        return "Introduced as a name."
    if token.norm in street_names.NAMES and street_names.is_called_so(reading, i):
        return "A word that people are called by, where only a name stands."
    if i + 1 >= len(reading.tokens) or token.norm in _NOBODY:
        return ""
    gap = reading.tokens[i + 1].gap
    if gap in _STOPS and (_is_name_that(reading, i) or (gap == " " and _is_called_in_brackets(reading, i))):
        return "Said to be a name."
    if not token.flags & GIVEN or gap not in _STOPS or token.norm in _NO_NAMES:
        return ""
    is_name_first = bool(token.flags & COMMON) or not token.flags & BASIC
    if gap == " ":
        return "Explained as somebody." if is_name_first and _lives_near(reading, i) else ""
    if gap == ". ":
        return "A name by itself, after somebody was spoken of." if _is_announced(reading, i) else ""
    if gap == ", " and (_is_who(reading, i) or (is_name_first and _is_the_relative(reading, i))):
        return "Explained as somebody."
    if (is_name_first and _is_told_who(reading, i)) or _is_ranked(reading, i):
        return "Explained as somebody."
    return "Said to be a name." if _is_poor_name(reading, i) else ""


def is_named_aside(reading: Reading, i: int) -> bool:
    """ "a girl named and I swear Mary Jane", "named, no joke, Rusty"."""
    k = i - 1
    if reading.norm(k) not in _LAST_OF_ASIDES or not is_capital(reading.tokens[i]) or reading.norm(i) in _ASIDES:
        return False
    while k > i - 7 and reading.norm(k) in _ASIDES and not _ENDS & set(reading.tokens[k + 1].gap):
        k -= 1
    return reading.norm(k) == "named" and not _ENDS & set(reading.tokens[k + 1].gap)


def _is_name_that(reading: Reading, i: int) -> bool:
    """ "Noble (that's his given name": also where nobody has heard the name."""
    if not _goes_on_that_is(reading, i) or reading.norm(i + 2) not in _OWNERS - {"the"}:
        return False
    k = i + 4 if reading.norm(i + 3) in _GIVEN_NAMES else i + 3
    return reading.norm(k) == "name"


def _goes_on_that_is(reading: Reading, i: int) -> bool:
    """ "X, that's", "X (thats"."""
    after = reading.tokens[i + 1]
    return after.gap in {" (", ", "} and (after.norm == "thats" or (after.norm == "that" and after.possessive))


def _is_called_in_brackets(reading: Reading, i: int) -> bool:
    """ "my mother (Babcia we call her)"."""
    if reading.tokens[i].gap not in {" (", ", "} or reading.tokens[i + 1].gap != " ":
        return False
    called = reading.norm(i + 1) in _NAMERS and reading.norm(i + 2) in {"call", "called"}
    return called and reading.norm(i + 3) in {"her", "him", "me"}


def _is_told_who(reading: Reading, i: int) -> bool:
    """ "Chase, that's the roofer,", "Sandy, that's my brother's girl"; not "Hope, that's the one thing"."""
    if not _goes_on_that_is(reading, i) or reading.norm(i + 2) not in _OWNERS:
        return False
    for k in range(i + 3, min(i + 7, len(reading.tokens))):
        if reading.tokens[k].gap not in {" ", "-"}:
            return False
        if reading.norm(k) in _PREPOSITIONS:
            return False
        if reading.tokens[k].possessive:
            continue
        if reading.norm(k) in _PERSONS - {"middle"}:
            return True
        if reading.norm(k) == "one" and reading.norm(k - 1) in _WHICH_ONE:
            return True
    return False


def _is_who(reading: Reading, i: int) -> bool:
    """ "Joy, who never drank,"; not "Will, who knows, may come"."""
    return (
        reading.norm(i + 1) == "who" and reading.norm(i + 2) not in {"knows", "cares"} and reading.norm(i + 3) != "say"
    )


def _is_the_relative(reading: Reading, i: int) -> bool:
    """ "Hazel, the bolder twin, found him"; not "Hope, the kids, the house"."""
    if reading.norm(i + 1) != "the":
        return False
    for k in range(i + 2, min(i + 5, len(reading.tokens))):
        if reading.tokens[k].gap != " ":
            return False
        is_one = reading.norm(k) in _PERSONS | _RANKS and not reading.norm(k).endswith("s")
        if is_one and reading.text[reading.tokens[k].end : reading.tokens[k].end + 1] in {",", ".", "!", "?", ";"}:
            return True
    return False


def _lives_near(reading: Reading, i: int) -> bool:
    """ "rides from Bud next door"; not "the Chase next door"."""
    if cues.has_article(reading, i) or reading.tokens[i].possessive:
        return False
    return any(tuple(reading.norms[i + 1 : i + 1 + len(words)]) == words for words in _NEAR)


def _is_ranked(reading: Reading, i: int) -> bool:
    """ "Will (oldest)", "Rich (the middle one)"."""
    if reading.tokens[i + 1].gap != " (":
        return False
    k = i + 2 if reading.norm(i + 1) in _OWNERS else i + 1
    if k >= len(reading.tokens) or reading.norm(k) not in _RANKS:
        return False
    if reading.norm(k + 1) == "one":
        k += 1
    return reading.text[reading.tokens[k].end : reading.tokens[k].end + 1] in {")", ",", ";"}


def _is_poor_name(reading: Reading, i: int) -> bool:
    """ "Joy (it is a poor fit of a name, I have always said)", "Grace (an odd name for her)"; not "Joy (the brand name)"."""
    if reading.tokens[i + 1].gap != " (":
        return False
    for k in range(i + 2, min(i + 10, len(reading.tokens))):
        if ")" in reading.tokens[k].gap:
            return False
        if reading.norm(k) == "name":
            return reading.norm(k - 1) not in _BRANDS
    return False


def _is_announced(reading: Reading, i: int) -> bool:
    """ "I met somebody. Faith. She works nights."; not "He lost everything. Faith. Money."."""
    token, after = reading.tokens[i], reading.tokens[i + 1]
    if not token.opens or token.gap != ". " or after.gap[:1] != "." or after.norm not in _SHE:
        return False
    return reading.norm(i - 1) in cues.SOMEBODY | {"law"} and not reading.tokens[i - 1].possessive
