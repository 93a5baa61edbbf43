"""What became of an answer, for the expert who wrote it: never the letter, never what members said to us."""

from django.db.models import QuerySet

from accounts.models import User
from qa.models import AnswerRevision, Publication

from ..events import Kind
from ..models import Case, Event
from ..states import State
from .answering import of_expert

DONE = (State.REVIEWED, State.PUBLISHED)


def is_finished(expert: User, case: Case) -> bool:
    """The same of one case that was read already."""
    return case.state in DONE and case.drafted_by_id == expert.pk


def finished_by(expert: User) -> QuerySet[Case]:
    """Cases whose member has this expert's answer."""
    return of_expert(expert).filter(drafted_by=expert, state__in=DONE).select_related("draft").defer("member_message")


def first_sent_by(expert: User, case: Case) -> AnswerRevision | None:
    """The version that this expert sent for review the first time."""
    sent = case.events.filter(kind=Kind.DRAFT_SUBMITTED, actor=expert).order_by("id")
    number = sent.values_list("data__revision", flat=True).first()
    found: AnswerRevision | None = case.question.revisions.filter(number=number or 0).first()
    return found


def asked_of_author(expert: User, case: Case) -> list[Event]:
    """What reviewers asked for after this expert had sent the answer in, oldest first."""
    kinds = [Kind.DRAFT_SUBMITTED, Kind.CHANGES_REQUESTED]
    events = list(case.events.filter(kind__in=kinds).select_related("actor", "remark").order_by("id"))
    sent = [at for at, event in enumerate(events) if event.kind == Kind.DRAFT_SUBMITTED and event.actor_id == expert.pk]
    return [event for event in events[min(sent, default=len(events)) :] if event.kind == Kind.CHANGES_REQUESTED]


def changed_question_since(case: Case) -> bool:
    """The title, the introduction or the question was changed after the answer was approved."""
    return bool(case.events.filter(kind=Kind.QUESTION_CHANGED).exists())


def written_page(expert: User, case: Case) -> Publication | None:
    """The public page of an answer that this expert wrote, also one that was taken down."""
    if case.drafted_by_id != expert.pk:
        return None
    return Publication.objects.filter(question=case.question).defer("words").prefetch_related("corrections").first()
