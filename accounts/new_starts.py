"""A lost phone and no spare codes: an administrator asks for a new start, and a second person agrees (docs/adr/0011).

Whoever could take a second step away alone would need only a password more to read every letter.
"""

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from .models import NewStart, Session, User
from .roles import Role


def ask(*, user: User, by: User) -> bool:
    """False when it cannot be asked: for oneself, for a member, or when it was asked already."""
    if user == by or not user.is_on_staff or not by.holds(Role.ADMINISTRATOR):
        return False
    try:
        with transaction.atomic():
            NewStart.objects.create(user=user, asked_by=by)
    except IntegrityError:
        return False
    return True


def waiting() -> QuerySet[NewStart]:
    """Asked for and not decided yet, oldest first."""
    return NewStart.objects.filter(decided_at__isnull=True).select_related("user", "asked_by").order_by("pk")


def waiting_for(person: User) -> QuerySet[NewStart]:
    """Those that this person may decide: a moderator or another administrator; never their own, never one they asked."""
    if not (person.holds(Role.MODERATOR) or person.holds(Role.ADMINISTRATOR)):
        return NewStart.objects.none()
    return waiting().exclude(user=person).exclude(asked_by=person)


@transaction.atomic
def decide(*, new_start_id: int, by: User, agreed: bool) -> User | None:
    """The person whose new start was decided. None when it is not theirs to decide or somebody was faster.

    Agreed: apps, passkeys, spare codes and the password are gone and every session ends; a new password takes a code
    from their own mailbox.
    """
    mine = waiting_for(by).filter(pk=new_start_id)
    found = mine.first()
    ids = mine.values("pk")
    changed = NewStart.objects.filter(pk__in=ids, decided_at__isnull=True).update(
        decided_by=by, decided_at=timezone.now(), agreed=agreed
    )
    if found is None or not changed:
        return None
    if agreed:
        take_away(found.user)
    return found.user


@transaction.atomic
def take_away(user: User) -> None:
    """Also for who holds the server: `manage.py new_start ADDRESS`, when there is no second person."""
    Authenticator.objects.filter(user=user).delete()
    Session.objects.filter(person=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
