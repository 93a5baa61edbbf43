"""A new key for everything that is sealed, while people work: batch by batch, each value only if it is still the same."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.db.models.functions import Cast

from accounts.addresses import EncryptedEmailField, index_of
from accounts.master_keys import VERSION, decrypt, encrypt, is_sealed, newest_key
from accounts.models import Session, User
from accounts.sessions import SessionStore
from qa.encryption import BY_LETTER, EncryptedTextField, rewrapped
from qa.keyring import sealed_columns
from qa.models import Letter, LetterDraft, LetterKey, ParkedLetter
from qa.models.keys import HoldsKey

from .second_step import PLACE

BATCH = 200
OF_A_LETTER, IN_CLEAR = "keys of letters", "not sealed yet"
ADDRESS: EncryptedEmailField = User._meta.get_field("email")
log = logging.getLogger("allay.jobs")
HOLDERS = (Letter, LetterDraft, ParkedLetter)


def key_of(value: str) -> str:
    """The id of the master key that a stored value is sealed with."""
    version, _, rest = value.partition(":")
    return {VERSION: rest.partition(":")[0], BY_LETTER: OF_A_LETTER}.get(version, "?")


Passing = Callable[[Iterable[str], int], Iterable[str]]  # keys on their way, and how many come: to show how many did


def count(passing: Passing = lambda keys, _total: keys) -> Counter[str]:
    """How many values lie under each master key, and how many under keys of letters (which are themselves counted too)."""
    sealed = [_stored(model, field) for model, field in sealed_columns()]
    sealed.append(LetterKey.objects.annotate(stored=F("wrapped")))
    steps = [
        step.data[name] for step in Authenticator.objects.iterator() for name in ("secret", "seed") if name in step.data
    ]
    perhaps = [_stored(User, ADDRESS), Session.objects.annotate(stored=F("session_data"))]
    keys = chain(map(key_of, chain(_values(sealed), steps)), map(_key_or_none, _values(perhaps)))
    total = sum(rows.count() for rows in (*sealed, *perhaps)) + len(steps)
    return Counter(passing(keys, total))


def _values(several: "list[models.QuerySet[Any]]") -> Iterator[str]:
    return chain.from_iterable(rows.values_list("stored", flat=True).iterator() for rows in several)


def _key_or_none(value: str) -> str:
    """Of what an earlier release left in clear."""
    return key_of(value) if is_sealed(value) else IN_CLEAR


class Part(NamedTuple):
    """A part of the work: what it is about, how much there is, and the doing; each turn tells how many were sealed anew."""

    name: str
    total: int
    turns: Iterator[int]


def parts() -> Iterator[Part]:
    """Give every letter a key, and seal everything under the newest. Safe to stop, to run again, and twice at once.

    Keys come first and by themselves: who waits for a row that is sealed anew meanwhile must see its key already. Each part is
    counted when its turn comes, because keys that were given make more values outdated.
    """
    erased = list(_of_erased())
    yield Part("keys of erased letters", len(erased), map(_retire, erased))
    lacking = [(holder, pk) for holder in HOLDERS for pk in _without_key(holder).values_list("pk", flat=True)]
    yield Part("letters without a key", len(lacking), (_give_key(*one) for one in lacking))
    old = list(LetterKey.objects.exclude(wrapped__startswith=_newest()).values_list("pk", "wrapped"))
    yield Part("keys of letters", len(old), (_wrap_anew(*one) for one in old))
    columns = list(sealed_columns())
    outdated = sum(_outdated(*column).count() for column in columns)
    yield Part("values", outdated, (done for column in columns for done in _column(*column)))
    steps = list(Authenticator.objects.order_by("pk").values_list("pk", flat=True))
    yield Part("second steps", len(steps), map(_second_step, steps))
    yield Part("addresses", _addresses().count(), _each_address())
    sign_ins = list(_old_sign_ins().values_list("pk", "session_data"))
    yield Part("sign-ins", len(sign_ins), (_seal_sign_in(*one) for one in sign_ins))


def rotate() -> int:
    """All the parts. Returns how many values were sealed anew."""
    return sum(done for part in parts() for done in part.turns)


def waiting() -> int:
    """How much `rotate` would do: letters without a key of their own, keys and values that are not where they belong."""
    keys = LetterKey.objects.exclude(wrapped__startswith=_newest()) | _of_erased()
    letters = [_without_key(holder) for holder in HOLDERS]
    values = [_outdated(model, field) for model, field in sealed_columns()]
    return sum(rows.count() for rows in (keys, *letters, *values, _addresses(), _old_sign_ins()))


def _newest() -> str:
    return f"{VERSION}:{newest_key()}:"


def _of_erased() -> "models.QuerySet[LetterKey]":
    """Keys of letters that an older release, which knows of none, erased beside this one."""
    return LetterKey.objects.filter(letter__erased_at__isnull=False)


@transaction.atomic
def _retire(key: LetterKey) -> int:
    """Destroy it; what was written about the erased letter since (how a danger was ended) goes under a master key first."""
    done = 0
    for model, field in sealed_columns():
        if field.is_by_letter:
            rows = _stored(model, field).filter(**{model.key_path: key.pk})  # type: ignore[attr-defined]
            under_it = rows.filter(stored__startswith=f"{BY_LETTER}:{key.pk}:").values_list(
                "pk", "stored", field.attname
            )
            done += sum(_seal_anew(model, field, pk, stored, text, None) for pk, stored, text in list(under_it))
    LetterKey.objects.filter(pk=key.pk).delete()
    return done


def _without_key(holder: type[HoldsKey]) -> "models.QuerySet[HoldsKey]":
    rows: models.QuerySet[Any] = models.QuerySet(holder).filter(key__isnull=True)
    if not settings.LETTER_KEYS:
        return rows.none()
    return rows.filter(erased_at__isnull=True) if holder is Letter else rows.exclude(text="")


@transaction.atomic
def _give_key(holder: type[HoldsKey], pk: int) -> int:
    """Under a lock, one at a time: who saves, deletes or erases it at that moment comes before or after. Seals no value."""
    if _without_key(holder).filter(pk=pk).select_for_update(of=("self",)).only("pk").first():
        key = LetterKey.fresh(**{f"{holder.key_for}_id": pk})
        LetterKey.objects.bulk_create([key], ignore_conflicts=True)  # who held the lock before may have given it one
    return 0


def _wrap_anew(pk: Any, wrapped: str) -> int:
    return LetterKey.objects.filter(pk=pk, wrapped=wrapped).update(wrapped=rewrapped(pk, wrapped))


def _stored(model: type[models.Model], field: "models.Field[Any, Any]") -> "models.QuerySet[models.Model]":
    """Rows with the column as the database has it; values of the column itself are opened on the way."""
    rows: models.QuerySet[models.Model] = models.QuerySet(model).annotate(
        stored=Cast(F(field.attname), models.TextField())
    )
    return rows.exclude(stored="").exclude(stored=None)


def _outdated(model: type[models.Model], field: EncryptedTextField) -> "models.QuerySet[models.Model]":
    """Not under the key of its letter; of what belongs to no letter: not under the newest master key."""
    rows = _stored(model, field)
    if not field.is_by_letter:
        return rows.exclude(stored__startswith=_newest())
    has_key = models.Q(**{f"{model.key_path}__isnull": False})  # type: ignore[attr-defined]
    return rows.exclude(stored__startswith=f"{BY_LETTER}:").filter(has_key | ~models.Q(stored__startswith=_newest()))


def _column(model: type[models.Model], field: EncryptedTextField) -> Iterator[int]:
    last, name = None, field.attname
    to_key = getattr(model, "key_path", None)
    old = (
        _outdated(model, field)
        .annotate(of=F(to_key) if to_key else models.Value(None, models.TextField()))
        .order_by("pk")
    )
    while batch := list((old.filter(pk__gt=last) if last else old).values_list("pk", "stored", name, "of")[:BATCH]):
        keys = LetterKey.objects.in_bulk({key_id for *_, key_id in batch if key_id})
        for pk, stored, text, key_id in batch:
            yield _seal_anew(model, field, pk, stored, text, keys.get(key_id))
        last = batch[-1][0]


def _seal_anew(
    model: type[models.Model], field: EncryptedTextField, pk: Any, stored: str, text: str, key: LetterKey | None
) -> int:
    """Somebody may have saved it meanwhile: then it stays as they wrote it. And what was erased stays erased."""
    return _stored(model, field).filter(pk=pk, stored=stored).update(**{field.attname: field.seal(text, key)})


@transaction.atomic
def _second_step(pk: int) -> int:
    step = Authenticator.objects.select_for_update().filter(pk=pk).first()
    old = [name for name in ("secret", "seed") if step and key_of(step.data.get(name, "")) not in {newest_key(), "?"}]
    for name in old:
        step.data[name] = encrypt(decrypt(step.data[name], bound_to=PLACE), bound_to=PLACE)
    if old:
        step.save(update_fields=["data"])
    return len(old)


def seal_addresses() -> int:
    """Addresses that an earlier release left in clear, or that are under an older key. Also a job of the worker's."""
    return sum(_each_address())


