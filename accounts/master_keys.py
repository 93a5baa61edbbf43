"""Master keys: text sealed under them, and blind indexes by which a sealed value can be found again (docs/adr/0018).

A sealed value is `a1:<master key>:<urlsafe base64 of nonce + ciphertext>`, under a key of the settings, which never lies in the
database. NIST SP 800-38D: 96-bit random nonces, at most 2^32 values per key; rotate long before. A wrong key raises:
ciphertext is never shown as text. An index is `<master key>:<urlsafe base64 of HMAC-SHA-256>`: equal texts have equal ones, and
who has no key can neither read it nor try a text on it. Its key comes from the master key by HKDF (RFC 5869).
"""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "a1"


class CannotDecrypt(Exception):
    """The key of a value is not at hand or the value was changed."""


class Sealed(str):
    """A value that goes to the database as it is; what is written through a row (pre_save) arrives as one."""

    __slots__ = ()


def encrypt(text: str, *, bound_to: str) -> str:
    """Encrypt under the newest master key; `bound_to` names the place, so that a value cannot be moved to another column."""
    key_id, key = next(iter(_keys().items()))
    return seal(VERSION, key_id, key, text, bound_to)


def decrypt(value: str, *, bound_to: str) -> str:
    """The text again. Raises CannotDecrypt when the key is missing or the value was tampered with."""
    return unseal(VERSION, _keys(), value, bound_to)


def newest_key() -> str:
    """The id of the master key that new values are sealed with."""
    return next(iter(_keys()))


def is_sealed(value: str) -> bool:
    """Under a master key; else it is as an earlier release wrote it."""
    return value.startswith(f"{VERSION}:")


def blind_indexes(text: str, *, of: str) -> list[str]:
    """What stands for this text in the index of the place `of`, by each master key at hand, the newest first."""
    return [
        f"{key_id}:{base64.urlsafe_b64encode(hmac.digest(key, text.encode(), 'sha256')).decode()}"
        for key_id, key in _index_keys(tuple(settings.FIELD_KEYS), of).items()
    ]


def seal(version: str, key_id: str, key: AESGCM, text: str, bound_to: str) -> str:
    """A text under a key, in the form of its `version`."""
    nonce = os.urandom(12)
    sealed = nonce + key.encrypt(nonce, text.encode(), bound_to.encode())
    return f"{version}:{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(version: str, keys: Mapping[str, AESGCM], value: str, bound_to: str) -> str:
    """The text of `seal` again. Raises CannotDecrypt."""
    try:
        found, key_id, encoded = value.split(":", 2)
        if found != version:
            raise CannotDecrypt("unknown form of encrypted value")
        sealed = base64.urlsafe_b64decode(encoded)
        return keys[key_id].decrypt(sealed[:12], sealed[12:], bound_to.encode()).decode()
    except (ValueError, KeyError, InvalidTag, binascii.Error) as fault:
        raise CannotDecrypt("an encrypted value cannot be read with the keys at hand") from fault


def _keys() -> dict[str, AESGCM]:
    return _key_ring(tuple(settings.FIELD_KEYS))


@cache
def _key_ring(pairs: tuple[str, ...]) -> dict[str, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in _split(pairs).items()}


@cache
def _index_keys(pairs: tuple[str, ...], of: str) -> dict[str, bytes]:
    info = f"allay blind index of {of}".encode()
    return {key_id: HKDF(SHA256(), 32, salt=None, info=info).derive(key) for key_id, key in _split(pairs).items()}


def _split(pairs: tuple[str, ...]) -> dict[str, bytes]:
    split = [pair.partition(":") for pair in pairs]
    return {key_id: base64.urlsafe_b64decode(encoded) for key_id, _, encoded in split}
