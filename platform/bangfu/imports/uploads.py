"""Uploaded lists on their way in: kept encrypted until they are taken, a day at most, seen by their sender only."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg.exceptions import UniqueViolationError

from bangfu.errors import N_, NotYours, Refused
from bangfu.imports import results
from bangfu.imports.actions import KINDS, Taken, take
from bangfu.imports.checking import Checked, ImportFaults
from bangfu.imports.kinds.base import Kind
from bangfu.imports.memory import remember
from bangfu.imports.reading import read_list
from bangfu.imports.report import as_data, notes_of
from bangfu.imports.tables import Upload
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction

KEPT = timedelta(days=1)
KEPT_FAULTS = 2000


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a list; holds the sender's cells, so it is kept encrypted and goes with the content."""

    faults: list[dict[str, Any]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    """The first value of each column."""
    mapped: dict[str, int] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)
    """Needed fields without a column: `field` and `suggestions`."""


async def receive(actor: Actor, kind: Kind, key: UUID, filename: str, content: bytes, at: datetime) -> UUID:
    """Check a list and keep it for its sender. The same key again is the same upload.

    Raises:
        Fault: for a file that cannot be read.
        NotYours: for a key that somebody else used.
    """
    if await Upload.exists().where(Upload.id == key):
        await own(actor, key)
        return key
    checked = await read_list(actor, kind, content, filename, civil_date(at))
    sealed = await asyncio.to_thread(_seal_content, key, content)
    row: dict[str, Any] = {
        "id": key, "kind": kind.code, "filename": filename[-200:], "sha256": checked.sha256, "content": sealed,
        "mapping": "{}", "uploaded_by": actor.user, "created_at": at, **await _columns(key, checked),
    }  # fmt: skip
    try:
        async with transaction():
            await Upload(**row).save()
            await results.keep(key, results.outcomes_of(checked))
    except UniqueViolationError:
        await own(actor, key)
    return key


async def own(actor: Actor, upload: UUID) -> Upload:
    """The actor's own upload.

    Raises:
        NotYours: for an unknown one and for somebody else's.
    """
    row: Upload | None = await Upload.objects().where(Upload.id == upload).first()
    if row is None or row.uploaded_by is None or row.uploaded_by != actor.user:
        raise NotYours
    return row


async def name_columns(actor: Actor, upload: UUID, chosen: Mapping[str, str], at: datetime) -> None:
    """Check the list again with the columns that the sender named, and remember the names for later lists.

    Raises:
        NotYours: for somebody else's upload.
        Refused: if the list was taken or deleted already.
    """
    row = await own(actor, upload)
    content = await _content(row)
    mapping = {**json.loads(row.mapping), **chosen}
    checked = await read_list(actor, KINDS[row.kind], content, row.filename, civil_date(at), mapping)
    async with transaction():
        await remember(row.kind, chosen, at)
        columns = await _columns(upload, checked)
        await Upload.update(mapping=json.dumps(mapping), **columns).where(
            (Upload.id == upload) & (Upload.status != "taken")
        )
        await results.keep(upload, results.outcomes_of(checked))


async def take_upload(actor: Actor, upload: UUID, at: datetime) -> Taken | None:
    """Take the list whole; None if that has been done already. The content is deleted in the same transaction.

    Raises:
        NotYours: for somebody else's upload.
        Refused: if the content was deleted.
        ImportFaults: if the list has faults by now; they are kept for the report.
    """
    await own(actor, upload)
    try:
        async with transaction():
            row = await Upload.objects().where(Upload.id == upload).first().lock_rows("UPDATE")
            if row is None or row.status == "taken":
                return None
            checked = await _check_again(actor, row, civil_date(at))
            taken = await take(actor, KINDS[row.kind], checked, at, upload=upload)
            summary = {**_summary(checked), **_numbers(taken)}
            await Upload.update(
                status="taken", content=b"", faults=json.dumps(""), summary=json.dumps(summary), taken_at=at
            ).where(Upload.id == upload)
            await results.keep(upload, taken.outcomes)
            return taken
    except ImportFaults:
        row = await own(actor, upload)
        checked = await _check_again(actor, row, civil_date(at))
        async with transaction():
            await Upload.update(**await _columns(upload, checked)).where(Upload.id == upload)
            await results.keep(upload, results.outcomes_of(checked))
        raise


async def discard(actor: Actor, upload: UUID) -> None:
    """Delete an own list that was not taken; its row stays as a note without content.

    Raises:
        NotYours: for somebody else's upload.
    """
    await own(actor, upload)
    await Upload.update(status="expired", content=b"", faults=json.dumps("")).where(
        (Upload.id == upload) & (Upload.status != "taken")
    )


async def forget_old(at: datetime) -> int:
    """Delete the content of lists that nobody took within a day; the number of lists."""
    rows = await Upload.raw(
        "UPDATE upload SET status = CASE status WHEN 'taken' THEN status ELSE 'expired' END, content = '',"
        " faults = '\"\"'"
        " WHERE created_at < {} AND content <> '' RETURNING id",
        at - KEPT,
    )
    return len(rows)


def findings_of(row: Upload) -> Findings:
    """What was found in a list, as long as it is kept."""
    sealed = json.loads(row.faults)
    if not sealed:
        return Findings()
    return Findings(**json.loads(decrypt(sealed, f"upload:faults:{row.id}")))


async def _check_again(actor: Actor, row: Upload, today: date) -> Checked:
    content = await _content(row)
    return await read_list(actor, KINDS[row.kind], content, row.filename, today, json.loads(row.mapping))


async def _content(row: Upload) -> bytes:
    if not row.content:
        raise Refused(N_("This list was taken or deleted already. Upload it again if it is still needed."))
    return await asyncio.to_thread(_unseal_content, row.id, bytes(row.content))


def _seal_content(upload: UUID, content: bytes) -> bytes:
    return encrypt(base64.b64encode(content).decode(), f"upload:content:{upload}").encode()


def _unseal_content(upload: UUID, sealed: bytes) -> bytes:
    return base64.b64decode(decrypt(sealed.decode(), f"upload:content:{upload}"))


async def _columns(upload: UUID, checked: Checked) -> dict[str, Any]:
    """Status, numbers and sealed findings of a checked list as columns of its row."""
    status = "mapping" if checked.missing else "faulty" if checked.faults else "checked"
    first = checked.table.rows[0].cells if checked.table.rows else ()
    findings = Findings(
        [as_data(fault) for fault in checked.faults[:KEPT_FAULTS]],
        list(checked.table.columns),
        [str(cell)[:40] for cell in first],
        dict(checked.mapping.columns),
        [{"field": entry.field.code, "suggestions": list(entry.suggestions)} for entry in checked.missing],
    )
    text = json.dumps({name: getattr(findings, name) for name in Findings.__slots__}, ensure_ascii=False, default=str)
    sealed = await asyncio.to_thread(encrypt, text, f"upload:faults:{upload}")
    return {
        "status": status, "rows": len(checked.table.rows), "faults": json.dumps(sealed),
        "summary": json.dumps({**_summary(checked), **_numbers(checked)}),
    }  # fmt: skip


def _summary(checked: Checked) -> dict[str, object]:
    faulty = len({fault.row for fault in checked.faults})
    return {"faults": len(checked.faults), "faulty_rows": faulty, "notes": notes_of(checked)}


def _numbers(counted: Checked | Taken) -> dict[str, object]:
    return {
        "inserted": counted.inserted, "updated": counted.updated, "unchanged": counted.unchanged,
        "counts": dict(counted.counts),
    }  # fmt: skip
