"""Where somebody may die and nobody else is there: whoever wrote an answer approves it alone. All leads are told.

Afterwards a second person reads it: it stands, or they reopen it.
"""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from qa.models.questions import answer_hash

from .. import events
from ..events import Kind
from ..models import AS_IT_IS, Case, Wish
from ..reasons import LEAST_REASON, REASON_CHARS
from ..states import Act, Step
from ..transitions import Refused, Seen, acting, move


def approve_alone(
    *, case_id: int, by: User, seen: Seen | None, reason: str, checked: Iterable[str] = (), mail: Wish = AS_IT_IS
) -> Case:
    """Deliver the own answer privately, with the reason in the trail. It cannot be published before a second person
    has approved it.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise Refused("Please write why nobody else can read it first, in a sentence. It is kept, and others read it.")
    if len(reason) > REASON_CHARS:
        raise Refused(f"Please keep the reason under {REASON_CHARS:,} characters.")

    def prepare(case: Case) -> None:
        case.approved_by, case.approved_at = by, timezone.now()
        case.approved_hash = answer_hash(case.draft) if case.draft else ""

    data = {"checked": sorted(checked)}
    return move(case_id, Step.APPROVE_ALONE, by=by, seen=seen, prepare=prepare, remark=reason, data=data, mail=mail)


def confirm(*, case_id: int, by: User, seen: Seen | None, mail: Wish = AS_IT_IS) -> Case:
    """A second person read these very words, and they stand: from now on they count like any that two have read."""
    with acting(case_id, Act.CONFIRM_ANSWER, by=by, seen=seen) as case:
        first = case.approved_by_id
        case.approved_by, case.approved_at, case.approved_alone = by, timezone.now(), False
        case.version += 1
        case.save()
        events.record(Kind.ANSWER_CONFIRMED, case=case, by=by, data={"first": first}, mail=mail)
    return case
