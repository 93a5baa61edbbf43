"""What is nobody's secret although it has a capital: authors, drinks, states of two words, greetings, cars, chains of shops."""

import re
from functools import lru_cache

from . import cues
from .cues import is_capital
from .explained import is_named_aside
from .lexicon import FAMILY, GIVEN, PLACE, plain, section
from .reading import Reading
from .workplaces import EMPLOYERS

_GREETINGS = section("greetings")
_CARS = section("cars_too")
_BEFORE_CARS = section("before_cars")
_DRUGS = section("drug_names") | {"g", "k", "t", "e", "x"}
_SUNG = section("sung", "before_titles")
_PRESIDENTS = section("presidents")
_GOSPELS = frozenset({"matthew", "mark", "luke", "john", "romans", "james", "peter", "timothy"})
_OF_BOOKS = _PRESIDENTS | _GOSPELS
_TAKING = section("taking") - {"with", "for", "of", "on", "does", "do", "doing", "did", "more", "some", "rolling"}
_BEFORE_SHOPS = frozenset({"a", "an", "the", "at", "to", "from"})
_OWNERS = section("owners_of_cars")
_ARTICLES = frozenset({"a", "an", "the"})
_STAFF_ONLY = section("staff_only")
_BEFORE_TOWNS = frozenset({"a", "an", "old", "new"})
_SMALL = section("function_words")
_LEADING = frozenset({"took", "take", "takes", "taking"})
_WAYS = frozenset({"to", "home", "away", "out", "in", "into", "back", "up", "over", "there", "here", "from"})
_WORK = section("site_cues", "work_cues", "done_for_pay")
_EATEN_AT = section("eaten_at")
_VESSELS, _COLOURS, _DRINKING = section("vessels"), section("colours"), section("drinking")
_BEFORE_COLOURS = frozenset({"a", "his", "her", "my", "our", "their", "the"})
_UNDER = frozenset({"under", "and"})
_VERSE = re.compile(r" \d{1,3}:(\d{1,3})\b(?!\s?[ap]\.?m\b)", re.IGNORECASE)
_BESIDE = frozenset(
    {"near", "behind", "beside", "outside", "across", "next", "opposite", "between", "past", "down", "up"}
)


def quiet_words(reading: Reading) -> set[int]:
    """The words that no layer needs to look at."""
    quiet = _greeting(reading)
    phrases = _phrases()
    for i, token in enumerate(reading.tokens):
        for words in phrases.get(token.norm, ()):
            if _is_phrase(reading, i, words):
                quiet.update(range(i, i + len(words)))
        if is_capital(token) and token.gap == " ":
            if reading.norm(i - 1) in _BEFORE_SHOPS:
                quiet.update(_chain_of_shops(reading, i))
            if (token.norm in _CARS and _is_car(reading, i)) or _is_drink_or_paint(reading, i):
                quiet.add(i)
        if token.gap != " " and token.gap.endswith(('"', "“")) and reading.norm(i - 1) in _SUNG:
            quiet.update(_title(reading, i))
        if token.norm in _OF_BOOKS and (_is_of_history(reading, i) or _is_verse(reading, i)):
            quiet.add(i)
        if token.norm in _DRUGS and _is_taken(reading, i):
            quiet.add(i)
    return quiet


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[tuple[str, ...]]]:
    index: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(cues.PHRASES):
        words = tuple(plain(phrase).replace("-", " ").replace("'s", "").split())
        index.setdefault(words[0], []).append(words)
    return index


def _is_phrase(reading: Reading, i: int, words: tuple[str, ...]) -> bool:
    """A kin word before them overrules, and who is said to be named so."""
    if tuple(reading.norms[i : i + len(words)]) != words or (len(words) == 1 and not is_capital(reading.tokens[i])):
        return False
    if words == ("clinton",):  # thirty towns and many boys are called so
        return reading.norm(i - 1) == "president" or _is_of_history(reading, i)
    if words[-1] == "league" and i and is_capital(reading.tokens[i - 1]) and not reading.tokens[i].gap.strip(" "):
        return False
    named = is_named_aside(reading, i) or (reading.norm(i - 1) == "named" and is_capital(reading.tokens[i]))
    named = named and words[-1] != "anon"  # "a group named Al-Anon"
    return not named and not (cues.relation_before(reading, i) and reading.tokens[i].gap == " ")


def _greeting(reading: Reading) -> set[int]:
    """ "Namaste.", "Assalamu alaikum,": the first words of a letter, in any tongue."""
    last = 0
    while last < 4 and reading.norm(last) in _GREETINGS:
        last += 1
    closed = last and (
        last == len(reading.tokens) or reading.tokens[last].gap.strip() or "\n" in reading.tokens[last].gap
    )
    return set(range(last)) if closed else set()


def _chain_of_shops(reading: Reading, i: int) -> range:
    """ "in a Hardee's", "at the Cracker Barrel": one of a thousand, unless somebody works there or its town is named."""
    article = reading.norm(i - 1) in _ARTICLES
    for size in (2, 1):
        words = " ".join(reading.norms[i : i + size])
        if words not in EMPLOYERS and f"{words}s" not in EMPLOYERS and f"{words}'s" not in EMPLOYERS:
            continue
        if (not article and words not in _EATEN_AT) or _is_family(reading, i, size):
            return range(0)
        works = any(reading.norm(k) in _WORK for k in (*range(max(0, i - 8), i), *range(i + size, i + size + 5)))
        told = works or _is_told_apart(reading, i + size) or _is_this_one(reading, i, i + size)
        return range(0) if told else range(i, i + size)
    return range(0)


