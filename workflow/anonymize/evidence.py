"""A name without a cue: what its shape, the lists and the words beside it say."""

from . import cues
from .cues import is_capital, is_name_like, is_unknown
from .lexicon import BASIC, COMMON, FAMILY, GIVEN, PLACE, RARE, WORD, is_near_word, lexicon, section
from .reading import Reading

_DUAL = (section("calendar", "states", "countries", "nations", "brands") - section("weekdays")) | {
    "jesus",
    "dakota",
    "carolina",
}


_NAMES_TOO = section("names_too")
_PEOPLES = section("nations")
_NO_NAME_AFTER = frozenset(
    {"the", "speak", "speaks", "speaking", "spoke", "in", "teach", "taught", "learn", "learning"}
)
_BEFORE_THINGS = frozenset(
    {
        "drives",
        "drove",
        "drink",
        "drinks",
        "read",
        "reads",
        "prophet",
        "of",
        "book",
        "new",
        "christmas",
        "old",
        "year's",
        "years",
    }
)
_BEFORE_VERBS = section("before_verbs")


def evident(reading: Reading, i: int) -> str:
    """No cue, but its shape, the lists and the verb decide."""
    token = reading.tokens[i]
    if token.norm in cues.NEVER:
        return _dual(reading, i) or _as_people_do(reading, i)
    if is_capital(token):
        return _capital(reading, i)
    return _small(reading, i)


def _as_people_do(reading: Reading, i: int) -> str:
    """ "My daughter Bal is", "Ama told me": what is a make or, all in capitals, an abbreviation does no such thing."""
    token = reading.tokens[i]
    if token.shape != "title" or token.norm in _NEVER_PEOPLE or cues.has_article(reading, i):
        return ""
    begins = i > 1 and (reading.tokens[i - 2].opens or reading.norm(i - 3) in _BEFORE_CLAUSES)
    if begins and cues.relation_before(reading, i) and token.gap == " " and reading.norm(i + 1) in _AFTER_KIN:
        return "A relative, and a verb that only people do."
    if token.norm not in _ABBREVIATED or len(token.norm) > 4 or token.flags & BASIC:
        return ""
    acts = cues.is_subject(reading, i, only_strong=True) or reading.norm(i - 1) in {"told", "asked", "texted"}
    return "An abbreviation is written in capitals; a verb that only people do." if acts else ""


_NEVER_PEOPLE = section("weekdays", "calendar", "nations", "states", "countries", "holy", "staff")
_AFTER_KIN = cues.VERBS | {"is", "was", "has", "had"}
_BEFORE_CLAUSES = frozenset({"and", "but", "because", "that", "when", "if", "so"})
_ABBREVIATED = section("programmes")


def _dual(reading: Reading, i: int) -> str:
    """Months, states and nations that are given names too (April, Georgia, Jordan): only with people's grammar."""
    token = reading.tokens[i]
    if token.norm in _NAMES_TOO and _is_bare_name(reading, i):
        return "A given name, written with a capital."
    if not token.flags & GIVEN or not is_capital(token) or token.norm not in _DUAL:
        return ""
    if token.shape == "upper" and len(token.norm) < 3:
        return ""
    if token.norm in _PEOPLES and {reading.norm(i - 1), reading.norm(i - 2)} & _NO_NAME_AFTER:
        return ""
    if token.gap == ", " and is_capital(reading.tokens[i - 1]) and reading.tokens[i - 1].flags & PLACE:
        return ""
    if (
        cues.is_place_context(reading, i)
        or cues.is_before_state(reading, i)
        or reading.norm(i - 1) in {"last", "this", "next", "since", "until", "by", "mid", "late", "early"}
    ):
        return ""
    strong = cues.is_subject(reading, i, only_strong=True)
    told = reading.norm(i - 1) in {"told", "asked", "with", "texted"} and not token.flags & PLACE
    return (
        "A given name with a verb that only people do." if (strong or told) and token.flags & (COMMON | GIVEN) else ""
    )


