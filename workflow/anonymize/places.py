"""Places smaller than a state: towns and counties from the gazetteer, words of geography, prepositions of place."""

from . import cues
from .cues import is_capital, is_unknown
from .kinds import Kind, Suspicion
from .lexicon import BASIC, COMMON, GIVEN, PLACE, TOWN, WORD, is_near_word, lexicon, place_openers, section
from .reading import Reading

STREETS = section("geo_suffix")
HEADS = section("geo_head")
NEIGHBORHOODS = section("neighborhoods")
_NEIGHBORHOOD_OPENERS = frozenset(name.split()[0] for name in NEIGHBORHOODS)
_DIRECTIONS = frozenset({"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central"})
LEADS = section("geo_lead") | section("street_leads")
_STREET_LEADS = section("street_leads")
_OPENERS = LEADS | _NEIGHBORHOOD_OPENERS
_JOINTS = frozenset({" ", "-", ". ", "  ", "\xa0"})
_SMALL_STREETS = section("small_streets")
_SMALL_HEADS = section("small_heads")
_TOWNS_TOO = section("towns_too")
_MOVES = frozenset(
    {"am", "i'm", "im", "is", "was", "are", "we're", "moved", "move", "moving", "drove", "drive", "came"}
)
_WATERS = frozenset({"lake", "river", "creek", "falls", "springs", "island", "beach", "valley", "county"})
_SMALL_ENDS = _SMALL_HEADS | _SMALL_STREETS
_OWNERS_OR_KIN = cues.POSSESSORS | cues.RELATIONS
_LANDS = section("nations", "states", "countries")
_NOT_NAMING = section("org_generic", "kin", "not_naming")
_OWNERS = frozenset({"my", "our", "his", "her", "their", "your"})
Hit = tuple[int, str, str]


def find_places(reading: Reading, free: list[bool], quiet: set[int]) -> list[Suspicion]:
    found = []
    heads = [i for i, token in enumerate(reading.tokens) if token.norm in HEADS or token.norm in STREETS]
    near = {k for head in heads for k in range(head - 4, head)}
    openers = place_openers()
    i = 0
    while i < len(reading.tokens):
        token = reading.tokens[i]
        dull = token.is_word and token.shape == "lower" and not token.flags & PLACE
        if not free[i] or (dull and i not in near and token.norm not in openers and token.norm not in _OPENERS):
            i += 1
            continue
        hit = _longest(
            _listed(reading, i, free),
            _lead(reading, i, free) if i not in quiet else None,
            _headed(reading, i, free) if i in near and i not in quiet else None,
        ) or _single(reading, i, quiet)
        if hit:
            last, why, form = hit
            found.append(Suspicion(reading.tokens[i].start, reading.tokens[last].end, Kind.PLACE, why, form=form))
            i = last
        i += 1
    return found


def _longest(*hits: Hit | None) -> Hit | None:
    return max((hit for hit in hits if hit), key=lambda hit: hit[0], default=None)


def _listed(reading: Reading, i: int, free: list[bool]) -> Hit | None:
    """Places of several words that the gazetteer has."""
    known = lexicon()
    for size in (3, 2) if reading.norm(i) in _NEIGHBORHOOD_OPENERS else ():
        if " ".join(reading.norm(k) for k in range(i, i + size)) in NEIGHBORHOODS and (
            size > 2 or is_capital(reading.tokens[i]) or cues.is_place_context(reading, i)
        ):
            return i + size - 1, "A neighbourhood known by name.", "place"
    first, second = reading.norm(i), reading.norm(i + 1)
    seconds = place_openers().get("saint" if first == "st" else first, frozenset())
    if first in _OWNERS or (
        second not in seconds
        and second.replace("'", "") not in seconds
        and second not in place_openers().get(first, ())
    ):
        return None
    for size in (4, 3, 2):
        last = i + size - 1
        if last >= len(reading.tokens) or not all(free[k] for k in range(i, last + 1)):
            continue
        if any(reading.tokens[k].gap not in _JOINTS for k in range(i + 1, last + 1)):
            continue
        words = " ".join(reading.norm(k).replace("'", "") if k < last else reading.norm(k) for k in range(i, last + 1))
        flags = known.get(words, 0) or known.get(words.replace("st ", "saint ", 1), 0) if size > 1 else 0
        if not flags & PLACE or words in cues.PHRASES:
            continue
        capital = all(is_capital(reading.tokens[k]) for k in (i, last))
        odd = any(not reading.tokens[k].is_word for k in range(i, last + 1))
        if (
            capital
            or (
                (cues.is_place_context(reading, i) or cues.is_before_state(reading, last))
                and (odd or cues.is_before_state(reading, last) or _is_rare_pair(reading, i, last))
            )
            or (odd and flags & TOWN and not _is_short(reading, i, last))
        ):
            return last, "A town of the gazetteer.", "town"
    return None


