"""Houses known by a name without a head word: jails, treatment centres, hospitals, universities; teams and colleges by grammar."""

from functools import lru_cache

from . import cues
from .cues import is_capital
from .lexicon import FAMILY, PLACE, plain, section
from .naming import GENERIC, Span, run_right
from .reading import Reading
from .workplaces import EMPLOYERS

_FORMS = {
    "known_jails": "jail",
    "known_treatment": "treatment",
    "known_hospitals": "hospital",
    "known_schools": "school",
    "known_services": "place",
}
_INTO = frozenset(
    {
        "at",
        "to",
        "in",
        "into",
        "from",
        "out",
        "of",
        "through",
        "by",
        "went",
        "inside",
        "for",
        "and",
        "or",
        "then",
        "attends",
        "left",
    }
)
_PLAYS = section("plays")
_HOLY = section("holy")
_STATE_SCHOOLS = frozenset(
    {"u", "tech", "state", "a&m", "southern", "poly", "western", "eastern", "northern", "central"}
)
_STATES = section("states")
_BEFORE_HOUSES = frozenset({"at", "about", "called", "to", "from", "tried", "into", "since", "is", "through", "for"})
_RESIDENTIAL = section("residential_heads")
_OPENERS = section("house_openers")
_BEFORE_RESIDENCES = _BEFORE_HOUSES | {"of", "for", "at", "with", "left", "like"}
_OWNS = frozenset({"own", "owns", "owned", "run", "runs", "manage", "manages", "managed", "franchise"})
_PLAIN = cues.CALENDAR | cues.RELATIONS | _STATES
_WORKERS = frozenset({"he", "she", "they", "i", "we"})
_WORKS = frozenset(
    {
        "works",
        "work",
        "worked",
        "used",
        "stacked",
        "cooks",
        "cooked",
        "bartends",
        "cleans",
        "teaches",
        "taught",
        "drove",
        "is",
        "was",
    }
)


@lru_cache(maxsize=1)
def _known() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First word → (all words, form), the longest first."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, form in _FORMS.items():
        for phrase in section(name):
            words = tuple(plain(phrase).replace("-", " ").replace("'s", "").split())
            index.setdefault(words[0], []).append((words, form))
    for phrases in index.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return index


def opens(reading: Reading, i: int) -> bool:
    """Whether a known name may begin with this word."""
    return reading.norm(i) in _known()


