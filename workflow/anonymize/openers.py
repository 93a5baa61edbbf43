"""Names that begin a sentence: the capital says nothing there, but what follows is only said of somebody."""

from . import cues
from .lexicon import BASIC, COMMON, GIVEN, is_near_word, section
from .reading import Reading
from .spanish import is_deed
from .spanish import is_word as is_spanish_word

_PEOPLE = section("what_people_are")
_NUMBERS = section("small_numbers")
_STATES = frozenset({"sober", "clean", "old", "dry", "younger", "older"})
_HAS = frozenset({"has", "had", "says", "say", "got", "gets"})
_DETERMINERS = frozenset(
    {"a", "an", "his", "her", "no", "two", "three", "four", "to", "been", "never", "it", "he", "she"}
)
_NO_NAMES = (
    section("weekdays", "holy", "function_words", "staff", "foreign", "greetings", "messages")
    | cues.RELATIONS
    | cues.TITLES
    | cues.PRONOUNS
)
_CLITICS = frozenset({"me", "te", "le", "se", "lo", "la", "nos", "les", "ya", "no"})
_MONTHS = section("calendar")
_TRADES, _DEEDS, _WAYS = section("trades"), section("what_people_do"), section("how_people_do")
_CONDITIONS = frozenset(
    {"back", "been", "home", "using", "drinking", "sober", "clean", "high", "drunk", "missing", "pregnant"}
)
_LIVES = frozenset({"is", "was", "lives", "lived", "stays", "stayed"})
_NEARBY = frozenset({"hall", "street", "road", "block"})
_BEGUN = frozenset({"stopped", "quit", "started", "begun"})
_TOGETHER, _KNOWN_FROM, _KNOWN_FROM_THE = section("done_together"), section("known_from"), section("known_from_the")


def begins(reading: Reading, i: int) -> str:
    """Why word i, the first of its sentence, is a name; empty when nothing behind it says so."""
    token = reading.tokens[i]
    if not token.opens or token.shape != "title" or i + 2 >= len(reading.tokens):
        return ""
    if _is_what_they_call(reading, i):
        return "Said to be a name."
    if token.norm in _NO_NAMES:
        return ""
    if _is_spelled_out(reading, i):
        return "Its long form is beside it."
    if _is_back(reading, i):
        return "Somebody is back there."
    if not token.flags & GIVEN:
        return ""
    if _is_of_age(reading, i):
        return "An age behind it."
    if _is_at_work(reading, i):
        return "Explained as somebody known by their work."
    if (token.norm not in cues.ABSTRACT and _is_a_person(reading, i)) or _does_as_people_do(reading, i):
        return "The sentence speaks of it as of a person."
    return (
        "A bare word that has or says something." if _has_something(reading, i) or _acts_in_spanish(reading, i) else ""
    )


def _is_what_they_call(reading: Reading, i: int) -> bool:
    """ "Bibi is what the children call her"."""
    if reading.norm(i + 1) not in {"is", "was"} or reading.norm(i + 2) != "what":
        return False
    return any(
        reading.norm(k) in {"call", "calls", "called"}
        and (reading.norm(k + 1) in {"her", "him", "me", "them"} or reading.norm(k + 2) in cues.KIN)
        for k in range(i + 3, i + 8)
    )


def _is_back(reading: Reading, i: int) -> bool:
    """ "Skeeter's back in jail", whatever the name: only people are back there."""
    if not reading.tokens[i].possessive or reading.tokens[i].flags & BASIC or reading.norm(i + 1) != "back":
        return False
    where = reading.norm(i + 2)
    return where == "home" or (where in {"in", "at"} and bool({reading.norm(i + 3), reading.norm(i + 4)} & _BACK_IN))


_BACK_IN = frozenset({"jail", "prison", "rehab", "detox", "treatment", "lockup", "hospital", "court", "icu"})


def _is_of_age(reading: Reading, i: int) -> bool:
    """ "Jordan's 16, a junior", "Joy is two and a half years sober"."""
    token, after = reading.tokens[i], reading.tokens[i + 1]
    if token.possessive:
        ends = reading.text[after.end : after.end + 1]
        return after.norm.isdigit() and len(after.norm) < 3 and ends in {",", ".", ";"} and token.norm not in _MONTHS
    if (after.norm, reading.norm(i + 2)) == ("will", "be") and i + 3 < len(reading.tokens):
        return token.norm not in _MONTHS and _is_to_be(reading, i + 3)
    if after.norm not in {"is", "was"} or reading.norm(i + 2) not in _NUMBERS:
        return False
    return any(
        reading.norm(k) in {"years", "months", "weeks", "days"} and reading.norm(k + 1) in _STATES
        for k in range(i + 3, i + 8)
    )


