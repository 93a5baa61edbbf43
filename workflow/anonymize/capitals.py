"""The last look at capitals: what stands beside a finding and belongs to it, and capitals in mid-sentence that nothing explains.

Recall first: who writes "went to Temple" or "watches Biscuit" names something. Function words, the calendar, nations, medicines,
brands and programmes need their capital; a letter that puts capitals everywhere tells nothing by them.
"""

import re
from bisect import bisect_left, bisect_right

from . import cues
from .company import People
from .cues import is_capital
from .kinds import Kind, Suspicion
from .lexicon import BASIC, section
from .naming import HEADS
from .reading import Reading, Token

_JOINTS = frozenset({" ", "-", "‐", "\u2011", "\xa0"})
_CREEDS = section("creeds") | {"missionary"}
_HYPHENS = frozenset({"-", "‐", "\u2011"})
_SMALL = section("function_words")
_NEEDS_NONE = cues.NEVER | cues.RELATIONS | cues.TITLES | section("capital_words", "org_generic")
_TAILS = section("hyphen_tails")
_AT = frozenset({"at", "to", "from", "into", "in", "near", "the", "for", "with", "through", "called", "via", "on"})
_SMALL_HEADS = section("heads_written_small")
_SITES = section("site_heads")
_STREETS = section("geo_suffix")
_WORK_HEADS = frozenset(
    {
        "hub",
        "depot",
        "terminal",
        "lodge",
        "meetinghouse",
        "plant",
        "warehouse",
        "factory",
        "office",
        "branch",
        "mill",
        "mine",
        "yard",
    }
)
_HOUSES = section("org_hospital", "org_treatment", "org_church", "org_school") - {
    "recovery",
    "treatment",
    "general",
    "medical",
}
_OF_HOUSES = frozenset({"at", "to", "from", "into", "in", "by", "near", "the", "for", "outside", "behind", "called"})
_RANK = re.compile(r"\d{1,3}(?:st|nd|rd|th)")
_BEFORE_NUMBERS = frozenset(
    {
        "at",
        "to",
        "from",
        "on",
        "near",
        "is",
        "house",
        "of",
        "address",
        "past",
        "outside",
        "it's",
        "its",
        "that's",
        "it",
        "that",
    }
)
_ARTICLES = section("articles")
_BEFORE_TITLES = section("before_titles")
_PARENTS = frozenset({"mom", "dad", "mum", "mama", "papa", "grandma", "grandpa", "nana", "god", "mother", "father"})
_WHY = "A capital letter in mid-sentence: the name of somebody or something."
_EDGES = section("edge_words")
_SIZES = frozenset({"new", "old", "big", "little", "great", "upper", "lower", "north", "south", "east", "west", "good"})
_ALWAYS_CAPITAL = frozenset({"i", "i'm", "i've", "i'll", "i'd"})  # eight of them are no letter full of capitals
_MANY = 6  # needless capitals; a letter with more of them (and more than names) is written so throughout


