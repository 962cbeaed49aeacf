"""The ends of a run without a result: stopped, or failed. Its needs go back to where they were."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.messages.actions import send
from bangfu.needs.actions import back_to_confirmed
from bangfu.planning import rules
from bangfu.planning.tables import MatchRun
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.collisions import again_after_deadlock
from bangfu.shared.database import transaction
from bangfu.shared.division_codes import division_prefix


async def cancelled(claim: jobs.Claim, run: UUID, at: datetime) -> None:
    """End a run that the dispatcher stopped, if the claim still counts."""
    await again_after_deadlock(lambda: _end(claim, run, "cancel", "cancelled", "", at))


async def failed(claim: jobs.Claim, run: UUID, why: str, at: datetime) -> None:
    """End a run that could not be finished and tell who asked for it."""
    await again_after_deadlock(lambda: _end(claim, run, "fail", "failed", why[:500], at))


async def _end(claim: jobs.Claim, run: UUID, action: str, status: str, why: str, at: datetime) -> None:
    async with transaction():
        await jobs.finish(claim, status, why)
        rows = await MatchRun.raw("SELECT * FROM match_run WHERE id = {} FOR UPDATE", run)
        row: dict[str, Any] = rows[0]
        rules.next_run_state(row["status"], action)
        for need in await _held(row["division"]) if row["kind"] == "match" else []:
            await back_to_confirmed(SYSTEM, need, "stopped", {"run": row["number"]}, at)
        await MatchRun.raw(
            "UPDATE match_run SET status = {}, error = {}, finished_at = {}, version = version + 1 WHERE id = {}",
            status, why, at, run,
        )  # fmt: skip
        await audit.record(
            SYSTEM, f"match_run.{status}", "match_run", run, division=row["division"], at=at,
            data={"number": row["number"]}, before={"status": row["status"]}, after={"status": status},
        )  # fmt: skip
        if status == "failed" and row["requested_by"]:
            await send([row["requested_by"]], "run_failed", f"/match/{run}", {"number": row["number"]})


async def _held(division: str) -> list[UUID]:
    """Needs in matching that nobody else works on: not offered before, without a proposal that still counts. What came
    back from an offer stays with the dispatcher's returned offers."""
    rows = await MatchRun.raw(
        "SELECT n.id FROM need n WHERE n.division LIKE {} AND n.status = 'matching'"
        " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.need = n.id)"
        " AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.need = n.id"
        " AND p.status IN ('proposed', 'edited', 'approved'))"
        " ORDER BY n.id FOR UPDATE",
        f"{division_prefix(division)}%",
    )
    return [row["id"] for row in rows]
