"""What the engine speaks of: kinds of identifier, a suspicion while it is weighed, and the finding that comes out."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a passage gives away (the floor is HIPAA Safe Harbor, 45 CFR 164.514(b)(2))."""

    PERSON = "PERSON"
    PLACE = "PLACE"
    ORG = "ORG"
    DATE = "DATE"
    CONTACT = "CONTACT"
    ID = "ID"
    AGE = "AGE90"
    QUASI = "QUASI"


RANK = {
    kind: rank
    for rank, kind in enumerate(
        (Kind.CONTACT, Kind.ID, Kind.AGE, Kind.DATE, Kind.ORG, Kind.PLACE, Kind.PERSON, Kind.QUASI)
    )
}


@dataclass(slots=True)
class Suspicion:
    """A passage under suspicion. `start` and `end` count code points, `end` excluded.

    `whole` widens the passage to what must be replaced together (a title, "years old"); `form` steers the replacement.
    """

    start: int
    end: int
    kind: Kind
    why: str
    is_hint: bool = False
    form: str = ""
    person: str = ""
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One finding: where, what, why, and the words that may stand there instead."""

    start: int
    end: int
    kind: Kind
    replacement: str
    why: str
    person: str = ""
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody or something an earlier letter of the same family named, and how it was replaced there."""

    text: str
    kind: str
    replacement: str
    person: str = ""