def _capital(reading: Reading, i: int) -> str:
    token = reading.tokens[i]
    if not token.is_word:
        if not token.opens:
            return "" if _is_acronym(reading, i) else "A capital letter in mid-sentence and no ordinary word."
        if token.flags & GIVEN or token.norm in cues.NAMES_FIRST:
            return "A given name." if not _is_opening_word(reading, i) else ""
        if token.flags & FAMILY and not is_near_word(token.norm):
            return "A family name."
        if not is_near_word(token.norm) and not _is_acronym(reading, i) and not token.flags & RARE:
            return "A capital letter and no ordinary word."
        return (
            "No ordinary word, and it acts like a person."
            if cues.is_subject(reading, i, only_strong=True) or _is_listed(reading, i)
            else ""
        )
    if not token.is_ambiguous:
        return ""
    if not token.opens:
        if reading.norm(i - 1) in {"the", "a", "an", "of"} or _is_in_title(reading, i):
            return (
                "A name that is also a word; a verb follows." if cues.is_subject(reading, i, only_strong=True) else ""
            )
        return (
            "A name that is also a word, written with a capital."
            if token.flags & COMMON or not token.flags & BASIC
            else ""
        )
    if token.flags & BASIC and not token.flags & COMMON:
        return ""
    if token.norm == "will" and reading.norm(i + 1) in {"is", "was", "has", "had", "does", "did"}:
        return "“Will” before a verb can only be a name."
    strict = token.norm in cues.ABSTRACT or token.norm in cues.MODALS or not token.flags & COMMON
    if cues.is_subject(reading, i, only_strong=strict) and not (token.possessive and strict):
        return "A name that is also a word; a verb follows that only people do."
    return ""


def _is_bare_name(reading: Reading, i: int) -> bool:
    """ "with Ty", "Kay told me": short words and makes of cars that are names where a name stands."""
    token, before = reading.tokens[i], reading.norm(i - 1)
    if (
        token.shape != "title"
        or cues.has_article(reading, i)
        or (i and not token.opens and is_capital(reading.tokens[i - 1]))
    ):
        return False
    if token.opens:
        return cues.is_subject(reading, i, only_strong=True) or reading.norm(i + 1) in {"and", "is", "has"}
    return before not in _BEFORE_THINGS


def _is_opening_word(reading: Reading, i: int) -> bool:
    """ "Bill is" opens with a name, "Bill after bill" does not: what is a word too needs somebody's verb beside it."""
    token = reading.tokens[i]
    if token.is_spanish and token.norm in cues.NAMES_FIRST:
        return False  # "Memo es bueno"
    if not token.flags & WORD or cues.is_subject(reading, i) or i + 1 >= len(reading.tokens):
        return False
    after = reading.tokens[i + 1]
    if after.gap.strip(" ") or (is_capital(after) and not after.is_word):
        return False
    return (
        after.norm not in {"and", "not", "with", "who", "when", "or", "in", "at", "on", "if"}
        or not token.flags & COMMON
    )


def _is_listed(reading: Reading, i: int) -> bool:
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    return (
        after is not None
        and after.gap in {", ", " "}
        and is_capital(after)
        and not after.is_word
        and after.norm not in cues.NEVER
    )


def _is_in_title(reading: Reading, i: int) -> bool:
    """Between other capitals that are ordinary words: a heading, an institution."""
    return any(
        0 <= k < len(reading.tokens)
        and is_capital(reading.tokens[k])
        and not reading.tokens[k].opens
        and reading.tokens[k].is_word
        and not reading.tokens[k].flags & (GIVEN | FAMILY)
        and reading.norm(k) not in cues.NEVER_NOR_KIN
        and not reading.tokens[max(i, k)].gap.strip()
        for k in (i - 1, i + 1)
    )


def _is_acronym(reading: Reading, i: int) -> bool:
    token = reading.tokens[i]
    if token.shape != "upper" or token.flags & COMMON:
        return False
    if token.flags & GIVEN and len(token.norm) > 2:
        return False
    return not (len(token.norm) == 2 and token.norm[1] in "jcdrpt" and cues.is_subject(reading, i))


def _small(reading: Reading, i: int) -> str:
    """Written small: a name when the lists say so and nothing speaks against it."""
    token = reading.tokens[i]
    if token.shape != "lower":
        return ""
    if not token.is_word and token.flags & GIVEN:
        if _is_thing(reading, i):
            return ""
        if token.flags & WORD:
            return _small_word(reading, i)
        if _is_full_name(reading, i):
            return "A given name and a family name, written small."
        if token.flags & COMMON and len(token.norm) > 2:
            return "A given name, written small."
        if len(token.norm) > 2 and (
            not is_near_word(token.norm)
            or (cues.is_subject(reading, i) and not token.possessive and not cues.has_article(reading, i))
        ):
            return "A given name, written small."
        return ""
    if token.is_ambiguous and token.flags & COMMON and token.norm not in cues.MODALS:
        if reading.norm(i - 1) in {"told", "asked", "texted", "called"} and reading.norm(i + 1) in {
            "to",
            "that",
            "he",
            "she",
            "about",
            "i",
            "no",
            "we",
            "and",
        }:
            return "A name that is also a word, spoken to."
        if (
            not cues.has_article(reading, i)
            and token.norm not in cues.ABSTRACT
            and not token.flags & BASIC
            and cues.is_subject(reading, i, only_strong=True)
        ):
            return "A name that is also a word, written small; a verb follows."
        return ""
    if not token.flags and token.norm.endswith("s") and len(token.norm) > 4 and not token.is_word:
        stem = lexicon().get(token.norm[:-1], 0)
        if stem & COMMON and (not stem & WORD or token.norm[:-1] in cues.NAMES_FIRST) and is_unknown(token):
            return "A given name with an s, written small."
    if not token.flags and is_unknown(token) and not is_near_word(token.norm):
        if cues.is_subject(reading, i, only_strong=True) and (
            i == 0 or not reading.tokens[i - 1].is_word or token.opens or reading.norm(i - 1) in cues.OBJECT_VERBS
        ):
            return "No ordinary word, and it acts like a person."
        if reading.norm(i - 1) in {"told", "asked", "texted"}:
            return "No ordinary word, and it is spoken to."
    return ""


