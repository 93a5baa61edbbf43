"""A member leaves: every letter is taken back, and the account with all that hangs on it is erased, in one transaction."""

from django.db import transaction

from accounts.models import User

from .. import queues
from ..states import State
from ..transitions import Refused
from . import intake


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
    person.delete()
    return len(taken_back)
