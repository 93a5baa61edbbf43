"""What experts may see, and the answer at work: free cases, held ones, versions, what the reviewer said."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.models import AnswerRevision, Question

from ..events import Kind
from ..models import Case, Event, SafetyFlag
from ..states import State
from .order import LIGHT, PAGE, in_order


def of_expert(expert: User) -> QuerySet[Case]:
    """Cases an expert may see: free ones, those they hold and those they answered. Never before triage."""
    if not expert.holds(Role.EXPERT):
        return Case.objects.none()
    free = Q(state=State.TRIAGED) & (Q(expert__isnull=True) | Q(claim_until__lte=timezone.now()))
    held = Q(expert=expert) | Q(drafted_by=expert)
    reached = [State.TRIAGED, State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    return Case.objects.filter(free | held, state__in=reached, merged_into=None)


def colleagues(expert: User) -> QuerySet[User]:
    """Other experts who are there today: whom a case can be handed to."""
    if not expert.holds(Role.EXPERT):
        return User.objects.none()
    today = timezone.localdate()
    away = Q(away_from__lte=today, away_until__gte=today)
    return User.objects.holding(Role.EXPERT).exclude(pk=expert.pk).exclude(away).order_by("called", "pk")


def run_out() -> QuerySet[Case]:
    """Cases whose expert has written nothing for as long as a claim lasts."""
    return Case.objects.filter(state=State.TRIAGED, expert__isnull=False, claim_until__lte=timezone.now())


def held_by_absent() -> QuerySet[Case]:
    """Urgent cases that wait for an expert who is away."""
    today = timezone.localdate()
    waiting = Case.objects.filter(state=State.TRIAGED, tier__lte=1)
    return waiting.filter(expert__away_from__lte=today, expert__away_until__gte=today)


def free_for(expert: User) -> QuerySet[Case]:
    """Cases any expert may claim."""
    free = Q(expert__isnull=True) | (Q(claim_until__lte=timezone.now()) & ~Q(expert=expert))
    return in_order(
        of_expert(expert).filter(free, state=State.TRIAGED, is_waiting=1)
    )  # named for the index of the queue


def held_by(expert: User) -> QuerySet[Case]:
    """Cases that wait for this expert's answer."""
    return in_order(of_expert(expert).filter(state=State.TRIAGED, expert=expert))


def answered_by(expert: User) -> QuerySet[Case]:
    """Cases that left this expert's desk: in review, with the member, or published; the newest, a page of them."""
    done = [State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    written = Case.objects.filter(drafted_by=expert, state__in=done, merged_into=None)  # by its index, newest first
    first = list(written.order_by("-state_since", "-id").values_list("pk", flat=True)[:PAGE])
    given = Q(expert=expert, state=State.DRAFTED)  # to them while it is in review
    found = of_expert(expert).filter(Q(pk__in=first) | given, state__in=done)
    return found.order_by("-state_since", "-id").defer(*LIGHT)[:PAGE]


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
    return SafetyFlag.objects.seen_from(case).open().defer("note", "evidence", "outcome")


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
