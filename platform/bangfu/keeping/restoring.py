"""`bangfu restore FOLDER`: a backup into an empty database, proven before anybody is told that it is there.

Everything in the folder is checked before the database is touched. The rows come in one transaction: killed at any
point, the database is empty but for a mark, and the restore begins anew. Rows are loaded without triggers and
references; the references are made again afterwards and so checked.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from bangfu.errors import N_, SetupError
from bangfu.keeping import manifest as manifests
from bangfu.keeping import strongbox
from bangfu.keeping.catalog import quoted, references, tables
from bangfu.keeping.manifest import Kept, Manifest
from bangfu.keeping.strongbox import BackupKey, Spoiled
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.crypto import decrypt, load_keys
from bangfu.shared.database import close_pool, open_pool, transaction
from bangfu.shared.i18n import _
from bangfu.shared.migrate import RESTORING, connect, known_migrations, migrate_to
from bangfu.shared.sealed_places import sealed_tables

Say = Callable[[str], None]
LOOKED_AT: Final = 50
"""Sealed values of each column that are opened for proof."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that is whole, as far as it can tell without a database."""

    manifest: Manifest
    key: BackupKey | None


def check(folder: Path, secret: str) -> Checked:
    """Check a whole backup without a database: manifest, every file, that each opens and has its rows.

    Raises:
        SetupError: one sentence naming what is wrong.
    """
    manifest, key = manifests.load(folder, secret)
    manifests.check_files(folder, manifest)
    for kept in manifest.tables:
        try:
            rows = sum(piece.count(b"\n") for piece in strongbox.read(folder / kept.file, key))
        except Spoiled as error:
            raise manifests.spoiled(error) from None
        if rows != kept.rows:
            raise manifests.spoiled(Spoiled(kept.file))
    if newer := set(manifest.migrations) - known_migrations():
        raise SetupError(
            _(
                N_("The backup was made by a newer version (unknown migration {name}); update the program."),
                name=min(newer),
            )
        )
    return Checked(manifest, key)


def ready_keys(folder: Path, checked: Checked, path: Path) -> None:
    """See that the keys of the encrypted fields are there; a sealed backup brings them where none are.

    Raises:
        SetupError: naming the keys that are missing.
    """
    if not path.exists() and checked.manifest.keys is not None:
        content = b"".join(strongbox.read(folder / checked.manifest.keys.file, checked.key))
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    known = set(json.loads(path.read_text())["encryption"]) if path.exists() else set()
    if missing := sorted(set(checked.manifest.key_ids) - {"?"} - known):
        raise SetupError(
            _(
                N_("The key file {path} lacks the keys {names}; put them there first."),
                path=path,
                names=", ".join(missing),
            )
        )
    load_keys(path)


async def restore(folder: Path, checked: Checked, say: Say) -> int:
    """Bring the rows in and prove them; the database is that of the running configuration.

    Returns:
        How many audit events hold.

    Raises:
        SetupError: if the database is not empty, or what came in is not what the backup holds. Then the database is
            empty again.
    """
    connection = await connect()
    try:
        await _begin(connection)
        await open_pool()
        await migrate_to(checked.manifest.migrations[-1] if checked.manifest.migrations else "all")
        try:
            async with connection.transaction():
                await _load(connection, folder, checked, say)
        except (asyncpg.PostgresError, Spoiled, OSError) as error:
            raise SetupError(_(N_("The backup does not fit into the database: {why}."), why=_kind(error))) from error
        held = await _prove(connection, checked.manifest)
        async with transaction():
            data = {"events": held, "version": checked.manifest.version}
            await audit.record(SYSTEM, "operator.restore", "backup", checked.manifest.made_at, data=data)
        await connection.execute(f"DROP TABLE {RESTORING}")
        return held
    except SetupError:
        if await connection.fetchval("SELECT to_regclass($1)", RESTORING):
            await _empty(connection)
        raise
    finally:
        await close_pool()
        await connection.close()


def _kind(error: Exception) -> str:
    """What went wrong, without the values that a database's message may quote."""
    return str(error) if isinstance(error, Spoiled) else type(error).__name__


async def _begin(connection: Any) -> None:
    """Refuse a database that holds anything; clear what a restore that was cut off left."""
    if await connection.fetchval("SELECT to_regclass($1)", RESTORING):
        await _end_others(connection)
        await _empty(connection)
    elif await tables(connection):
        raise SetupError(_(N_("The database is not empty. Restore into an empty data folder or database.")))
    await connection.execute(f"CREATE TABLE {RESTORING} (begun_at timestamptz NOT NULL DEFAULT now())")


