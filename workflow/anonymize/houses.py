"""Houses named without a head word: after a person in full, by a small school's kind, by a brand and its town, by a side of town."""

from . import cues
from .cues import is_capital
from .lexicon import BASIC, COMMON, FAMILY, GIVEN, PLACE, section
from .naming import GENERIC, Span, run_right
from .reading import Reading
from .workplaces import EMPLOYERS

_SCHOOL_ENDS = section("school_ends")
_SMALL = section("function_words")
_LANDS = section("states", "countries")
_ARRIVALS = section("arrivals")
_FIRST_WORDS = frozenset(first for name in EMPLOYERS for first in (name.split()[0], name.split()[0].removesuffix("'s")))
_DONE_FOR = section("done_for_an_employer")
_BEFORE_JOBS = frozenset({"the", "his", "her", "my", "that", "this", "a", "their", "old", "new"})
_STAFF_ONLY = frozenset({"warehouse", "plant", "hub", "depot", "terminal", "factory"})
_BEFORE_TOWNS = frozenset({"in", "on", "off"})
_SIDES = frozenset({"north", "south", "east", "west"})
_INSIDE = frozenset({"at", "in", "into"})
_BEFORE_SCHOOLS = frozenset({"at", "to", "from", "in"})
_NO_SCHOOL = frozenset({"of", "child", "name", "finger", "aged", "school", "class", "aisle", "seat"})


