"""One person, one chain: full name, given name, nickname, initial, possessive and slip of the pen belong together."""

from dataclasses import dataclass, field

from . import cues
from .company import People
from .cues import is_capital
from .lexicon import BASIC, GIVEN, WORD, is_near_word, section, short_forms
from .reading import Reading

_MANY = 80  # distinct names; beyond, only exact mentions are followed, so that time stays bounded
_SHE = section("she")
_HE = section("he")
_LOOSE = section("loose")


@dataclass(slots=True)
class Name:
    """One mention: words first..last."""

    first: int
    last: int
    why: str
    person: str = ""


@dataclass(slots=True)
class Chain:
    """One person: every form of the name seen so far, and how the letter relates them to the writer."""

    person: str
    words: set[str] = field(default_factory=set)
    given: str = ""
    family: str = ""
    relation: str = ""
    title: str = ""
    is_writer: bool = False
    replacement: str = ""


def propagate(
    reading: Reading, people: People, free: list[bool], quiet: set[int], told: frozenset[str], staff: frozenset[str]
) -> None:
    """Once a name is sure, all its mentions are, however they are written."""
    known = {reading.norm(i) for i in people.sure if len(reading.norm(i)) > 1 and reading.norm(i) not in _LOOSE} | told
    plain_known = {word for word in known if len(word) > 3} if len(known) <= _MANY else set()
    given = known if len(known) <= _MANY else set()
    for i, token in enumerate(reading.tokens):
        if i in people.sure or not free[i] or token.shape == "digit":
            continue
        if (
            token.norm in known
            and (i not in quiet or _is_called_so(reading, i, people))
            and not cues.is_drug(reading, i)
            and _is_mention(reading, i, staff)
        ):
            people.sure[i] = "The same name as elsewhere in the letter."
        elif (
            token.flags & GIVEN
            and token.norm not in known
            and not cues.is_drug(reading, i)
            and any(is_same_name(token.norm, name) for name in given)
            and _is_mention(reading, i, staff)
        ):
            people.sure[i] = "A short form of a name of the letter."
        elif (
            token.norm.endswith("s")
            and token.norm[:-1] in known
            and len(token.norm) > 3
            and not token.flags & BASIC
            and (not token.is_word or token.norm[:-1] not in cues.ABSTRACT)
        ):
            people.sure[i] = "A name of the letter with an s."
        elif (
            i not in quiet
            and not token.is_word
            and token.norm not in cues.NEVER
            and len(token.norm) > 3
            and _is_slip(reading, i, plain_known)
        ):
            people.sure[i] = "A slip of the pen away from a name of the letter."


def _is_mention(reading: Reading, i: int, staff: frozenset[str]) -> bool:
    token = reading.tokens[i]
    if token.shape == "lower" and _is_infinitive(reading, i):
        return False
    if token.norm in staff and reading.norm(i - 1) in {"dear", "hi", "hello"}:
        return False
    if token.norm in cues.NEVER and token.norm not in staff:
        if token.shape == "lower" and token.norm in cues.CALENDAR:
            return _is_month_for_somebody(reading, i)
        return (
            is_capital(token)
            and not cues.is_place_context(reading, i)
            and (not token.opens or cues.is_subject(reading, i))
            and reading.norm(i - 1) not in {"last", "this", "next", "since", "until"}
        )
    if not token.is_word:
        return (
            is_capital(token)
            or not token.flags & WORD
            or (reading.is_lower and (not token.flags & BASIC or (token.opens and cues.is_subject(reading, i))))
            or _acts(reading, i)
        )
    if is_capital(token) and not token.opens:
        return reading.norm(i - 1) not in {"the", "a", "an"} or token.possessive
    if is_capital(token):
        return not cues.is_continued(reading, i)
    if cues.has_article(reading, i):
        return False
    if token.norm in cues.MODALS:
        return _acts_as_no_modal_can(reading, i)
    return _acts(reading, i) or (
        reading.is_lower and cues.is_object(reading, i) and token.norm not in cues.ABSTRACT and not token.flags & BASIC
    )


