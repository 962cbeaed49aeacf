"""The worker's part of a calendar: read everything as of one moment, have it solved, keep the draft once."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from bangfu.planning import child
from bangfu.schedules import drafting
from bangfu.schedules.building import Built, build
from bangfu.schedules.document import problem_text
from bangfu.schedules.sides import Side
from bangfu.schedules.tables import VisitPlan
from bangfu.shared import jobs
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.database import one_moment, transaction
from bangfu.shared.tracing import where

log = logging.getLogger("bangfu.schedules")
MODULE = "bangfu.schedules.solver"
MOST_ATTEMPTS = 3
WAIT_SECONDS = 0.5

Solve = Callable[[str, float, int, child.Beat], Awaitable[dict[str, Any]]]
_in_child: Solve = partial(child.solve, module=MODULE)


async def make(claim: jobs.Claim, stop: asyncio.Event, solve: Solve = _in_child) -> None:
    """The handler of the job "schedule" (worker.HANDLERS). A worker that lost its claim ends silently; a plan that a
    worker left behind is made anew from the data as they are then."""
    plan = UUID(str(claim.payload["plan"]))

    async def beat(percent: int, stage: str) -> bool:
        return await jobs.beat(claim, percent, stage) and not stop.is_set()

    row = await _begin(claim, plan, now())
    if row is None:
        return
    try:
        if claim.attempts > MOST_ATTEMPTS:
            raise child.SolverFailed("The calendar was taken up three times and never finished.")
        built = await _frozen(row)
        result = await solve(problem_text(built.problem), row["time_limit"], row["seed"], beat)
        await drafting.store(claim, plan, built, result, now())
    except jobs.LostClaim:
        raise
    except child.Stopped:
        if stop.is_set():
            await jobs.give_back(claim)
        else:
            await jobs.finish(claim, "cancelled")
    except Exception as error:
        log.error("calendar %s failed\n%s", plan, where(error))
        await drafting.failed(claim, plan, str(error), now())


async def _begin(claim: jobs.Claim, plan: UUID, at: datetime) -> dict[str, Any] | None:
    """queued -> running, or running again after another worker was lost; None if it is over."""
    async with transaction():
        rows: list[dict[str, Any]] = await VisitPlan.raw("SELECT * FROM visit_plan WHERE id = {} FOR UPDATE", plan)
        if not rows or rows[0]["status"] not in {"queued", "running"}:
            await jobs.finish(claim, "cancelled")
            return None
        await VisitPlan.raw(
            "UPDATE visit_plan SET status = 'running', started_at = coalesce(started_at, {}) WHERE id = {}", at, plan
        )
        return rows[0]


async def _frozen(row: dict[str, Any]) -> Built:
    async with one_moment():
        return await build(Side(row["organization"], row["division"]), row["first"], row["days"], now())


async def plan_now(actor: Actor, plan: UUID, first: Any, time_limit: int = 20) -> dict[str, Any]:
    """Ask for a calendar and wait for its end, working on it in this process where no worker takes it first: the same
    path as from the page (used by the sample).

    Returns:
        The plan's row.
    """
    await drafting.start(actor, plan, first, time_limit, now())
    stop = asyncio.Event()
    while True:
        claim = await jobs.claim([drafting.KIND])
        if claim is not None:
            await make(claim, stop)
        rows: list[dict[str, Any]] = await VisitPlan.raw("SELECT * FROM visit_plan WHERE id = {}", plan)
        if rows[0]["status"] not in {"queued", "running"}:
            return {**rows[0], "counts": json.loads(rows[0]["counts"])}
        if claim is None:
            await asyncio.sleep(WAIT_SECONDS)
