"""`bangfu backup FOLDER`: the whole database as of one moment, while the portal serves.

One transaction reads everything in one snapshot; writers are not held up. Files (scans, photos) lie in the database
and so come along. The keys of the encrypted fields are never inside a backup that is not sealed itself.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bangfu import __version__
from bangfu.errors import N_, SetupError
from bangfu.keeping import manifest as manifests
from bangfu.keeping.catalog import TableShape, quoted, sequences, tables
from bangfu.keeping.manifest import Kept, Manifest
from bangfu.keeping.strongbox import BackupKey, Writer, fresh_salt
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.shared.i18n import _
from bangfu.shared.migrate import connect
from bangfu.shared.rotation import uses
from bangfu.shared.strength import is_weak

Say = Callable[[str], None]


async def backup(folder: Path, secret: str, keys: Path, at: datetime, say: Say) -> Manifest:
    """Write a backup into an empty or missing folder. `secret` seals it, "" leaves it open and without keys.

    Raises:
        SetupError: for a folder that is not empty or cannot be written, or a weak secret.
    """
    if secret and is_weak(secret):
        raise SetupError(_(N_("The key of a backup needs at least 32 characters, drawn at random.")))
    _make_ready(folder)
    async with transaction():
        data = {"sealed": bool(secret)}
        await audit.record(SYSTEM, "operator.backup", "backup", at.isoformat(timespec="seconds"), data=data, at=at)
    salt = fresh_salt()
    key = BackupKey.of(secret, salt) if secret else None
    connection = await connect()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            made = await _everything(connection, folder, key, at, say)
        brought = await _keys(folder, keys, key) if key else None
    except OSError as error:
        raise SetupError(_(N_("The backup could not be written: {why}."), why=error.strerror or "?")) from error
    finally:
        await connection.close()
    whole = Manifest(**{**made, "salt": salt.hex() if key else "", "keys": brought})
    manifests.write(folder, whole, key)
    return whole


def _make_ready(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SetupError(_(N_("{folder} is not empty; a backup needs a folder of its own."), folder=folder))
        folder.chmod(0o700)
    except OSError as error:
        raise SetupError(_(N_("The backup could not be written: {why}."), why=error.strerror or "?")) from error


async def _everything(connection: Any, folder: Path, key: BackupKey | None, at: datetime, say: Say) -> dict[str, Any]:
    kept = []
    for shape in await tables(connection):
        kept.append(await _table(connection, folder, shape, key))
        say(f"{shape.name}: {kept[-1].rows}")
    heads = await connection.fetch("SELECT stream, seq, hash FROM audit_head ORDER BY stream")
    applied = await connection.fetch("SELECT name FROM migration WHERE app_name = 'bangfu' ORDER BY name")
    return {
        "made_at": at.isoformat(timespec="seconds"), "version": __version__,
        "server": await connection.fetchval("SHOW server_version"), "migrations": [row["name"] for row in applied],
        "tables": kept, "sequences": await sequences(connection),
        "heads": [(row["stream"], row["seq"], bytes(row["hash"]).hex()) for row in heads],
        "key_ids": sorted({name for name, place in await uses(connection) if place}),
    }  # fmt: skip


async def _table(connection: Any, folder: Path, shape: TableShape, key: BackupKey | None) -> Kept:
    file = f"{shape.name}.copy"
    writer = Writer(folder / file, key)
    try:
        columns = ", ".join(quoted(column) for column in shape.columns)
        order = f" ORDER BY {', '.join(quoted(column) for column in shape.key)}" if shape.key else ""
        query = f"SELECT {columns} FROM {quoted(shape.name)}{order}"  # noqa: S608 (names of the catalogue)
        told = await connection.copy_from_query(query, output=writer.write, format="text")
        size, sha256 = writer.done()
    except BaseException:
        writer.abandon()
        raise
    return Kept(shape.name, file, list(shape.columns), int(told.split()[-1]), size, sha256)


async def _keys(folder: Path, keys: Path, key: BackupKey) -> Kept:
    """The key file, sealed like everything else."""
    writer = Writer(folder / f"{manifests.KEYS}.json", key)
    await writer.write(await _read(keys))
    size, sha256 = writer.done()
    return Kept(manifests.KEYS, f"{manifests.KEYS}.json", [], 0, size, sha256)


async def _read(path: Path) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY), "rb") as file:
        return file.read()
