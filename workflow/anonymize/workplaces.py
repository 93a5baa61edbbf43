"""Organisations without a head word: employers by cue, capitals after a preposition, capitals in a row."""

from . import cues
from .cues import is_capital, is_unknown
from .lexicon import BASIC, COMMON, FAMILY, GIVEN, PLACE, WORD, is_near_word, section
from .naming import CONNECTORS, GENERIC, HEADS, Span, capital_follows, form_of, run_right
from .reading import Reading

CAPITALS = section("capital_words", "org_generic")


_COMMON_CAPITALS = section("nations", "holy", "states", "countries", "generic_caps")


_STATES = section("states", "countries", "nations")
_PLAIN_CAPITALS = GENERIC | _COMMON_CAPITALS
_NO_NAMES = GENERIC | CONNECTORS | cues.NEVER_NOR_KIN | HEADS.keys()
_NO_START = GENERIC | cues.POSSESSORS | cues.NEVER_NOR_KIN
EMPLOYERS = section("employers")
_PROGRAMMES = section("programmes")


WORK_CUES = section("work_cues")
_SMALL_WORDS = section("function_words") - {"new", "first"}
_CALLED_HOUSES = section("called_houses") | HEADS.keys()


HOUSES = section("houses")


_ARRIVALS = section("arrivals")
_ARRIVALS_OR_MOTION = _ARRIVALS | section("motion") - {"to", "over", "up", "down", "off", "out", "close", "way"}


def by_cue(reading: Reading, i: int, free: list[bool], quiet: set[int]) -> Span | None:
    """Works at X, laid off from X, went to X, at X."""
    if i in quiet or i == 0:
        return None
    if reading.tokens[i].gap == " (":
        return _in_brackets(reading, i, free)
    if reading.tokens[i].gap == ", ":
        return _apposed(reading, i, free)
    if reading.tokens[i].gap.strip(' "“'):
        return None
    at = i - 1
    if reading.norm(at) == "the":
        at -= 1
    if reading.norm(at) not in {
        "at",
        "for",
        "with",
        "from",
        "by",
        "to",
        "into",
        "in",
        "called",
        "through",
        "quit",
        "attends",
        "attend",
        "attended",
        "drives",
        "drove",
    }:
        return None
    near = {reading.norm(k) for k in range(max(0, at - 4), at)}
    if reading.norm(at) == "called" and not near & _CALLED_HOUSES:
        return None
    works = (
        bool(near & WORK_CUES) and reading.norm(at) in {"at", "for", "with", "from", "by", "to", "in"}
    ) or reading.norm(at) in {"quit"}
    remedy = reading.norm(i) in cues.NEVER and reading.norm(i) not in EMPLOYERS and reading.norm(at) == "quit"
    remedy = remedy or (reading.norm(i) in _PROGRAMMES and reading.norm(at) in {"with", "to"})
    if works and not remedy and (last := _employer(reading, i, free)) is not None:
        last = _with_its_head(reading, last, free)
        return (
            i,
            last,
            form_of(reading, i, last, "work"),
            "An employer.",
        )
    if is_capital(reading.tokens[i]):
        return _explained_after(reading, i, free) or _named_after(reading, i, at, near, free)
    if works and reading.is_lower and reading.norm(i - 1) == "at" and _are_two_small_words(reading, i, free):
        return i, i + 1, "work", "Two words after work, at the end of what is said of it."
    return _small_after(reading, i, at, near, free)


