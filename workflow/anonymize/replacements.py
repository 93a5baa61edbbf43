"""What may stand instead: natural words, the same for the same person or place, with what the answer needs."""

import re
from collections.abc import Iterable, Sequence

from .chains import Chain
from .kinds import Identifier, Kind, Suspicion
from .reading import Reading

_OF_TITLE = {
    "the doctor": "dr doctor doc",
    "the judge": "judge",
    "an officer": "officer sgt sergeant det detective deputy sheriff lt lieutenant capt captain chief trooper warden agent po",
    "the pastor": "pastor father fr rev reverend rabbi imam deacon bishop elder brother bro",
    "a nun": "sister",
    "an uncle": "uncle tio",
    "an aunt": "aunt auntie aunty tia titi tita tito",
    "the coach": "coach",
    "the nurse": "nurse",
    "a teacher": "principal professor prof",
    "a lawyer": "attorney",
    "a counselor": "counselor",
    "a cousin": "cousin",
    "a grandmother": "abuela nana nonna memaw mamaw grandma granny gramma vovo avo lola ba",
    "a grandfather": "abuelo papaw grandpa grandpop pop lolo nonno",
}
TITLED = {title: said for said, titles in _OF_TITLE.items() for title in titles.split()}
_PLACES = {
    "town": ("our town", "another town", "a third town", "a town elsewhere"),
    "street": ("our street", "another street", "a street nearby"),
    "road": ("a road nearby",),
    "place": ("a place nearby", "another place nearby", "a third place"),
    "zip": ("(ZIP code removed)",),
    "unit": ("(number removed)",),
}
_ORGS = {
    "hospital": "hospital",
    "treatment": "treatment center",
    "school": "school",
    "church": "church",
    "court": "court",
    "jail": "jail",
    "police": "police department",
    "house": "house",
    "store": "store",
    "restaurant": "restaurant",
    "work": "workplace",
    "place": "place",
}
_CONTACTS = {
    "phone": "(phone number removed)",
    "mail": "(email address removed)",
    "web": "(web address removed)",
    "handle": "(account name removed)",
}
_ORDINALS = ("my other", "my third", "my fourth")
_STRANGERS = ("someone", "someone else", "another person", "one more person")
_GROUPS = {
    "kids": "child",
    "children": "child",
    "boys": "son",
    "girls": "daughter",
    "grandkids": "grandchild",
    "grandchildren": "grandchild",
    "babies": "baby",
} | {
    f"{word}s": word
    for word in (
        *("son", "daughter", "brother", "sister", "parent", "friend", "cousin", "sibling", "twin", "nephew", "niece"),
        *("neighbor", "neighbour", "grandson", "granddaughter"),
    )
}


def name_people(chains: Iterable[Chain], *, only_relation: str = "") -> None:
    """Choose the words for each person; two sons are "my son" and "my other son"."""
    used = {chain.replacement for chain in chains if chain.replacement}
    strangers = iter(_STRANGERS)
    for chain in chains:
        if chain.replacement:
            continue
        said = _said_of(chain, only_relation)
        if said and said in used and said.startswith(("my ", "our ")):
            said = next(
                (
                    f"{ordinal} {said.split(' ', 1)[1]}"
                    for ordinal in _ORDINALS
                    if f"{ordinal} {said.split(' ', 1)[1]}" not in used
                ),
                said,
            )
        chain.replacement = said or next(strangers, _STRANGERS[-1])
        used.add(chain.replacement)


def _said_of(chain: Chain, only_relation: str) -> str:
    if chain.is_writer:
        return "a family member"
    if chain.relation:
        possessor, _, word = chain.relation.rpartition(" ")
        word = _GROUPS.get(word, word)
        return f"{possessor if possessor and possessor not in {'the', 'your'} else 'my'} {word}"
    if chain.title in TITLED:
        return TITLED[chain.title]
    return only_relation


_AGES = {"adjective": "elderly", "age": "over 90", "edad": "más de 90"}


