"""Review: a second person checks the answer, returns it with a comment or vouches for it; the member then has it."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from qa.models.questions import answer_hash

from ..models import Case
from ..states import Step
from ..transitions import Seen, move


def request_changes(*, case_id: int, by: User, seen: Seen | None, comment: str) -> Case:
    """Back to the expert. The comment stays inside the house."""
    return move(case_id, Step.REQUEST_CHANGES, by=by, seen=seen, remark=comment)


def approve(*, case_id: int, by: User, seen: Seen | None, checked: Iterable[str] = ()) -> Case:
    """Vouch for exactly this answer and deliver it privately. `checked`: what the reviewer ticked, kept in the trail."""

    def prepare(case: Case) -> None:
        case.approved_by, case.approved_at = by, timezone.now()
        case.approved_hash = answer_hash(case.draft) if case.draft else ""

    return move(case_id, Step.APPROVE, by=by, seen=seen, prepare=prepare, data={"checked": sorted(checked)})


def reopen(*, case_id: int, by: User, seen: Seen | None, reason: str) -> Case:
    """Take an answer back into review. Approval and consent are void."""

    def prepare(case: Case) -> None:
        case.consents.filter(void_at__isnull=True).update(void_at=timezone.now())

    return move(case_id, Step.REOPEN, by=by, seen=seen, remark=reason, prepare=prepare)
