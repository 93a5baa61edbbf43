"""The second look: what identifies somebody in words that are about to be read by others."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from .engine import find
from .kinds import Identifier, Kind, Known
from .lexicon import plain

_OF_ANSWERS = frozenset({Kind.PERSON, Kind.PLACE, Kind.ID, Kind.DATE, Kind.AGE, Kind.CONTACT})


def fresh(
    fields: Mapping[str, str],
    *,
    known: Sequence[Known],
    kept: Collection[str],
    staff: Iterable[str],
    public: Collection[str] = (),
) -> list[tuple[str, Identifier]]:
    """(field, identifier) for everything that a reader would see and nobody decided to keep.

    `known`: what the letter named; `kept`: words that a moderator decided to keep; `public`: telephone numbers of the
    registry of help lines. An answer may name organisations and web pages that help, unless the letter named them.
    """
    colleagues = list(staff)
    allowed = {plain(words) for words in (*kept, *(item.replacement for item in known))}
    named = {plain(item.text) for item in known}
    numbers = {_digits(number) for number in public}
    found = []
    for field, text in fields.items():
        for item in find(text, story=known, staff=colleagues):
            words = plain(text[item.start : item.end])
            if item.is_hint or words in allowed or (item.kind is Kind.CONTACT and _digits(words) in numbers):
                continue
            if field == "answer" and words not in named and not _matters_in_answer(item, words):
                continue
            found.append((field, item))
    return found


def _matters_in_answer(item: Identifier, words: str) -> bool:
    return item.kind in _OF_ANSWERS and not words.startswith(("http", "www."))


def _digits(words: str) -> str:
    return "".join(c for c in words if c.isdigit()) or words
