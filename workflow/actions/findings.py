"""Findings: what the engine suspects becomes rows, a moderator decides each, and the question follows the decision.

Shared by the stages: intake makes the rows, triage decides them, every change of words for readers is looked at again.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from qa.differences import word_changes
from qa.models import Letter, Question

from .. import events
from ..anonymize import Identifier, Known, at_opening, compose, find
from ..events import Kind
from ..models import Case, Finding, Inquiry
from ..models.findings import UNCHECKED, Place
from ..states import Act, State
from ..transitions import Refused, Seen, acting

log = logging.getLogger(__name__)
NOT_CHECKED = (
    "The check for names did not run on this letter. Read it word by word and take out what identifies anybody."
)
BY_HAND = "Marked by a moderator."
DECIDED = ("decision", "reason", "replacement", "decided_by", "decided_at")
READER_FIELDS = (Place.TITLE, Place.LABEL, Place.INTRO, Place.TEXT)


def scan_letter(case: Case, text: str, *, story: Sequence[Known], staff: Iterable[str]) -> str:
    """Make the findings of a new letter; returns the text for the question, with the sure replacements in it.

    A failing engine never loses a letter: it leaves one open finding, so that a person must decide.
    """
    try:
        found = find(text, story=story, staff=staff)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the letter must arrive
        log.error("The check for names failed on case %s: %s", case.pk, type(fault).__name__)
        Finding.objects.create(case=case, start=0, end=1, kind=UNCHECKED, why=NOT_CHECKED)
        return text
    rows = [_row(case, item, text) for item in found]
    Finding.objects.bulk_create(rows)
    return _composed(text, rows)


def scan_reply(case: Case, inquiry: Inquiry, *, story: Sequence[Known], staff: Iterable[str]) -> None:
    """The same for a member's reply to a question: what is found is decided before the expert reads a word of it."""
    told = [
        Known(row.text, row.kind, row.replacement, row.person)
        for row in case.findings.filter(decision="replaced", place=Place.LETTER)
        if row.text and row.replacement
    ]
    try:
        found = find(inquiry.reply, story=[*told, *story], staff=staff)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the reply must arrive
        log.error("The check for names failed on case %s: %s", case.pk, type(fault).__name__)
        Finding.objects.create(
            case=case, inquiry=inquiry, place=Place.REPLY, start=0, end=1, kind=UNCHECKED, why=NOT_CHECKED
        )
        inquiry.readable = inquiry.reply
        inquiry.save()
        return
    rows = [_row(case, item, inquiry.reply, inquiry=inquiry, place=Place.REPLY) for item in found]
    Finding.objects.bulk_create(rows)
    inquiry.readable = _composed(inquiry.reply, rows)
    inquiry.save()


def decide(
    *,
    case_id: int,
    finding_id: int,
    by: User,
    decision: str,
    words: str | None = None,
    reason: str = "",
    is_whole_person: bool = False,
    seen: Seen | None = None,
) -> Case:
    """Replace (with the proposed words or others) or keep one finding, or all mentions of its person."""
    if decision not in {"replaced", "kept"}:
        raise Refused("Choose whether the words are replaced or kept.")
    if decision == "kept" and not reason.strip():
        raise Refused("Please say in a few words why this may stay.")
    with acting(case_id, Act.DECIDE_FINDING, by=by, seen=seen) as case:
        chosen = _finding(case, finding_id)
        rows = _mentions(case, chosen) if is_whole_person else [chosen]
        _settle(case, rows, by=by, decision=decision, words=words, reason=reason.strip(), chosen=chosen)
        _note(case, by, Kind.FINDING_DECIDED, {"findings": len(rows), "decision": decision})
    return case


def decide_rest(
    *, case_id: int, by: User, hints: bool, reason: str = "", seen: Seen | None = None, inquiry_id: int | None = None
) -> Case:
    """Accept every replacement that is still open, or (hints) keep every hint that is still open, with one reason.

    In the letter, or (`inquiry_id`) in what the member replied to a question.
    """
    if hints and not reason.strip():
        raise Refused("Please say in a few words why the hints may stay.")
    with acting(case_id, Act.DECIDE_FINDING, by=by, seen=seen) as case:
        whole = case.findings.open().filter(is_hint=hints).exclude(kind=UNCHECKED)
        rows = list(whole.filter(inquiry=inquiry_id) if inquiry_id else whole.of_letter())
        decision = "kept" if hints else "replaced"
        _settle(case, rows, by=by, decision=decision, words=None, reason=reason.strip())
        _note(case, by, Kind.FINDING_DECIDED, {"findings": len(rows), "decision": decision})
    return case


