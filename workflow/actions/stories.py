"""Stories: letters of one member that belong together, and letters that came twice. Nothing is thrown away; all can be undone.

Locks are taken in one order everywhere: the member's letters, then what is set aside, then what is kept.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from qa.models import Letter, Publication

from .. import events, policies, queues
from ..events import Kind
from ..models import Case
from ..states import Act
from ..transitions import Refused, Seen, Stale
from . import scanning

NOT_THEIRS = "Choose another letter of the same member."
Story = uuid.UUID | None


@dataclass(frozen=True)
class Was:
    """Where cases stood before and stand now, so that it can be undone exactly: case → story."""

    before: dict[int, Story]
    after: dict[int, Story]
    letter: Story = None  # the member's own story, when a case was taken out of it

    def kept(self) -> dict[str, Any]:
        """For a session: ids and stories as text."""
        before, after = ({str(key): str(of[key] or "") for key in of} for of in (self.before, self.after))
        return {"before": before, "after": after, "letter": str(self.letter or "")}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Was":
        before, after = ({int(key): _story(of[key]) for key in of} for of in (kept["before"], kept["after"]))
        return cls(before, after, _story(kept["letter"]))


def _story(words: str) -> Story:
    return uuid.UUID(words) if words else None


@contextmanager
def _held(case_id: int, *, seen: Seen | None) -> Iterator[tuple[Case, list[int]]]:
    """A case and the ids of all letters of its member, while nobody else links or merges them."""
    with transaction.atomic():
        case = Case.objects.get(pk=case_id)
        theirs = queues.hold_letters_of_writer(case)
        case = Case.objects.get(pk=case_id)
        if seen is not None and seen != Seen.of(case):
            raise Stale(case)
        yield case, theirs


def _locked(condition: Q) -> list[Case]:
    """What is set aside before what is kept, each in the order of the ids."""
    return list(Case.objects.locked().filter(condition).order_by(F("merged_into").asc(nulls_last=True), "pk"))


def _require(by: User, act: Act, *cases: Case) -> None:
    for case in cases:
        if reason := policies.why_not(by, act, case):
            raise Refused(reason, case=case)


def link(*, case_id: int, other_id: int, by: User, seen: Seen | None = None) -> Was:
    """Say that two letters of one member are parts of one story; whole stories become one."""
    with _held(case_id, seen=seen) as (case, theirs):
        other = _of_same_member(other_id, case, theirs)
        _require(by, Act.LINK, case, other)
        if case.story is not None and case.story == other.story:
            raise Refused("These two are parts of one story already.", case=case)
        story = case.story or other.story or uuid.uuid4()
        joined = Q(pk__in=[case.pk, other.pk]) | (Q(story=other.story) if other.story else Q(pk=other.pk))
        parts = _locked(joined & Q(letter__in=theirs))
        before = {part.pk: part.story for part in parts}
        for part in parts:
            _put(part, story)
        for one, two in ((case, other), (other, case)):
            events.record(Kind.STORY_LINKED, case=one, by=by, data={"other": two.pk})
    return Was(before, dict.fromkeys(before, story))


def split(*, case_id: int, by: User, seen: Seen | None = None) -> Was:
    """Take a case out of its story. What readers see as parts of one story follows; it never grows by this."""
    with _held(case_id, seen=seen) as (case, _):
        _require(by, Act.SPLIT, case)
        if case.story is None:
            raise Refused("This case is not part of a story.", case=case)
        (part,) = _locked(Q(pk=case.pk))
        before = part.story
        letter = Letter.objects.values_list("story", flat=True).get(pk=part.letter_id)
        _put(part, None)
        _tell_readers(part, None)
        events.record(Kind.STORY_LEFT, case=part, by=by)
    return Was({part.pk: before}, {part.pk: None}, letter)


def restore(*, was: Was, by: User) -> None:
    """Put every case back where it stood; refused when any of them was moved since."""
    first = min(was.before)
    with _held(first, seen=None) as (_, theirs):
        parts = _locked(Q(pk__in=was.before, letter__in=theirs))
        _require(by, Act.LINK, *parts)
        if {part.pk: part.story for part in parts} != was.after:
            raise Refused("The story was changed since.")
        for part in parts:
            _put(part, was.before[part.pk])
            if was.letter is not None:
                _tell_readers(part, was.letter)
            events.record(Kind.STORY_RESTORED, case=part, by=by)


def merge(*, case_id: int, other_id: int, by: User, seen: Seen | None = None) -> Case:
    """Two letters are the same: the later one is set aside, the earlier one is answered. Returns what was set aside.

    So the earlier clock runs on; the higher tier counts too, and every flag of both stays where flags are seen.
    """
    with _held(case_id, seen=seen) as (case, theirs):
        other = _of_same_member(other_id, case, theirs)
        first, second = sorted((case, other), key=lambda one: (one.submitted_at, one.pk))
        twin: Case = Case.objects.locked().get(pk=second.pk)
        kept: Case = Case.objects.locked().get(pk=first.pk)
        _require(by, Act.LINK, twin, kept)
        _require(by, Act.MERGE, twin)
        _require_answerable(kept, twin)
        twin.hold(None)
        twin.merged_into = kept
        _save(twin)
        scanning.retier(kept)
        _save(kept)
        events.record(Kind.CASE_MERGED, case=twin, by=by, data={"other": kept.pk})
        events.record(Kind.CASE_MERGED, case=kept, by=by, data={"other": twin.pk, "is_kept": True})
    return twin


def unmerge(*, case_id: int, by: User, seen: Seen | None = None) -> Case:
    """Not the same after all: the case waits again where it waited before."""
    with _held(case_id, seen=seen) as (case, _):
        _require(by, Act.UNMERGE, case)
        if case.merged_into_id is None:
            raise Refused("This case is not set aside.", case=case)
        twin: Case = Case.objects.locked().get(pk=case.pk)
        let_go(twin, by=by)
        _save(twin)
    return twin


def let_go(twin: Case, *, by: User | None) -> None:
    """Part a locked case from the one it is kept with; the caller saves it."""
    if twin.merged_into_id is None:
        return
    kept = Case.objects.locked().get(pk=twin.merged_into_id)
    twin.merged_into = None
    Case.objects.filter(pk=twin.pk).update(merged_into=None)
    scanning.retier(kept)
    _save(kept)
    for one, two in ((twin, kept), (kept, twin)):
        events.record(Kind.CASE_UNMERGED, case=one, by=by, data={"other": two.pk})


@contextmanager
def parting_twins(case_id: int) -> Iterator[None]:
    """Around a step that ends a case: what was set aside as the same as it waits for itself again."""
    with transaction.atomic():
        twins = list(Case.objects.locked().filter(merged_into=case_id).order_by("pk"))
        yield
        for twin in twins:
            let_go(twin, by=None)
            _save(twin)


def go_on(case: Case, *, earlier_letter: int, story: Story) -> None:
    """A member goes on from an earlier letter: both are parts of one story for colleagues too."""
    earlier = Case.objects.filter(letter=earlier_letter)
    earlier.filter(story=None).update(story=story)
    case.story = earlier.values_list("story", flat=True).first()


def _of_same_member(case_id: int, case: Case, theirs: list[int]) -> Case:
    other: Case | None = Case.objects.filter(pk=case_id, letter__in=theirs).exclude(pk=case.pk).first()
    if other is None:
        raise Refused(NOT_THEIRS, case=case)
    return other


def _require_answerable(kept: Case, twin: Case) -> None:
    if kept.merged_into_id is not None:
        raise Refused(policies.MERGED.format(kept.merged_into_id), case=twin)
    if kept.state == "declined":
        raise Refused(
            "The earlier letter was declined, so nobody would answer this one. Decide about it here.", case=twin
        )


def _put(part: Case, story: Story) -> None:
    part.story = story
    _save(part)


def _save(case: Case) -> None:
    case.version += 1
    case.save()


def _tell_readers(part: Case, story: Story) -> None:
    """The member's own story of a letter, and the page that shows it."""
    Letter.objects.filter(pk=part.letter_id).update(story=story)
    Publication.objects.filter(question__letter=part.letter_id, withdrawn_at__isnull=True).update(story=story)
