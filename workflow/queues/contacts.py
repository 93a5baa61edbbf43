"""How a member can be reached: hidden from everybody, but for an hour from the moderator who was let see it."""

from django.db.models import QuerySet

from accounts.models import User
from qa.identity import writer_of

from .. import policies
from ..events import Kind
from ..models import Case, ContactWish
from ..states import Act


def contact_wishes(moderator: User, case: Case) -> QuerySet[ContactWish]:
    """What waits for a yes or a no on this case; for those who may see contacts at all."""
    if not policies.may(moderator, Act.SEE_CONTACT, case):
        return ContactWish.objects.none()
    return case.contact_wishes.waiting().select_related("asked_by")


def open_wish(person: User, case: Case) -> ContactWish | None:
    """The yes that this person has for this case, while it lasts."""
    if not policies.may(person, Act.SEE_CONTACT, case):
        return None
    wish: ContactWish | None = case.contact_wishes.standing().filter(asked_by=person).order_by("open_until").last()
    return wish


def address_behind(person: User, case: Case) -> str:
    """The member's address, for who has a standing yes; empty for everybody else and when the account is gone."""
    if open_wish(person, case) is None:
        return ""
    writer = writer_of(case.letter_id)
    return writer.email if writer and writer.is_active else ""


def reason_of(moderator: User, case: Case, wish: ContactWish) -> str:
    """Why it was asked for."""
    if not policies.may(moderator, Act.SEE_CONTACT, case):
        return ""
    asked = case.events.filter(kind=Kind.CONTACT_ASKED, data__wish=wish.pk).select_related("remark").first()
    return asked.remark.text if asked and hasattr(asked, "remark") else ""
