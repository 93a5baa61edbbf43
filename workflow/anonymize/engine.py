"""The engine's one question: what in this letter would tell who the family is? Layer upon layer, each finding says why."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from . import ages, capitals, cues, dates, hints, organizations, patterns, places, replacements
from . import chains as persons
from .chains import Chain, Name
from .company import People
from .cues import is_capital
from .kinds import RANK, Identifier, Kind, Known, Suspicion
from .lexicon import BASIC, PLACE, plain
from .naming import GENERIC, HEADS
from .people import find_people
from .quiet import quiet_words
from .reading import Reading, read
from .stretches import Sheet


def find(text: str, *, story: Sequence[Known] = (), staff: Iterable[str] = ()) -> list[Identifier]:
    """Everything in `text` that could identify somebody, in order, without overlaps among the sure ones.

    `story`: what earlier letters of the same family named. `staff`: names that stay, besides the house's own.
    """
    reading, sheet = read(text), Sheet(text)
    colleagues = cues.STAFF | {plain(name) for name in staff}
    found = [
        *patterns.contacts(sheet),
        *patterns.numbers(sheet),
        *patterns.addresses(sheet),
        *ages.great_ages(sheet),
        *dates.dates(sheet, reading),
    ]
    free = _free(reading, [item for item in found if not item.is_hint])
    quiet = quiet_words(reading)
    for finder in (organizations.find_organizations, places.find_places):
        layer = finder(reading, free, quiet)
        found += layer
        free = _free(reading, [item for item in found if not item.is_hint])
    people = find_people(reading, free, quiet, staff=colleagues)
    found += capitals.unexplained(reading, free, quiet, people, colleagues)
    told = [known for known in story if known.kind == Kind.PERSON]
    persons.propagate(
        reading, people, free, quiet, frozenset(w for k in told for w in plain(k.text).split()), colleagues
    )
    names = persons.mentions(reading, people)
    linked = persons.link(reading, names, people, _told_chains(told))
    replacements.name_people(linked.values(), only_relation=_only_relation(reading, linked))
    found += [*_name_suspicions(reading, names, people, linked), *_echoes(reading, found, free, people)]
    settled = _settle(found)
    capitals.widen(reading, settled)
    replacements.word_places(reading, settled, {plain(k.text): k.replacement for k in story if k.kind != Kind.PERSON})
    unsure = [
        *_doubts(reading, people, free),
        *(item for item in found if item.is_hint),
        *hints.find_hints(sheet, reading),
    ]
    everything = [*settled, *_apart(unsure, settled)]
    return [_finished(text, item) for item in sorted(everything, key=lambda item: (item.start, item.end))]


def _finished(text: str, item: Suspicion) -> Identifier:
    words = replacements.at_opening(text, item.start, item.replacement)
    return Identifier(item.start, item.end, item.kind, words, item.why, item.person, item.is_hint)


def _free(reading: Reading, found: list[Suspicion]) -> list[bool]:
    """Which words are in no finding yet."""
    taken = sorted((item.start, item.end) for item in found)
    free, k = [True] * len(reading.tokens), 0
    reach = 0
    for i, token in enumerate(reading.tokens):
        while k < len(taken) and taken[k][0] < token.end:
            reach = max(reach, taken[k][1])
            k += 1
        free[i] = token.start >= reach
    return free


def _told_chains(told: Sequence[Known]) -> list[Chain]:
    chains: dict[str, Chain] = {}
    for known in told:
        words = plain(known.text).split()
        person = known.person or f"p{len(chains) + 1}"
        chain = chains.setdefault(person, Chain(person, given=words[0] if words else "", replacement=known.replacement))
        chain.words.update(words)
        if len(words) > 1:
            chain.given, chain.family = words[0], words[-1]
    return list(chains.values())


def _only_relation(reading: Reading, linked: dict[str, Chain]) -> str:
    """When the letter speaks of one relative only ("my son"), a name without a relation is taken to be his."""
    spoken = {
        f"{reading.norm(i - 1)} {token.norm}"
        for i, token in enumerate(reading.tokens)
        if token.norm in cues.KIN and reading.norm(i - 1) in {"my", "our"}
    }
    nameless = [
        chain
        for chain in linked.values()
        if not chain.relation and not chain.title and not chain.is_writer and not chain.replacement
    ]
    taken = {chain.relation for chain in linked.values()}
    return spoken.pop() if len(spoken) == 1 and len(nameless) == 1 and not spoken & taken else ""


def _name_suspicions(reading: Reading, names: list[Name], people: People, linked: dict[str, Chain]) -> list[Suspicion]:
    found = []
    for name in names:
        start, end = reading.tokens[name.first].start, reading.tokens[name.last].end
        if reading.text[end : end + 1] == "." and len(reading.norm(name.last)) == 1:
            end += 1
        words = linked[name.person].replacement
        if name.first in people.titles:
            start = reading.tokens[name.first - 1].start
        if name.first in people.relations:
            words = ""
        elif pronoun := persons.pronoun_for(reading, name):
            words = pronoun
        elif (
            name.first in people.writer
            and reading.norm(name.first - 1) == "is"
            and reading.norm(name.first - 2) == "name"
        ):
            words = "private"
        found.append(Suspicion(start, end, Kind.PERSON, name.why, person=name.person, replacement=words))
    return found


def _echoes(reading: Reading, found: list[Suspicion], free: list[bool], people: People) -> list[Suspicion]:
    """Short mentions of what was named in full: "Gosnold" after "Gosnold Recovery Center", a town written small."""
    known: dict[str, Suspicion] = {}
    starts = [token.start for token in reading.tokens]
    for item in found:
        if item.kind not in (Kind.ORG, Kind.PLACE) or item.is_hint or item.form in {"street", "zip", "road", "unit"}:
            continue
        for i in range(bisect_left(starts, item.start), bisect_left(starts, item.end)):
            if _is_telling(reading, i, item):
                known.setdefault(reading.norm(i), item)
    echoes = []
    for i, token in enumerate(reading.tokens):
        if (
            free[i]
            and i not in people.sure
            and token.norm in known
            and (not token.is_word or (is_capital(token) and not (token.opens and token.flags & BASIC)))
        ):
            item = known[token.norm]
            echoes.append(
                Suspicion(token.start, token.end, item.kind, "Named in full elsewhere in the letter.", form=item.form)
            )
    return echoes


def _is_telling(reading: Reading, i: int, item: Suspicion) -> bool:
    token = reading.tokens[i]
    if (
        token.norm in GENERIC
        or token.norm in HEADS
        or token.norm in cues.NEVER
        or len(token.norm) < 3
        or token.shape == "digit"
    ):
        return False
    if token.norm in places.HEADS or token.norm in places.STREETS or token.norm in places.LEADS:
        return False
    if token.flags & BASIC and token.start != item.start:
        return False
    return (
        item.kind is Kind.ORG
        or not token.is_word
        or bool(token.flags & PLACE and item.end - item.start == token.end - token.start)
    )


def _doubts(reading: Reading, people: People, free: list[bool]) -> list[Suspicion]:
    return [
        Suspicion(reading.tokens[i].start, reading.tokens[i].end, Kind.PERSON, why, is_hint=True, replacement="someone")
        for i, why in people.maybe.items()
        if i not in people.sure and free[i]
    ]


def _settle(found: list[Suspicion]) -> list[Suspicion]:
    """One finding for each passage: overlapping ones are joined under the more telling kind; a hint yields to a sure one."""
    settled: list[Suspicion] = []
    for item in sorted((s for s in found if not s.is_hint), key=lambda s: (s.start, RANK[s.kind], -s.end)):
        rival = settled[-1] if settled else None
        if rival is None or rival.end <= item.start:
            settled.append(item)
            continue
        if RANK[item.kind] < RANK[rival.kind]:
            rival.kind, rival.why, rival.form = item.kind, item.why, item.form
            rival.person, rival.replacement = item.person, item.replacement
        rival.end = max(rival.end, item.end)
    return settled


def _apart(doubts: Iterable[Suspicion], settled: list[Suspicion]) -> list[Suspicion]:
    """Hints that touch nothing sure and no hint before them."""
    starts, ends = [s.start for s in settled], [s.end for s in settled]
    kept: list[Suspicion] = []
    reach = 0
    for item in sorted(doubts, key=lambda s: (s.start, RANK[s.kind] != RANK[Kind.QUASI], -s.end)):
        k = bisect_left(ends, item.start + 1)
        if item.start >= reach and (k == len(starts) or starts[k] >= item.end):
            kept.append(item)
            reach = item.end
    return kept
