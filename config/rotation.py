"""A new key for everything that is sealed, while people work: batch by batch, each value only if it is still the same."""

from collections import Counter
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Cast

from qa.encryption import VERSION, EncryptedTextField, decrypt, encrypt

from .second_step import PLACE

BATCH = 200


def newest_key() -> str:
    """The id of the key that new values are sealed with."""
    return str(settings.FIELD_KEYS[0]).partition(":")[0]


def key_of(value: str) -> str:
    """The id of the key that a stored value is sealed with."""
    version, _, rest = value.partition(":")
    return rest.partition(":")[0] if version == VERSION else "?"


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of ours that is sealed."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field.attname


def count() -> Counter[str]:
    """How many values lie under each key."""
    found: Counter[str] = Counter()
    for model, name in sealed_columns():
        found.update(key_of(value) for value in _stored(model, name).values_list("stored", flat=True).iterator())
    for step in Authenticator.objects.iterator():
        found.update(key_of(step.data[name]) for name in ("secret", "seed") if name in step.data)
    return found


def rotate() -> int:
    """Seal everything under the newest key. Safe to stop, to run again, and to run twice at once. Returns how many."""
    return sum(_column(model, name) for model, name in sealed_columns()) + _second_steps()


def _stored(model: type[models.Model], name: str) -> "models.QuerySet[models.Model]":
    """Rows with the column as the database has it; values of the column itself are opened on the way."""
    rows = model._base_manager.annotate(stored=Cast(F(name), models.TextField()))
    return rows.exclude(stored="").exclude(stored=None)


def _column(model: type[models.Model], name: str) -> int:
    done, last = 0, None
    old = _stored(model, name).exclude(stored__startswith=f"{VERSION}:{newest_key()}:").order_by("pk")
    while batch := list((old.filter(pk__gt=last) if last else old).values_list("pk", "stored", name)[:BATCH]):
        for pk, stored, text in batch:
            # Somebody may have saved it meanwhile: then it is under the newest key already, and stays as they wrote it.
            same = (
                models.QuerySet(model).annotate(stored=Cast(F(name), models.TextField())).filter(pk=pk, stored=stored)
            )
            done += same.update(**{name: text})
        last = batch[-1][0]
    return done


def _second_steps() -> int:
    return sum(_second_step(pk) for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _second_step(pk: int) -> int:
    step = Authenticator.objects.select_for_update().filter(pk=pk).first()
    old = [name for name in ("secret", "seed") if step and key_of(step.data.get(name, "")) not in {newest_key(), "?"}]
    for name in old:
        step.data[name] = encrypt(decrypt(step.data[name], bound_to=PLACE), bound_to=PLACE)
    if old:
        step.save(update_fields=["data"])
    return len(old)