def word_places(reading: Reading, found: Sequence[Suspicion], told: dict[str, str]) -> None:
    """Towns, streets and organisations, numbered by their first mention; dates, contacts and numbers by their form."""
    said: dict[str, str] = dict(told)
    counts: dict[str, int] = {}
    for item in found:
        key = _WITH_ARTICLE.sub("", reading.text[item.start : item.end].casefold())
        if item.kind in (Kind.PLACE, Kind.ORG):
            if key not in said:
                said[key] = _next_place(item, counts)
            item.replacement = _without_article(reading, item, said[key])
        elif item.kind is Kind.DATE:
            item.replacement = item.form
        elif item.kind is Kind.CONTACT:
            item.replacement = _CONTACTS.get(item.form, "(removed)")
        elif item.kind is Kind.ID:
            item.replacement = "(number removed)"
        elif item.kind is Kind.AGE:
            item.replacement = _AGES[item.form]


def _next_place(item: Suspicion, counts: dict[str, int]) -> str:
    number = counts.get(item.form, 0)
    counts[item.form] = number + 1
    if item.kind is Kind.PLACE:
        choices = _PLACES.get(item.form, _PLACES["place"])
        return choices[min(number, len(choices) - 1)]
    noun = _ORGS.get(item.form, "place")
    if item.form in {"court", "jail"}:
        return f"the {noun}" if number == 0 else f"another {noun}"
    return f"a {noun} nearby" if number == 0 else f"another {noun}"


def _without_article(reading: Reading, item: Suspicion, words: str) -> str:
    """ "the Lahey Clinic" → "the clinic nearby": the article that stands there serves."""
    if item.kind is Kind.PLACE and _WITH_ARTICLE.match(reading.text[item.start : item.end].casefold()):
        return words
    if _WITH_ARTICLE.match(reading.text[item.start : item.end].casefold()):
        return re.sub(r"^(?:the|an?|our|another)\s+", "the ", words)
    before = reading.text[max(0, item.start - 8) : item.start].casefold()
    if re.search(r"\b(?:the|a|an|my|his|her|our|their)\s+$", before):
        return re.sub(r"^(?:the|an?|our|another)\s+", "", words)
    return words


_WITH_ARTICLE = re.compile(r"the\s+(?=\S)")
_OPENING = re.compile(r"(?:^|[.!?…]['\"”’)]*\s+|\n\s*|[\"“]\s*)$")


def at_opening(text: str, start: int, words: str) -> str:
    """A sentence begins with a capital."""
    if words and _OPENING.search(text[max(0, start - 6) : start]):
        return words[0].upper() + words[1:]
    return words


def apply(text: str, identifiers: Iterable[Identifier]) -> str:
    """The letter with every replacement in its place; hints are left as they are."""
    return compose(text, ((item.start, item.end, item.replacement) for item in identifiers if not item.is_hint))


def compose(text: str, swaps: Iterable[tuple[int, int, str]]) -> str:
    """The text with (start, end, words) put in; of overlapping ones the first counts. No words close the gap."""
    parts: list[str] = []
    last = 0
    for start, end, words in sorted(swaps, key=lambda swap: (swap[0], -swap[1])):
        if start < last:
            continue
        before = text[last:start]
        if not words:
            before, end = _close_gap(text, before, end)
        parts += [before, words]
        last = end
    return "".join([*parts, text[last:]])


def _close_gap(text: str, before: str, end: int) -> tuple[str, int]:
    """ "my son, Mike, is" → "my son is"; "my son (Mike) is" → "my son is"; "my son Mike is" → "my son is"."""
    after = text[end : end + 1]
    if before.endswith("(") and after == ")":
        return before[:-1].rstrip(" "), end + 1
    if before.endswith(", ") and after == ",":
        return before[:-2], end + 1
    if before.endswith(", "):
        return before[:-2], end
    return before.rstrip(" ") if before.endswith(" ") else before, end
