"""Seeing how a member can be reached: a typed reason and a second yes; where somebody may die, at once, and all leads are told.

It lasts an hour. Who asked, who said yes and each look are events; the address itself is written down nowhere.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User

from .. import events, policies, queues
from ..events import Kind
from ..models import Case, ContactWish
from ..reasons import LEAST_REASON, REASON_CHARS
from ..states import Act
from ..transitions import Refused, acting


def ask_contact(*, case_id: int, by: User, reason: str) -> ContactWish:
    """Ask for a second person's yes. Asked again while it waits, it is the same wish."""
    _require_reason(reason)
    with acting(case_id, Act.SEE_CONTACT, by=by) as case:
        waiting: ContactWish | None = case.contact_wishes.waiting().filter(asked_by=by).first()
        if waiting is not None:
            return waiting
        wish = ContactWish.objects.create(case=case, asked_by=by)
        events.record(Kind.CONTACT_ASKED, case=case, by=by, remark=reason, data={"wish": wish.pk})
    return wish


def open_at_once(*, case_id: int, by: User, reason: str) -> ContactWish:
    """Where somebody may die: without waiting for anybody. Every lead hears of it."""
    _require_reason(reason)
    with acting(case_id, Act.OPEN_CONTACT, by=by) as case:
        if standing := queues.open_wish(by, case):
            return standing
        now = timezone.now()
        case.contact_wishes.waiting().filter(asked_by=by).update(decided_at=now)
        wish = ContactWish.objects.create(case=case, asked_by=by, is_at_once=True, decided_at=now, open_until=_end())
        events.record(Kind.CONTACT_OPENED, case=case, by=by, remark=reason, data={"wish": wish.pk})
    return wish


def decide_contact(*, case_id: int, wish_id: int, by: User, is_yes: bool) -> ContactWish:
    """A second person's yes or no. Never one's own; the first decision stands."""
    with acting(case_id, Act.SEE_CONTACT, by=by) as case:
        wish: ContactWish | None = case.contact_wishes.filter(pk=wish_id).select_related("asked_by").first()
        if wish is None or wish.decided_at is not None:
            raise Refused("Somebody decided this already, or it is not part of this case.", case=case)
        if wish.asked_by_id == by.pk:
            raise Refused("You asked for it yourself. A colleague has to say yes.", case=case)
        if is_yes and not policies.may(wish.asked_by, Act.SEE_CONTACT, case):
            raise Refused("Whoever asked is not a moderator any more.", case=case)
        wish.decided_by, wish.decided_at, wish.open_until = by, timezone.now(), _end() if is_yes else None
        wish.save()
        kind = Kind.CONTACT_GRANTED if is_yes else Kind.CONTACT_DENIED
        events.record(kind, case=case, by=by, data={"wish": wish.pk, "asker": wish.asked_by_id})
    return wish


def look_at_contact(*, case_id: int, by: User) -> str:
    """The address, while there is a standing yes for this person. Each look is an event."""
    with acting(case_id, Act.SEE_CONTACT, by=by) as case:
        wish = queues.open_wish(by, case)
        if wish is None:
            raise Refused("The hour is over, or nobody has said yes yet. Ask once more.", case=case)
        address = queues.address_behind(by, case)
        events.record(Kind.CONTACT_SEEN, case=case, by=by, data={"wish": wish.pk})
    return address


def may_open_at_once(person: User, case: Case) -> bool:
    return not policies.why_not(person, Act.OPEN_CONTACT, case)


def _require_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise Refused("Please write why, in a sentence. It is kept, and others read it.")
    if len(reason) > REASON_CHARS:
        raise Refused(f"Please keep the reason under {REASON_CHARS:,} characters.")


def _end() -> datetime:
    return timezone.now() + timedelta(minutes=settings.CONTACT_MINUTES)