def _is_to_be(reading: Reading, k: int) -> bool:
    """ "Liberty will be 13.", "will be 5 in May": a number and nothing counted by it."""
    end, number = reading.tokens[k].end, reading.norm(k)
    is_closed = reading.text[end : end + 1] in {".", ",", "!", "?", ""}
    follows = reading.norm(k + 1) in {"in", "this", "next", "soon", "on", "and"}
    return number.isdigit() and len(number) < 3 and (is_closed or follows)


def _is_at_work(reading: Reading, i: int) -> bool:
    """ "Hope, my charge nurse, caught me"."""
    if reading.tokens[i + 1].gap != ", " or reading.norm(i + 1) not in cues.OWNERS:
        return False
    for k in range(i + 2, min(i + 5, len(reading.tokens) - 1)):
        if reading.tokens[k].gap != " ":
            return False
        if reading.norm(k) in cues.ROLES and reading.tokens[k + 1].gap[:1] == ",":
            return True
    return False


def _is_a_person(reading: Reading, i: int) -> bool:
    """ "Georgia is a straight A student"."""
    if reading.norm(i + 1) not in {"is", "was"} or reading.norm(i + 2) not in {"a", "an"}:
        return False
    for k in range(i + 3, min(i + 7, len(reading.tokens))):
        if reading.tokens[k].gap != " ":
            return False
        if reading.norm(k) in _PEOPLE:
            return True
    return False


def _does_as_people_do(reading: Reading, i: int) -> bool:
    """ "Hope is doing great", "Grace has stopped talking to me", "Faith is a nurse", "Skip and I have", "Mark from work called"."""
    token, after, later, last = reading.tokens[i], *reading.norms[i + 1 : i + 4]
    if token.possessive:
        told = after in _CONDITIONS and token.norm not in cues.ABSTRACT and token.norm not in _MONTHS
        return told or (after == "doing" and later in _WAYS)
    if reading.tokens[i + 1].gap != " ":
        return False
    if after in {"is", "was"} and later != "with":
        return (later == "doing" and last in _WAYS) or (later in {"a", "an"} and last in _TRADES)
    if after in {"has", "had"}:
        return later in _BEGUN and last in _DEEDS
    if after == "and":
        return later == "i" and last in _TOGETHER and token.norm not in cues.ABSTRACT
    if later == "with" and after in _LIVES and last in cues.OWNERS:
        return reading.norm(i + 4) in cues.KIN or reading.norm(i + 5) in cues.KIN
    return after == "from" and _is_from_there(reading, i)


def _is_from_there(reading: Reading, i: int) -> bool:
    """ "Mark from the booster club has already"; not "Rose from the ashes", "Hope from the doctor"."""
    if reading.norm(i + 2) in {"down", "across"} and reading.norm(i + 3) == "the":
        return reading.norm(i + 4) in _NEARBY
    if cues.is_continued(reading, i) or reading.norm(i) in cues.ABSTRACT:
        return False
    k = i + 2
    if reading.norm(k) not in _KNOWN_FROM:
        k = next((k for k in (i + 3, i + 4, i + 5) if reading.norm(k) in _KNOWN_FROM_THE), 0)
        if not k or reading.norm(i + 2) not in {"the", "my", "our", "his", "her"}:
            return False
    return reading.norm(k + 1) in cues.VERBS and reading.tokens[k + 1].gap == " "


def _is_spelled_out(reading: Reading, i: int) -> bool:
    """ "Obi (that's Obinna)"."""
    if reading.tokens[i + 1].gap != " (" or reading.norm(i + 1) not in {"that's", "thats", "short", "that"}:
        return False
    return any(reading.norm(k)[:2] == reading.norm(i)[:2] for k in (i + 2, i + 3, i + 4))


def _has_something(reading: Reading, i: int) -> bool:
    """ "Hutch has a place", "Ty say he": a thing would have its article before it."""
    token = reading.tokens[i]
    if (token.flags & BASIC and not token.flags & COMMON) or token.norm in cues.ABSTRACT or token.norm in _MONTHS:
        return False
    if token.norm in cues.NEVER and not (token.flags & COMMON or token.norm in _NAMES_TOO):
        return False
    acts = reading.norm(i + 1) in _HAS and reading.norm(i + 2) in _DETERMINERS
    return acts and reading.tokens[i + 1].gap == " " and not token.norm.endswith("s")


_NAMES_TOO = section("names_too")


def _acts_in_spanish(reading: Reading, i: int) -> bool:
    """ "Nelson me dijo": no Spanish word, and somebody's deed."""
    token = reading.tokens[i]
    if not token.is_spanish or is_spanish_word(token.norm) or is_near_word(f"{token.norm}s"):
        return False
    return reading.norm(i + 1) in _CLITICS and is_deed(reading.norm(i + 2))