def _is_thing(reading: Reading, i: int) -> bool:
    """ "full of bobby pins", "the koi pond", "made dean's list": small, in a letter with capitals, before what people are not."""
    if reading.is_lower or cues.is_subject(reading, i, only_strong=True) or i + 1 >= len(reading.tokens):
        return False
    after = reading.tokens[i + 1]
    noun = after.gap == " " and after.shape == "lower" and bool(after.flags & WORD) and after.norm not in _AFTER_NAMES
    return (
        noun and after.norm not in cues.VERBS and (cues.has_article(reading, i) or reading.norm(i - 1) in _BEFORE_NOUNS)
    )


_AFTER_NAMES = section("function_words") | cues.VERBS
_BEFORE_NOUNS = frozenset(
    {"of", "made", "ugly", "some", "mango", "triple", "little", "into", "have", "has", "had", "with", "dance"}
)


def _is_full_name(reading: Reading, i: int) -> bool:
    """ "linus pauling": two names side by side, neither of them a word."""
    if i + 1 >= len(reading.tokens) or reading.tokens[i + 1].gap != " ":
        return False
    after = reading.tokens[i + 1]
    return after.shape == "lower" and not after.is_word and not after.flags & WORD and bool(after.flags & FAMILY)


def _small_word(reading: Reading, i: int) -> str:
    """ "jack", "bill", "mark": names first of all, yet words too."""
    token = reading.tokens[i]
    if cues.has_article(reading, i) or not token.flags & COMMON or reading.norm(i - 1) in _BEFORE_VERBS:
        return ""
    if token.norm == "bill" and _is_paid(reading, i):
        return ""
    spoken = reading.norm(i - 1) in {"told", "asked", "texted"} or (
        reading.is_lower
        and reading.norm(i - 1) in {"with", "of", "about", "and", "from", "than", "if", "when", "because"}
        and not reading.tokens[i].gap.strip()
    )
    if token.flags & BASIC and not (cues.is_subject(reading, i, only_strong=True) or spoken):
        return ""
    return "A given name, written small."


def _is_paid(reading: Reading, i: int) -> bool:
    """ "got a light bill here"; "in the light bill looked dead", "we lost our propane bill drove off" is Bill."""
    if reading.norm(i + 1) in _NO_BILL_DOES:
        return False
    if reading.norm(i - 1) not in {"light", "electric", "heating", "propane", "tax", "medical"}:
        return False
    return reading.norm(i - 2) in {"a", "the", "my", "our", "his", "her"} and reading.norm(i - 3) not in _PLACED


_NO_BILL_DOES = cues.STRONG_VERBS - cues.COMINGS - {"here"}
_PLACED = frozenset({"in", "at", "by", "on", "under", "off", "into", "from", "near", "through", "with", "of", "to"})


def doubtful(reading: Reading, i: int) -> str:
    """What a moderator should glance at."""
    token = reading.tokens[i]
    if token.norm in cues.NEVER:
        return ""
    if token.shape == "caseless":
        return "A word in another script."
    if (
        is_capital(token)
        and token.is_ambiguous
        and token.flags & COMMON
        and token.opens
        and (not token.flags & BASIC or cues.is_subject(reading, i))
    ):
        return "Could be a name."
    if not token.flags and is_unknown(token) and len(token.norm) > 3 and not is_near_word(token.norm):
        return "No ordinary word: perhaps a name or a place."
    if is_capital(token) and not token.opens and token.shape == "upper" and is_name_like(token) and len(token.norm) > 2:
        return "Initials that could name a place or an office."
    return ""
