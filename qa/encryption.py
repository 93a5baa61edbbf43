"""Text of letters encrypted at rest: AES-GCM, key id inside the value, bound to its model and column (docs/adr/0016).

Two forms: `a1:…` under a master key (accounts/master_keys.py), and `b1:<letter's key>:<urlsafe base64 of nonce + ciphertext>`,
under the letter's own key, which lies in the table of keys, itself sealed under a master key. Destroying that row is erasing the
letter, wherever copies of its other rows may be.
"""

import base64
import os
import uuid
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.db.models.lookups import Exact, IsNull

from accounts.master_keys import CannotDecrypt, Sealed, decrypt, encrypt, seal, unseal

BY_LETTER = "b1"
KEYS_TABLE, KEY_ID_CHARS = "qa_letterkey", 32


class DataKey(NamedTuple):
    """The key of one letter, opened with the master keys."""

    id: str
    key: AESGCM

    @classmethod
    def unwrap(cls, key_id: str, wrapped: str) -> "DataKey":
        """From its row. Raises CannotDecrypt."""
        return cls(key_id, AESGCM(base64.urlsafe_b64decode(decrypt(wrapped, bound_to=_place_of_key(key_id)))))

    def encrypt(self, text: str, *, bound_to: str) -> Sealed:
        return Sealed(seal(BY_LETTER, self.id, self.key, text, bound_to))

    def decrypt(self, value: str, *, bound_to: str) -> str:
        return unseal(BY_LETTER, {self.id: self.key}, value, bound_to)


def new_key_id() -> str:
    return uuid.uuid4().hex


def new_wrapped_key(key_id: str) -> str:
    """256 random bits, sealed under the newest master key and bound to their row."""
    return encrypt(base64.urlsafe_b64encode(os.urandom(32)).decode(), bound_to=_place_of_key(key_id))


def rewrapped(key_id: str, wrapped: str) -> str:
    """The same key under the newest master key."""
    place = _place_of_key(key_id)
    return encrypt(decrypt(wrapped, bound_to=place), bound_to=place)


def _place_of_key(key_id: str) -> str:
    return f"qa.LetterKey.wrapped:{key_id}"


def _look_again(key_id: str, connection: Any) -> str:
    """PostgreSQL reads a row it waited for as it is now, but the keys as they were when the statement began: ask once more."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT wrapped FROM {KEYS_TABLE} WHERE id = %s", [key_id])  # noqa: S608  # nosec B608
        found = cursor.fetchone()
    if found is None:
        raise CannotDecrypt("the key of this letter was destroyed")
    return str(found[0])


class OnlyEmpty(Exact):
    """`column = ''`: the one comparison that makes sense; equal texts never have equal ciphertexts."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs != "":
            raise ValueError("encrypted text cannot be searched; only compared with the empty text")
        super().__init__(lhs, rhs)


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text column that the database only ever sees encrypted. The empty text stays empty and can be looked for.

    On a model that names a `key_path` (qa/models/keys.py) values are under the letter's own key. Reading brings that key along
    in the same query; writing needs the row, so that `.update()` takes only the empty text there.
    """

    @property
    def _place(self) -> str:
        return f"{self.model._meta.label}.{self.attname}"

    @property
    def is_by_letter(self) -> bool:
        return hasattr(self.model, "key_path")  # models of old migrations have none: they read what they always read

    def seal(self, text: str, row: Any) -> Sealed:
        """For this column: under the key of this row of the table of keys, or under a master key if there is none."""
        return row.opened().encrypt(text, bound_to=self._place) if row else Sealed(encrypt(text, bound_to=self._place))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        text = super().pre_save(model_instance, add)
        return self.seal(text, model_instance.letter_key) if text and self.is_by_letter else text

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        if not text or isinstance(text, Sealed):
            return text and str(text)
        if self.is_by_letter:
            raise TypeError(
                f"{self._place} is sealed under a letter's key: save the row instead of updating the column"
            )
        return encrypt(text, bound_to=self._place)

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """The sealed key of the letter before the value, found by the value's own beginning; one query, whatever is read."""
        if not self.is_by_letter:
            return sql, params
        key = f"SELECT k.wrapped || ' ' FROM {KEYS_TABLE} k WHERE k.id = substr({sql}, 4, {KEY_ID_CHARS})"  # noqa: S608  # nosec B608
        return f"COALESCE(({key}), '') || {sql}", (*params, *params)

    def from_db_value(self, value: Any, expression: object, connection: Any) -> Any:
        if not value:
            return value
        wrapped, _, sealed = value.rpartition(" ")
        if not self.is_by_letter or not sealed.startswith(f"{BY_LETTER}:"):
            return decrypt(sealed, bound_to=self._place)
        key_id = sealed[3 : 3 + KEY_ID_CHARS]
        key = DataKey.unwrap(key_id, wrapped or _look_again(key_id, connection))
        return key.decrypt(sealed, bound_to=self._place)

    def get_lookup(self, lookup_name: str) -> Any:
        return {"isnull": IsNull, "exact": OnlyEmpty}.get(lookup_name)