def add(*, case_id: int, by: User, words: str, replacement: str, seen: Seen | None = None) -> Case:
    """Take words out that the engine missed: every place where they stand in the letter."""
    if not words.strip():
        raise Refused("Select the words in the letter, or type them exactly as they stand there.")
    with acting(case_id, Act.DECIDE_FINDING, by=by, seen=seen) as case:
        text = letter_of(case)
        taken = [(row.start, row.end) for row in case.findings.of_letter() if row.kind != UNCHECKED]
        spans = [span for span in _places_of(words, text) if not any(a < span[1] and span[0] < b for a, b in taken)]
        if not spans:
            raise Refused("Those words do not stand in the letter, or they are marked already.", case=case)
        rows = [
            Finding(
                case=case, start=a, end=b, kind="QUASI", why=BY_HAND, text=text[a:b], is_hint=True, place=Place.LETTER
            )
            for a, b in spans
        ]
        for row in rows:
            row.save()
        _settle(case, rows, by=by, decision="replaced", words=replacement.strip(), reason="")
        _note(case, by, Kind.FINDING_DECIDED, {"findings": len(rows), "decision": "added"})
    return case


def undo(*, case_id: int, by: User, finding_id: int | None = None, seen: Seen | None = None) -> Case:
    """Open a finding again, or everything that this moderator decided last in one go."""
    with acting(case_id, Act.DECIDE_FINDING, by=by, seen=seen) as case:
        if finding_id is not None:
            rows = [_finding(case, finding_id)]
        else:
            last = case.findings.filter(decided_by=by).order_by("-decided_at").first()
            if last is None:
                raise Refused("There is nothing of yours to undo in this case.", case=case)
            rows = list(case.findings.filter(decided_by=by, decided_at=last.decided_at))
        _reopen(case, rows)
        _note(case, by, Kind.FINDING_REOPENED, {"findings": len(rows)})
    return case


def rescan(case: Case, *places: str) -> int:
    """Look again at words that others are about to read; what is found becomes open findings. Returns how many."""
    case.findings.open().filter(place__in=places).delete()
    shown = case.readers_words()
    rows = [
        _row(case, item, shown[place], place=place, why=f"Found again in words for readers. {item.why}")
        for place, item in case.fresh_identifiers(only=places)
    ]
    Finding.objects.bulk_create(rows)
    return len(rows)


def remember_wish(case: Case, wish: str) -> None:
    """The member says that something still identifies them: an open finding until a moderator has looked."""
    Finding.objects.create(
        case=case,
        place=Place.TEXT,
        start=0,
        end=1,
        kind="WISH",
        why="The member says: this still identifies us.",
        text=wish,
    )


def remember_report(case: Case, words: str) -> None:
    """A reader recognizes somebody: what was published does not come back before a moderator has looked at the words."""
    Finding.objects.create(
        case=case,
        place=Place.TEXT,
        start=0,
        end=1,
        kind="REPORT",
        why="A reader says: I recognize somebody.",
        text=words,
    )


def _row(case: Case, item: Identifier, words: str, **more: Any) -> Finding:
    """What the engine found in these words, as an open finding of the case."""
    found: dict[str, Any] = {
        "start": item.start,
        "end": item.end,
        "kind": item.kind,
        "person": item.person,
        "why": item.why,
        "text": words[item.start : item.end],
        "suggested": item.replacement,
        "replacement": item.replacement,
        "is_hint": item.is_hint,
    }
    return Finding(case=case, **{**found, **more})


def _settle(
    case: Case,
    rows: list[Finding],
    *,
    by: User,
    decision: str,
    words: str | None,
    reason: str,
    chosen: Finding | None = None,
) -> None:
    now = timezone.now()
    text = letter_of(case)
    before, replies = _all_of_letter(case), _replies_of(rows)
    for row in rows:
        if decision == "replaced" and row.place == Place.ANSWER:
            raise Refused("Only the expert changes the answer. Return it with a comment, or keep the words.", case=case)
        row.decision, row.reason, row.decided_by, row.decided_at = decision, reason, by, now
        if words is not None and (row.replacement or row is chosen or chosen is None):
            whole = row.inquiry.reply if row.inquiry else text
            is_in_text = row.place in {Place.LETTER, Place.REPLY}
            row.replacement = at_opening(whole, row.start, words) if is_in_text else words
        row.save(update_fields=DECIDED)
        if decision == "replaced" and row.place in READER_FIELDS:
            _mend(case, row)
    _follow(case, text, before, rows)
    _follow_replies(replies)