def known(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """In a list; one word written small only after a preposition ("is in rikers")."""
    for words, form in _known().get(reading.norm(i), ()):
        last = i + len(words) - 1
        if last >= len(free) or not all(free[i : last + 1]):
            continue
        if any(reading.norm(i + k) != word for k, word in enumerate(words)):
            continue
        if any(reading.tokens[k].gap not in {" ", "-", ". "} for k in range(i + 1, last + 1)):
            continue
        if reading.norm(last + 1) in {"law", "laws", "act"}:
            continue
        if len(words) > 1 or is_capital(reading.tokens[i]) or reading.norm(i - 1) in _INTO:
            return i, _with_its_side(reading, last, free), form, "A house that is known by this name."
    return None


def _with_its_side(reading: Reading, last: int, free: list[bool]) -> int:
    """ "Grady West"."""
    beside = last + 1 < len(free) and free[last + 1] and reading.tokens[last + 1].gap == " "
    return last + 1 if beside and reading.norm(last + 1) in _SIDES and is_capital(reading.tokens[last + 1]) else last


_SIDES = frozenset({"north", "south", "east", "west", "central"})


def by_grammar(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "plays for the Wolverines", "Ohio State", "at Pho 79", "st vincents"."""
    token = reading.tokens[i]
    if token.shape == "lower" and reading.norm(i - 1) not in _BEFORE_HOUSES and reading.norm(i - 1) != "by":
        return None
    if is_capital(token) and (last := _worked_at(reading, i, free)) is not None:
        return i, last, "work", "An employer."
    if is_capital(token) and _is_owned(reading, i):
        return i, i, "work", "A business of the family."
    if is_capital(token) and _is_played_for(reading, i):
        return i, run_right(reading, i, free), "place", "A team."
    if i + 1 >= len(free) or not free[i + 1]:
        return None
    after = reading.tokens[i + 1]
    if token.norm in _STATES and is_capital(token) and _is_a_and_m(reading, i + 1):
        return i, i + 2, "school", "A college by the name of its state."
    if (
        is_capital(token)
        and is_capital(after)
        and after.gap == " "
        and not after.opens
        and (token.norm in _STATES or token.flags & PLACE)
        and after.norm in _STATE_SCHOOLS
        and reading.norm(i - 1) not in {"in", "near", "of", "around", "upstate"}
    ):
        last = run_right(reading, i + 1, free)
        return i, last, "school", "A college by the name of its state."
    if (
        is_capital(token)
        and after.shape == "digit"
        and after.gap == " "
        and reading.norm(i - 1) in {"at", "from", "the"}
        and token.norm not in cues.NEVER
        and token.norm not in cues.NO_INITIAL
    ):
        return i, i + 1, "place", "A name with a number after a preposition of place."
    if (
        is_capital(token)
        and is_capital(after)
        and not token.opens
        and after.gap == " "
        and after.norm in _RESIDENTIAL
        and token.norm not in _PLAIN
        and reading.norm(i - 1) in _BEFORE_RESIDENCES
        and not (reading.norm(i - 1) == "in" or after.possessive)
    ):
        return i, run_right(reading, i + 1, free), "place", "A house by its name."
    if token.opens and token.norm in _OPENERS and _opens_a_house(reading, i):
        return i, run_right(reading, i + 1, free), "place", "A house by its name."
    if token.shape == "lower" and (last := _small_house(reading, i, free)) is not None:
        return i, last, "place", "A house by its name, written small."
    if token.norm in {"st", "saint", "st."} and _is_small_saint(reading, i):
        return i, i + 1, "hospital", "A saint's name: a church, a school or a hospital."
    return None


def _is_a_and_m(reading: Reading, i: int) -> bool:
    """ "Texas A&M"."""
    return (
        i + 1 < len(reading.tokens)
        and reading.norm(i) == "a"
        and reading.norm(i + 1) == "m"
        and reading.tokens[i + 1].gap == "&"
    )


def _opens_a_house(reading: Reading, i: int) -> bool:
    """ "Silver Pines raised its rate": two capitals, the first only because it begins the sentence."""
    after = reading.tokens[i + 1]
    named = after.shape == "title" and after.gap == " " and after.norm in _RESIDENTIAL and not after.possessive
    return named and reading.tokens[i].shape == "title"


def _is_owned(reading: Reading, i: int) -> bool:
    """ "owns two Subway franchises and a Dunkin"."""
    if reading.norm(i) not in EMPLOYERS or reading.tokens[i].opens:
        return False
    near = {reading.norm(k) for k in range(max(0, i - 8), i)}
    return bool(near & _OWNS) and reading.norm(i - 1) in {
        "a",
        "the",
        "two",
        "three",
        "four",
        "five",
        "six",
        "several",
        "our",
        "and",
        "their",
    }


def _worked_at(reading: Reading, i: int, free: list[bool]) -> int | None:
    """ "the Wendy's where he works": a brand is private when it employs."""
    if _is_plain(reading, i) or not any(reading.norm(k) == "where" for k in range(i + 1, i + 9)):
        return None
    last = run_right(reading, i, free)
    for k in range(last + 1, min(last + 5, len(reading.tokens) - 2)):
        if reading.norm(k) == "where" and reading.norm(k + 1) in _WORKERS and reading.norm(k + 2) in _WORKS:
            return last
        if any(mark in reading.tokens[k].gap for mark in ".!?\n"):
            return None
    return None


def _is_plain(reading: Reading, i: int) -> bool:
    """A capital that names nothing: the first word of a sentence, the calendar, a relative."""
    token = reading.tokens[i]
    return token.opens or token.norm in _PLAIN or len(token.norm) < 2


def _is_played_for(reading: Reading, i: int) -> bool:
    at = i - 2 if reading.norm(i - 1) in {"the", "our", "his", "her", "their"} else i - 1
    if reading.norm(at) not in {"for", "with"} or reading.tokens[i].gap.strip() or reading.norm(i) in _HOLY:
        return False
    return any(reading.norm(k) in _PLAYS for k in range(max(0, at - 3), at))


def _small_house(reading: Reading, i: int, free: list[bool]) -> int | None:
    """ "at golden acres in sapulpa", "since lincoln middle": two small words that only a name puts together."""
    if reading.norm(i - 1) not in _BEFORE_HOUSES or reading.tokens[i].gap != " " or reading.tokens[i + 1].gap != " ":
        return None
    token, head = reading.tokens[i], reading.norm(i + 1)
    if token.norm in GENERIC or token.norm in cues.NEVER or token.norm in cues.RELATIONS or token.possessive:
        return None
    if head == "middle":
        named = bool(token.flags & (FAMILY | PLACE)) and not token.is_word
        return i + 1 if named and reading.norm(i + 2) not in {"of", "child", "name", "finger", "aged"} else None
    where = i + 3 if reading.norm(i + 2) == "in" else 0
    if head not in _RESIDENTIAL or not where or where >= len(free) or reading.tokens[where].shape == "digit":
        return None
    return i + 1 if reading.tokens[where].flags & PLACE else None


def _is_small_saint(reading: Reading, i: int) -> bool:
    after = reading.tokens[i + 1]
    if after.gap not in {" ", ". "} or after.shape != "lower" or reading.norm(i - 1) not in {"at", "to", "from", "by"}:
        return False
    return len(after.norm) > 3 and (not after.is_word or after.norm.endswith("s"))