def widen(reading: Reading, settled: list[Suspicion]) -> None:
    """A capital or a hyphen beside a finding makes one name with it: "Bluffdale Unified", "Father Martin's", "Buc-ee's"."""
    starts, ends = [token.start for token in reading.tokens], [token.end for token in reading.tokens]
    _join_towns(reading, settled, starts, ends)
    for k, item in enumerate(settled):
        if item.kind not in (Kind.PERSON, Kind.PLACE, Kind.ORG) or item.form in {"zip", "unit", "road"}:
            continue
        first, last = bisect_right(ends, item.start), bisect_left(starts, item.end) - 1
        if first > last:
            continue
        floor = settled[k - 1].end if k else 0
        roof = settled[k + 1].start if k + 1 < len(settled) else len(reading.text)
        while last + 1 < len(starts) and ends[last + 1] <= roof and _goes_on(reading, last + 1, item):
            last += 1
            if item.kind is Kind.PLACE and reading.norm(last) in _WORK_HEADS:
                item.kind, item.form, item.replacement = Kind.ORG, "work", ""
        if last + 2 < len(starts) and ends[last + 2] <= roof and _is_site_of(reading, last, item):
            last += 2
        if first > 1 and starts[first - 2] >= floor and _is_hyphened(reading, first):
            first -= 2
            item.kind, item.form, item.person, item.replacement = Kind.PLACE, "town", "", ""
        while first and starts[first - 1] >= floor and _comes_before(reading, first - 1, item):
            first -= 1
        if first and starts[first - 1] >= floor and _is_house_number(reading, first - 1):
            first -= 1
            if item.kind is Kind.PERSON:
                item.kind, item.form, item.person, item.replacement = Kind.PLACE, "street", "", ""
        item.start, item.end = min(item.start, starts[first]), max(item.end, ends[last])
        if first and starts[first - 1] >= floor and _is_its_article(reading, first, item):
            _take_article(reading, item, first, last)
        if reading.tokens[last].possessive and _is_house_of(reading, first, last):
            item.end = max(item.end, ends[last] + 2)
            if item.kind is not Kind.ORG:
                _call_a_house(item)


def _join_towns(reading: Reading, settled: list[Suspicion], starts: list[int], ends: list[int]) -> None:
    """ "First Baptist of Nahunta", "the clinic on Pryor Street": the house and where it stands are one name."""
    for k in range(len(settled) - 1, -1, -1):
        place, first = settled[k], bisect_left(starts, settled[k].start)
        last = bisect_left(starts, place.end) - 1
        is_street = place.kind in (Kind.PLACE, Kind.ORG) and reading.norm(last) in _STREETS and last > first
        if (place.kind is not Kind.PLACE and not is_street) or first < 3 or reading.tokens[first].gap != " ":
            continue
        house = settled[k - 1] if k else None
        if house is not None and house.kind is Kind.ORG and reading.norm(first - 1) == "of":
            if house.end == ends[first - 2]:
                house.end = place.end
                del settled[k]
        elif is_street and reading.norm(first - 1) == "on" and reading.norm(first - 2) in _HOUSES:
            is_free = house is None or house.end <= starts[first - 3]
            if is_free and reading.norm(first - 3) == "the" and reading.tokens[first - 2].shape == "lower":
                place.start, place.kind, place.form = starts[first - 3], Kind.ORG, HEADS[reading.norm(first - 2)]


def _is_site_of(reading: Reading, last: int, item: Suspicion) -> bool:
    """ "the Bridgeport glass plant": what is made there stands between the town and the kind of house."""
    made, head = reading.tokens[last + 1], reading.tokens[last + 2]
    if item.kind is Kind.PERSON or made.shape != "lower" or made.gap != " " or head.gap != " " or made.possessive:
        return False
    return head.norm in _SITES and made.norm not in _SMALL and not made.norm.endswith(("ed", "ing"))


def _is_hyphened(reading: Reading, first: int) -> bool:
    """ "Port-au-Prince": a small word between two hyphens."""
    small = reading.tokens[first - 1]
    if reading.tokens[first].gap not in _HYPHENS or small.gap not in _HYPHENS:
        return False
    return small.shape == "lower" and len(small.norm) < 4 and reading.tokens[first - 2].shape == "title"


def _call_a_house(item: Suspicion) -> None:
    item.kind, item.form, item.person, item.replacement = Kind.ORG, "place", "", ""


def _take_article(reading: Reading, item: Suspicion, first: int, last: int) -> None:
    """ "the Pelican Inn", "the Rusty Pelican", "the Bronx": replaced together with its article."""
    is_house = last > first or reading.norm(first - 2) in _OF_HOUSES - {"for", "called"}
    if item.kind is Kind.PERSON and is_house and _is_all_capital(reading, first, last):
        _call_a_house(item)
    if item.kind is Kind.ORG or (item.kind is Kind.PLACE and _is_alone(reading, first, last)):
        item.start = reading.tokens[first - 1].start


