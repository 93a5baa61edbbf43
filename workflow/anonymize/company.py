"""What stands beside a name: the signature, family names, the other side of "and"."""

from dataclasses import dataclass, field
from itertools import pairwise

from . import cues
from .cues import is_capital, is_unknown
from .lexicon import BASIC, COMMON, FAMILY, GIVEN, PLACE, WORD, is_near_word, section
from .reading import Reading


@dataclass(slots=True)
class People:
    """Word → why it is thought to name somebody; `relations` holds "my son" for words introduced so."""

    sure: dict[int, str] = field(default_factory=dict)
    maybe: dict[int, str] = field(default_factory=dict)
    relations: dict[int, str] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)
    writer: set[int] = field(default_factory=set)


_NO_FORENAME = cues.NEVER | cues.RELATIONS | cues.TITLES | cues.CONNECTING | cues.PRONOUNS
_PARTICLES = section("particles")


_SUFFIXES = section("suffixes")


def sign_off(reading: Reading, free: list[bool], quiet: set[int], people: People) -> None:
    """The last line: "Love, Patty", "- Linda"."""
    body = reading.text.rstrip()
    cut = max(body.rfind("\n"), body.rfind("\r"))
    last = [i for i, token in enumerate(reading.tokens) if token.start > cut]
    if cut >= 0:
        _sign_with_more(reading, free, people)
    if cut < 0 or not last or len(last) > 8:
        last = _dashed_end(reading)
    for i in last:
        token = reading.tokens[i]
        if free[i] and i == last[0] and _signs_with_a_word(reading, last):
            people.sure[i] = "The signature."
            people.writer.add(i)
        if not free[i] or i in quiet or token.norm in cues.NEVER or (i in people.sure and i not in last):
            continue
        named = token.flags & GIVEN and (not token.flags & BASIC or (token.flags & COMMON and len(last) < 4))
        odd = (is_unknown(token) and len(token.norm) > 1 and not is_near_word(token.norm)) or (
            is_capital(token) and not token.is_word and len(last) < 3 and len(token.norm) > 1
        )
        initial = len(token.norm) == 1 and token.shape == "title" and len(last) < 4 and token.norm not in "ia"
        if (
            (
                named
                and not cues.is_place_context(reading, i)
                and (is_capital(token) or not token.is_word or len(last) < 3)
            )
            or odd
            or initial
        ):
            people.sure[i] = "The signature."
            people.writer.add(i)


def _sign_with_more(reading: Reading, free: list[bool], people: People) -> None:
    """The last line but a place or an account, with what its writer says of themselves: "Dot, a nosy lady", "Art in Ohio"."""
    lines = [i for i, token in enumerate(reading.tokens) if "\n" in token.gap][-2:]
    for first, after in pairwise([*lines, len(reading.tokens)]):
        is_last = after == len(reading.tokens)
        if after - first > (_LONGEST_SIGNATURE if is_last else 2) or (not is_last and after < len(reading.tokens) - 4):
            continue
        token, end = reading.tokens[first], first + 1
        while (
            end < after
            and end < first + 3
            and is_capital(reading.tokens[end])
            and reading.tokens[end].gap in {" ", ". "}
        ):
            end += 1
        if not free[first] or token.shape != "title" or not _may_sign(reading, first, end):
            continue
        if end == after or _is_described(reading, end, is_word=token.is_word):
            for k in range(first, end):
                people.sure[k] = "The signature."
                people.writer.add(k)


_LONGEST_SIGNATURE = 14
_BEHIND_NAMES = frozenset({", ", " (", " / ", "/", " - ", " – ", " — ", " & "})


def _is_described(reading: Reading, end: int, *, is_word: bool) -> bool:
    """What follows tells of the writer: ", a nosy lady", "(yes, like the state)", "in Ohio", "and Chip"."""
    token = reading.tokens[end]
    if token.norm == "and":
        return not is_word or (end + 1 < len(reading.tokens) and is_capital(reading.tokens[end + 1]))
    if token.norm in {"in", "from"}:
        return True
    told = token.norm in _SELF or token.norm in cues.RELATIONS or token.shape == "digit" or is_capital(token)
    return token.gap in _BEHIND_NAMES and (not is_word or token.gap not in {", ", " - "} or told)


_SELF = frozenset({"a", "an", "the", "your", "retired", "age", "aged", "still", "just"})


def _may_sign(reading: Reading, first: int, end: int) -> bool:
    """A given name, whatever else it means, or an initial with a family name behind it."""
    token = reading.tokens[first]
    if len(token.norm) == 1:
        family = end == first + 2 and reading.tokens[end - 1].shape == "title"
        return token.norm not in "ia" and (family or reading.norm(end) in {"in", "from"})
    if is_unknown(token) and len(token.norm) > 2 and not is_near_word(token.norm):
        return end == first + 1
    return bool(token.flags & GIVEN) and token.norm not in _NO_SIGNERS and token.norm not in cues.RELATIONS


