"""Roles take two people: an administrator grants one, and it counts once a moderator has confirmed it (docs/adr/0009).

Without this an administrator, who cannot read letters, would need one new account to read them all.
"""

from django.db.models import QuerySet
from django.utils import timezone

from .models import RoleGrant, User
from .roles import Role


def waiting() -> QuerySet[RoleGrant]:
    """Granted and not confirmed yet, oldest first."""
    return RoleGrant.objects.filter(confirmed_at__isnull=True).select_related("user", "granted_by").order_by("pk")


def waiting_for(moderator: User) -> QuerySet[RoleGrant]:
    """Those that this person may decide: never their own, never one they granted."""
    if not moderator.holds(Role.MODERATOR):
        return RoleGrant.objects.none()
    return waiting().exclude(user=moderator).exclude(granted_by=moderator)


def confirm(*, grant_id: int, by: User) -> bool:
    """The role counts from now on. False when it is not theirs to confirm or somebody was faster."""
    mine = waiting_for(by).filter(pk=grant_id).values("pk")
    return bool(RoleGrant.objects.filter(pk__in=mine).update(confirmed_by=by, confirmed_at=timezone.now()))


def refuse(*, grant_id: int, by: User) -> bool:
    """The grant is gone. False when it is not theirs to refuse or somebody was faster."""
    mine = waiting_for(by).filter(pk=grant_id).values_list("pk", flat=True)
    return bool(RoleGrant.objects.filter(pk__in=list(mine), confirmed_at__isnull=True).delete()[0])


def confirm_from_the_server(email: str) -> int:
    """For who holds the server, and with it every key: the first moderators, when there is nobody to confirm them."""
    return RoleGrant.objects.filter(user__email=email.lower(), confirmed_at__isnull=True).update(
        confirmed_at=timezone.now()
    )