def _is_its_article(reading: Reading, first: int, item: Suspicion) -> bool:
    """ "the Pelican Inn", "el Hilton": replaced together, so that "a hotel nearby" may stand there."""
    spanish = item.kind is Kind.ORG and reading.norm(first - 1) in {"el", "la"} and reading.tokens[first].is_spanish
    return (reading.norm(first - 1) == "the" or spanish) and reading.tokens[first].gap == " "


def _is_alone(reading: Reading, first: int, last: int) -> bool:
    """ "from the Bronx and", not "the Boston accent"."""
    after = reading.tokens[last + 1] if last + 1 < len(reading.tokens) else None
    return first == last and (after is None or bool(after.gap.strip()) or after.norm in _SMALL)


def _is_all_capital(reading: Reading, first: int, last: int) -> bool:
    """ "the Rusty Pelican": nobody is called so with an article."""
    return all(
        reading.tokens[k].shape == "title"
        and reading.norm(k) not in cues.TITLES
        and reading.norm(k) not in cues.RELATIONS
        for k in range(first, last + 1)
    )


def _is_house_of(reading: Reading, first: int, last: int) -> bool:
    """ "at Buc-ee's.", "to Father Martin's and": nothing is owned, the name itself ends so."""
    is_outside = reading.norm(first - 1) == "of" and reading.norm(first - 2) in {"outside", "front", "back"}
    if (reading.norm(first - 1) not in _OF_HOUSES and not is_outside) or reading.tokens[first].gap.strip():
        return False
    after = reading.tokens[last + 1] if last + 1 < len(reading.tokens) else None
    return after is None or bool(after.gap.strip()) or "\n" in after.gap or after.norm.partition("'")[0] in _SMALL


def _goes_on(reading: Reading, i: int, item: Suspicion) -> bool:
    token, before = reading.tokens[i], reading.tokens[i - 1]
    if token.gap not in _JOINTS or before.possessive or token.shape == "digit":
        return token.shape == "digit" and item.kind is Kind.ORG and token.gap == " " and len(token.norm) < 4
    if token.gap in _HYPHENS:
        return is_capital(before) and token.norm not in _TAILS and (is_capital(token) or not token.is_word)
    if token.shape == "lower" and token.gap == " " and item.kind is not Kind.PERSON and token.norm in _CREEDS:
        return True
    is_house = item.kind is Kind.PERSON and token.norm in _WORK_HEADS and reading.norm(i - 2) == "the"
    if token.shape == "lower" and is_house and is_capital(before):
        _call_a_house(item)  # "out of the Bedford terminal"
    if token.shape == "lower":
        named = is_capital(before) or before.norm == "county"
        return item.kind is not Kind.PERSON and token.gap == " " and named and token.norm in _SMALL_HEADS
    return token.shape == "title" and not token.opens and len(token.norm) > 1 and not _is_edge(token)


def _comes_before(reading: Reading, i: int, item: Suspicion) -> bool:
    token, after = reading.tokens[i], reading.tokens[i + 1]
    if after.gap not in _JOINTS or token.possessive or not is_capital(token) or not is_capital(after):
        return False
    if after.gap in _HYPHENS:
        return token.norm not in _EDGES or len(token.norm) > 3
    if token.shape != "title" or len(token.norm) < 2:
        return False
    if token.norm in cues.TITLES or token.norm in _SIZES:
        return True
    heads_a_line = item.kind is Kind.ORG and "\n" in token.gap
    return (not token.opens or heads_a_line) and not _is_edge(token)


def _is_house_number(reading: Reading, i: int) -> bool:
    """ "at 52 Lakeview", "82nd Airborne"."""
    token = reading.tokens[i]
    if _RANK.fullmatch(token.norm) and reading.tokens[i + 1].gap == " " and is_capital(reading.tokens[i + 1]):
        return True
    return (
        token.shape == "digit"
        and token.norm.isdigit()
        and len(token.norm) < 5
        and reading.tokens[i + 1].gap == " "
        and not token.norm.startswith(("19", "20"))
        and reading.norm(i - 1) in _BEFORE_NUMBERS
    )


