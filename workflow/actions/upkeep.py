"""Upkeep: what the service does by itself, by the clock. Safe to run twice and at the same time."""

from datetime import timedelta

from django.contrib.sessions.models import Session as SessionBefore
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Session, User
from qa import keyring
from qa.models import LetterDraft, ParkedLetter

from ..queues import never_came

DRAFT_DAYS = 14
PARKED_HOURS = 24
UNUSED_DAYS = 2


def drop_old_drafts() -> int:
    """Delete unsent letters 14 days after their last change. Returns how many."""
    return keyring.drop(LetterDraft.objects.filter(updated_at__lt=timezone.now() - timedelta(days=DRAFT_DAYS)))


def drop_parked_letters() -> int:
    """Delete what was parked at an expired sign-in and not fetched within a day. Returns how many."""
    return keyring.drop(ParkedLetter.objects.filter(parked_at__lt=timezone.now() - timedelta(hours=PARKED_HOURS)))


def drop_old_sessions() -> int:
    """Delete sign-ins that ended: they hold addresses of people who asked for a code. Returns how many.

    Those of the first releases too, which lie in Django's own table.
    """
    return sum(model.objects.filter(expire_date__lt=timezone.now()).delete()[0] for model in (Session, SessionBefore))


def drop_unused_accounts() -> int:
    """Forget addresses that asked for a code and were never signed in with: anybody can type anybody's. How many."""
    unused = never_came(before=timezone.now() - timedelta(days=UNUSED_DAYS))
    return sum(_drop_if_still_unused(unused, pk) for pk in list(unused.values_list("pk", flat=True)))


@transaction.atomic
def _drop_if_still_unused(unused: QuerySet[User], pk: int) -> bool:
    """Look once more under a lock: somebody may be signing in at this moment."""
    person = unused.filter(pk=pk).select_for_update(of=("self",)).first()
    if person is not None:
        person.delete()
    return person is not None
