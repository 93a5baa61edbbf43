"""Reads: which cases a person may see, and in which order. Every function knows who asks; no other read path exists.

A row that is not yours does not exist (404), so views fetch only through these.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from qa.identity import letters_of, without_letters
from qa.models import AnswerRevision, Letter, LetterDraft, Question

from .events import Kind
from .models import Case, Event, SafetyFlag
from .states import OPEN_STATES, State

_LIGHT = ("member_message",)


def of_member(member: User) -> QuerySet[Case]:
    """The member's own cases, newest first."""
    return Case.objects.filter(letter__in=letters_of(member)).order_by("-submitted_at", "-id")


def own_letter(member: User, case: Case) -> Letter:
    """The member's own words, for their own pages only."""
    return Letter.objects.filter(pk__in=letters_of(member)).get(pk=case.letter_id)


def draft_of(member: User) -> LetterDraft | None:
    """The member's unsent letter, if there is one; it may be empty."""
    return LetterDraft.objects.filter(member=member).first()


def of_moderator(moderator: User) -> QuerySet[Case]:
    """Every case, for a moderator; none for anybody else."""
    if not moderator.holds(Role.MODERATOR):
        return Case.objects.none()
    return Case.objects.all()


def of_expert(expert: User) -> QuerySet[Case]:
    """Cases an expert may see: free ones, those they hold and those they answered. Never before triage."""
    if not expert.holds(Role.EXPERT):
        return Case.objects.none()
    free = Q(state=State.TRIAGED, expert__isnull=True)
    held = Q(expert=expert) | Q(drafted_by=expert)
    reached = [State.TRIAGED, State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    return Case.objects.filter(free | held, state__in=reached)


def in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Danger first, then the longest waiting: the total order of every desk list. Never loads a letter."""
    return cases.select_related("expert").defer(*_LIGHT).order_by("tier", "submitted_at", "id")


def open_queue(moderator: User, *, state: str = "") -> QuerySet[Case]:
    """The moderators' queue: everything open, or one state of it."""
    chosen = [State(state)] if state in OPEN_STATES else list(OPEN_STATES)
    return in_order(of_moderator(moderator).filter(state__in=chosen)).prefetch_related("flags")


def urgent_board(moderator: User) -> QuerySet[SafetyFlag]:
    """Open emergency and urgent flags nobody has acknowledged: pinned on every page of the moderators, unfiltered."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    waiting = SafetyFlag.objects.unacknowledged().filter(severity__in=["emergency", "urgent"])
    return (
        waiting.select_related("case")
        .defer("case__member_message", "evidence", "note")
        .order_by("case__tier", "raised_at", "id")
    )


def free_for(expert: User) -> QuerySet[Case]:
    """Cases any expert may claim."""
    return in_order(of_expert(expert).filter(state=State.TRIAGED, expert__isnull=True))


def held_by(expert: User) -> QuerySet[Case]:
    """Cases that wait for this expert's answer."""
    return in_order(of_expert(expert).filter(state=State.TRIAGED, expert=expert))


def answered_by(expert: User) -> QuerySet[Case]:
    """Cases that this expert's answer has left the desk of: in review, with the member, or published; newest first."""
    done = [State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    mine = of_expert(expert).filter(state__in=done).defer(*_LIGHT)
    return mine.order_by("-state_since", "-id")


def with_questions(cases: Iterable[Case]) -> list[Case]:
    """The cases, each with its question's title, label and topics at hand: two reads however many there are."""
    found = list(cases)
    letters = [case.letter_id for case in found]
    questions = Question.objects.filter(letter_id__in=letters).defer("intro", "text").prefetch_related("topics")
    by_letter = {question.letter_id: question for question in questions}
    for case in found:
        case.__dict__["question"] = by_letter[case.letter_id]
    return found


def returned_among(cases: Iterable[Case]) -> set[int]:
    """Which of these cases the reviewer sent back and nobody has sent in again since."""
    kinds = [Kind.DRAFT_SUBMITTED, Kind.CHANGES_REQUESTED]
    events = Event.objects.filter(case__in=[case.pk for case in cases], kind__in=kinds).order_by("id")
    last = dict(events.values_list("case_id", "kind"))
    return {case_id for case_id, kind in last.items() if case_id and kind == Kind.CHANGES_REQUESTED}


def dangers_of(case: Case) -> QuerySet[SafetyFlag]:
    """What is open on a case, without the words that were read in the letter: what an expert may know."""
    return case.flags.open().defer("note", "evidence", "outcome")


def revisions_of(case: Case) -> QuerySet[AnswerRevision]:
    """Every saved version of the answer, newest first, without its words."""
    return case.question.revisions.select_related("written_by").defer("body")


def last_remark(case: Case, *kinds: Kind) -> Event | None:
    """The latest of these steps, with the words that were typed with it."""
    return case.events.filter(kind__in=kinds).select_related("remark", "actor").order_by("id").last()


def standing_return(case: Case) -> Event | None:
    """The reviewer's comment that waits to be worked in; none once the answer was sent in again."""
    event = last_remark(case, Kind.CHANGES_REQUESTED, Kind.DRAFT_SUBMITTED)
    return event if event and event.kind == Kind.CHANGES_REQUESTED else None


def previous_round(case: Case) -> AnswerRevision | None:
    """The version that the last review saw, when this is not the first round."""
    rounds = case.events.filter(kind=Kind.DRAFT_SUBMITTED).order_by("-id").values_list("data__revision", flat=True)
    numbers = list(rounds[:2])
    return case.question.revisions.filter(number=numbers[1]).first() if len(numbers) == 2 else None


def never_came(*, before: datetime) -> QuerySet[User]:
    """Accounts made for an address that asked for a code, to which nobody ever signed in: no letter, no role."""
    return without_letters(User.objects.filter(last_login__isnull=True, joined_at__lt=before, grants__isnull=True))
