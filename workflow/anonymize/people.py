"""Names of people: which words of a letter name somebody, how sure that is, and why.

Recall first: what no cue decides, but could well be a name, becomes a hint rather than nothing.
"""

from . import company, cues, evidence, grammar, initials
from .company import People
from .cues import is_capital, is_unknown
from .lexicon import BASIC, COMMON, FAMILY, GIVEN, PLACE, WORD, is_near_word
from .reading import Reading, Token
from .spanish import is_word as is_spanish_word


def find_people(reading: Reading, free: list[bool], quiet: set[int], *, staff: frozenset[str]) -> People:
    """`free[i]`: word i is in no other finding. `quiet`: words of phrases that are never private (an author, a drink)."""
    people = People()
    for i, token in enumerate(reading.tokens):
        if not free[i] or i in quiet or token.shape == "digit":
            continue
        if _is_dull(token) and reading.norm(i - 1) not in _NAMING:
            continue
        _weigh(reading, i, people, staff)
    company.sign_off(reading, free, quiet, people)
    for _ in range(2):
        company.spread(reading, free, quiet, people)
    return people


_SMALL_WORDS = cues.CONNECTING | cues.PRONOUNS
_VERBS = cues.VERBS | cues.CONNECTING
_NAMING = frozenset({"named", "called"})


def _is_dull(token: Token) -> bool:
    """An ordinary word, written small, that is in no list of names."""
    return token.shape == "lower" and token.is_word and not token.flags & (GIVEN | FAMILY) and len(token.norm) > 1


def _weigh(reading: Reading, i: int, people: People, staff: frozenset[str]) -> None:
    """Decide one word by its own evidence."""
    token = reading.tokens[i]
    if len(token.norm) == 1:
        if initials.is_initial(reading, i):
            _admit(reading, i, people, "An initial used as a name.")
        elif why := grammar.told(reading, i):
            _admit(reading, i, people, why)
        return
    relation = cues.relation_before(reading, i)
    if not relation and cues.is_drug(reading, i):
        return
    if (why := _cued(reading, i, relation)) or (why := grammar.told(reading, i)):
        _admit(reading, i, people, why)
    elif token.norm in staff:
        return
    elif why := evidence.evident(reading, i):
        _admit(reading, i, people, why)
    elif why := evidence.doubtful(reading, i):
        people.maybe[i] = why


def _admit(reading: Reading, i: int, people: People, why: str) -> None:
    people.sure[i] = why
    relation, titled = cues.relation_before(reading, i), cues.is_titled(reading, i)
    if titled and " " not in relation:
        people.titles[i] = reading.norm(i - 1)
        relation = cues.relation_before(reading, i - 1)
    if relation:
        people.relations[i] = relation
    if (
        reading.norm(i - 1) in {"i'm", "im"}
        or (reading.norm(i - 1) in {"is", "am"} and reading.norm(i - 3) == "my")
        or (reading.norm(i - 1) == "am" and reading.norm(i - 2) == "i")
    ):
        people.writer.add(i)


def _cued(reading: Reading, i: int, relation: str) -> str:
    """A kin word, a title or "named" stands before it."""
    token = reading.tokens[i]
    if token.norm in cues.RELATIONS or token.norm in {"who", "that", "and", "or"}:
        return ""
    if cues.is_titled(reading, i) and token.norm not in {"i"}:
        return f"A name after “{reading.norm(i - 1)}”."
    if cues.is_declared(reading, i):
        return "Said to be a name."
    if cues.is_introduced(reading, i) and _is_whole_answer(reading, i):
        return "Introduced as a name."
    if (
        cues.is_introduced(reading, i)
        and not _is_call(reading, i)
        and _may_be_named(token, named_person=reading.norm(i - 2) in cues.SOMEBODY)
    ):
        return "Introduced as a name."
    if relation and _follows_relation(reading, i):
        return f"A name after “{relation}”."
    return ""


def _is_call(reading: Reading, i: int) -> bool:
    """ "my sister called yesterday": the telephone, not a name; "a guy called bear" is one."""
    if reading.norm(i - 1) != "called" or not reading.tokens[i].flags & BASIC or is_capital(reading.tokens[i]):
        return False
    return not {reading.norm(i - 3), reading.norm(i - 4)} & {"a", "an", "this", "some", "is", "was"}


def _is_whole_answer(reading: Reading, i: int) -> bool:
    """ "his name is bear.": any word, when nothing follows it."""
    token = reading.tokens[i]
    if reading.norm(i - 2) not in {"name", "names", "nickname"} or token.norm in _SMALL_WORDS or len(token.norm) < 2:
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    return after is None or bool(after.gap.strip(' "”')) or after.norm in {"and", "but"}


def _may_be_named(token: Token, *, named_person: bool) -> bool:
    if is_capital(token):
        return token.norm not in cues.NEVER or bool(token.flags & GIVEN)
    if named_person:
        return token.norm not in cues.NEVER
    if token.flags & GIVEN:
        return not token.flags & BASIC or bool(token.flags & COMMON)
    return is_unknown(token) and not is_near_word(token.norm)