def _is_rare_pair(reading: Reading, i: int, last: int) -> bool:
    """ "in coos bay": words, but words that are seldom used, or that end as places do."""
    return reading.norm(i - 1) in {"in", "from", "near", "outside", "to"} and (
        not reading.tokens[i].flags & BASIC or reading.norm(last) in HEADS
    )


def _is_short(reading: Reading, i: int, last: int) -> bool:
    return any(len(reading.norm(k)) < 3 for k in range(i, last + 1)) or any(
        reading.tokens[k].flags & GIVEN for k in range(i, last + 1)
    )


def _lead(reading: Reading, i: int, free: list[bool]) -> Hit | None:
    """Lake X, Fort X, St. X, San X."""
    token = reading.tokens[i]
    if _is_little_land(reading, i, free):
        return i + 1, "A quarter that a people lives in.", "place"
    if token.norm not in LEADS or i + 1 >= len(reading.tokens) or not free[i + 1]:
        return None
    after = reading.tokens[i + 1]
    if after.gap not in _JOINTS or after.norm in cues.NEVER or after.norm in {"and", "of", "in", "at", "is", "was"}:
        return None
    if (is_capital(token) or token.norm in _STREET_LEADS) and is_capital(after) and not after.opens:
        last = i + 1
        while (
            last + 1 < len(reading.tokens)
            and free[last + 1]
            and reading.is_touching(last + 1)
            and is_capital(reading.tokens[last + 1])
            and not reading.tokens[last + 1].opens
            and reading.norm(last + 1) not in cues.NEVER
        ):
            last += 1
        return last, f"A name after “{token.norm}”.", "town"
    if (
        token.norm in {"lake", "fort", "mount", "mt", "port", "san", "santa", "saint", "st"}
        and not after.is_word
        and after.shape == "lower"
        and not cues.has_article(reading, i + 1)
    ):
        known = after.flags & PLACE or lexicon().get(f"{token.norm} {after.norm}", 0) & PLACE
        if known or (is_unknown(after) and not is_near_word(after.norm)):
            return i + 1, f"A name after “{token.norm}”.", "town"
    return None


def _is_little_land(reading: Reading, i: int, free: list[bool]) -> bool:
    """ "in Little Haiti"."""
    if reading.norm(i) != "little" or reading.tokens[i].shape != "title" or i + 1 >= len(free) or not free[i + 1]:
        return False
    after = reading.tokens[i + 1]
    return (
        after.shape == "title"
        and after.gap == " "
        and (after.norm in _LANDS or bool(after.flags & PLACE))
        and not after.flags & GIVEN
    )