def _reopen(case: Case, rows: list[Finding]) -> None:
    text, before, replies = letter_of(case), _all_of_letter(case), _replies_of(rows)
    for row in rows:
        row.decision, row.reason, row.replacement = "", "", row.suggested
        row.decided_by = row.decided_at = None
        row.save(update_fields=DECIDED)
    _follow(case, text, before, rows)
    for row in rows:
        if row.why == BY_HAND:
            row.delete()
    _follow_replies(replies)


def _replies_of(rows: Iterable[Finding]) -> list[tuple[Inquiry, str]]:
    """The replies that these findings stand in, each as it reads before they are decided."""
    replies = {row.inquiry_id: row.inquiry for row in rows if row.inquiry is not None}
    return [(inquiry, _composed(inquiry.reply, inquiry.findings.all())) for inquiry in replies.values()]


def _follow_replies(replies: Iterable[tuple[Inquiry, str]]) -> None:
    """Bring what the expert will read in step with the decisions, keeping what a moderator wrote."""
    for inquiry, was in replies:
        now = _composed(inquiry.reply, inquiry.findings.all())
        if was != now and inquiry.settled_at is None:
            inquiry.readable = carried(inquiry.readable, was, now)
            inquiry.save()


def _follow(case: Case, text: str, before: list[Finding], decided: Iterable[Finding]) -> None:
    """Bring the question in step with what was decided, keeping what a person wrote. Only before others can see it."""
    if case.state != State.SUBMITTED:
        return
    new = {row.pk: row for row in decided}
    was, now = _composed(text, before), _composed(text, [new.get(row.pk, row) for row in before])
    if was != now:
        case.question.text = carried(case.question.text, was, now)
        _changed(case.question)


def _mend(case: Case, row: Finding) -> None:
    """Put the replacement into a text for readers, where the words still stand."""
    question = case.question
    words = getattr(question, row.place)
    if row.text and row.text in words:
        setattr(question, row.place, words.replace(row.text, row.replacement))
        _changed(question)


def _changed(question: Question) -> None:
    question.revision += 1
    question.confirmed_at = question.confirmed_by = None
    question.save()


def carried(mine: str, before: str, after: str) -> str:
    """What a person made of `before`, with the change from `before` to `after` carried into it where its words stand."""
    if mine == before:
        return after
    kept = list(_kept(before, mine))
    for kind, old, new, start in reversed(_placed(before, after)):  # from the end: what stands before stays where it is
        end = start + len(old)
        shift = next((shift for at, until, shift in kept if at <= start and end <= until), None)
        if kind != "equal" and shift is not None:
            mine = mine[: start + shift] + new + mine[end + shift :]
    return mine


def _placed(before: str, after: str) -> list[tuple[str, str, str, int]]:
    placed, at = [], 0
    for kind, old, new in word_changes(before, after):
        placed.append((kind, old, new, at))
        at += len(old)
    return placed


def _kept(before: str, mine: str) -> Iterator[tuple[int, int, int]]:
    """Where words of `before` stand unchanged in `mine`: from, until, and by how much they moved."""
    shift = 0
    for kind, was, words, at in _placed(before, mine):
        if kind == "equal":
            yield at, at + len(was), shift
        shift += len(words) - len(was)


def _composed(text: str, rows: Iterable[Finding]) -> str:
    return compose(text, ((row.start, row.end, row.replacement) for row in rows if row.is_applied))


def _all_of_letter(case: Case) -> list[Finding]:
    return list(
        case.findings.of_letter().only("case", "place", "kind", "start", "end", "replacement", "decision", "is_hint")
    )


def _mentions(case: Case, chosen: Finding) -> list[Finding]:
    """All mentions of the same person, or of the same words; the chosen row itself stays the same object."""
    others = case.findings.filter(place=chosen.place, person=chosen.person, kind=chosen.kind).exclude(pk=chosen.pk)
    others = others.filter(inquiry=chosen.inquiry_id)
    said = chosen.text.casefold()
    return [chosen, *(row for row in others if chosen.person or row.text.casefold() == said)]


def _places_of(words: str, text: str) -> list[tuple[int, int]]:
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return [match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)]


def letter_of(case: Case) -> str:
    """The letter, for work on its findings; a person opens it through triage.open_letter."""
    text: str = Letter.objects.get(pk=case.letter_id).text
    return text


def _finding(case: Case, finding_id: int) -> Finding:
    finding = case.findings.filter(pk=finding_id).first()
    if finding is None:
        raise Refused("Those words are not marked any more. Open the page again.", case=case)
    return finding


def _note(case: Case, by: User, kind: Kind, data: dict[str, object]) -> None:
    case.version += 1
    case.save()
    events.record(kind, case=case, by=by, data=data)
