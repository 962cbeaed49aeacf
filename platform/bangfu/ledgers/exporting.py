"""Large files of ledgers: the worker writes them row by row, keeps them sealed in pieces, and a page offers them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import NotYours
from bangfu.ledgers import asking, files, issuing, reading
from bangfu.ledgers.asking import Asked
from bangfu.ledgers.beats import beating
from bangfu.ledgers.canonical import Row
from bangfu.ledgers.definitions import definition_of, may_read, may_see
from bangfu.ledgers.tables import LedgerExport, LedgerPiece
from bangfu.shared import jobs
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.i18n import current, use

JOB: Final = "ledger_export"
KEPT: Final = timedelta(days=1)
"""For so long a written file is there [D]."""
PIECE: Final = 1 << 19
"""Bytes of a piece."""


@dataclass(frozen=True, slots=True)
class ExportView:
    """A file in the making, or written."""

    id: UUID
    asked: Asked
    issue: UUID | None
    unit: str
    format: str
    language: str
    status: str
    rows: int
    size: int
    asked_at: datetime
    percent: int

    @property
    def until(self) -> datetime:
        """When it is deleted."""
        return self.asked_at + KEPT

    @property
    def name(self) -> str:
        """Of the file, without its ending."""
        return f"{self.asked.definition.title}-{self.asked.period}"


async def ask(
    actor: Actor, wanted: Asked, file_format: str, key: UUID, at: datetime, issue: issuing.IssueView | None = None
) -> UUID:
    """Have the worker write a file; `key` is the form's, so that repeating it writes one. With `issue` it holds the
    kept rows of that, which the caller has fetched as the actor's."""
    number = issue.rows if issue else (await reading.summary(wanted))[0]
    async with transaction():
        await LedgerExport.raw("SELECT pg_advisory_xact_lock(hashtext({}))", f"bangfu.ledger_export:{key}")
        if await LedgerExport.exists().where(LedgerExport.id == key):
            return key
        await LedgerExport(
            id=key, owner=actor.me, issue=issue.id if issue else None,
            definition=json.dumps(wanted.definition.document(), ensure_ascii=False), period=wanted.period,
            area=wanted.scope, organization=wanted.organization, filters=json.dumps(dict(wanted.filters)),
            unit=issue.unit if issue else await issuing.unit_name(wanted), format=file_format, language=current(),
            job=await jobs.enqueue(JOB, {"export": key}, actor), rows=number, asked_at=at,
        ).save()  # fmt: skip
    return key


_VIEW: Final = (
    "SELECT e.*, coalesce(j.progress, 0) AS percent, j.status AS job_status FROM ledger_export e"
    " LEFT JOIN job j ON j.id = e.job WHERE e.id = {}"
)


async def _view(key: UUID, owner: UUID | None = None) -> ExportView:
    rows = await LedgerExport.raw(_VIEW, key)
    if not rows or (owner is not None and rows[0]["owner"] != owner):
        raise NotYours
    row = rows[0]

    def document(name: str) -> Any:
        return json.loads(row[name]) if isinstance(row[name], str) else row[name]

    wanted = Asked(
        definition_of(document("definition")), row["period"], row["area"], row["organization"], document("filters")
    )
    failed = row["status"] == "queued" and row["job_status"] in {"failed", "cancelled"}
    return ExportView(
        row["id"], wanted, row["issue"], row["unit"], row["format"], row["language"],
        "failed" if failed else row["status"], row["rows"], row["size"], row["asked_at"], row["percent"],
    )  # fmt: skip


async def export_for(actor: Actor, key: UUID) -> ExportView:
    """One's own export, as long as one may still read such rows.

    Raises:
        NotYours: for any other.
    """
    found = await _view(key, actor.me)
    wanted = found.asked
    inside = actor.sees(wanted.scope) if wanted.scope else wanted.organization == actor.organization
    readable = may_read(actor, wanted.definition.source)
    if not (inside and readable and all(may_see(actor, each) for each in wanted.definition.columns)):
        raise NotYours
    return found


async def work(claim: jobs.Claim, _stop: asyncio.Event) -> None:
    """The worker's part: rows, file and pieces in one moment of the data."""
    key = UUID(claim.payload["export"])
    found = await _view(key)
    spoken = current()
    use(found.language)
    try:
        async with beating(claim, found.rows) as done, transaction():
            size, rows = await _written(found, done)
            await LedgerExport.update(
                {LedgerExport.status: "ready", LedgerExport.size: size, LedgerExport.rows: rows}
            ).where(LedgerExport.id == key)
            await jobs.finish(claim, "done")
    except BaseException:
        await LedgerExport.raw("UPDATE ledger_export SET status = 'failed' WHERE id = {} AND status = 'queued'", key)
        raise
    finally:
        use(spoken)


async def _written(found: ExportView, done: list[int]) -> tuple[int, int]:
    """Write the file and keep its pieces; gives bytes and rows."""
    wanted, code = found.asked, ""
    if found.issue is None:
        (_number, sums), rows = await reading.summary(wanted), reading.batches(wanted)
    else:
        issue = await issuing.view(found.issue)
        sums, rows, code = issue.sums, issuing.kept(issue.id), issue.code
    head = files.Head(
        wanted.definition, found.unit, asking.period_words(wanted.period), asking.filter_words(wanted), code
    )
    made, number = await files.write(found.format, head, _counted(rows, done), sums)
    size = place = 0
    with made:
        while piece := made.read(PIECE):
            row = uuid4()
            sealed = encrypt(base64.b64encode(piece).decode(), f"ledger_piece:content_enc:{row}")
            await LedgerPiece(id=row, export=found.id, place=place, content_enc=sealed).save()
            size, place = size + len(piece), place + 1
    return size, number


async def _counted(batches: AsyncIterator[list[Row]], done: list[int]) -> AsyncIterator[list[Row]]:
    async for rows in batches:
        yield rows
        done[0] += len(rows)
        await asyncio.sleep(0)  # lets the beats through where no statement waits


async def pieces(key: UUID) -> AsyncIterator[bytes]:
    """The file, piece by piece."""
    for each in await LedgerPiece.raw("SELECT id FROM ledger_piece WHERE export = {} ORDER BY place", key):
        for row in await LedgerPiece.raw("SELECT content_enc FROM ledger_piece WHERE id = {}", each["id"]):
            yield base64.b64decode(decrypt(row["content_enc"], f"ledger_piece:content_enc:{each['id']}"))


async def look_after(at: datetime) -> None:
    """Delete files whose day is over."""
    await LedgerExport.raw("DELETE FROM ledger_export WHERE asked_at < {}", at - KEPT)
