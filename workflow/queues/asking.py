"""What members were asked, and what they replied: each reader gets what is theirs, and nobody else anything."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role

from ..models import Case, Inquiry
from .answering import of_expert
from .members import of_member

_NEVER_FOR_EXPERTS = ("reply", "unsent")


def asked_of(member: User, case: Case) -> QuerySet[Inquiry]:
    """What the member was asked about their letter, for their own pages; nothing that was taken back."""
    return Inquiry.objects.standing().filter(case__in=of_member(member).filter(pk=case.pk))


def inquiries_of(who: User, case: Case) -> QuerySet[Inquiry]:
    """The exchange with the member, for those at its desks, oldest first: without the reply as it was sent."""
    exchange = case.inquiries.select_related("asked_by", "settled_by").defer(*_NEVER_FOR_EXPERTS)
    if who.holds(Role.MODERATOR) or of_expert(who).filter(pk=case.pk).exists():
        return exchange
    return exchange.none()


def replies_of(moderator: User, case: Case) -> QuerySet[Inquiry]:
    """Replies as they were sent, for moderators."""
    if not moderator.holds(Role.MODERATOR):
        return Inquiry.objects.none()
    return case.inquiries.filter(replied_at__isnull=False).select_related("asked_by", "settled_by")
