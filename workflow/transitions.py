"""ONE door through which every case changes: lock, compare with what the person saw, permit, step, save, record.

Nothing else saves a Case. Everything happens in one transaction, so a refused or failed step leaves no trace and an
event exists exactly when its change does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from accounts.numbers import whole_number

from . import events, policies
from .models import AS_IT_IS, Case, Event, Wish
from .states import MACHINE, Act, Step


class Refused(Exception):
    """A step that cannot be taken; the sentence says why and what would allow it. Shown to the person as it is."""

    def __init__(self, sentence: str, *, case: Case | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.case = case


class Stale(Refused):
    """The case changed after the person opened the page. Carries what happened meanwhile."""

    def __init__(self, case: Case) -> None:
        super().__init__(gettext("Somebody changed this case while you had it open."), case=case)


@dataclass(frozen=True)
class Seen:
    """What the person had before their eyes when they decided: the state and the version of the case."""

    state: str
    version: int

    @classmethod
    def of(cls, case: Case) -> "Seen":
        return cls(case.state, case.version)

    @classmethod
    def parse(cls, token: str) -> "Seen":
        """From the hidden field `seen` ("submitted.3"); anything else counts as having seen nothing."""
        state, _, version = token.rpartition(".")
        return cls(state, whole_number(version, otherwise=-1))

    def __str__(self) -> str:
        return f"{self.state}.{self.version}"


@contextmanager
def door(case_id: int, *, seen: Seen | None = None) -> Iterator[Case]:
    """The case, locked until the end of the transaction. Raises Stale when it is not what the person saw."""
    with transaction.atomic():
        case = Case.objects.locked().get(pk=case_id)
        if seen is not None and seen != Seen.of(case):
            raise Stale(case)
        yield case


def move(
    case_id: int,
    step: Step,
    *,
    by: User,
    seen: Seen | None,
    prepare: Callable[[Case], None] | None = None,
    remark: str = "",
    data: Mapping[str, object] | None = None,
    mail: Wish = AS_IT_IS,
) -> Case:
    """Take one step of the machine. `prepare` makes the changes that belong to the step, inside the same transaction.

    Raises Refused (with the sentence), Stale, or django-fsm's ConcurrentTransition when two people tie.
    """
    with door(case_id, seen=seen) as case:
        if not policies.may(by, step, case):
            raise Refused(policies.why_not(by, step, case), case=case)
        if MACHINE[step].needs_reason and not remark.strip():
            raise Refused("Please say why: this step needs a reason.", case=case)
        if prepare:
            prepare(case)
        before = case.state
        with case.standing_still():
            if reason := policies.why_not(by, step, case):
                raise Refused(reason, case=case)
            getattr(case, step.value)()
        case.turn_leases()
        case.state_since = timezone.now()
        case.version += 1
        case.save()
        kind = MACHINE[step].event
        events.record(kind, case=case, by=by, from_state=before, remark=remark, data=data, mail=mail)
    return case


@contextmanager
def acting(case_id: int, act: Act, *, by: User, seen: Seen | None = None) -> Iterator[Case]:
    """The locked case, for an act that leaves the state as it is. The caller changes, saves and records inside."""
    with door(case_id, seen=seen) as case:
        if reason := policies.why_not(by, act, case):
            raise Refused(reason, case=case)
        yield case


def end_by_clock(
    case_id: int, kind: events.Kind, *, still: Callable[[Case], bool], erase: Callable[[Case], None], **data: object
) -> bool:
    """The time of a closed case is over: its words are erased, as if it had been taken back. Only if it `still` is so."""
    with door(case_id) as case:
        if not still(case):
            return False
        before = case.state
        erase(case)
        case.withdraw()
        case.turn_leases()
        case.state_since = timezone.now()
        case.version += 1
        case.save()
        events.record(kind, case=case, by=None, from_state=before, data=data)
    return True


def happened_since(case: Case, seen: Seen) -> list[Event]:
    """What a person missed: the last few events that changed the case, newest first, for the 409 page."""
    missed = max(1, min(10, case.version - seen.version))
    return list(case.events.exclude(kind=events.Kind.LETTER_OPENED).order_by("-id")[:missed])
