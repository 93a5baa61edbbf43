"""Names that only the sentence gives away, whatever the word: "R.J.", "May, her sister,", "it's me dot", "they call me X"."""

from . import cues, explained, initials, openers, small_names
from .cues import is_capital
from .lexicon import BASIC, COMMON, GIVEN, section
from .reading import Reading

_ABBREVIATIONS = section("dotted")
_HOLY = section("holy") | section("weekdays")
_BEFORE_TIME = frozenset(
    {"in", "last", "this", "next", "since", "until", "by", "mid", "late", "early", "of", "on", "every", "from"}
)
_DOTS = frozenset({".", ". "})
_HUMAN = section("human_verbs")
_FUNCTION = section("function_words")
_LINKS = frozenset(
    {"so", "and", "but", "then", "when", "cuz", "bc", "because", "if", "that", "says", "said", "n", "since"}
)
_ENDS_OF_WAYS = section("goals") - {"in", "off", "up", "down", "out"}
_ME = frozenset({"it's", "its", "it", "is", "this"})
_LONE = frozenset({"i", "a", "x", "u", "r"})
_SHAPED = frozenset({"ball", "shirt", "shirts", "bone", "bones"})  # "T ball"


def told(reading: Reading, i: int) -> str:
    """Why word i is a name, by the words around it alone; empty when they do not say so."""
    token = reading.tokens[i]
    if len(token.norm) == 1:
        if _is_dotted(reading, i):
            return "Initials used as a name."
        is_somebody = _is_lone(reading, i) or _is_called(reading, i) or _is_initial_of_writer(reading, i)
        return "A single capital that stands for somebody." if is_somebody else ""
    if is_capital(token) and token.flags & GIVEN and _is_explained(reading, i):
        return "Explained as a relative."
    if token.flags & GIVEN and token.norm not in _NOBODY and _is_pointed_out(reading, i):
        return "The sentence speaks of it as of a person."
    if is_capital(token) and _is_doubled(reading, i):
        return "A name said twice."
    if token.shape == "lower" and token.is_ambiguous and _acts_small(reading, i):
        return "A name that is also a word, written small; it does what people do."
    if token.shape == "lower" and token.flags & GIVEN and (why := small_names.told_small(reading, i)):
        return why
    if _is_self(reading, i) or _is_called(reading, i):
        return "Said to be a name."
    if is_capital(token) and (why := explained.explained(reading, i)):
        return why
    return openers.begins(reading, i) if token.opens else ""


def _is_dotted(reading: Reading, i: int) -> bool:
    """R.J., J.T.'s; not U.S., P.O., A.M."""
    first = last = i
    while first and i - first < 4 and len(reading.norm(first - 1)) == 1 and reading.tokens[first].gap in _DOTS:
        first -= 1
    while last - i < 4 and len(reading.norm(last + 1)) == 1 and reading.tokens[last + 1].gap in _DOTS:
        last += 1
    if first == last or not all(reading.tokens[k].shape == "title" for k in range(first, last + 1)):
        return False
    is_vitamin = reading.norm(first - 1) in {"vitamin", "vitamins"}
    if is_vitamin and reading.norm(last) == "i" and last == first + 1 and reading.tokens[last].gap == ". ":
        return False  # "vitamin B. I went"
    return "".join(reading.norm(k) for k in range(first, last + 1)) not in _ABBREVIATIONS


def _is_lone(reading: Reading, i: int) -> bool:
    """A capital by itself at the end of what is said, or before what people do: "please only R."."""
    token = reading.tokens[i]
    if token.shape != "title" or token.norm in _LONE or token.opens or token.gap != " " or initials.is_mark(reading, i):
        return False
    if (
        reading.norm(i - 1) in cues.NO_INITIAL
        or is_capital(reading.tokens[i - 1])
        or reading.tokens[i - 1].shape == "digit"
    ):
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if (after is not None and after.norm in _SHAPED) or reading.norm(i - 1) in {"first", "second", "third"}:
        return False
    return (
        after is None
        or (not is_capital(after) and after.gap not in {"-", " & ", "/"} and after.shape != "digit")
        or after.opens
    )