def _follows_relation(reading: Reading, i: int) -> bool:
    """Is the word after "my son" his name? Capitals say yes; a small word must look like one."""
    token = reading.tokens[i]
    apart = bool(token.gap.strip())
    if _is_no_bearer(reading, i):
        return False
    if token.norm in cues.NO_BEARERS or (token.shape == "lower" and reading.tokens[i - 1].possessive):
        return False
    if token.gap == ", " and reading.norm(i - 1) in _PETS and _is_closed(reading, i):
        return True
    if token.norm in cues.PRONOUNS or (
        token.opens and (token.norm in cues.CONNECTING or (token.flags & BASIC and not token.flags & COMMON))
    ):
        return False
    if is_capital(token) and not (token.opens and apart and "\n" in token.gap):
        if token.shape == "upper" and _is_shouted(token):
            return False
        if token.norm in cues.NEVER:
            return bool(token.flags & GIVEN) and token.norm not in {"it", "us"}
        return (
            not token.is_word
            or bool(token.flags & (GIVEN | FAMILY))
            or (not apart and not token.opens and token.norm not in _VERBS)
            or (not apart and cues.is_subject(reading, i))
        )
    if token.shape == "caseless":
        return True
    if token.norm in _MONTH_NAMES and not apart and cues.is_subject(reading, i):
        return True  # "our daughter april overdosed"
    if token.norm in cues.NEVER and not token.is_ambiguous:
        return False
    if token.is_word:
        return token.is_ambiguous and _small_word_is_name(reading, i, apart)
    if token.flags & (GIVEN | FAMILY):
        return not apart or bool(token.flags & GIVEN)
    if token.flags:
        return token.norm in cues.NAMES_FIRST or (bool(token.flags & PLACE) and not apart)
    if token.is_spanish and not apart:
        return not is_spanish_word(token.norm)
    return not apart and not is_near_word(token.norm) and not token.norm.endswith((*cues.VERB_ENDINGS, "ed"))


def _is_no_bearer(reading: Reading, i: int) -> bool:
    """ "Mother's Day", "my sister's Al-Anon group", "has anybody's brother ever called"; "my brother ever brought it" is Ever."""
    token = reading.tokens[i]
    if reading.tokens[i - 1].possessive:
        is_feast = token.norm == "day" and reading.norm(i - 1) in {"mother", "father", "grandparent"}
        is_theirs = reading.norm(i + 1) in cues.RELATIONS and reading.tokens[i - 1].shape == "lower"
        return (is_feast and not is_theirs) or (token.norm == "al" and reading.norm(i + 1) == "anon")
    if token.norm != "ever" or token.shape != "lower" or token.gap != " " or reading.norm(i - 2) in _ONE:
        return False
    k = i
    while k > max(0, i - 7) and not reading.tokens[k].opens:
        k -= 1
        if reading.norm(k) == "every" and reading.norm(k + 1) in _TIMES:
            return False
        if reading.norm(k) in _EVER:
            return True
    return False


_MONTH_NAMES = frozenset({"april", "june", "august"})
_ONE = frozenset({"a", "an", "one", "another", "have", "has", "had"})  # "i have a son ever, he is 19"
_TIMES = frozenset({"day", "night", "morning", "evening", "week", "weekend", "month", "payday", "friday", "year"})
_EVER = frozenset(
    {"has", "have", "had", "did", "does", "no", "any", "anybody", "anyone", "every", "all", "if", "nobody", "never"}
)


def _is_shouted(token: Token) -> bool:
    """ "my mother is KILLING me", "the kids LOVE it": an ordinary word in capitals."""
    return bool(token.flags & WORD) and not token.flags & COMMON


_PETS = frozenset({"dog", "cat", "puppy", "kitten", "horse", "parrot"})


def _is_closed(reading: Reading, i: int) -> bool:
    """ "she took the dog, moose.": one word between comma and stop."""
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    return reading.tokens[i].norm not in _SMALL_WORDS and (after is None or after.gap[:1] in {",", ".", "!", "?", "\n"})


def _small_word_is_name(reading: Reading, i: int, apart: bool) -> bool:
    """ "my niece destiny is", but not "my son will not" nor "my husband may"."""
    token = reading.tokens[i]
    if apart and not token.flags & COMMON:
        return False
    if not token.flags & COMMON and token.flags & BASIC:
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if after is None or after.gap.strip(" "):
        return token.norm not in cues.MODALS or (after is not None and ("," in after.gap or ")" in after.gap))
    if token.norm in cues.MODALS:
        return after.norm in {
            "is",
            "was",
            "has",
            "had",
            "did",
            "does",
            "said",
            "says",
            "told",
            "and",
            "who",
            "got",
            "came",
            "went",
        }
    return (
        after.norm in cues.VERBS
        or after.norm in {"and", "who", "when", "that", "at", "on", "for", "but", "because", "n"}
        or after.is_word is False
    )
