"""Holding: what happens to cases whose expert is away or has gone quiet. Safe to run twice and at the same time."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User

from .. import events, queues
from ..events import Kind
from ..models import Case
from ..transitions import Refused, door
from . import handing


def set_away(*, person: User, first: date | None, last: date | None) -> int:
    """Write down when somebody is away, or that they are back. Urgent cases are passed on at once; returns how many."""
    if first and last and last < first:
        raise Refused("The last day is before the first one.")
    person.away_from, person.away_until = (first, last) if first and last else (None, None)
    person.save(update_fields=["away_from", "away_until"])
    return pass_on_urgent()


def pass_on_urgent() -> int:
    """Urgent cases of experts who are away today are free for others, and urgent flags that absent moderators took on wait
    for somebody again. Returns how many.
    """
    waiting = list(queues.held_by_absent().values_list("pk", "expert_id"))
    passed = sum(_let_go(case_id, held_by, Kind.CASE_REROUTED) for case_id, held_by in waiting)
    return passed + sum(_give_up_flags(case_id) for case_id in queues.with_flags_of_absent())


def release_run_out() -> int:
    """Claims that nobody renewed end: the case is free again, what was written stays. Returns how many."""
    waiting = list(queues.run_out().values_list("pk", "expert_id"))
    return sum(_let_go(case_id, held_by, Kind.CLAIM_EXPIRED) for case_id, held_by in waiting)


def tend() -> int:
    """What the schedule calls: both of the above."""
    return release_run_out() + pass_on_urgent()


def _give_up_flags(case_id: int) -> int:
    with door(case_id) as case:
        flags = queues.flags_of_absent().filter(case=case)
        if not (number := handing.put_back(case, flags, by=None)):
            return 0
        case.version += 1
        case.save()
    return number


@transaction.atomic
def _let_go(case_id: int, held_by: int | None, kind: Kind) -> bool:
    """Only if it is still as it was seen: the expert may be saving at this moment."""
    expired_at = timezone.now() if kind == Kind.CLAIM_EXPIRED else None
    if held_by is None or not Case.objects.let_go_of_draft(case_id, held_by=held_by, expired_at=expired_at):
        return False
    case = Case.objects.get(pk=case_id)
    events.record(kind, case=case, by=None, data={"expert": held_by})
    return True
