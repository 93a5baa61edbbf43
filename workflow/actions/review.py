"""Review: a second person checks the answer, returns it with a comment or vouches for it; the member then has it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from qa.models.questions import answer_hash

from .. import events, policies
from ..events import Kind
from ..models import AS_IT_IS, Case, Wish
from ..states import Act, Step
from ..transitions import Refused, Seen, move
from . import handing


@transaction.atomic
def start(*, case_id: int, by: User) -> Case:
    """Say that one is at the review, for half an hour; doing it again renews it. Two people at once: one is."""
    case = Case.objects.get(pk=case_id)
    was_mine = case.reviewer_id == by.pk
    is_second = policies.is_second_person(by, case)
    is_taken = is_second and Case.objects.take_review(case_id, by=by)
    case = Case.objects.get(pk=case_id)
    if not is_taken:
        raise Refused(policies.why_not(by, Act.START_REVIEW, case) or "A colleague was a moment faster.", case=case)
    handing.taken_up(case, by=by)
    if not was_mine:
        events.record(Kind.REVIEW_STARTED, case=case, by=by)
    return case


@transaction.atomic
def take_over(*, case_id: int, by: User, reason: str) -> Case:
    """Go on with a review that a colleague is at. The reason stays in the house."""
    case = Case.objects.get(pk=case_id)
    if sentence := policies.why_not(by, Act.TAKE_OVER_REVIEW, case):
        raise Refused(sentence, case=case)
    if not reason.strip():
        raise Refused("Please say in a few words why you take the review over.", case=case)
    if not case.reviewer_id or not Case.objects.seize_review(case_id, by=by, held_by=case.reviewer_id):
        raise Refused("A colleague was a moment faster.", case=case)
    events.record(Kind.REVIEW_TAKEN_OVER, case=case, by=by, remark=reason, data={"from": case.reviewer_id})
    return Case.objects.get(pk=case_id)


def request_changes(*, case_id: int, by: User, seen: Seen | None, comment: str) -> Case:
    """Back to the expert. The comment stays inside the house."""
    return move(case_id, Step.REQUEST_CHANGES, by=by, seen=seen, remark=comment)


def approve(*, case_id: int, by: User, seen: Seen | None, checked: Iterable[str] = (), mail: Wish = AS_IT_IS) -> Case:
    """Vouch for exactly this answer and deliver it privately. `checked`: what the reviewer ticked, kept in the trail."""

    def prepare(case: Case) -> None:
        case.approved_by, case.approved_at = by, timezone.now()
        case.approved_hash = answer_hash(case.draft) if case.draft else ""

    return move(case_id, Step.APPROVE, by=by, seen=seen, prepare=prepare, data={"checked": sorted(checked)}, mail=mail)


def reopen(*, case_id: int, by: User, seen: Seen | None, reason: str) -> Case:
    """Take an answer back into review. Approval and consent are void."""

    def prepare(case: Case) -> None:
        case.consents.filter(void_at__isnull=True).update(void_at=timezone.now())

    return move(case_id, Step.REOPEN, by=by, seen=seen, remark=reason, prepare=prepare)
