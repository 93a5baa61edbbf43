"""A member leaves: every letter is taken back, and the account with all that hangs on it is erased, in one transaction."""

import logging
from collections.abc import Iterator
from functools import partial

from django.db import models, transaction

from accounts.models import User

from .. import queues
from ..models import Case
from ..states import State
from ..transitions import Refused
from . import intake

log = logging.getLogger("allay.erasures")
# What somebody did while they worked here, kept by the database only as long as their row stands.
WORK = {"admin.LogEntry", "accounts.RoleGrant", "accounts.NewStart", "workflow.HandedOn", "workflow.Shift"}
NOBODY = "@erased.invalid"  # RFC 2606: no mail ever arrives there


@transaction.atomic
def erase_account(*, by: User) -> int:
    """Everything of this person is gone. What stays: that there were letters, and when, without a name.

    Returns how many letters were taken back by it. People who work here are closed by an administrator instead: their
    work for families must not go with them. Of somebody who once worked here a row without a name stays, for its sake.
    """
    person = User.objects.select_for_update().get(pk=by.pk)
    if person.grants.exists():
        raise Refused("Accounts of people who work here are closed by an administrator.")
    standing = queues.of_member(person).exclude(state=State.WITHDRAWN).values_list("pk", flat=True)
    taken_back = [intake.withdraw(case_id=case_id, by=person) for case_id in list(standing)]
    transaction.on_commit(partial(log.info, "erased person %s", person.pk))
    if _worked_here(person):
        _empty(person)
    else:
        person.delete()
    return len(taken_back)


def _rows(relation: models.ForeignObjectRel, person: User) -> "models.QuerySet[models.Model]":
    return models.QuerySet(relation.related_model).filter(**{relation.field.name: person})


def _kept_for(is_work: bool) -> Iterator[models.ForeignObjectRel]:
    """Relations to a person that hold work for others; or those that are the person's own. Most have no name on their side."""
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        label, rule = relation.related_model._meta.label, getattr(relation, "on_delete", None)
        if is_work == (label in WORK or rule is models.PROTECT) and rule in {models.PROTECT, models.CASCADE}:
            yield relation


def _worked_here(person: User) -> bool:
    return any(_rows(relation, person).exists() for relation in _kept_for(is_work=True))


def _empty(person: User) -> None:
    """Nothing of them but the number that their work stands under; nobody signs in with it again."""
    for relation in _kept_for(is_work=False):
        _rows(relation, person).delete()
    person.email, person.called, person.public_line = f"{person.pk}{NOBODY}", "", ""
    person.away_from = person.away_until = person.last_login = None
    person.is_active = False
    person.set_unusable_password()
    person.save()


def erase_again(what: str, number: int) -> int:
    """After a backup was restored: what had been erased since goes once more. Returns 1 if there was something to erase."""
    if what == "person":
        person = User.objects.filter(pk=number, grants__isnull=True).first()
        if person is None or person.email.endswith(NOBODY):
            return 0
        erase_account(by=person)
        return 1
    case = Case.objects.filter(letter=number).exclude(state=State.WITHDRAWN).first()
    writer = queues.sender(case) if case else None
    if case is None or writer is None:
        return 0
    intake.withdraw(case_id=case.pk, by=writer)
    return 1