def _apposed(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "near my church, Nossa Senhora da Paz,": what kind of house it is, a comma, its name."""
    if reading.norm(i - 1) not in _KINDS_OF_HOUSES or not is_capital(reading.tokens[i]) or reading.tokens[i].opens:
        return None
    last = run_right(reading, i, free)
    if (
        last == i
        or reading.norm(i) in cues.NEVER_NOR_KIN - _PEOPLES
        or reading.norm(i) in cues.TITLES
        or not all(free[i : last + 1])
    ):
        return None
    closed = last + 1 == len(free) or bool(reading.tokens[last + 1].gap.strip())
    if not closed or (
        last == i + 1 and all(_is_of_person(reading, k) for k in (i, last)) and reading.tokens[i].flags & GIVEN
    ):
        return None
    return i, last, form_of(reading, i, last, form_of(reading, i - 1, i - 1, "place")), "Named beside what it is."


_PEOPLES = section("nations")  # "the hall, Polish Falcons,"
_KINDS_OF_HOUSES = (section("called_houses") | {"hall"}) - {
    "place",
    "places",
    "house",
    "home",
    "homes",
    "street",
    "road",
    "thing",
    "something",
    "town",
    "city",
}


def _in_brackets(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "came to my job (footlocker)", "for work (Stripe)"."""
    if reading.norm(i - 1) not in {
        "job",
        "work",
        "employer",
        "company",
        "school",
        "church",
        "college",
        "rehab",
        "workplace",
        "store",
    }:
        return None
    last = i
    while (
        last + 1 < len(free)
        and last - i < 4
        and ")" not in reading.tokens[last + 1].gap
        and reading.tokens[last + 1].gap in {" ", " & ", "-"}
    ):
        last += 1
    closed = last + 1 == len(free) or ")" in reading.tokens[last + 1].gap
    token = reading.tokens[i]
    named = is_capital(token) or token.norm in EMPLOYERS or (not token.is_word and token.norm not in _NO_START)
    if not closed or not named or not all(free[i : last + 1]) or reading.tokens[i].shape == "digit":
        return None
    if token.norm in _SMALL_WORDS or token.norm.partition("'")[0] == "i":  # "after work (I'm a nurse)"
        return None
    return (
        (i, last, form_of(reading, i, last, "work"), "Named beside it.")
        if last - i < 3 or is_capital(reading.tokens[i])
        else None
    )


def _explained_after(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "at Clinton, the prison": a name, a comma, what kind of house it is."""
    last = run_right(reading, i, free)
    kind = last + 2
    if reading.norm(i - 1) not in {"at", "in", "to", "from", "into"} or kind >= len(free) or reading.tokens[i].opens:
        return None
    if reading.tokens[last + 1].gap != ", " or reading.norm(last + 1) not in {"the", "a", "our"}:
        return None
    if reading.norm(i) in cues.NEVER_NOR_KIN or reading.norm(kind) not in _KINDS_OF_HOUSES | HEADS.keys():
        return None
    after = reading.tokens[kind + 1] if kind + 1 < len(free) else None
    if after is not None and after.gap == " " and after.norm not in _SMALL_WORDS:
        return None
    return i, last, form_of(reading, kind, kind, "place"), "Named beside what it is."


def _are_two_small_words(reading: Reading, i: int, free: list[bool]) -> bool:
    """ "works doubles at golden living so": two words that together say nothing else; not "at full speed", "at staying sober"."""
    after = i + 2
    if after > len(free) or not all(free[i:after]) or not reading.is_touching(i + 1):
        return False
    first, second = reading.tokens[i], reading.tokens[i + 1]
    if any(t.shape != "lower" or t.norm in _NO_PART or t.possessive for t in (first, second)):
        return False
    if first.norm.endswith(("ing", "ed")) or not (first.flags & BASIC and second.flags & WORD):
        return False
    return after == len(free) or bool(reading.tokens[after].gap.strip()) or reading.norm(after) in _SMALL_WORDS


_NO_PART = _SMALL_WORDS | _NO_START | section("how_one_works")


def _with_its_head(reading: Reading, last: int, free: list[bool]) -> int:
    """ "the Tyson plant", "the amazon warehouse": what kind of house it is belongs to the name."""
    after = last + 1
    if after < len(free) and free[after] and reading.tokens[after].gap == "-":
        return after  # "Snap-on"
    if after < len(free) and free[after] and reading.tokens[after].gap == " " and reading.norm(after) in HEADS:
        return after
    return last


def _employer(reading: Reading, i: int, free: list[bool]) -> int | None:
    for size in (4, 3, 2, 1):
        if i + size > len(reading.tokens):
            continue
        words = " ".join(reading.norm(k) for k in range(i, min(len(reading.tokens), i + size)))
        if words in EMPLOYERS and (size == 1 or " " in words):
            return i + size - 1
    token = reading.tokens[i]
    if (
        is_capital(token)
        and not token.opens
        and token.norm not in cues.CALENDAR
        and (token.norm not in cues.RELATIONS or capital_follows(reading, i))
        and token.norm not in {"i", "mom", "dad", "god"}
    ):
        last = run_right(reading, i, free)
        if last > i or token.norm not in _PLAIN_CAPITALS:
            return last
    if (
        not is_capital(token)
        and not token.is_word
        and token.norm not in cues.NEVER
        and ((token.flags & (PLACE | FAMILY) and not token.flags & COMMON) or is_unknown(token))
        and not is_near_word(token.norm)
    ):
        return i
    return None


def _named_after(reading: Reading, i: int, at: int, near: set[str], free: list[bool]) -> Span | None:
    """ "at Serenity", "to Clean Slate": capitals that are ordinary words, after a preposition of place."""
    token = reading.tokens[i]
    if (
        token.opens
        or (token.norm in cues.NEVER and not (token.norm in GENERIC and capital_follows(reading, i)))
        or token.norm in cues.RELATIONS
        or (token.norm in GENERIC and not capital_follows(reading, i))
    ):
        return None
    last = run_right(reading, i, free)
    shouted = all(reading.tokens[k].shape == "upper" and reading.tokens[k].flags & BASIC for k in range(i, last + 1))
    if shouted and (last > i or reading.norm(at) == "to"):
        return None  # "ONE DAY AT A TIME", "going to KILL him"
    if not token.is_word and (last == i or all(_is_of_person(reading, k) for k in range(i, last + 1))):
        return None
    words = [k for k in range(i, last + 1) if reading.norm(k) not in _NO_NAMES]
    if not words:
        return None
    preposition = reading.norm(at)
    if preposition in {"at", "called", "attends", "attend", "attended", "into"} or (
        preposition in {"to", "from", "through", "in"} and (near & _ARRIVALS or last > i)
    ):
        if last == i and token.flags & COMMON and preposition != "at":
            return None
        return i, last, form_of(reading, i, last, "place"), "A name after a preposition of place."
    return None


def _small_after(reading: Reading, i: int, at: int, near: set[str], free: list[bool]) -> Span | None:
    """Written small: "at mercy house", "went to gosnold", "works at market basket"."""
    token = reading.tokens[i]
    if (
        reading.norm(at) not in {"at", "to", "from", "into", "called"}
        or token.shape != "lower"
        or reading.norm(i - 1) == "the"
    ):
        return None
    for size in (1, 2) if reading.norm(at) != "to" or near & _ARRIVALS_OR_MOTION else ():
        head = i + size
        if (
            head >= len(reading.tokens)
            or not free[head]
            or reading.norm(head) not in HOUSES
            or reading.tokens[head].gap != " "
        ):
            continue
        if all(
            reading.norm(k) not in GENERIC
            and reading.norm(k) not in cues.NEVER_NOR_KIN
            and reading.norm(k) not in _SMALL_WORDS
            and reading.tokens[k].gap == " "
            and not reading.tokens[k].possessive
            for k in range(i + 1, head)
        ) and (
            (
                token.norm not in _NO_START
                and not token.possessive
                and not (reading.norm(at) == "to" and token.norm in _DEEDS)
            )
            or (size == 2 and token.norm in {"new", "first", "second"} and reading.norm(i + 1) not in GENERIC)
        ):
            return (
                i,
                head,
                HEADS.get(reading.norm(head), "church"),
                f"The name of an organisation (“{reading.norm(head)}”).",
            )
    if (
        near & _ARRIVALS
        and is_unknown(token)
        and len(token.norm) > 3
        and not is_near_word(token.norm)
        and token.norm not in cues.NEVER
    ):
        return i, i, "place", "No ordinary word, after going there."
    return None


_DEEDS = section("deeds")


def _is_of_person(reading: Reading, k: int) -> bool:
    token = reading.tokens[k]
    return token.norm not in _STATES and (
        bool(token.flags & (GIVEN | FAMILY)) or not token.flags or len(token.norm) == 1
    )


_REGIONS = section("countries")
_COMPANY_ENDS = section("company_ends")


def _is_company_of_a_region(reading: Reading, run: list[int]) -> bool:
    """ "Gulf Coast Health Plan": every word is one that names nothing, all together name a house."""
    return len(run) > 2 and reading.norm(run[0]) in _REGIONS and reading.norm(run[-1]) in _COMPANY_ENDS


def capitals(reading: Reading, i: int, free: list[bool], quiet: set[int]) -> Span | None:
    """Two or more capitals in mid-sentence that are ordinary words: nobody writes so without naming something."""
    token = reading.tokens[i]
    if (
        not is_capital(token)
        or token.opens
        or i in quiet
        or (token.norm in cues.RELATIONS or token.norm in cues.TITLES)
        or len(token.norm) == 1
    ):
        return None
    if (
        i
        and is_capital(reading.tokens[i - 1])
        and free[i - 1]
        and reading.is_touching(i)
        and not reading.tokens[i - 1].opens
    ):
        return None
    last = run_right(reading, i, free)
    run = [k for k in range(i, last + 1) if is_capital(reading.tokens[k])]
    if (
        len(run) < 2
        or any(k in quiet for k in run)
        or (len(run) == last - i + 1 and all(_is_of_person(reading, k) for k in run))
    ):
        return None
    if (
        cues.is_titled(reading, i)
        or (cues.relation_before(reading, i) and token.flags & GIVEN)
        or (not token.is_word and token.flags & COMMON and not token.flags & PLACE)
    ):
        return None
    telling = [
        k
        for k in run
        if len(reading.norm(k)) > 1
        and reading.norm(k) not in CAPITALS
        and reading.norm(k) not in cues.NEVER
        and reading.tokens[k].shape == "title"
    ]
    if not telling and not _is_company_of_a_region(reading, run):
        return None
    return (
        i,
        last,
        form_of(reading, i, last, "place"),
        "Several capitals in mid-sentence: the name of something.",
    )