def _is_explained(reading: Reading, i: int) -> bool:
    """ "May, her sister, pays", "Tell Isabel, my daughter,": a relative beside it, whatever else the word may be."""
    tokens, token = reading.tokens, reading.tokens[i]
    if _is_whose_name(reading, i) or _is_kin(reading, i):
        return True
    if i + 2 >= len(tokens) or token.norm in _HOLY or reading.norm(i - 1) in _BEFORE_TIME:
        return False
    if tokens[i + 1].gap not in {", ", " ("} or reading.norm(i + 1) not in cues.OWNERS:
        return False
    for k in (i + 2, i + 3):
        if reading.norm(k) in cues.KIN:
            after = tokens[k + 1].gap if k + 1 < len(tokens) else "."
            return after[:1] in {",", ")", ".", "!", "?", "\n"} or token.norm not in cues.NEVER
    return False


def _is_pointed_out(reading: Reading, i: int) -> bool:
    """What only a name has beside it: an age in brackets, "himself", "is my nephew", somebody's mouth around it."""
    if not is_capital(reading.tokens[i]):
        return reading.tokens[i].shape == "lower" and reading.tokens[i].opens and _is_kin(reading, i)
    return (
        _is_whose(reading, i)
        or _is_aged(reading, i)
        or _is_oneself(reading, i)
        or _is_born(reading, i)
        or _is_in_brackets(reading, i)
        or _is_spoken_to(reading, i)
        or (reading.norm(i - 1), reading.norm(i - 2), reading.norm(i - 3)) == ("of", "front", "in")
    )


def _is_whose(reading: Reading, i: int) -> bool:
    """ "Destiny's her name"."""
    return reading.tokens[i].possessive and reading.norm(i + 1) in cues.OWNERS and reading.norm(i + 2) == "name"


def _is_aged(reading: Reading, i: int) -> bool:
    """ "Hope (25) overdosed"."""
    tokens = reading.tokens
    if (
        i + 1 >= len(tokens)
        or tokens[i + 1].gap != " ("
        or not reading.norm(i + 1).isdigit()
        or len(reading.norm(i + 1)) > 2
    ):
        return False
    return reading.text[tokens[i + 1].end : tokens[i + 1].end + 1] in {")", ","}


def _is_oneself(reading: Reading, i: int) -> bool:
    """ "Jordan himself", "Faith has never used anything herself"."""
    if reading.norm(i + 1) in _SELVES:
        return True
    if not reading.tokens[i].opens or reading.norm(i + 1) not in _AUXILIARIES:
        return False
    for k in range(i + 2, min(i + 12, len(reading.tokens))):
        if reading.tokens[k].opens or reading.norm(k) in _OTHERS or reading.norm(k) in cues.RELATIONS:
            return False
        if reading.norm(k) in _SELVES:
            return True
    return False


def _is_born(reading: Reading, i: int) -> bool:
    """ "Memo is the baby of us"."""
    place = (
        reading.tokens[i].opens and reading.norm(i + 1) in {"is", "was"} and reading.norm(i + 2) in {"the", "our", "my"}
    )
    return place and reading.norm(i + 3) in _RANKS


def _is_in_brackets(reading: Reading, i: int) -> bool:
    """ "one of us (Jordan) is in recovery"."""
    token = reading.tokens[i]
    closed = reading.text[token.end : token.end + 1] == ")"
    return (
        token.gap == " (" and closed and (reading.norm(i - 1) in {"us", "them"} or reading.norm(i - 1) in cues.SOMEBODY)
    )


def _is_spoken_to(reading: Reading, i: int) -> bool:
    """ "Pip, I'm going in": the first word of what is said, then a comma and the message."""
    token = reading.tokens[i]
    if not token.gap.endswith(_QUOTES) or i + 1 >= len(reading.tokens) or reading.tokens[i + 1].gap != ", ":
        return False
    return token.norm not in cues.RELATIONS and token.norm not in _CALLS and reading.norm(i + 1) in _MESSAGES


def _is_initial_of_writer(reading: Reading, i: int) -> bool:
    """ "I'm M."."""
    token = reading.tokens[i]
    return (
        token.shape == "title"
        and token.norm not in _LONE
        and reading.norm(i - 1) in {"i'm", "im"}
        and _ends(reading, i)
    )