_NO_SIGNERS = section("staff", "holy", "function_words", "slang", "weekdays", "spanish_openers", "foreign") | {
    "thank",
    "thanks",
    "love",
}


def _signs_with_a_word(reading: Reading, last: list[int]) -> bool:
    """A nation, a month or a kin word that is a given name too, standing where a name is awaited: "— Dutch", "June and Bill"."""
    token = reading.tokens[last[0]]
    if token.norm not in cues.NEVER or token.norm in _NO_SIGNATURE or not token.flags & GIVEN or not is_capital(token):
        return False
    if len(last) == 1:
        return token.norm not in cues.RELATIONS
    after = reading.tokens[last[1]]
    if len(last) == 2 and after.gap == " ":
        return is_capital(after) and not after.is_word
    return token.norm not in cues.RELATIONS and (after.norm == "and" or after.gap.strip() == "&")


_NO_SIGNATURE = section("staff", "holy")


def _dashed_end(reading: Reading) -> list[int]:
    """Words of a signature on the same line as the text: "… thank you - Linda", "Thanks, Gail"."""
    closings = {
        "love",
        "thanks",
        "you",
        "sincerely",
        "regards",
        "best",
        "blessings",
        "hugs",
        "yours",
        "signed",
        "respectfully",
        "gratefully",
        "xo",
        "xoxo",
        "bless",
    }
    for back in range(1, 5):
        i = len(reading.tokens) - back
        if i < 1:
            break
        gap = reading.tokens[i].gap
        dashed = gap.strip(" .!?…") in {"-", "–", "—", "~"} and gap != "-"
        if dashed or (
            reading.norm(i - 1) in closings and gap.strip() in {",", ".", "!", "-", "—", "–", ""} and gap != " "
        ):
            return list(range(i, len(reading.tokens)))
    return _bare_end(reading)


def _bare_end(reading: Reading) -> list[int]:
    """One or two capitals as the last sentence of all: "… strangers lol. Kat", "Nan in Waycross"."""
    i = len(reading.tokens) - 3
    if (
        i > 1
        and reading.norm(i + 1) in {"in", "from"}
        and reading.tokens[i].opens
        and is_capital(reading.tokens[i + 2])
    ):
        token = reading.tokens[i]
        if is_capital(token) and token.norm not in cues.NEVER and (token.flags & GIVEN or not token.is_word):
            return [i]
    if _is_name_alone(reading, len(reading.tokens) - 1):
        return [len(reading.tokens) - 1]
    if (first := _before_its_town(reading)) is not None:
        return [first]
    for back in (1, 2):
        i = len(reading.tokens) - back
        if i < 1:
            return []
        token = reading.tokens[i]
        if not is_capital(token) or token.norm in cues.NEVER or token.norm in cues.RELATIONS or token.flags & BASIC:
            return []
        if token.opens:
            return list(range(i, len(reading.tokens))) if not token.is_word or token.flags & GIVEN else []
    return []


def _is_name_alone(reading: Reading, i: int) -> bool:
    """ "… Is there like a procedure. Art": a name that is a word too, without the full stop that a sentence would have."""
    if i < 2 or not reading.tokens[i].opens:
        return False
    token = reading.tokens[i]
    names = token.shape == "title" and token.flags & GIVEN and token.flags & COMMON and token.norm not in _NO_SIGNERS
    return bool(names) and not reading.text[token.end :].strip()


def _before_its_town(reading: Reading) -> int | None:
    """ "… asked me to ask. Thx. Barb, Eau Claire"."""
    for i in range(len(reading.tokens) - 2, max(1, len(reading.tokens) - 5), -1):
        town = reading.tokens[i + 1]
        if town.gap != ", " or not reading.tokens[i].opens:
            continue
        named = reading.tokens[i].shape == "title" and _may_sign(reading, i, i + 1) and len(reading.norm(i)) > 1
        placed = all(is_capital(token) for token in reading.tokens[i + 1 :])
        return i if named and placed and (town.flags & PLACE or not town.is_word) else None
    return None


def spread(reading: Reading, free: list[bool], quiet: set[int], people: People) -> None:
    """Beside a sure name: family names to the right, company in a list, "Donna and X"."""
    for i in sorted(people.sure):
        j = i + 1
        while (
            j < len(reading.tokens)
            and j not in people.sure
            and reading.is_touching(j)
            and free[j]
            and j not in quiet
            and not reading.tokens[j - 1].possessive
        ):
            step = _surname(reading, j)
            if not step:
                break
            for k in range(j, j + step):
                people.sure.setdefault(k, "Goes with the name before it.")
            j += step
        _company(reading, i, free, quiet, people)
        _forename(reading, i, free, quiet, people)