def _is_month_for_somebody(reading: Reading, i: int) -> bool:
    """ "april stole from me in april", "do we pay for june": where the letter has an April; not "in april", "may go"."""
    before, after = reading.norm(i - 1), reading.norm(i + 1)
    if before in _BEFORE_TIMES or reading.tokens[i].norm == "may" or after.isdigit() or after == "of":
        return False
    if reading.tokens[i].possessive or (cues.is_subject(reading, i, only_strong=True) and after != "and"):
        return True
    if before in _DONE_TO or (before == "for" and reading.norm(i - 2) in _DONE_TO):
        return True
    joint = reading.norm(i + 2) if after == "and" else reading.norm(i - 2) if before == "and" else ""
    return joint in cues.CALENDAR and before not in {"between", "from"} and _is_told_of_both(reading, i)


def _is_told_of_both(reading: Reading, i: int) -> bool:
    """ "(yes april and august)" beside the capitals of both; "since april and august" is time."""
    first = i if reading.norm(i + 1) == "and" else i - 2
    pair = {reading.norm(first), reading.norm(first + 2)}
    capitals = {token.norm for token in reading.tokens if is_capital(token) and token.norm in pair}
    return capitals == pair and reading.norm(first - 1) not in _BEFORE_TIMES


_BEFORE_TIMES = section("before_times")
_DONE_TO = section("done_to_somebody")


def _acts_as_no_modal_can(reading: Reading, i: int) -> bool:
    """ "will will go", "will just wears": an infinitive would follow the verb."""
    after = i + 2 if reading.norm(i + 1) in {"just", "never", "still", "always"} else i + 1
    word = reading.norm(after)
    return word in {"will", "would", "is", "was", "has", "had", "said", "told"} or (
        word.endswith("s") and not word.endswith("ss") and (word in cues.VERBS or (after > i + 1 and len(word) > 3))
    )


def _is_infinitive(reading: Reading, i: int) -> bool:
    """ "used to rob", "had to chase"."""
    return reading.norm(i - 1) == "to" and reading.norm(i - 2) in _BEFORE_INFINITIVES


_BEFORE_INFINITIVES = frozenset(
    [
        "used",
        "going",
        "want",
        "wants",
        "wanted",
        "had",
        "have",
        "has",
        "trying",
        "tried",
        "need",
        "needs",
        "able",
        "started",
    ]
)


def _acts(reading: Reading, i: int) -> bool:
    """A small word that is spoken to, introduced, or does what people do."""
    if cues.has_article(reading, i):
        return False
    return (
        cues.is_subject(reading, i, only_strong=True)
        or reading.norm(i - 1) in {"told", "asked", "texted"}
        or bool(cues.relation_before(reading, i))
        or reading.tokens[i].possessive
    )


def _is_called_so(reading: Reading, i: int, people: People) -> bool:
    """Mary Jane, when the letter has somebody of that whole name."""
    pair = (reading.norm(i), reading.norm(i + 1)), (reading.norm(i - 1), reading.norm(i))
    return is_capital(reading.tokens[i]) and any(
        (reading.norm(k), reading.norm(k + 1)) in pair and k + 1 in people.sure for k in people.sure
    )


def _is_slip(reading: Reading, i: int, known: set[str]) -> bool:
    token = reading.tokens[i]
    if not is_capital(token) and (token.flags or is_near_word(token.norm)):
        return False
    return any(is_one_slip(token.norm, name) for name in known)