def _headed(reading: Reading, i: int, free: list[bool]) -> Hit | None:
    """X County, X Beach, X Street; small letters too when the name is no ordinary word or a preposition stands before."""
    token = reading.tokens[i]
    if _is_lettered_county(reading, i, free):
        return i + 1, "A county by its letters.", "place"
    if (
        (token.opens and token.is_word and token.norm in _NOT_NAMING)
        or (token.norm in cues.NEVER and token.norm not in _LANDS)
        or (token.norm in _OWNERS_OR_KIN and not _is_named_for_an_office(reading, i))
    ):
        return None
    for last in range(min(len(reading.tokens) - 1, i + 4), i, -1):
        head = reading.tokens[last]
        if head.norm not in HEADS and head.norm not in STREETS:
            continue
        if not all(
            free[k] and reading.tokens[k].gap in _JOINTS and not (reading.tokens[k].opens and k > i)
            for k in range(i + 1, last + 1)
        ):
            continue
        small = last <= i + 2 and not is_capital(head) and _is_small_headed(reading, i, last)
        if small or (is_capital(head) and _is_capital_headed(reading, i, last)):
            return last, f"A place (“{head.norm}”).", "street" if head.norm in STREETS else "place"
    return None


def _is_named_for_an_office(reading: Reading, i: int) -> bool:
    """ "up at Priest Lake"; "with Pastor Hill" is somebody."""
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if after is None or after.norm not in HEADS or not is_capital(after) or after.possessive or after.gap != " ":
        return False
    before = reading.norm(i - 1)
    by_water = after.norm in _WATERS and before in {"from", "to", "of", "outside"}
    return is_capital(reading.tokens[i]) and (by_water or before in {"at", "in", "near", "on", "around", "by"})


def _is_lettered_county(reading: Reading, i: int, free: list[bool]) -> bool:
    """ "LA county"."""
    token = reading.tokens[i]
    beside = token.shape == "upper" and len(token.norm) < 4 and i + 1 < len(free) and free[i + 1]
    return (
        beside
        and reading.norm(i + 1) == "county"
        and reading.tokens[i + 1].gap == " "
        and token.norm not in {"my", "the"}
    )


def _is_capital_headed(reading: Reading, i: int, last: int) -> bool:
    """All capitals, and one of them names: "Chestnut Hill Ave", not "Main Street" alone at the start of a sentence."""
    words = [reading.tokens[k] for k in range(i, last)]
    if not all(is_capital(t) or t.norm in {"of", "the", "de"} or t.shape == "digit" for t in words):
        return False
    names = [t for t in words if t.norm not in _NOT_NAMING and not (t.opens and t.is_word and not t.is_ambiguous)]
    return bool(names) and (is_capital(words[0]) or words[0].shape == "digit")


def _is_small_headed(reading: Reading, i: int, last: int) -> bool:
    """ "kanawha county", "on maple street", "the Hanover projects"."""
    head, token = reading.norm(last), reading.tokens[i]
    if head not in _SMALL_STREETS and head not in _SMALL_HEADS and not is_capital(token):
        return False
    names = [reading.tokens[k] for k in range(i, last)]
    if head in {"rez", "reservation"} and reading.norm(i - 1) == "the" and last == i + 1:
        return token.norm not in {"same", "indian", "native", "tribal", "whole", "other", "dinner", "next"}
    if any(t.norm in _NOT_NAMING or t.norm in cues.NEVER or t.possessive for t in names):
        return False
    if is_capital(token) and not token.opens:
        return not token.is_word or head in _SMALL_ENDS - {"drive"}
    if any(
        not t.is_word and t.shape != "digit" and (t.flags or not is_near_word(t.norm)) and not t.flags & COMMON
        for t in names
    ):
        return head in _SMALL_ENDS
    if head == "park":
        return last == i + 1 and not token.flags & BASIC and reading.norm(i - 1) in {"at", "in", "by", "near"}
    on = reading.norm(i - 1) in {"on", "off", "at", "down", "of"} and not reading.tokens[i].gap.strip()
    return (on and head in _SMALL_STREETS and head != "drive") or (
        head == "county"
        and last == i + 1
        and bool(token.flags & PLACE)
        and reading.norm(i - 1) in {"in", "from", "of", "to"}
    )


