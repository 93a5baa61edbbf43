"""Text encrypted at rest: AES-GCM, key id inside the value, bound to its model and column. Keys live outside the database.

Form of a value: `a1:<key id>:<urlsafe base64 of nonce + ciphertext>`. NIST SP 800-38D: 96-bit random nonces, at most
2^32 values per key; rotate long before. A wrong key raises: ciphertext is never shown as text.
"""

import base64
import binascii
import os
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact, IsNull

VERSION = "a1"


class CannotDecrypt(Exception):
    """The key of a value is not at hand or the value was changed."""


@cache
def _key_ring(pairs: tuple[str, ...]) -> dict[str, AESGCM]:
    ring = {}
    for pair in pairs:
        key_id, _, encoded = pair.partition(":")
        ring[key_id] = AESGCM(base64.urlsafe_b64decode(encoded))
    return ring


def _keys() -> dict[str, AESGCM]:
    return _key_ring(tuple(settings.FIELD_KEYS))


def encrypt(text: str, *, bound_to: str) -> str:
    """Encrypt under the newest key; `bound_to` names the place, so that a value cannot be moved to another column."""
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    sealed = nonce + key.encrypt(nonce, text.encode(), bound_to.encode())
    return f"{VERSION}:{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"


def decrypt(value: str, *, bound_to: str) -> str:
    """The text again. Raises CannotDecrypt when the key is missing or the value was tampered with."""
    try:
        version, key_id, encoded = value.split(":", 2)
        if version != VERSION:
            raise CannotDecrypt("unknown form of encrypted value")
        sealed = base64.urlsafe_b64decode(encoded)
        return _keys()[key_id].decrypt(sealed[:12], sealed[12:], bound_to.encode()).decode()
    except (ValueError, KeyError, InvalidTag, binascii.Error) as fault:
        raise CannotDecrypt("an encrypted value cannot be read with the keys at hand") from fault


class OnlyEmpty(Exact):
    """`column = ''`: the one comparison that makes sense; equal texts never have equal ciphertexts."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs != "":
            raise ValueError("encrypted text cannot be searched; only compared with the empty text")
        super().__init__(lhs, rhs)


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text column that the database only ever sees encrypted. The empty text stays empty and can be looked for."""

    @property
    def _place(self) -> str:
        return f"{self.model._meta.label}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text, bound_to=self._place) if text else text

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return decrypt(value, bound_to=self._place) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return {"isnull": IsNull, "exact": OnlyEmpty}.get(lookup_name)