def _is_family(reading: Reading, i: int, size: int) -> bool:
    """ "the Perkins", "the Perkins boy": a family as well as a chain."""
    token = reading.tokens[i]
    return size == 1 and reading.norm(i - 1) == "the" and bool(token.flags & FAMILY) and not token.possessive


def _is_this_one(reading: Reading, i: int, after: int) -> bool:
    """ "the Wendy's on the corner", "the Wendy's on Sunday": the one that the reader knows."""
    return reading.norm(i - 1) == "the" and reading.norm(after) in {"in", "on", "off", "at", "by"} | _BESIDE


def _is_told_apart(reading: Reading, after: int) -> bool:
    """ "in Batesville", "near Kenton High", "where he works", "warehouse": which of the thousand it is; not "on Sunday"."""
    if after + 1 >= len(reading.tokens) or reading.tokens[after].gap != " ":
        return False
    if reading.norm(after) in {"in", "on", "off", "at", "by"}:
        return is_capital(reading.tokens[after + 1]) and reading.norm(after + 1) not in cues.CALENDAR
    if reading.norm(after) in _BESIDE:
        near = range(after + 1, min(after + 5, len(reading.tokens)))
        return any(is_capital(reading.tokens[k]) and reading.norm(k) not in cues.CALENDAR for k in near)
    return reading.norm(after) == "where" or reading.norm(after) in _STAFF_ONLY


def _title(reading: Reading, i: int) -> range:
    """ "played “Silver Farewell”": capitals between quotation marks, after what is done with songs and books; no name among them."""
    last = i
    while last + 1 < len(reading.tokens) and last - i < 6 and reading.tokens[last + 1].gap == " ":
        last += 1
    closed = reading.text[reading.tokens[last].end :].lstrip(",.!?")[:1] in {'"', "”"}
    telling = all(_is_no_name(reading, k) or reading.norm(k) in _SMALL for k in range(i, last + 1))
    return range(i, last + 1) if last > i and closed and telling else range(0)


def _is_no_name(reading: Reading, k: int) -> bool:
    token = reading.tokens[k]
    return is_capital(token) and token.is_word and not token.flags & (GIVEN | FAMILY)


def _is_of_history(reading: Reading, i: int) -> bool:
    """ "the Carter administration"; "since Carter came home" is a son."""
    if reading.norm(i) not in _PRESIDENTS or not is_capital(reading.tokens[i]) or reading.tokens[i].possessive:
        return False
    return reading.norm(i - 1) == "the" and reading.norm(i + 1) in {"administration", "years", "era", "presidency"}


def _is_verse(reading: Reading, i: int) -> bool:
    """ "John 3:16"; "James 14 says" is a boy, "saw Luke 4:30" and "John 3:16 pm" are hours."""
    if reading.norm(i) not in _GOSPELS or cues.relation_before(reading, i) or i + 1 >= len(reading.tokens):
        return False
    verse = _VERSE.match(reading.text, reading.tokens[i].end)
    return verse is not None and not (len(verse[1]) == 2 and int(verse[1]) % 5 == 0)


def _is_drink_or_paint(reading: Reading, i: int) -> bool:
    """ "a bottle of Sancerre", "been drinking Popov", "in a white Tahoe": whatever word stands there."""
    before, earlier = reading.norm(i - 1), reading.norm(i - 2)
    if reading.tokens[i].possessive:
        return False
    if before == "of":
        return earlier in _VESSELS
    if before in _COLOURS and reading.tokens[i - 1].shape == "lower":
        return earlier in _BEFORE_COLOURS
    return before in _DRINKING and reading.norm(i + 1) not in _UNDER


def _is_car(reading: Reading, i: int) -> bool:
    """ "a white Tahoe", "his Glock"; "my Sierra" may be a daughter, "a Tucson rehab" and "fue a Tucson" are in a town."""
    before = reading.norm(i - 1)
    if before in _BEFORE_TOWNS and reading.tokens[i].flags & PLACE:
        return not (reading.tokens[i].is_spanish or _says_which(reading, i + 1))
    return before in _BEFORE_CARS or (before in _OWNERS and not reading.tokens[i].flags & GIVEN)


def _says_which(reading: Reading, i: int) -> bool:
    """A thing follows, and the word before it says of which town it is."""
    if i >= len(reading.tokens) or reading.tokens[i].gap != " " or is_capital(reading.tokens[i]):
        return False
    word = reading.norm(i)
    return word not in _SMALL and word not in cues.VERBS and not word.endswith(("ed", "ing"))


def _is_taken(reading: Reading, i: int) -> bool:
    """ "took G", "selling molly and K", "started using Tina"; "took Tina and K to detox" are people."""
    if reading.tokens[i].possessive or reading.tokens[i].gap != " " or _is_led(reading, i):
        return False
    if reading.norm(i - 1) in _TAKING:
        return True
    return reading.norm(i - 1) in {"and", "or"} and reading.norm(i - 2) in _DRUGS and reading.norm(i - 3) in _TAKING


def _is_led(reading: Reading, i: int) -> bool:
    """Taken somewhere, which nobody does with a drug."""
    is_pair = reading.norm(i + 1) == "and" and i + 2 < len(reading.tokens) and is_capital(reading.tokens[i + 2])
    last = i + 2 if is_pair else i
    verb = next((reading.norm(k) for k in (i - 1, i - 3) if reading.norm(k) in _LEADING), "")
    return bool(verb) and reading.norm(last + 1) in _WAYS
