"""What colleagues noted between them. The only reads of that table are here."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role

from ..models import Case, Note
from .answering import of_expert
from .moderating import of_moderator


def with_notes_for(person: User) -> QuerySet[Case]:
    """Cases whose notes this person may read: all for moderators, those they hold or answered for experts."""
    if person.holds(Role.MODERATOR):
        return of_moderator(person)
    return of_expert(person).filter(Q(expert=person) | Q(drafted_by=person))


def may_read_notes(person: User, case: Case) -> bool:
    return with_notes_for(person).filter(pk=case.pk).exists()


def notes_of(person: User, case: Case) -> QuerySet[Note]:
    """What colleagues noted, oldest first. The only reads of this table are here."""
    return Note.objects.filter(case__in=with_notes_for(person).filter(pk=case.pk)).select_related("by")


def notes_naming(person: User) -> QuerySet[Note]:
    """Notes of the last two weeks that name this person, on cases they may still see."""
    recent = Note.objects.filter(mentions=person, at__gt=timezone.now() - timedelta(days=14))
    return recent.filter(case__in=with_notes_for(person)).select_related("by", "case").order_by("-at", "-id")