def _single(reading: Reading, i: int, quiet: set[int]) -> Hit | None:
    """One word: a town by list, by preposition, or before a state."""
    token = reading.tokens[i]
    if i in quiet or len(token.norm) < 3 or token.shape == "digit" or token.norm in cues.RELATIONS:
        return None
    if token.is_word and not token.flags & PLACE and token.norm not in cues.NEVER:
        return None
    state = cues.is_before_state(reading, i)
    if token.norm in cues.NEVER:
        if (
            token.norm in _TOWNS_TOO
            and is_capital(token)
            and not token.opens
            and (
                reading.norm(i - 1) in {"in", "near", "outside"}
                or (reading.norm(i - 1) in {"from", "to"} and reading.norm(i - 2) in _MOVES)
            )
        ):
            return i, "A town of the gazetteer after a preposition of place.", "town"
        if (
            state
            and is_capital(token)
            and not token.opens
            and token.flags & PLACE
            and token.norm not in cues.CALENDAR
            and token.norm not in _DIRECTIONS
        ):
            return i, "A town before its state.", "town"
        return None
    if (
        (cues.relation_before(reading, i) and token.flags & GIVEN and not state)
        or cues.is_titled(reading, i)
        or cues.is_introduced(reading, i)
    ):
        return None
    place = bool(token.flags & PLACE)
    context = cues.is_place_context(reading, i)
    if (
        state
        and (place or not token.is_word)
        and (
            is_capital(token)
            or not token.is_word
            or "," in reading.tokens[i + 1].gap
            or (context and place and len(reading.norm(i + 1)) > 2)
        )
    ):
        return i, "A town before its state.", "town"
    if is_capital(token) and not token.opens:
        return _capital(reading, i, place=place, context=context)
    if not is_capital(token) and token.shape == "lower":
        return _small(reading, i, place=place, context=context)
    if is_capital(token) and token.opens and place and not token.is_word and not token.flags & COMMON:
        return i, "A town of the gazetteer.", "town"
    return None


def _capital(reading: Reading, i: int, *, place: bool, context: bool) -> Hit | None:
    token = reading.tokens[i]
    if token.possessive and token.flags & COMMON:
        return None
    if context and not token.is_word and (place or not token.flags & COMMON):
        return i, "A name after a preposition of place.", "town"
    if context and token.is_word and place and reading.norm(i - 1) in {"in", "near", "outside"}:
        return i, "A town of the gazetteer after a preposition of place.", "town"
    if place and not token.flags & GIVEN and not token.is_word:
        return i, "A town of the gazetteer.", "town"
    return None


def _small(reading: Reading, i: int, *, place: bool, context: bool) -> Hit | None:
    token = reading.tokens[i]
    if token.is_word or token.flags & WORD:
        return None
    near = reading.norm(i - 1) in {"in", "near", "outside", "downtown", "around", "from", "to"}
    if (
        place
        and context
        and near
        and not token.possessive
        and not (token.flags & COMMON and reading.norm(i - 1) in {"from", "to", "around"} and not token.flags & TOWN)
    ):
        return i, "A town of the gazetteer, written small.", "town"
    if (
        place
        and token.flags & TOWN
        and not token.flags & GIVEN
        and len(token.norm) > 4
        and not is_near_word(token.norm)
    ):
        return i, "A town of the gazetteer, written small.", "town"
    if (
        (context or _is_lived_by(reading, i))
        and is_unknown(token)
        and (reading.norm(i - 1) in {"in", "near", "outside", "downtown"} or _is_lived_by(reading, i))
        and len(token.norm) > 3
        and not is_near_word(token.norm)
    ):
        return i, "No ordinary word, after a preposition of place.", "town"
    return None


def _is_lived_by(reading: Reading, i: int) -> bool:
    """ "they stay under the bridge by kapalama"."""
    if reading.norm(i - 1) not in {"by", "off", "around", "on"}:
        return False
    return any(
        reading.norm(k) in {"live", "lives", "lived", "stay", "stays", "stayed", "living", "staying", "sleeps"}
        for k in range(i - 6, i - 1)
    )