def _forename(reading: Reading, i: int, free: list[bool], quiet: set[int], people: People) -> None:
    """A capital word left of a name in mid-sentence belongs to it: "the Lady Rosalie", "Smokin Joe"."""
    k = i - 1
    if k < 0 or not reading.is_touching(i) or not free[k] or k in quiet or k in people.sure:
        return
    token = reading.tokens[k]
    if (
        is_capital(token)
        and not token.opens
        and token.norm not in _NO_FORENAME
        and not token.possessive
        and len(token.norm) > 1
        and token.shape == "title"
    ):
        people.sure[k] = "Goes with the name after it."
    elif _is_whole_name(reading, k):
        people.sure[k] = "A given name and a family name."


def _is_whole_name(reading: Reading, k: int) -> bool:
    """ "June Kowalczyk", "Al Petrosky": a month, a state or a people before a family name; not "in June Kowalczyk died"."""
    token, family = reading.tokens[k], reading.tokens[k + 1]
    if token.norm not in _MORE_THAN_NAMES or not token.flags & GIVEN or token.shape != "title" or token.possessive:
        return False
    if reading.norm(k - 1) in _BEFORE_TIMES or cues.has_article(reading, k) or family.gap != " ":
        return False
    return is_capital(family) and not family.is_word and not family.flags & COMMON


_MORE_THAN_NAMES = section("calendar", "states", "nations", "countries") - section("weekdays") | {"jesus"}
_BEFORE_TIMES = frozenset(
    {"in", "last", "this", "next", "since", "until", "by", "mid", "late", "early", "every", "during", "new"}
)


def _surname(reading: Reading, j: int) -> int:
    """How many words from j on belong to the name before them."""
    token = reading.tokens[j]
    if token.norm in _SUFFIXES:
        return 1
    if (
        token.norm in _PARTICLES
        and j + 1 < len(reading.tokens)
        and reading.is_touching(j + 1)
        and is_capital(reading.tokens[j + 1])
    ):
        return 2 if reading.norm(j + 1) not in cues.NEVER else 0
    if len(token.norm) == 1:
        return int(
            (token.shape == "title" and token.norm != "i")
            or (reading.text[token.end : token.end + 1] == "." and token.norm not in "ia")
        )
    if token.norm in cues.NEVER or token.norm in cues.RELATIONS:
        return 0
    if token.gap in {"-", "‐", "\u2011"} and token.shape == "lower" and is_capital(reading.tokens[j - 1]):
        return int(token.norm not in {"year", "years", "in", "like", "free", "style", "less", "the", "and"})
    if is_capital(token):
        if not token.is_word or token.flags & FAMILY:
            return 1
        return int(not token.flags & BASIC)
    if token.is_word or token.flags & WORD:
        return int(not token.is_word and bool(token.flags & COMMON))
    return int(
        bool(token.flags & (FAMILY | GIVEN))
        or (
            is_unknown(token)
            and not is_near_word(token.norm)
            and reading.is_lower
            and not token.norm.endswith(cues.VERB_ENDINGS)
        )
    )


def _company(reading: Reading, i: int, free: list[bool], quiet: set[int], people: People) -> None:
    """The other side of "and", "&" or a comma in a list of names."""
    for k, joint in ((i + 2, i + 1), (i - 2, i - 1)):
        if not 0 <= k < len(reading.tokens) or not free[k] or k in people.sure or k in quiet:
            continue
        if (
            reading.norm(joint) not in {"and", "n", "y"}
            or reading.tokens[max(k, joint)].gap.strip()
            or reading.tokens[max(i, joint)].gap.strip(" ,")
        ):
            continue
        if _is_companion(reading, k, before=k < i):
            people.sure[k] = "Named together with somebody."
    for k in (i + 1, i - 1):
        if 0 <= k < len(reading.tokens) and free[k] and k not in people.sure and k not in quiet:
            gap = reading.tokens[max(k, i)].gap
            if gap in {", ", " & ", "/", " / ", ",", " + "} and _is_companion(reading, k, before=k < i, strict=True):
                people.sure[k] = "Named together with somebody."


def _is_companion(reading: Reading, k: int, *, before: bool, strict: bool = False) -> bool:
    token = reading.tokens[k]
    opens = token.opens and token.gap != ": "  # "three of us: Joy, Dale and me"
    if token.norm in cues.NEVER or token.norm in cues.RELATIONS or token.shape == "digit" or len(token.norm) < 2:
        return len(token.norm) == 1 and token.shape == "title" and token.norm not in "ia" and not strict
    if is_capital(token) and before and opens and not strict and token.flags & GIVEN:
        return not token.flags & BASIC or bool(token.flags & COMMON)
    if is_capital(token) and not (before and opens):
        return bool(token.flags & GIVEN) or not token.is_word
    if token.flags & COMMON and not token.flags & BASIC:
        return not strict or not token.is_word
    if before and opens and token.flags & GIVEN and not token.flags & BASIC and not strict:
        return True
    return (
        is_unknown(token) and not strict and not is_near_word(token.norm) and not token.norm.endswith(cues.VERB_ENDINGS)
    )