def _each_address() -> Iterator[int]:
    last = 0
    while batch := list(_addresses().filter(pk__gt=last).order_by("pk").values_list("pk", "stored", "email")[:BATCH]):
        for row in batch:
            yield _seal_address(*row)
        last = batch[-1][0]


def _addresses() -> "models.QuerySet[models.Model]":
    """Not under the newest key, or not found by it. While an older release serves beside this one, they stay as it reads them."""
    rows = _stored(User, ADDRESS)
    is_found = models.Q(email_index__startswith=f"{newest_key()}:")
    is_current = models.Q(stored__startswith=_newest()) & is_found & models.Q(email_index__isnull=False)
    return rows.exclude(is_current) if settings.LETTER_KEYS else rows.none()


def _seal_address(pk: int, stored: str, address: str) -> int:
    """One person has it, whichever release wrote it: a second account is left as it is, for somebody to look at."""
    row = _stored(User, ADDRESS).filter(pk=pk, stored=stored)
    try:
        with transaction.atomic():
            return row.update(email=ADDRESS.seal(address), email_index=index_of(address))
    except IntegrityError:
        log.error("person %s has the address of another person", pk)
        return 0


def _old_sign_ins() -> "models.QuerySet[Session]":
    old = Session.objects.exclude(session_data__startswith=_newest())
    return old if settings.LETTER_KEYS else old.none()


def _seal_sign_in(pk: str, stored: str) -> int:
    """Nobody is signed out by it, and nothing that a page noted meanwhile is lost; nor what cannot be read with the keys at hand."""
    store = SessionStore()
    data = store.decode(stored)
    return Session.objects.filter(pk=pk, session_data=stored).update(session_data=store.encode(data)) if data else 0