def is_one_slip(one: str, other: str) -> bool:
    """One letter more, less, other, or two swapped; the same first letter; not between short names."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 4 or one[0] != other[0]:
        return False
    short, long = sorted((one, other), key=len)
    k = 0
    while k < len(short) and short[k] == long[k]:
        k += 1
    if len(short) < len(long):
        return short[k:] == long[k + 1 :]
    return short[k + 1 :] == long[k + 1 :] or (
        short[k + 2 :] == long[k + 2 :] and short[k : k + 2] == long[k : k + 2][::-1]
    )


def mentions(reading: Reading, people: People) -> list[Name]:
    """Neighbouring sure words are one mention: "Donna Marie Kowalski", "Mike D."."""
    names: list[Name] = []
    for i in sorted(people.sure):
        before = names[-1] if names else None
        if before and before.last == i - 1 and not reading.tokens[i - 1].possessive and _is_joined(reading, i):
            before.last = i
        else:
            names.append(Name(i, i, people.sure[i]))
    return names


def _is_joined(reading: Reading, i: int) -> bool:
    gap = reading.tokens[i].gap
    return gap in {" ", "-", "‐", "\u2011", "\xa0", "  "} or (gap in {". ", "."} and len(reading.norm(i - 1)) == 1)


def link(reading: Reading, names: list[Name], people: People, told: list[Chain]) -> dict[str, Chain]:
    """Give every mention its person. People of earlier letters keep their number and their replacement."""
    chains = {chain.person: chain for chain in told}
    for name in names:
        words = [reading.norm(k) for k in range(name.first, name.last + 1) if reading.norm(k) not in _LOOSE]
        words = words or [reading.norm(name.first)]
        relation = people.relations.get(name.first, "") or _relation_after(reading, name.last)
        chain = _match(words, relation, list(chains.values()))
        if chain is None:
            chain = Chain(f"p{len(chains) + 1}", given=words[0])
            chains[chain.person] = chain
        name.person = chain.person
        _enrich(chain, words, relation, people, name)
    return chains


def _enrich(chain: Chain, words: list[str], relation: str, people: People, name: Name) -> None:
    chain.words.update(words)
    if len(words) > 1:
        chain.family = chain.family or words[-1]
        chain.given = words[0]
    chain.relation = chain.relation or relation
    chain.title = chain.title or people.titles.get(name.first, "")
    chain.is_writer = chain.is_writer or name.first in people.writer


def _match(words: list[str], relation: str, chains: list[Chain]) -> Chain | None:
    for test in (_same_given, _same_family, _same_by_form):
        for chain in reversed(chains[-_MANY:]):
            if (
                chain.relation
                and relation
                and chain.relation.split()[-1] != relation.split()[-1]
                and test is not _same_given
            ):
                continue
            if test(words, chain):
                return chain
    return None


def _same_given(words: list[str], chain: Chain) -> bool:
    agrees = (
        len(words) == 1
        or not chain.family
        or chain.family == words[-1]
        or (len(words[-1]) == 1 and chain.family.startswith(words[-1]))
    )
    return words[0] == chain.given and agrees


def _same_family(words: list[str], chain: Chain) -> bool:
    return len(words) == 1 and words[0] in chain.words


def _same_by_form(words: list[str], chain: Chain) -> bool:
    if len(words) > 1 and chain.family and words[-1] != chain.family:
        return False
    word, given = words[0], chain.given
    if len(word) == 1 or len(given) == 1:
        return word[0] == given[0]
    return (
        is_same_name(word, given)
        or (len(words) == 1 and word.endswith("s") and word[:-1] in chain.words)
        or is_one_slip(word, given)
    )


def is_same_name(one: str, other: str) -> bool:
    """Michael, Mike, Mikey: one is short for the other, or both for a third and they begin alike."""
    roots, others = short_forms().get(one, frozenset()), short_forms().get(other, frozenset())
    if one in others or other in roots:
        return True
    short, long = sorted((one, other), key=len)
    if (
        len(short) >= 3
        and long.startswith(short)
        and (
            roots & others
            or long[len(short) :] in {"y", "ie", "ey", "i", "my", "ny", "by", "dy", "o", "s", "ito", "ita"}
        )
    ):
        return True
    return len(short) >= 3 and len(long) - len(short) >= 2 and long.startswith(short)


def _relation_after(reading: Reading, last: int) -> str:
    """ "Tyler is my son", "Tyler, our youngest,"."""
    k = last + 1
    if reading.tokens[last].possessive or k + 1 >= len(reading.tokens) or reading.tokens[k].gap not in {" ", ", "}:
        return ""
    if reading.norm(k) in {"is", "was"}:
        k += 1
    if reading.norm(k) not in cues.OWNERS:
        return ""
    for j in range(k + 1, min(k + 4, len(reading.tokens))):
        if reading.norm(j) in cues.RELATIONS and not reading.tokens[j].possessive:
            if reading.norm(j + 1) == "in" and reading.norm(j + 2) == "law":
                return f"{reading.norm(k)} {reading.norm(j)}-in-law"
            return f"{reading.norm(k)} {reading.norm(j)}"
        if reading.tokens[j].gap.strip():
            return ""
    return ""


def pronoun_for(reading: Reading, name: Name) -> str:
    """ "Anna is my sister" → "she is my sister": the sentence says the relation itself."""
    if reading.norm(name.last + 1) not in {"is", "was"} or not (relation := _relation_after(reading, name.last)):
        return ""
    word = relation.split()[-1]
    return "she" if word in _SHE else "he" if word in _HE else "this"
