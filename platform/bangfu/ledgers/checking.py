"""What anybody may be told of a code: not too often, and whether the data still give the same ledger.

Questions are counted in the database, so all processes of the portal count together. The answer about the data is kept
for a while: it costs a reading. Of a large ledger the worker reads them.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.ledgers import issuing, reading
from bangfu.ledgers.beats import beating
from bangfu.ledgers.canonical import Tally
from bangfu.ledgers.issuing import IssueView
from bangfu.ledgers.tables import LedgerState
from bangfu.shared import jobs, tries
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.tries import Limit

JOB: Final = "ledger_state"
MOST: Final = 60
"""Questions from one network address within a quarter of an hour [D]: an office shares one."""
ASKING: Final = Limit("ledger", MOST)
FRESH: Final = timedelta(minutes=10)
"""For so long an answer about the data is given again [D]."""


@dataclass(frozen=True, slots=True)
class State:
    """Whether the data still give the same, as of when; `same` is None until it was looked at, `busy` while it is."""

    same: bool | None
    looked_at: datetime | None
    busy: bool = False


async def may_ask(network: str, at: datetime) -> bool:
    """Count a question of a network address; False once there were too many."""
    if not network:
        return True
    return await tries.take(ASKING, network, at) is None


async def state_of(issue: IssueView, at: datetime) -> State:
    """The last answer about the data, or a new one where that is too old."""
    async with transaction():
        row = await _locked(issue.id)
        if row["looked_at"] is not None and at - row["looked_at"] < FRESH:
            return State(row["same"], row["looked_at"])
        if issue.rows <= issuing.AT_ONCE:
            same = await _same(issue)
            await _note(issue.id, same, at)
            return State(same, at)
        if row["pending"] is None:
            job = await jobs.enqueue(JOB, {"issue": issue.id}, SYSTEM)
            await LedgerState.update({LedgerState.job: job}).where(LedgerState.issue == issue.id)
        return State(row["same"], row["looked_at"], busy=True)


async def _locked(issue: UUID) -> dict[str, Any]:
    """The row of an issue, locked: who asks meanwhile waits for the answer instead of reading everything again."""
    await LedgerState.raw(
        "INSERT INTO ledger_state (id, issue) VALUES ({}, {}) ON CONFLICT (issue) DO NOTHING", uuid4(), issue
    )
    rows: list[dict[str, Any]] = await LedgerState.raw(
        "SELECT s.same, s.looked_at, (SELECT j.id FROM job j WHERE j.id = s.job AND j.status IN ('queued', 'running'))"
        " AS pending FROM ledger_state s WHERE s.issue = {} FOR UPDATE",
        issue,
    )
    return rows[0]


async def _same(issue: IssueView, done: list[int] | None = None) -> bool:
    tally = Tally(issue.definition.columns)
    async for rows in reading.batches(issue.asked):
        tally.add(rows)
        if done is not None:
            done[0] = tally.rows
    return tally.sha256 == issue.sha256


async def _note(issue: UUID, same: bool, at: datetime) -> None:
    await LedgerState.update({LedgerState.same: same, LedgerState.looked_at: at}).where(LedgerState.issue == issue)


async def work(claim: jobs.Claim, _stop: asyncio.Event) -> None:
    """The worker's part: read a large ledger again."""
    issue = await issuing.view(UUID(claim.payload["issue"]))
    async with beating(claim, issue.rows) as done:
        same = await _same(issue, done)
    async with transaction():
        await _note(issue.id, same, now())
        await jobs.finish(claim, "done")
