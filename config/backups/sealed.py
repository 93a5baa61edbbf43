"""The file of a backup: sealed in pieces, so that no size is too large and no cut, swap or change goes unseen.

AES-256-GCM by the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance", 2015): each piece's nonce is a random prefix, its number, and whether it is the last.
The head (which key, when, which database) is readable without the key and bound to every piece.
"""

import base64
import json
import os
import struct
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"ALLAYBK1"
PIECE = 1 << 20
TAG, PREFIX, MOST_HEAD = 16, 7, 10_000


class Unreadable(Exception):
    """This file is no whole backup, or the key is not the one that it was sealed with."""


def key_ring(pairs: list[str]) -> dict[str, bytes]:
    """`id:key` pairs, newest first, as in FIELD_KEYS."""
    split = [pair.partition(":") for pair in pairs]
    return {name: base64.urlsafe_b64decode(key) for name, _, key in split}


def seal(pieces: Iterable[bytes], into: BinaryIO, *, keys: dict[str, bytes], head: dict[str, Any]) -> None:
    """Write the pieces, sealed under the newest key. Each may have any size up to PIECE."""
    name, key = next(iter(keys.items()))
    written = json.dumps({**head, "key": name}, sort_keys=True).encode()
    prefix, cipher = os.urandom(PREFIX), AESGCM(key)
    into.write(MAGIC + struct.pack(">I", len(written)) + written + prefix)
    waiting, number = b"", 0
    for piece in pieces:
        if waiting:
            _write(into, cipher, _nonce(prefix, number, is_last=False), waiting, written)
            number += 1
        waiting = piece
    _write(into, cipher, _nonce(prefix, number, is_last=True), waiting, written)


def read_head(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What can be told without the key; the file stands before its first piece then."""
    if file.read(len(MAGIC)) != MAGIC:
        raise Unreadable("This is no backup of ours.")
    (length,) = struct.unpack(">I", _exactly(file, 4))
    if length > MOST_HEAD:
        raise Unreadable("This is no backup of ours.")
    written = _exactly(file, length)
    try:
        head = json.loads(written)
    except ValueError as fault:
        raise Unreadable("The head of this backup is damaged.") from fault
    if not isinstance(head, dict):
        raise Unreadable("The head of this backup is damaged.")
    return head, written


def unseal(file: BinaryIO, *, keys: dict[str, bytes]) -> Iterator[bytes]:
    """The pieces again. Raises Unreadable at the first one that was changed, moved or cut off; never gives such a piece."""
    head, written = read_head(file)
    key = keys.get(str(head.get("key")))
    if key is None:
        raise Unreadable(f"The key {str(head.get('key'))[:40]!r} of this backup is not among BACKUP_KEYS.")
    prefix, cipher, number, is_last = _exactly(file, PREFIX), AESGCM(key), 0, False
    while not is_last:
        (length,) = struct.unpack(">I", _exactly(file, 4))
        if not TAG <= length <= PIECE + TAG:
            raise Unreadable("This backup is damaged.")
        sealed = _exactly(file, length)
        is_last = not file.peek(1) if hasattr(file, "peek") else False
        try:
            yield cipher.decrypt(_nonce(prefix, number, is_last=is_last), sealed, written)
        except InvalidTag as fault:
            raise Unreadable("This backup is damaged or cut off, or it was sealed with another key.") from fault
        number += 1


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


def _write(into: BinaryIO, cipher: AESGCM, nonce: bytes, piece: bytes, bound_to: bytes) -> None:
    sealed = cipher.encrypt(nonce, piece, bound_to)
    into.write(struct.pack(">I", len(sealed)) + sealed)


def _exactly(file: BinaryIO, length: int) -> bytes:
    read = file.read(length)
    if len(read) != length:
        raise Unreadable("This backup is cut off.")
    return read
