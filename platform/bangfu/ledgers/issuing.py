"""Making a ledger: its rows are read once, hashed, kept sealed, and a check code is drawn for the paper."""

import asyncio
import base64
import json
import secrets
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import NotAllowed, NotYours
from bangfu.ledgers import reading
from bangfu.ledgers.asking import Asked
from bangfu.ledgers.beats import beating
from bangfu.ledgers.canonical import Row, Tally
from bangfu.ledgers.definitions import Definition, definition_of, may_read, may_see
from bangfu.ledgers.more_sources import SOURCES
from bangfu.ledgers.tables import LedgerIssue, LedgerPart
from bangfu.shared import audit, jobs
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction

JOB: Final = "ledger_issue"
AT_ONCE: Final = 5_000
"""Up to so many rows a ledger is made while the reader waits; more are a job of the worker."""
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue as pages show it."""

    id: UUID
    code: str
    asked: Asked
    unit: str
    status: str
    rows: int
    sums: dict[str, str]
    sha256: str
    made_by: str
    made_at: datetime
    percent: int

    @property
    def definition(self) -> Definition:
        """As it was when the issue was made."""
        return self.asked.definition


def may_issue(actor: Actor, definition: Definition) -> bool:
    """Whether one of the actor's roles stands for such a ledger."""
    return not actor.roles.isdisjoint(definition.source.issuers) and may_read(actor, definition.source)


def check_code() -> str:
    """Twelve letters in three groups: 60 bits, as on the other papers."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


async def issue(actor: Actor, wanted: Asked, key: UUID, at: datetime) -> UUID:
    """Make a ledger, at once or as a job; `key` is the id that the form carried: repeating it makes one.

    Raises:
        NotAllowed: for a role that does not stand for such a ledger.
    """
    if not may_issue(actor, wanted.definition):
        raise NotAllowed
    number, _ = await reading.summary(wanted)
    async with transaction():
        await LedgerIssue.raw("SELECT pg_advisory_xact_lock(hashtext({}))", f"bangfu.ledger_issue:{key}")
        if await LedgerIssue.exists().where(LedgerIssue.id == key):
            return key
        job = await jobs.enqueue(JOB, {"issue": key}, actor) if number > AT_ONCE else None
        await LedgerIssue(
            id=key, code=check_code(), definition=json.dumps(wanted.definition.document(), ensure_ascii=False),
            source=wanted.definition.source.key, period=wanted.period, area=wanted.scope,
            organization=wanted.organization, unit=await unit_name(wanted), filters=json.dumps(dict(wanted.filters)),
            job=job, rows=number, data_on=today(), made_by=actor.user, made_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "ledger.issued", "ledger_issue", key, division=wanted.scope.ljust(12, "0") if wanted.scope else "",
            data={"ledger": wanted.definition.source.key, "period": wanted.period, "rows": number}, at=at,
        )  # fmt: skip
        if job is None:
            async for _rows in _keep(key, wanted):
                pass
    return key


async def unit_name(wanted: Asked) -> str:
    """The area or organisation whose rows they are."""
    if wanted.organization is not None:
        rows = await LedgerIssue.raw("SELECT name FROM organization WHERE id = {}", wanted.organization)
    else:
        rows = await LedgerIssue.raw("SELECT name FROM division WHERE code = {}", wanted.scope.ljust(12, "0"))
    return str(rows[0]["name"]) if rows else ""


async def _keep(key: UUID, wanted: Asked) -> AsyncIterator[int]:
    """Read, hash and keep the rows; gives the number done after each part. In the caller's transaction."""
    tally, place = Tally(wanted.definition.columns), 0
    async for rows in reading.batches(wanted):
        tally.add(rows)
        part = uuid4()
        await LedgerPart.raw(
            "INSERT INTO ledger_part (id, issue, place, rows_enc) VALUES ({}, {}, {}, {})",
            part, key, place, encrypt(_packed(rows), f"ledger_part:rows_enc:{part}"),
        )  # fmt: skip
        place += 1
        yield tally.rows
    await LedgerIssue.raw(
        "UPDATE ledger_issue SET status = 'ready', rows = {}, sums = {}, sha256 = {} WHERE id = {}",
        tally.rows, json.dumps(tally.sums), tally.sha256, key,
    )  # fmt: skip


