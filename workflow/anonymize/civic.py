"""Houses of which a town has one, told without a name: its offices, its parishes, what a people keeps there, hospitals by one word."""

from . import cues
from .cues import is_capital
from .lexicon import section
from .naming import Span, run_right
from .reading import Reading
from .sites import is_told

_OFFICES = section("civic_offices")
_OWNERS = section("civic_owners")
_ALONE = {tuple(phrase.split()) for phrase in section("civic_alone")}
_WHY = "A place of work; in a small town there is one."
_BEFORE_WORK = frozenset({"at", "for", "from", "in", "with", "by", "on"})
_CREEDS = section("creeds") - {"catholic", "reformed"}  # "the Catholic church" is all of it
_PARISHES = frozenset({"church", "meetinghouse", "parsonage", "parish", "lodge"})
_AT = frozenset({"at", "to", "from", "behind", "near", "outside", "by", "beside"})
_NATIONS = section("nations") - section("org_generic")  # not "the Jewish school"
_KEPT = section("kept_by_a_people")
_LONE = section("lone_houses")
_INTO = frozenset({"at", "to", "from", "of", "into", "called", "calling", "by"})
_CARES = section("what_hospitals_do")
_DONE_TO_PATIENTS = frozenset({"kept", "admitted", "discharged", "released", "transferred", "sent"})
_PATIENTS = frozenset({"him", "her", "them", "me", "us"})
_SMALL = section("function_words")
_TOWNS = frozenset({"city", "town", "county", "village", "township", "borough", "parish"})

ENDS = _OFFICES | _PARISHES | _KEPT | {words[-1] for words in _ALONE} | _TOWNS


def civic(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """Word i ends such a house, or is all of its name."""
    token = reading.tokens[i]
    if is_capital(token):
        return _lone(reading, i, free) or _campus(reading, i, free)
    if token.norm not in ENDS:
        return _small_lone(reading, i, free) if reading.is_lower and token.norm in _SMALL_LONE else None
    return _office(reading, i, free) or _parish(reading, i, free) or _employing_town(reading, i, free)


def _office(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "works for the county tag office", "a job with the school board", "the midwife at the tribal clinic"."""
    if reading.norm(i) not in _OFFICES and not any(reading.norm(i) == words[-1] for words in _ALONE):
        return None
    first = i
    while first and i - first < 4 and reading.norm(first - 1) != "the" and _is_beside(reading, first, free):
        first -= 1
    if first == i or reading.norm(first - 1) != "the" or not free[first - 1] or not free[i]:
        return None
    told = is_told(reading, first - 2) and reading.norm(first - 2) in _BEFORE_WORK
    if reading.norm(first) == "tribal":
        told = told or reading.norm(first - 2) in _AT
    owned = reading.norm(first) in _OWNERS and reading.norm(i) in _OFFICES
    alone = tuple(reading.norm(k) for k in range(first, i + 1)) in _ALONE
    return (first - 1, i, "work", _WHY) if told and (owned or alone) else None


def _is_beside(reading: Reading, k: int, free: list[bool]) -> bool:
    before = reading.tokens[k - 1]
    return free[k - 1] and before.shape == "lower" and reading.tokens[k].gap in {" ", "-"} and before.norm not in _SMALL


def _parish(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "the group at the Presbyterian church", "at the Somali mall": of each a town has one."""
    before = reading.norm(i - 1)
    if not is_capital(reading.tokens[i - 1]) or reading.norm(i - 2) != "the" or reading.norm(i - 3) not in _AT:
        return None
    if reading.tokens[i].gap != " " or not all(free[i - 2 : i + 1]):
        return None
    if before in _CREEDS and reading.norm(i) in _PARISHES:
        return i - 2, i, "church", "A church by its faith; in a small town there is one."
    if before in _NATIONS and reading.norm(i) in _KEPT:
        return i - 2, i, "place", "What a people keeps in a town; there is one."
    return None


def _employing_town(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "I drive a plow for the city of Hibbing"."""
    if reading.norm(i) not in _TOWNS or reading.norm(i + 1) != "of" or i + 2 >= len(free):
        return None
    if reading.norm(i - 1) != "the" or reading.norm(i - 2) not in {"for", "with", "by"} or not is_told(reading, i - 2):
        return None
    if not is_capital(reading.tokens[i + 2]) or not all(free[i - 1 : i + 3]):
        return None
    return i - 1, run_right(reading, i + 2, free), "work", "An employer."


def _lone(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "walked out of Memorial", "is a junior at Temple", "Children's kept her": a hospital or a school by one word."""
    token = reading.tokens[i]
    if token.norm not in _LONE or not free[i] or token.gap.strip(' "“') not in ("", ".", "!", "?", "…"):
        return None
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if token.norm == "children":
        if not token.possessive or (after is not None and after.gap == " " and after.norm not in _CARES | _SMALL):
            return None
        is_named = not token.opens or (after is not None and after.norm in _CARES)
        return (i, i, "hospital", "A hospital by one word of its name.") if is_named else None
    if token.opens and after is not None and after.norm in _DONE_TO_PATIENTS and reading.norm(i + 2) in _PATIENTS:
        return i, i, "hospital", "A hospital by one word of its name."
    if token.opens or token.possessive or reading.norm(i - 1) not in _INTO or token.shape != "title":
        return None
    if reading.norm(i - 1) == "of" and reading.norm(i - 2) not in {"out", "outside", "front", "ward"}:
        return None
    if after is not None and after.gap == " " and (is_capital(after) or after.norm not in _SMALL | cues.VERBS):
        return None
    return i, i, "hospital", "A hospital or a school by one word of its name."


def _small_lone(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "took him to baptist by ambulance", in a letter without capitals."""
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if reading.norm(i - 1) not in {"at", "to", "from", "into"} or reading.tokens[i].gap != " " or not free[i]:
        return None
    closed = after is None or after.gap.strip() or after.norm in _SMALL
    return (i, i, "hospital", "A hospital or a school by one word of its name.") if closed else None


_SMALL_LONE = frozenset({"baptist", "methodist", "presbyterian", "memorial", "kaiser", "deaconess"})


def _campus(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "UC Davis", "SUNY Oswego", "SCI Greene": the letters of a university or a prison, and its town."""
    if (
        reading.norm(i) not in _LETTERS | _PRISONS
        or reading.tokens[i].shape != "upper"
        or i + 1 >= len(free)
        or not free[i + 1]
    ):
        return None
    after = reading.tokens[i + 1]
    if not is_capital(after) or after.gap != " " or after.norm in cues.NEVER - section("nations"):
        return None
    last = run_right(reading, i + 1, free)
    if reading.norm(i) in _PRISONS:
        return i, last, "jail", "A prison's letters and its town."
    return i, last, "school", "A university's letters and its town."


_LETTERS = frozenset({"uc", "ut", "cal", "csu", "suny", "cuny", "unc", "uw", "uh", "um", "su", "psu", "iu"})
_PRISONS = frozenset({"sci", "fci", "mci", "usp", "fpc", "fmc", "mdc", "fdc", "dci", "rci", "cmf"})
