"""A member leaves: every letter is taken back, and the account with all that hangs on it is erased, in one transaction."""

import logging
from functools import partial

from django.db import transaction

from accounts.models import User

from .. import queues
from ..models import Case
from ..states import State
from ..transitions import Refused
from . import intake

log = logging.getLogger("allay.erasures")


@transaction.atomic
def erase_account(*, by: User) -> int:
    """Everything of this person is gone. What stays: that there were letters, and when, without a name.

    Returns how many letters were taken back by it. People who work here are closed by an administrator instead: their
    work for families must not go with them.
    """
    person = User.objects.select_for_update().get(pk=by.pk)
    if person.grants.exists():
        raise Refused("Accounts of people who work here are closed by an administrator.")
    standing = queues.of_member(person).exclude(state=State.WITHDRAWN).values_list("pk", flat=True)
    taken_back = [intake.withdraw(case_id=case_id, by=person) for case_id in list(standing)]
    transaction.on_commit(partial(log.info, "erased person %s", person.pk))
    person.delete()
    return len(taken_back)


def erase_again(what: str, number: int) -> int:
    """After a backup was restored: what had been erased since goes once more. Returns 1 if there was something to erase."""
    if what == "person":
        person = User.objects.filter(pk=number, grants__isnull=True).first()
        if person:
            erase_account(by=person)
        return int(person is not None)
    case = Case.objects.filter(letter=number).exclude(state=State.WITHDRAWN).first()
    writer = queues.sender(case) if case else None
    if case is None or writer is None:
        return 0
    intake.withdraw(case_id=case.pk, by=writer)
    return 1