def _packed(rows: list[Row]) -> str:
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


async def work(claim: jobs.Claim, _stop: asyncio.Event) -> None:
    """The worker's part: one transaction for the rows, and beats beside it that everybody sees."""
    key = UUID(claim.payload["issue"])
    found = await view(key)
    try:
        async with beating(claim, found.rows) as done, transaction():
            async for number in _keep(key, found.asked):
                done[0] = number
            await jobs.finish(claim, "done")
    except BaseException:
        await LedgerIssue.raw("UPDATE ledger_issue SET status = 'failed' WHERE id = {} AND status = 'queued'", key)
        raise


_VIEW: Final = (
    "SELECT i.*, coalesce(u.display_name, '') AS maker, coalesce(j.progress, 0) AS percent, j.status AS job_status"
    " FROM ledger_issue i LEFT JOIN app_user u ON u.id = i.made_by LEFT JOIN job j ON j.id = i.job"
)


def _read(row: dict[str, Any]) -> IssueView:
    def document(name: str) -> Any:
        return json.loads(row[name]) if isinstance(row[name], str) else row[name]

    wanted = Asked(
        definition_of(document("definition")), row["period"], row["area"], row["organization"], document("filters")
    )
    status = "failed" if row["status"] == "queued" and row["job_status"] in {"failed", "cancelled"} else row["status"]
    return IssueView(
        row["id"], row["code"], wanted, row["unit"], status, row["rows"], document("sums"), row["sha256"],
        row["maker"], row["made_at"], row["percent"],
    )  # fmt: skip


async def view(key: UUID) -> IssueView:
    """An issue, whoever asks: for the worker.

    Raises:
        NotYours: if there is none.
    """
    rows = await LedgerIssue.raw(_VIEW + " WHERE i.id = {}", key)
    if not rows:
        raise NotYours
    return _read(rows[0])


async def issue_for(actor: Actor, key: UUID) -> IssueView:
    """An issue of the reader's area or organisation, with columns that the reader may see.

    Raises:
        NotYours: for any other.
    """
    found = await view(key)
    if not _sees(actor, found):
        raise NotYours
    return found


def _sees(actor: Actor, found: IssueView) -> bool:
    own = found.asked.organization is not None and found.asked.organization == actor.organization
    inside = bool(found.asked.scope) and actor.sees(found.asked.scope)
    source = found.definition.source
    return (
        (own or inside) and may_read(actor, source) and all(may_see(actor, each) for each in found.definition.columns)
    )


async def issues(actor: Actor, limit: int, offset: int) -> tuple[list[IssueView], int]:
    """One page of the issues in the reader's area or organisation, the newest first."""
    sources = [key for key, source in SOURCES.items() if may_read(actor, source)]
    where = (
        " WHERE i.source = ANY({}::varchar[]) AND (({} <> '' AND i.area LIKE {})"
        " OR (i.organization IS NOT NULL AND i.organization = {}::uuid))"
    )
    values = [sources, actor.scope, f"{actor.scope or '!'}%", actor.organization]
    rows = await LedgerIssue.raw(
        f"{_VIEW}{where} ORDER BY i.made_at DESC, i.id LIMIT {{}} OFFSET {{}}", *values, limit, offset
    )
    (counted,) = await LedgerIssue.raw(f"SELECT count(*) AS n FROM ledger_issue i{where}", *values)  # noqa: S608
    return [_read(row) for row in rows], int(counted["n"])


async def by_code(code: str) -> IssueView | None:
    """The issue with this check code."""
    rows = await LedgerIssue.raw(_VIEW + " WHERE i.code = {} AND i.status = 'ready'", code)
    return _read(rows[0]) if rows else None


async def kept(key: UUID) -> AsyncIterator[list[Row]]:
    """The rows as they were kept, part by part."""
    places = await LedgerPart.raw("SELECT id FROM ledger_part WHERE issue = {} ORDER BY place", key)
    for each in places:
        (part,) = await LedgerPart.raw("SELECT rows_enc FROM ledger_part WHERE id = {}", each["id"])
        packed = decrypt(part["rows_enc"], f"ledger_part:rows_enc:{each['id']}")
        yield json.loads(zlib.decompress(base64.b64decode(packed)))
