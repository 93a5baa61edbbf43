"""Handing a case on: "somebody else, please", without a reason. Flags that were taken on go back to the board."""

from collections.abc import Iterable

from accounts.models import User

from .. import events
from ..events import Kind
from ..models import Case, HandedOn, SafetyFlag
from ..states import Act
from ..transitions import acting


def hand_on(*, case_id: int, by: User) -> Case:
    """Give it to whoever is free. It is not offered to this person any more, and to colleagues first."""
    with acting(case_id, Act.HAND_ON, by=by) as case:
        HandedOn.objects.update_or_create(case=case, person=by, defaults={"is_waiting": True})
        case.present.filter(person=by).delete()
        if case.reviewer_id == by.pk:
            case.reviewer, case.review_until = None, None
        events.record(Kind.CASE_HANDED_ON, case=case, by=by)
        put_back(case, case.flags.open().filter(acknowledged_by=by), by=by)
        case.version += 1
        case.save()
    return case


def take_back(*, case_id: int, by: User) -> None:
    """They can look after it after all."""
    with acting(case_id, Act.HAND_ON, by=by) as case:
        HandedOn.objects.filter(case=case, person=by).delete()


def taken_up(case: Case, *, by: User) -> None:
    """Somebody opened it: it need not be first any more. Who handed it on and opens it again has it again."""
    rows = HandedOn.objects.filter(case=case)
    rows.filter(person=by).delete()
    rows.exclude(person=by).filter(is_waiting=True).update(is_waiting=False)


def put_back(case: Case, flags: Iterable[SafetyFlag], *, by: User | None) -> int:
    """Nobody looks after these flags any more: they wait on the board again. The caller holds the case."""
    found = list(flags)
    for flag in found:
        flag.acknowledged_by = flag.acknowledged_at = None
        flag.save(update_fields=["acknowledged_by", "acknowledged_at"])
        data = {"flag": flag.pk, "severity": flag.severity}
        events.record(Kind.FLAG_RETURNED, case=case, by=by, data=data)
    return len(found)
