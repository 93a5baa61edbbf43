"""What the workbench shows: the letter with its marks, findings in groups, who else is here, what the story gives away."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from accounts.models import User

from .. import queues
from ..anonymize import find
from ..models import Case, Finding
from ..models.findings import UNCHECKED, Place
from .said import Said, why_flagged

IN_TEXT = (Place.LETTER, Place.REPLY)  # what a member sent, with its marks
KIND_WORDS = {
    "PERSON": "Name",
    "PLACE": "Place",
    "ORG": "Organization",
    "DATE": "Date",
    "CONTACT": "Contact",
    "ID": "Number",
    "AGE90": "Great age",
    "QUASI": "Could single somebody out",
    UNCHECKED: "Not checked",
    "WISH": "The member’s wish",
    "REPORT": "A reader’s report",
}


@dataclass
class Group:
    """All mentions of one person, or of the same words: decided together."""

    rows: list[Finding] = field(default_factory=list)

    @property
    def first(self) -> Finding:
        return self.rows[0]

    @property
    def open_rows(self) -> list[Finding]:
        return [row for row in self.rows if row.is_open]

    @property
    def is_open(self) -> bool:
        return bool(self.open_rows)

    @property
    def leading(self) -> Finding:
        """The row that a decision about the whole group names."""
        return next(iter(self.open_rows), self.first)

    @property
    def spellings(self) -> list[str]:
        """How it is written, each spelling once."""
        return list(dict.fromkeys(row.text for row in self.rows if row.text))

    @property
    def words(self) -> str:
        """What stands instead in the middle of a sentence."""
        options = [row.replacement for row in self.rows if row.replacement]
        words = next((words for words in options if words[:1].islower()), options[0] if options else "")
        return words if self.first.place not in IN_TEXT else words[:1].lower() + words[1:]

    @property
    def kind_words(self) -> str:
        return KIND_WORDS.get(self.first.kind, "Could single somebody out")

    @property
    def may_be_replaced(self) -> bool:
        return self.first.kind not in {UNCHECKED, "WISH", "REPORT"} and self.first.place != Place.ANSWER


@dataclass(frozen=True)
class Piece:
    """A stretch of the letter: part of a finding, of words that raised a flag, of both, or of neither.

    A danger may cross the edge of a finding, and then lies on several pieces: `opens` on the first, `closes` on the last.
    """

    text: str
    row: Finding | None = None
    group: Group | None = None
    is_danger: bool = False
    opens: tuple[Said, ...] = ()
    closes: tuple[Said, ...] = ()


def groups_of(rows: Iterable[Finding]) -> list[Group]:
    """Findings in the order of the text, grouped; what stands in words for readers comes first."""
    found: dict[tuple[str, str, str], Group] = {}
    for row in sorted(rows, key=lambda row: (row.place == Place.LETTER, row.is_hint, row.start)):
        words = "" if row.person else row.text.casefold() or str(row.pk)
        found.setdefault((row.place, row.person or row.kind, words), Group()).rows.append(row)
    return list(found.values())


def pieces_of(text: str, groups: Iterable[Group], said: Iterable[Said] = ()) -> list[Piece]:
    """The letter, or a reply, cut at its marks: findings never overlap each other; dangers may overlap everything."""
    spans, dangers = _spans(groups), list(said)
    edges = {0, len(text), *(edge for row, _ in spans for edge in (row.start, row.end))}
    edges |= {edge for one in dangers for edge in (one.start, one.end)}
    cuts = sorted(edge for edge in edges if 0 <= edge <= len(text))
    return [_piece(text, start, end, spans, dangers) for start, end in pairwise(cuts)]


def _spans(groups: Iterable[Group]) -> list[tuple[Finding, Group]]:
    """Findings in the text in its order; of two that overlap, the first."""
    marked = [(row, group) for group in groups for row in group.rows]
    in_letter = [(row, group) for row, group in marked if row.place in IN_TEXT and row.kind != UNCHECKED]
    kept: list[tuple[Finding, Group]] = []
    for row, group in sorted(in_letter, key=lambda pair: pair[0].start):
        if not kept or row.start >= kept[-1][0].end:
            kept.append((row, group))
    return kept


def _piece(text: str, start: int, end: int, spans: list[tuple[Finding, Group]], dangers: list[Said]) -> Piece:
    row, group = next((pair for pair in spans if pair[0].start <= start < pair[0].end), (None, None))
    here = [one for one in dangers if one.start <= start < one.end]
    opens = tuple(one for one in here if one.start == start)
    return Piece(text[start:end], row, group, bool(here), opens, tuple(one for one in here if one.end == end))


def story_warning(case: Case) -> list[str]:
    """Facts of earlier publications of the same family that, with this text, give away more than each alone."""
    earlier = queues.published_before(case)
    if not earlier:
        return []
    told = {fact for page in earlier for fact in _facts(f"{page.title}\n{page.intro}\n{page.question_text}")}
    here = _facts(case.question.text)
    return sorted(told - here) if told and here else []


def _facts(text: str) -> set[str]:
    return {text[item.start : item.end].casefold() for item in find(text) if item.kind == "QUASI"}


def work_of(case: Case, who: User, letter: str) -> dict[str, object]:
    """Everything the working part of the page needs."""
    rows = list(case.findings.filter(inquiry__isnull=True).select_related("decided_by"))
    groups = groups_of(rows)
    waiting = [group for group in groups if group.is_open]
    why = why_flagged(case, letter)
    return {
        "pieces": pieces_of(letter, groups, why.places if why else ()),
        "why": why,
        "groups": groups,
        "waiting": waiting,
        "left_sure": sum(row.is_open and not row.is_hint and row.place == Place.LETTER for row in rows),
        "left_hints": sum(row.is_open and row.is_hint for row in rows),
        "is_mine_to_undo": any(row.decided_by_id == who.pk for row in rows),
        "story": story_warning(case),
    }
