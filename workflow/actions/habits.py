"""How a person works at the desks: only they change it, and nobody else sees it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User

from ..keys import KEYS
from ..models import DeskHabits
from ..transitions import Refused

MOST_VIEWS = 12


def set_habits(*, person: User, keys: Mapping[str, str], **fields: Any) -> DeskHabits:
    """Keep what the person chose; only letters that differ from the usual ones are written down."""
    own = {does: letter for does, letter in keys.items() if letter != KEYS[does].usual}
    habits, _ = DeskHabits.objects.update_or_create(person=person, defaults={"keys": own, **fields})
    return habits


def use_keys(*, person: User, on: bool) -> None:
    """Switch the keys on or off."""
    DeskHabits.objects.update_or_create(person=person, defaults={"uses_keys": on})


@transaction.atomic
def keep_view(*, person: User, name: str, query: str) -> None:
    """Keep a list by name; the same name again replaces it."""
    habits = _locked(person)
    others = [view for view in habits.views if view[0] != name]
    if len(others) >= MOST_VIEWS:
        raise Refused(f"You have kept {MOST_VIEWS} lists already. Remove one first.")
    habits.views = [*others, [name, query]]
    habits.save(update_fields=["views"])


@transaction.atomic
def drop_view(*, person: User, name: str) -> str:
    """Remove a kept list; returns its query, so that it can be kept again. Removing twice changes nothing."""
    habits = _locked(person)
    gone = next((query for known, query in habits.views if known == name), "")
    habits.views = [view for view in habits.views if view[0] != name]
    habits.save(update_fields=["views"])
    return gone


def _locked(person: User) -> DeskHabits:
    DeskHabits.objects.get_or_create(person=person)
    return DeskHabits.objects.select_for_update().get(person=person)
