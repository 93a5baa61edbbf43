"""What is done with the keys of letters: destroy one, exchange one, find what is sealed under them (docs/adr/0016)."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from .encryption import EncryptedTextField
from .models import LetterKey
from .models.keys import BesideLetter

Column = tuple[type[models.Model], EncryptedTextField]


def sealed_columns() -> Iterator[Column]:
    """Every column of ours that is sealed."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def destroy(row: BesideLetter) -> None:
    """Erase a letter: what was sealed under its key is unreadable from now on, here and in every copy of the other tables."""
    LetterKey.objects.filter(letter=row.letter_id).delete()
    row.forget_key()


@transaction.atomic
def drop(rows: "models.QuerySet[Any]") -> int:
    """Delete letters that were never sent, with their keys. Returns how many.

    Because keys go along, Django reads the rows first and deletes them by number: so they are locked, and asked again
    after waiting for a lock, and who saves one at that moment keeps their words.
    """
    chosen = list(rows.select_for_update().values_list("pk", flat=True))
    models.QuerySet(rows.model).filter(pk__in=chosen).delete()
    return len(chosen)


@transaction.atomic
def exchange(row: BesideLetter) -> None:
    """Erase what a letter no longer holds, in every copy too: what it still holds goes under a new key, the old is destroyed."""
    if not settings.LETTER_KEYS:
        return
    held = [
        (model, field, pk, text)
        for model, field in sealed_columns()
        for pk, text in _of_letter(model, row.letter_id).exclude(**{field.attname: ""}).values_list("pk", field.attname)
    ]
    destroy(row)
    fresh = LetterKey.fresh(letter_id=row.letter_id)
    fresh.save(force_insert=True)
    for model, field, pk, text in held:
        models.QuerySet(model).filter(pk=pk).update(**{field.attname: field.seal(text, fresh)})


def _of_letter(model: type[models.Model], letter_id: int) -> "models.QuerySet[models.Model]":
    """The rows that are under this letter's key."""
    *way, last = getattr(model, "key_path", "").split("__")
    rows: models.QuerySet[models.Model] = models.QuerySet(model)
    if last != "key" or getattr(model, "key_for", "letter") != "letter":
        return rows.none()
    return rows.filter(**{"__".join(way) or "pk": letter_id})
