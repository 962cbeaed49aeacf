"""The worker's part of a match run: take the needs, freeze the problem, have it solved, store the result once.

Whoever holds the newest fence of the job writes the result; a worker that lost it ends silently. A run that a worker
left behind is taken up again from its frozen problem.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from bangfu.needs.actions import lose_ground, start_matching
from bangfu.needs.splitting import split_large
from bangfu.planning import child, ending, snapshot, sources, storing, whatif
from bangfu.planning.tables import MatchRun
from bangfu.planning.weights import weights_with
from bangfu.shared import jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.collisions import again_after_deadlock
from bangfu.shared.database import one_moment, transaction
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.tracing import where

log = logging.getLogger("bangfu.planning")

Solve = Callable[[str, float, int, child.Beat], Awaitable[dict[str, Any]]]
MOST_ATTEMPTS = 3
TAKEN_AT_ONCE = 200


class _Heart:
    """Beats for a claim; remembers whether a stop was the worker's or the dispatcher's."""

    def __init__(self, claim: jobs.Claim, stop: asyncio.Event) -> None:
        self._claim, self._stop = claim, stop

    async def beat(self, percent: int, stage: str) -> bool:
        """Renew the lease; False to stop."""
        return await jobs.beat(self._claim, percent, stage) and not self._stop.is_set()

    async def must_go_on(self, percent: int, stage: str) -> None:
        """The same between steps of our own."""
        if not await self.beat(percent, stage):
            raise child.Stopped


async def match(claim: jobs.Claim, stop: asyncio.Event, solve: Solve = child.solve) -> None:
    """The handler of the job "match" (worker.HANDLERS); `solve` is the child process unless a caller brings its own."""
    run, heart = UUID(str(claim.payload["run"])), _Heart(claim, stop)
    if not await _begin(claim, run, now()):
        return
    try:
        if claim.attempts > MOST_ATTEMPTS:
            raise child.SolverFailed("The run was taken up three times and never finished.")
        row = await _frozen(claim, heart, run)
        problem = row["problem"] if row["parent"] is None else await whatif.beside_parent(row)
        result = await solve(problem, row["time_limit"], row["seed"], heart.beat)
        await heart.must_go_on(99, "store")
        await storing.store(claim, run, result, now())
    except jobs.LostClaim:
        raise
    except child.Stopped:
        if stop.is_set():
            await jobs.give_back(claim)
        else:
            await ending.cancelled(claim, run, now())
    except Exception as error:
        log.error("match run %s failed\n%s", run, where(error))
        await ending.failed(claim, run, str(error), now())


async def _begin(claim: jobs.Claim, run: UUID, at: datetime) -> bool:
    """queued -> running, or running again after another worker was lost; False if the run is over."""
    async with transaction():
        rows = await MatchRun.raw("SELECT status FROM match_run WHERE id = {} FOR UPDATE", run)
        if not rows or rows[0]["status"] not in {"queued", "running"}:
            await jobs.finish(claim, "cancelled")
            return False
        await MatchRun.raw(
            "UPDATE match_run SET status = 'running', started_at = coalesce(started_at, {}) WHERE id = {}", at, run
        )
        return True


async def _frozen(claim: jobs.Claim, heart: _Heart, run: UUID) -> Mapping[str, Any]:
    """The run with its problem; made and stored where there is none yet."""
    row = await _row(run)
    if not row["problem"]:
        await _take_needs(heart, division_prefix(row["division"]))
        await _freeze(claim, row)
        row = await _row(run)
    return row


async def _row(run: UUID) -> dict[str, Any]:
    rows = await MatchRun.raw(
        "SELECT id, division, problem, time_limit, seed, parent, easing FROM match_run WHERE id = {}", run
    )
    found: dict[str, Any] = rows[0]
    return found


async def _take_needs(heart: _Heart, prefix: str) -> None:
    """confirmed -> matching, some at a time so that other people's changes do not wait long for the audit chain."""
    await split_large(SYSTEM, prefix, now())
    for row in await sources.without_ground(prefix, ["confirmed", "matching"]):
        await again_after_deadlock(partial(lose_ground, SYSTEM, row["id"], now()))
    waiting = [row["id"] for row in await sources.needs_of_division(prefix, ["confirmed"])]
    for some in batched_list(waiting, TAKEN_AT_ONCE):
        await heart.must_go_on(1, "snapshot")
        await again_after_deadlock(partial(start_matching, SYSTEM, some, now()))


def batched_list(items: list[UUID], size: int) -> list[list[UUID]]:
    """The items in lists of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]


async def _freeze(claim: jobs.Claim, row: Mapping[str, Any]) -> None:
    """Read everything as of one moment and keep it; only the holder of the newest fence may."""
    today = now().astimezone(SHANGHAI).date()
    async with one_moment():
        found = await snapshot.of_division(
            division_prefix(row["division"]), today, weights_with(claim.payload.get("weights"))
        )
    document = found.problem.to_document()
    loads = {
        "minutes": found.minutes,
        "households": found.households,
        "unplaced": found.unplaced,
        "ungrounded": found.ungrounded,
        "contracts": found.contracts,
        "weights": document["weights"],
    }
    await MatchRun.raw(
        "UPDATE match_run SET problem = {}, loads = {}, needs = {} WHERE id = {} AND problem = '' AND EXISTS"
        " (SELECT 1 FROM job WHERE id = {} AND fence = {} AND status = 'running')",
        json.dumps(document), json.dumps(loads), len(found.problem.needs) + len(found.unplaced),
        row["id"], claim.id, claim.fence,
    )  # fmt: skip