def house(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """The house that begins with word i."""
    if is_capital(reading.tokens[i]):
        return (
            _after_a_person(reading, i, free)
            or _employing_chain(reading, i, free)
            or _branch(reading, i, free)
            or _beside_its_number(reading, i, free)
        )
    return _small_school(reading, i, free)


def _after_a_person(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "at Stephen F. Austin", "in David L. Moss": who is somewhere in a person is in a school or a jail."""
    last = i + 2
    if len(reading.norm(i + 1)) != 1 or last >= len(free) or not all(free[i : last + 1]):
        return None
    if not is_capital(reading.tokens[i + 1]) or not is_capital(reading.tokens[last]) or reading.tokens[i + 1].opens:
        return None
    if not reading.tokens[i].flags & GIVEN or (
        reading.tokens[last].is_word and not reading.tokens[last].flags & FAMILY
    ):
        return None
    if reading.tokens[i].gap != " " or reading.tokens[last].gap not in {". ", " "} or len(reading.norm(last)) < 2:
        return None
    arrives = reading.norm(i - 1) in {"to", "from"} and any(
        reading.norm(k) in _ARRIVALS for k in range(max(0, i - 5), i)
    )
    if reading.norm(i - 1) not in _INSIDE and not arrives:
        return None
    return i, run_right(reading, last, free), "school", "A house named after a person."


def _employing_chain(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "the Hardee's job", "I drive for FedEx", "I'm off from Bojangles", "starts at Lowe's corporate"."""
    if reading.norm(i) not in _FIRST_WORDS or reading.tokens[i].gap != " ":
        return None
    for size in (3, 2, 1):
        last = i + size - 1
        if last >= len(free) or not all(free[i : last + 1]) or not _is_chain(reading, i, last):
            continue
        before, earlier = reading.norm(i - 1), reading.norm(i - 2)
        job = before in _BEFORE_JOBS and reading.norm(last + 1) in {"job", "gig", "shift"}
        hired = before == "for" and earlier in _DONE_FOR
        if job or hired or (before == "from" and earlier == "off"):
            return i, last, "work", "An employer."
        if reading.norm(last + 1) in _OFFICES and last + 1 < len(free) and reading.tokens[last + 1].gap == " ":
            return i, last + 1, "work", "A part of a chain that only its people come to."
    return None


_OFFICES = frozenset({"corporate", "headquarters", "hq"})


def _is_chain(reading: Reading, first: int, last: int) -> bool:
    words = " ".join(reading.norms[first : last + 1])
    return words in EMPLOYERS or (reading.tokens[last].possessive and {f"{words}s", f"{words}'s"} & EMPLOYERS != set())


def _branch(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "at Kroger in Batesville": a brand is everywhere, this one is not."""
    token = reading.tokens[i]
    if token.flags & GIVEN and not token.possessive:
        return None
    if token.norm not in _FIRST_WORDS:
        return None
    for size in (3, 2, 1):
        after = i + size
        if " ".join(reading.norms[i:after]) in EMPLOYERS and (last := _staff_only(reading, after, free)):
            return (i, last, "work", "A part of a chain that only its people come to.") if all(free[i:after]) else None
        if (
            reading.norm(after) not in _BEFORE_TOWNS
            or after + 1 >= len(free)
            or " ".join(reading.norms[i:after]) not in EMPLOYERS
        ):
            continue
        town = reading.tokens[after + 1]
        if not is_capital(town) or not all(free[i:after]):
            return None
        is_town = bool(town.flags & (PLACE | FAMILY)) or not town.is_word
        is_town = is_town and town.norm not in _LANDS and town.norm not in cues.CALENDAR
        return (i, after - 1, "work", "A brand's house in this town.") if is_town else None
    return None


def _beside_its_number(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "Steps Forward (814-555-0163)": two capitals, neither a person's, and a telephone number in brackets."""
    token = reading.tokens[i]
    if i + 2 >= len(free) or not is_capital(reading.tokens[i + 1]):
        return None
    if (
        token.norm in _SMALL
        or token.norm in cues.RELATIONS
        or (reading.is_touching(i) and is_capital(reading.tokens[i - 1]))
    ):
        return None
    last = run_right(reading, i, free)
    if last == i or last + 1 >= len(free) or free[last + 1]:
        return None
    number = reading.tokens[last + 1]
    named = all(reading.tokens[k].is_word and not reading.tokens[k].flags & COMMON for k in (i, last))
    if number.gap != " (" or number.shape != "digit" or not named:
        return None
    return i, last, "place", "Its telephone number stands beside it."


def _staff_only(reading: Reading, k: int, free: list[bool]) -> int:
    """ "the Amazon warehouse", "a Walmart distribution center"; 0 where everybody goes."""
    if k >= len(free) or not free[k] or reading.tokens[k].gap != " ":
        return 0
    if reading.norm(k) in _STAFF_ONLY:
        return k
    return k + 1 if reading.norm(k) in {"fulfillment", "distribution"} and reading.norm(k + 1) == "center" else 0


def _small_school(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "goes to roosevelt magnet", "at oak bluff middle"."""
    if reading.norm(i - 1) not in _BEFORE_SCHOOLS or reading.tokens[i].gap != " ":
        return None
    for last in (i + 1, i + 2):
        if last >= len(free) or reading.norm(last) not in _SCHOOL_ENDS or reading.norm(last + 1) in _NO_SCHOOL:
            continue
        words = range(i, last)
        if reading.norm(last) == "tech" and reading.norm(i - 1) == "in":
            continue
        if reading.norm(last) == "high" and not (_is_somebody(reading, words) or _is_attended(reading, i, last)):
            continue
        if all(free[k] and _may_name(reading, k) for k in words) and reading.tokens[last].gap == " ":
            return i, last, "school", "A school by its kind, written small."
    return None


def _is_somebody(reading: Reading, words: range) -> bool:
    """ "jeff davis high", not "at home high"."""
    flags = [reading.tokens[k].flags for k in words]
    return reading.norm(words[0] - 1) == "at" and all(one & (GIVEN | FAMILY) for one in flags) and len(flags) == 2


def _is_attended(reading: Reading, i: int, last: int) -> bool:
    """ "goes to lincoln high and", not "came to bed high", "at kelly's high as a kite"."""
    token = reading.tokens[i]
    if last != i + 1 or not token.flags & (FAMILY | PLACE) or token.flags & BASIC:
        return False
    if token.flags & GIVEN and reading.norm(i - 2) not in {"goes", "go"}:
        return False  # "went to tyler high": to see him
    goes = reading.norm(i - 1) == "at" or reading.norm(i - 2) in {"goes", "go", "went", "transferred", "switched"}
    return goes and reading.norm(last + 1) not in {"on", "as", "off", "again", "all", "every", "when", "from", "out"}


def _may_name(reading: Reading, k: int) -> bool:
    token = reading.tokens[k]
    return (
        token.shape == "lower"
        and token.norm not in _SMALL
        and (token.norm not in GENERIC or token.norm == "county")
        and (token.norm not in cues.NEVER_NOR_KIN or token.norm in _SIDES)
        and not token.possessive
        and not reading.tokens[k + 1].gap.strip()
    )