async def _end_others(connection: Any) -> None:
    """What a killed restore had sent may still be running: end it, or it would come in between."""
    for _attempt in range(100):
        others = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if not others:
            return
        await asyncio.sleep(0.1)
    raise SetupError(_(N_("Somebody else works in this database; end that first.")))


async def _empty(connection: Any) -> None:
    """Drop everything of the portal's: tables, sequences, functions."""
    async with connection.transaction():
        for shape in await tables(connection):
            await connection.execute(f"DROP TABLE IF EXISTS {quoted(shape.name)} CASCADE")
        for row in await connection.fetch("SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public'"):
            await connection.execute(f"DROP SEQUENCE IF EXISTS {quoted(row['name'])} CASCADE")
        for row in await connection.fetch(
            "SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')"
        ):
            await connection.execute(f"DROP FUNCTION IF EXISTS {row['name']} CASCADE")


async def _load(connection: Any, folder: Path, checked: Checked, say: Say) -> None:
    shapes = {shape.name: shape for shape in await tables(connection) if shape.name != RESTORING}
    if sorted(shapes) != sorted(kept.table for kept in checked.manifest.tables):
        raise SetupError(_(N_("The backup's tables are not those of its version; it was not made by this program.")))
    links = await references(connection)
    for place, name, _definition in links:
        await connection.execute(f"ALTER TABLE {place} DROP CONSTRAINT {quoted(name)}")
    for name in shapes:
        await connection.execute(f"ALTER TABLE {quoted(name)} DISABLE TRIGGER USER")
    await connection.execute(f"TRUNCATE {', '.join(quoted(name) for name in shapes)}")
    for kept in checked.manifest.tables:
        if kept.rows:
            await connection.copy_to_table(
                kept.table, source=_rows(folder, kept, checked.key), columns=kept.columns, format="text"
            )
        say(f"{kept.table}: {kept.rows}")
    for name, last in checked.manifest.sequences.items():
        await connection.execute("SELECT setval($1::regclass, $2, $3)", quoted(name), max(last, 1), last > 0)
    for name in shapes:
        await connection.execute(f"ALTER TABLE {quoted(name)} ENABLE TRIGGER USER")
    for place, name, definition in links:
        await connection.execute(f"ALTER TABLE {place} ADD CONSTRAINT {quoted(name)} {definition}")


async def _rows(folder: Path, kept: Kept, key: BackupKey | None) -> AsyncIterator[bytes]:
    for piece in strongbox.read(folder / kept.file, key):
        yield piece


async def _prove(connection: Any, manifest: Manifest) -> int:
    """Counts, the audit chains up to the heads of that moment, and that sealed values open.

    Raises:
        SetupError: naming what is not as it was.
    """
    for kept in manifest.tables:
        rows = await connection.fetchval(f"SELECT count(*) FROM {quoted(kept.table)}")  # noqa: S608 (checked names)
        if rows != kept.rows:
            raise SetupError(
                _(N_("{table} has {found} rows, the backup {told}."), table=kept.table, found=rows, told=kept.rows)
            )
    held, broken = await audit.verify()
    if broken is not None:
        raise SetupError(
            _(N_("The audit chain is broken at stream {stream}, event {seq}."), stream=broken.stream, seq=broken.seq)
        )
    heads = await connection.fetch("SELECT stream, seq, hash FROM audit_head ORDER BY stream")
    if [(row["stream"], row["seq"], bytes(row["hash"]).hex()) for row in heads] != manifest.heads:
        raise SetupError(_(N_("The audit chain does not end where the backup says.")))
    await _open_some(connection)
    return held


async def _open_some(connection: Any) -> None:
    for table in await sealed_tables(connection):
        for column in table.columns:
            rows = await connection.fetch(
                f'SELECT "{table.key}"::text AS key, {column} AS value FROM {table.name}'  # noqa: S608 (catalog names)
                f" WHERE {column} <> '' LIMIT {LOOKED_AT}"
            )
            for row in rows:
                try:
                    decrypt(row["value"], f"{table.name}:{column}:{row['key']}")
                except Exception as error:
                    raise SetupError(
                        _(N_("A sealed value of {table} does not open with these keys."), table=table.name)
                    ) from error
