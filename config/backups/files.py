"""One backup: the copy, its manifest (rows of each table, migrations, checksum), sealed; and the way back."""

import hashlib
import json
import struct
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db.migrations.loader import MigrationLoader

from qa.progress import Tell

from . import databases, sealed
from .databases import NotPossible, Settings
from .sealed import PIECE, Unreadable

SUFFIX = ".allay-backup"
STEPS = COPYING, SEALING, READING_BACK = "copying", "sealing", "reading back"
STEPS_BACK = UNSEALING, PUTTING_BACK = "unsealing", "putting back"
STAMP = "%Y%m%dT%H%M%S%fZ"


def make(database: Settings, folder: Path, *, keys: dict[str, bytes], tell: Tell = lambda step: None) -> Path:
    """Copy, seal, read back, and only then give it its name. Half a backup never looks like one. `tell` hears of each of STEPS."""
    folder.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC)
    target = folder / f"{at.strftime(STAMP)}{SUFFIX}"
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as private:
        copied, unfinished = Path(private) / "copy", Path(private) / "sealed"
        tell(COPYING)
        counted = databases.copy(database, copied)
        manifest = {"rows": counted, "migrations": _known_migrations(), "sha256": _checksum(copied)}
        engine = "sqlite" if databases.is_sqlite(database) else "postgresql"
        tell(SEALING)
        with unfinished.open("wb") as into:
            head = {"made_at": at.isoformat(), "engine": engine}
            sealed.seal(_pieces(manifest, copied), into, keys=keys, head=head)
        tell(READING_BACK)
        open_up(unfinished, Path(private) / "read-back", keys=keys)
        unfinished.replace(target)
    return target


def open_up(file: Path, into: Path, *, keys: dict[str, bytes]) -> dict[str, Any]:
    """Write the copy to `into` and give its manifest. Raises Unreadable; what was written then is worthless."""
    digest = hashlib.sha256()
    with file.open("rb") as opened, into.open("wb") as out:
        pieces = sealed.unseal(opened, keys=keys)
        manifest = _manifest(next(pieces))
        for piece in pieces:
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != manifest["sha256"]:
        raise Unreadable("The copy in this backup is not the one that was put in.")
    return manifest


def restore(
    file: Path, database: Settings, *, keys: dict[str, bytes], tell: Tell = lambda step: None
) -> dict[str, Any]:
    """Into an empty place only, and only a whole backup of a release that this one knows. Gives the manifest; `tell` hears of
    each of STEPS_BACK.
    """
    _fits(file, database)
    databases.refuse_unless_empty(database)
    home = Path(database["NAME"]).parent if databases.is_sqlite(database) else None
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=home) as private:
        copied = Path(private) / "copy"
        tell(UNSEALING)
        manifest = open_up(file, copied, keys=keys)
        if unknown := sorted(set(map(tuple, manifest["migrations"])) - set(map(tuple, _known_migrations()))):
            raise NotPossible(f"This backup comes from a newer release: {'.'.join(unknown[0])} is not known here.")
        tell(PUTTING_BACK)
        databases.put_back(database, copied)
    if databases.rows(database) != manifest["rows"]:
        raise NotPossible("The restored tables do not have the rows of the backup.")
    return manifest


def drop_old(folder: Path, *, days: int) -> int:
    """Delete backups older than that, never the newest one. Returns how many."""
    border = datetime.now(UTC) - timedelta(days=days)
    ours = sorted(folder.glob(f"*{SUFFIX}"))
    old = [path for path in ours[:-1] if _made(path) < border]
    for path in old:
        path.unlink()
    return len(old)


def newest(folder: Path) -> datetime | None:
    """When the last backup was made."""
    ours = sorted(folder.glob(f"*{SUFFIX}"))
    return _made(ours[-1]) if ours else None


def _made(path: Path) -> datetime:
    return datetime.strptime(path.name.removesuffix(SUFFIX), STAMP).replace(tzinfo=UTC)


def _fits(file: Path, database: Settings) -> None:
    with file.open("rb") as opened:
        head, _ = sealed.read_head(opened)
    engine = "sqlite" if databases.is_sqlite(database) else "postgresql"
    if head.get("engine") != engine:
        raise NotPossible(f"This is a backup of {head.get('engine')}; DATABASE_URL names {engine}.")


def _known_migrations() -> list[tuple[str, str]]:
    return sorted(MigrationLoader(None).graph.nodes)


def _manifest(piece: bytes) -> dict[str, Any]:
    try:
        (length,) = struct.unpack(">I", piece[:4])
        manifest: dict[str, Any] = json.loads(piece[4 : 4 + length])
    except (ValueError, struct.error) as fault:
        raise Unreadable("The manifest of this backup is damaged.") from fault
    return manifest


def _pieces(manifest: dict[str, Any], copied: Path) -> Iterator[bytes]:
    written = json.dumps(manifest).encode()
    if len(written) > PIECE - 4:
        raise NotPossible("The manifest is too large.")
    yield struct.pack(">I", len(written)) + written
    with copied.open("rb") as opened:
        yield from _chunks(opened)


def _chunks(opened: BinaryIO) -> Iterator[bytes]:
    while chunk := opened.read(PIECE):
        yield chunk


def _checksum(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
