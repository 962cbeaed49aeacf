"""Trying the file of a directory and taking it over: the second time changes nothing, another file brings its
difference. A taken row is listed, never registered."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from bangfu.directory.hsds import TABLES, Directory, Row
from bangfu.directory.reading import Parsed, read
from bangfu.directory.roots import Roots, found_by
from bangfu.directory.tables import DirectoryRecord, DirectorySource, DirectoryUpload
from bangfu.directory.unpacking import unpack
from bangfu.errors import NotYours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import DB, transaction

MOST_NOTES: Final = 50_000
"""Kept of one file [D]; the summary counts all."""
_COLUMNS: Final = ("id", "source", "kind", "key", "organization", "name", "services", "towns", "body", "digest")
_NOTE_COLUMNS: Final = ("id", "upload", "place", "file", "line", "field", "value", "what", "reason")
_AT_ONCE: Final = 5000
KEPT: Final = timedelta(days=7)
"""How long the content of a tried file waits for being taken over [D]."""


@dataclass(slots=True)
class Difference:
    """What taking a directory would do to what is there."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    """To be written."""
    gone: list[UUID] = field(default_factory=list)
    """To be deleted first: removed rows and the earlier state of changed ones."""
    inserted: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """For pages and the audit trail."""
        return {name: getattr(self, name) for name in ("inserted", "changed", "removed", "unchanged")}


async def receive(
    actor: Actor, key: UUID, name: str, country: str, filename: str, content: bytes, at: datetime
) -> None:
    """Read a file and keep it with what was noted. The same key again is the same upload.

    Raises:
        Fault: for a file that cannot be read.
        NotYours: for a key that somebody else used.
    """
    if await DirectoryUpload.exists().where(DirectoryUpload.id == key):
        await own(actor, key)
        return
    parsed = await asyncio.to_thread(_parsed, content, country)
    known = await DirectorySource.objects().get(
        (DirectorySource.division == actor.scope) & (DirectorySource.name == name)
    )
    difference = await _difference(known.id if known else None, parsed.directory)
    summary = {
        "rows": parsed.rows, "notes": len(parsed.notes), **difference.counts,
        "tables": {table: len(parsed.directory[table]) for table in TABLES if table in parsed.directory},
    }  # fmt: skip
    async with transaction():
        await DirectoryUpload.raw(
            "UPDATE directory_upload SET status = 'dropped', content = '' WHERE status = 'checked' AND created_at < {}",
            at - KEPT,
        )
        await DirectoryUpload.insert(
            DirectoryUpload(
                id=key, division=actor.scope, source_name=name, country=country, filename=filename[-200:],
                digest=hashlib.sha256(content).hexdigest(), content=content, summary=json.dumps(summary),
                uploaded_by=actor.user, created_at=at,
            )
        )  # fmt: skip
        notes = [
            (uuid4(), key, place, each.file[:80], each.line, each.field[:80], each.value[:80], each.what, each.reason)
            for place, each in enumerate(parsed.notes[:MOST_NOTES])
        ]
        await _copy("directory_note", _NOTE_COLUMNS, notes)


async def drop(actor: Actor, upload: UUID) -> None:
    """Forget the content of a tried file; one that was taken over stays taken.

    Raises:
        NotYours: for somebody else's upload.
    """
    await own(actor, upload)
    await DirectoryUpload.raw(
        "UPDATE directory_upload SET status = 'dropped', content = '' WHERE id = {} AND status = 'checked'", upload
    )


async def source_for(actor: Actor, source: UUID) -> DirectorySource:
    """A directory that the own office took in.

    Raises:
        NotYours: for an unknown one and for another office's.
    """
    found = await DirectorySource.objects().get(DirectorySource.id == source)
    if found is None or not actor.scope or found.division != actor.scope:
        raise NotYours
    return found


async def remove(actor: Actor, source: UUID, at: datetime) -> None:
    """Take a directory out again with all of its rows.

    Raises:
        NotYours: for an unknown one (also one that is out already) and for another office's.
    """
    async with transaction():
        found = await source_for(actor, source)
        await DirectorySource.raw("SELECT 1 FROM directory_source WHERE id = {} FOR UPDATE", source)
        gone = await DirectoryRecord.raw("DELETE FROM directory_record WHERE source = {} RETURNING 1", source)
        await DirectorySource.raw("DELETE FROM directory_source WHERE id = {}", source)
        await audit.record(
            actor, "directory.removed", "directory_source", source, division=found.division,
            data={"removed": len(gone)}, at=at,
        )  # fmt: skip


async def own(actor: Actor, upload: UUID) -> DirectoryUpload:
    """The actor's own upload, without its content.

    Raises:
        NotYours: for an unknown one and for somebody else's.
    """
    columns = [column for column in DirectoryUpload.all_columns() if column._meta.name != "content"]
    row = await DirectoryUpload.select(*columns).where(DirectoryUpload.id == upload).first()
    if row is None or row["uploaded_by"] != actor.user:
        raise NotYours
    return DirectoryUpload(**row)


async def take(actor: Actor, upload: UUID, at: datetime) -> dict[str, int] | None:
    """Take a tried file over in one transaction; None if that was done already.

    Raises:
        NotYours: for somebody else's upload.
    """
    await own(actor, upload)
    async with transaction():
        row = await DirectoryUpload.objects().where(DirectoryUpload.id == upload).lock_rows("UPDATE").first()
        if row is None or row.status != "checked":
            return None
        parsed = await asyncio.to_thread(_parsed, row.content, row.country)
        source = await _source(row, at)
        difference = await _difference(source, parsed.directory)
        for start in range(0, len(difference.gone), _AT_ONCE):
            part = difference.gone[start : start + _AT_ONCE]
            await DirectoryRecord.raw("DELETE FROM directory_record WHERE id = ANY({}::uuid[])", part)
        await _copy("directory_record", _COLUMNS, difference.rows)
        summary = json.dumps({**json.loads(row.summary), **difference.counts})
        await DirectoryUpload.update(status="taken", content=b"", summary=summary).where(DirectoryUpload.id == upload)
        await audit.record(
            actor, "directory.taken", "directory_source", source, division=row.division, data=difference.counts, at=at
        )
    return difference.counts


def _parsed(content: bytes, country: str) -> Parsed:
    return read(unpack(content), country)


async def _source(row: DirectoryUpload, at: datetime) -> UUID:
    """The directory of that name, locked; two files of one name wait for each other."""
    await DirectorySource.raw(
        "INSERT INTO directory_source (id, division, name, created_at) VALUES ({}, {}, {}, {})"
        " ON CONFLICT (division, name) DO NOTHING",
        uuid4(), row.division, row.source_name, at,
    )  # fmt: skip
    found = await DirectorySource.raw(
        "SELECT id FROM directory_source WHERE division = {} AND name = {} FOR UPDATE", row.division, row.source_name
    )
    source: UUID = found[0]["id"]
    return source


async def _difference(source: UUID | None, directory: Directory) -> Difference:
    known: dict[UUID, tuple[str, ...]] = {}
    if source is not None:
        known = {
            row["id"]: (row["digest"], row["organization"], row["services"], row["towns"])
            for row in await DirectoryRecord.raw(
                "SELECT id, digest, organization, services, towns FROM directory_record WHERE source = {}", source
            )
        }
    return await asyncio.to_thread(_compared, source or uuid4(), directory, known)


def _compared(source: UUID, directory: Directory, known: dict[UUID, tuple[str, ...]]) -> Difference:
    found, roots = Difference(), Roots(directory)
    services, towns = found_by(directory, roots)
    for table, rows in directory.items():
        for row in rows:
            entry = uuid5(source, f"{table}:{row['id']}")
            body = json.dumps(row, sort_keys=True, ensure_ascii=False)
            digest, root = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(), roots.of(table, row)
            text = (services.get(root, ""), towns.get(root, "")) if table == "organization" else ("", "")
            before = known.pop(entry, None)
            if before is None:
                found.inserted += 1
            elif before[0] != digest:
                found.changed += 1
            else:
                found.unchanged += 1
            if before != (digest, root, *text):
                found.rows.append((entry, source, table, row["id"], root, _name(row), *text, body, digest))
                if before is not None:
                    found.gone.append(entry)
    found.removed = len(known)
    found.gone.extend(known)
    return found


def _name(row: Row) -> str:
    return row.get("name", "")


async def _copy(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError("Rows are written in the transaction of their upload.")
    for start in range(0, len(rows), _AT_ONCE):
        await current.connection.copy_records_to_table(table, records=rows[start : start + _AT_ONCE], columns=columns)
