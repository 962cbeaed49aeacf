"""Key rotation: a new key becomes current, then every sealed value is encrypted anew (DOMAIN.md 9.5).

What is left to do is what still names another key: killed at any point, the next call goes on. Each value is replaced
only where it is still the one that was read, so that a portal at work loses nothing. The keys of the blind indexes
and of the audit trail are not changed by this: their hashes cannot be made anew without every value at once.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bangfu.errors import SetupError
from bangfu.shared.crypto import decrypt, encrypt, key_of, keys, load_keys
from bangfu.shared.key_file import add_key, changing, remove_key
from bangfu.shared.migrate import connect
from bangfu.shared.sealed_places import Holder, SealedTable, holders, sealed_tables

BATCH = 500
RETIRE_AFTER = timedelta(hours=1)
"""A key may be retired only when another one has been current for so long: what was sealed with the old one before
(a long import) has been written by then [D]."""
_ONE_AT_A_TIME = 0x62616E68
Connection = Any
Say = Callable[[str], None]


@dataclass(slots=True)
class Rotated:
    """What one call did: values made anew, and those that could not be opened, by `table.column (key id)`."""

    key: str
    resumed: bool
    values: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


async def rotate(path: Path, at: datetime, say: Say = lambda line: None) -> Rotated:
    """Add a key (or go on with an unfinished rotation) and encrypt everything with it; safe beside a running portal.

    Raises:
        SetupError: if the key file cannot be used, or another rotation is running.
    """
    connection = await connect()
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _ONE_AT_A_TIME):
            raise SetupError("Another rotation is running.")
        done = _begin(path, at)
        say(f"The current key is {done.key}{' (going on)' if done.resumed else ' (new)'}. Back up {path} now.")
        await _all_values(connection, done, say)
        if not done.unreadable:
            with changing(path) as document:
                document.pop("rotating", None)
        return done
    finally:
        await connection.close()


def _begin(path: Path, at: datetime) -> Rotated:
    with changing(path) as document:
        resumed = bool(document.get("rotating"))
        if not resumed:
            add_key(document, at)
            document["rotating"] = True
        return Rotated(document["current"], resumed)


async def _all_values(connection: Connection, done: Rotated, say: Say) -> None:
    """Passes over all places until one finds nothing more to do: others may write meanwhile."""
    for _ in range(20):
        before = done.values
        done.unreadable.clear()
        for table in await sealed_tables(connection):
            await _table(connection, table, done, say)
        for holder in holders():
            await _holder(connection, holder, done)
        if done.values == before:
            return


async def _table(connection: Connection, table: SealedTable, done: Rotated, say: Say) -> None:
    after, began = None, done.values
    while rows := await _stale_rows(connection, table, done.key, after):
        after = rows[-1]["key"]
        new = [{name: _anew(table, name, row, done) for name in table.columns} for row in rows]
        await _replace(connection, table, rows, new, done)
        say(f"{table.name}: {done.values - began} values")


async def _stale_rows(connection: Connection, table: SealedTable, key: str, after: str | None) -> list[Any]:
    stale = " OR ".join(f"({name} <> '' AND split_part({name}, '.', 2) <> $1)" for name in table.columns)
    sql = (
        f'SELECT "{table.key}"::text AS key, {", ".join(table.columns)} FROM {table.name}'  # noqa: S608 (catalog names)
        f' WHERE ({stale}) AND ($2::text IS NULL OR "{table.key}" > $2::text::{table.key_type})'
        f' ORDER BY "{table.key}" LIMIT {BATCH}'
    )
    return list(await connection.fetch(sql, key, after))


def _anew(table: SealedTable, column: str, row: Mapping[str, Any], done: Rotated) -> str | None:
    """The value under the current key; None where it stays as it is."""
    stored = row[column]
    if not stored or key_of(stored) == done.key:
        return None
    return _sealed_anew(f"{table.name}:{column}:{row['key']}", stored, f"{table.name}.{column}", done)


def _sealed_anew(place: str, stored: str, told: str, done: Rotated) -> str | None:
    try:
        return encrypt(decrypt(stored, place), place)
    except ValueError:
        done.unreadable[f"{told} (key {key_of(stored) or '?'})"] += 1
        return None


async def _replace(
    connection: Connection, table: SealedTable, rows: list[Any], new: list[dict[str, str | None]], done: Rotated
) -> None:
    """One statement a batch: each value is replaced where it is still the one that was read."""
    chosen = [at for at, values in enumerate(new) if any(values.values())]
    if not chosen:
        return
    names = table.columns
    settings = ", ".join(f"{c} = CASE WHEN t.{c} = n.old{i} THEN n.new{i} ELSE t.{c} END" for i, c in enumerate(names))
    aliases = ", ".join(f"old{i}, new{i}" for i in range(len(names)))
    gaps = ", ".join(f"${2 * i + 2}::text[], ${2 * i + 3}::text[]" for i in range(len(names)))
    values: list[list[Any]] = []
    for name in names:
        values.append([rows[at][name] if new[at][name] else None for at in chosen])
        values.append([new[at][name] for at in chosen])
    async with connection.transaction():
        await connection.execute("SELECT set_config('bangfu.sealing', 'on', true)")
        await connection.execute(
            f"UPDATE {table.name} t SET {settings}"  # noqa: S608 (catalog names)
            f" FROM unnest($1::text[], {gaps}) AS n (key, {aliases})"
            f' WHERE t."{table.key}" = n.key::{table.key_type}',
            [rows[at]["key"] for at in chosen], *values,
        )  # fmt: skip
    done.values += sum(1 for at in chosen for value in new[at].values() if value)


async def _holder(connection: Connection, holder: Holder, done: Rotated) -> None:
    rows = await connection.fetch(f"SELECT id::text AS key FROM {holder.table}")  # noqa: S608 (a constant name)
    for row in rows:
        async with connection.transaction():
            text = await connection.fetchval(
                f"SELECT {holder.read} FROM {holder.table} WHERE id = $1::text::uuid FOR UPDATE",  # noqa: S608
                row["key"],
            )
            count = Counter[str]()

            def again(place: str, stored: str, count: Counter[str] = count) -> str:
                if not stored or key_of(stored) == done.key:
                    return stored
                new = _sealed_anew(place, stored, f"{holder.table}.{holder.column}", done)
                count["new"] += new is not None
                return stored if new is None else new

            new = holder.reseal(row["key"], text, again) if text else text
            if count["new"]:
                write = holder.write.format("$2::text")
                await connection.execute(
                    f"UPDATE {holder.table} SET {holder.column} = {write} WHERE id = $1::text::uuid",  # noqa: S608
                    row["key"], new,
                )  # fmt: skip
                done.values += count["new"]


async def uses(connection: Connection | None = None) -> Counter[tuple[str, str]]:
    """(key id, table) -> values that were encrypted with it; "?" for a text that names no key."""
    own = connection or await connect()
    try:
        found = Counter[tuple[str, str]]()
        for table in await sealed_tables(own):
            for column in table.columns:
                rows = await own.fetch(
                    f"SELECT split_part({column}, '.', 2) AS key, count(*) AS n FROM {table.name}"  # noqa: S608
                    f" WHERE {column} <> '' GROUP BY 1"
                )
                found.update({(row["key"] or "?", table.name): row["n"] for row in rows})
        for holder in holders():
            rows = await own.fetch(f"SELECT id::text AS key, {holder.read} AS text FROM {holder.table}")  # noqa: S608

            def counted(place: str, stored: str, table: str = holder.table) -> str:
                if stored:
                    found[(key_of(stored) or "?", table)] += 1
                return stored

            for row in rows:
                if row["text"]:
                    holder.reseal(row["key"], row["text"], counted)
        return found
    finally:
        if connection is None:
            await own.close()


async def retire(path: Path, key: str, at: datetime) -> None:
    """Forget a key for good, once nothing was encrypted with it. Backups from before then need an older key file.

    Raises:
        SetupError: if the key is unknown, current, still used, or was replaced too short a time ago.
    """
    connection = await connect()
    try:
        with changing(path) as document:
            _check_retirable(document, key, at)
            async with connection.transaction():
                await _hold_writers(connection)
                used = {table: n for (name, table), n in (await uses(connection)).items() if name == key}
                if used:
                    told = ", ".join(f"{table} {n}" for table, n in sorted(used.items()))
                    raise SetupError(f"The key {key} is still used ({told}); run: bangfu keys rotate")
                remove_key(document, key)
    finally:
        await connection.close()


def _check_retirable(document: Mapping[str, Any], key: str, at: datetime) -> None:
    if key not in document["encryption"]:
        raise SetupError(f"There is no key {key} in the key file.")
    if key == document["current"]:
        raise SetupError(f"The key {key} is the current one; run first: bangfu keys rotate")
    since = document.get("made", {}).get(document["current"])
    if since and at - datetime.fromisoformat(since) < RETIRE_AFTER:
        until = datetime.fromisoformat(since) + RETIRE_AFTER
        raise SetupError(f"The key {key} was replaced a short time ago; work that began before may still use it."
                         f" Retire it after {until.isoformat(timespec='minutes')}.")  # fmt: skip


async def _hold_writers(connection: Connection) -> None:
    """Wait for whoever is writing sealed values, and let nobody begin before the key is gone."""
    names = sorted({table.name for table in await sealed_tables(connection)} | {own.table for own in holders()})
    await connection.execute("SET LOCAL lock_timeout = '20s'")
    try:
        await connection.execute(f"LOCK TABLE {', '.join(names)} IN SHARE MODE")
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        raise SetupError("The portal is busy; try again in a quiet moment.") from None


def known_keys(path: Path) -> tuple[str, tuple[str, ...]]:
    """The current key's id, and all ids."""
    load_keys(path, make=False)
    return keys().current, tuple(keys().encryption)