_SELVES = frozenset({"himself", "herself"})
_AUXILIARIES = frozenset({"has", "is", "was", "had", "did", "does", "never", "would", "hasn't", "didn't", "doesn't"})
_OTHERS = frozenset({"he", "she", "i", "we", "they", "who", "him", "her", "you"})
_RANKS = frozenset({"baby", "oldest", "youngest", "eldest", "middle", "firstborn"})
_QUOTES = ('"', "“", "‘")
_CALLS = section("slang", "function_words") | {"honey", "baby", "sweet", "sunny", "love", "boy", "merry"}
_MESSAGES = section("messages")
_NOBODY = _HOLY | (section("function_words") - {"will"}) | cues.TITLES | (section("programmes") - {"serenity"})


def _is_whose_name(reading: Reading, i: int) -> bool:
    """ "Isabel is also my daughter's name"."""
    if reading.norm(i + 1) not in {"is", "was"}:
        return False
    return any(
        reading.norm(k) in cues.KIN and reading.tokens[k].possessive and reading.norm(k + 1) == "name"
        for k in range(i + 3, min(i + 6, len(reading.tokens)))
    )


def _is_kin(reading: Reading, i: int) -> bool:
    """ "Mo is my uncle"."""
    if (
        reading.norm(i + 1) not in {"is", "was"}
        or reading.norm(i + 2) not in cues.OWNERS
        or not reading.tokens[i].opens
    ):
        return False
    k = i + 3
    while k < i + 5 and reading.norm(k) not in cues.KIN:
        k += 1
    return reading.norm(k) in cues.KIN and not (k < len(reading.tokens) and reading.tokens[k].possessive)


def _is_doubled(reading: Reading, i: int) -> bool:
    """Man-Man, Jo-Jo."""
    return any(
        0 <= k < len(reading.tokens)
        and reading.norm(k) == reading.norm(i)
        and reading.tokens[max(i, k)].gap == "-"
        and is_capital(reading.tokens[k])
        for k in (i - 1, i + 1)
    )


def _is_self(reading: Reading, i: int) -> bool:
    """ "it's me dot", "I'm tiff and", "this is grace again"."""
    token = reading.tokens[i]
    if not token.flags & GIVEN or token.gap not in {" ", ", "} or token.norm in cues.NEVER or len(token.norm) < 3:
        return False
    before = reading.norm(i - 1)
    if before == "me" and reading.norm(i - 2) in _ME:
        return _ends(reading, i)
    if before in {"i'm", "im"}:
        return _ends(reading, i) and (is_capital(token) or bool(token.flags & COMMON) or not token.flags & BASIC)
    return False


def _acts_small(reading: Reading, i: int) -> bool:
    """ "dusty came home high", "so rain texted me", "me n buck": no word like it would stand there."""
    token, before, after = reading.tokens[i], reading.norm(i - 1), reading.norm(i + 1)
    if token.norm in cues.RELATIONS or token.norm in cues.MODALS or token.norm in _FUNCTION or len(token.norm) < 3:
        return False
    if before in {"and", "n"} and reading.norm(i - 2) == "me" and token.gap == " ":
        return True
    if not token.opens and before not in _LINKS:
        return False
    if i + 1 >= len(reading.tokens) or reading.tokens[i + 1].gap != " ":
        return False
    if after in {"came", "went", "got"}:
        return bool(token.flags & COMMON) and reading.norm(i + 2) in _ENDS_OF_WAYS
    if after != "is" or i + 2 >= len(reading.tokens):
        return after in _HUMAN
    number = reading.tokens[i + 2]
    return number.norm.isdigit() and reading.text[number.end : number.end + 1] not in {
        "/",
        "-",
        ":",
    }  # "court is 11/14"


def _ends(reading: Reading, i: int) -> bool:
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    return after is None or bool(after.gap.strip(" ")) or after.norm in {"and", "again", "from", "here"}


def _is_called(reading: Reading, i: int) -> bool:
    """ "they call me Lunchbox", "people call him Ghost"."""
    return (
        is_capital(reading.tokens[i])
        and not reading.tokens[i].gap.strip(" \"“'‘")
        and reading.norm(i - 1) in {"me", "him", "her", "them", "us"}
        and reading.norm(i - 2) in {"call", "calls", "called", "calling"}
        and reading.norm(i) not in cues.NEVER_NOR_KIN
    )