def _is_edge(token: Token) -> bool:
    """Words that have a capital of their own and only stand beside a name: "Monday", "Mom", "Suboxone", "The"."""
    return token.norm in cues.NEVER or token.norm in cues.RELATIONS or token.norm in _SMALL or token.norm in _EDGES


def unexplained(
    reading: Reading, free: list[bool], quiet: set[int], people: People, staff: frozenset[str]
) -> list[Suspicion]:
    """Capitals in mid-sentence on words that need none and are in no finding yet. One that acts or stands alone joins `people`."""
    spots = [
        i
        for i in range(len(reading.tokens))
        if free[i] and i not in quiet and i not in people.sure and reading.norm(i) not in staff
    ]
    runs = [run for run in _runs(reading, spots) if any(_is_telling(reading, i) for i in run)]
    ordinary = sum(bool(reading.tokens[i].flags & BASIC) for run in runs for i in run) + _needless(reading, spots)
    unsure = ordinary > _MANY and ordinary > len(people.sure)
    things = []
    for run in runs:
        if reading.norm(run[0] - 1) in _BEFORE_TITLES:
            things.append(_suspicion(reading, run, is_hint=True))
        elif not unsure and len(run) == 1 and _is_somebody(reading, run[0]):
            people.sure[run[0]] = _WHY
        else:
            things.append(_suspicion(reading, run, is_hint=unsure))
    return things


def _is_somebody(reading: Reading, i: int) -> bool:
    """Not after a preposition of place or an article, and not shouted."""
    return reading.tokens[i].shape == "title" and reading.norm(i - 1) not in _AT | _ARTICLES


def _runs(reading: Reading, spots: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for i in spots:
        token = reading.tokens[i]
        if not is_capital(token) or token.opens or len(token.norm) < 2 or _is_quoted(reading, i):
            continue
        if runs and runs[-1][-1] == i - 1 and token.gap in _JOINTS:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _is_quoted(reading: Reading, i: int) -> bool:
    """The first word of something said begins with a capital of its own."""
    return reading.tokens[i].gap.endswith(('"', "“", "‘", "'"))


def _needless(reading: Reading, spots: list[int]) -> int:
    """How many small everyday words wear a capital: "My Husband Is Very Angry"."""
    return sum(
        reading.tokens[i].shape == "title"
        and not reading.tokens[i].opens
        and reading.norm(i) in _SMALL
        and reading.norm(i) not in _ALWAYS_CAPITAL
        for i in spots
    )


def _is_telling(reading: Reading, i: int) -> bool:
    token = reading.tokens[i]
    if _is_at_somebodys(reading, i):
        return True
    if (
        token.norm in _NEEDS_NONE
        or token.norm in _SMALL
        or token.norm.endswith(("n't", "'ll", "'re", "'ve", "'d", "'m"))
    ):
        return False
    if token.shape == "upper":
        return not token.flags and not token.is_word and len(token.norm) > 2 and token.norm[:-1] not in cues.NEVER
    return True


def _is_at_somebodys(reading: Reading, i: int) -> bool:
    """ "at Love's on the interstate", "a store called Buddy's": a name of a house, whatever word it is."""
    token = reading.tokens[i]
    if not token.possessive or token.shape != "title" or token.norm in cues.CALENDAR or not _is_house_of(reading, i, i):
        return False
    return reading.norm(i - 1) in {"at", "called", "from"} and token.norm not in _PARENTS


def _suspicion(reading: Reading, run: list[int], *, is_hint: bool) -> Suspicion:
    first, last = reading.tokens[run[0]], reading.tokens[run[-1]]
    return Suspicion(first.start, last.end, Kind.ORG, _WHY, is_hint=is_hint, form="place", replacement="a place nearby")
