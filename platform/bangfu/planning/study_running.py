"""The worker's part of a study: freeze what is asked about, have it worked out in a child process, store the answer.

Whoever holds the newest fence of the job stores; a worker that lost it ends silently.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.messages.actions import send
from bangfu.planning import child, present, studies
from bangfu.planning.running import Solve
from bangfu.planning.tables import PlanStudy
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.database import one_moment, transaction
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.tracing import where

log = logging.getLogger("bangfu.planning")

SOLVER = "bangfu.planning.study_solver"
DONE = {studies.REPLAN: ("replan_done", "/match/replans"), studies.SCENARIO: ("scenario_done", "/match/scenarios")}
"""Who asked is told in the inbox: the sentence, and the page that holds the answer."""
SECONDS = 60.0
SEED = 1
MOST_ATTEMPTS = 3


async def _in_child(problem: str, seconds: float, seed: int, beat: child.Beat) -> dict[str, Any]:
    return await child.solve(problem, seconds, seed, beat, SOLVER)


async def study(claim: jobs.Claim, stop: asyncio.Event, solve: Solve = _in_child) -> None:
    """The handler of the job "plan_study" (worker.HANDLERS); `solve` is the child process unless a caller brings its
    own."""
    row = await _row(UUID(str(claim.payload["study"])))
    if row is None or row["status"] not in {"queued", "running"}:
        await jobs.finish(claim, "cancelled")
        return

    async def beat(percent: int, stage: str) -> bool:
        return await jobs.beat(claim, percent, stage) and not stop.is_set()

    try:
        if claim.attempts > MOST_ATTEMPTS:
            raise child.SolverFailed("The question was taken up three times and never answered.")
        await beat(1, "snapshot")
        question = await _frozen(row)
        answer = await solve(json.dumps(question), SECONDS, SEED, beat)
        await _store(claim, row, question, answer, now())
    except jobs.LostClaim:
        raise
    except child.Stopped:
        await jobs.give_back(claim)
    except Exception as error:
        log.error("study %s failed\n%s", row["id"], where(error))
        await _fail(claim, row, str(error)[:500], now())


async def _row(study: UUID) -> dict[str, Any] | None:
    rows = await PlanStudy.raw("SELECT * FROM plan_study WHERE id = {}", study)
    return {**rows[0], "asked": json.loads(rows[0]["asked"])} if rows else None


async def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the child gets; of a re-plan also kept, so that a chosen point can be told from the plan as it was."""
    await PlanStudy.raw("UPDATE plan_study SET status = 'running' WHERE id = {} AND status = 'queued'", row["id"])
    if row["kind"] in {studies.SHORTAGE, studies.SCENARIO}:
        return {"kind": row["kind"], "asked": row["asked"], **await _of_run(row["run"])}
    async with one_moment():
        found = await present.of_division(division_prefix(row["division"]), now().astimezone(SHANGHAI).date())
        locked = await present.locked(found, row["asked"])
    if not row["asked"].get("waiting", True):
        found = present.without_waiting(found, row["asked"]["events"])
    found, events = present.with_events(found, row["asked"]["events"])
    question = {
        "kind": row["kind"],
        "problem": found.problem.to_document(),
        "plan": found.plan,
        "events": events,
        "keep_served": row["asked"]["keep_served"],
        "locked": locked,
        "loads": {"minutes": found.minutes, "households": found.households, "contracts": found.contracts},
        "tasks": found.tasks,
    }
    await PlanStudy.raw("UPDATE plan_study SET problem = {} WHERE id = {}", json.dumps(question), row["id"])
    return question


async def _of_run(run: UUID) -> dict[str, Any]:
    """The problem and the solution of a run with the town of each of its needs."""
    (row,) = await PlanStudy.raw("SELECT problem, solution FROM match_run WHERE id = {}", run)
    towns = await PlanStudy.raw(
        "SELECT need, rpad(left(division, 9), 12, '0') AS town FROM proposal WHERE run = {}", run
    )
    return {
        "problem": json.loads(row["problem"]),
        "solution": json.loads(row["solution"]),
        "towns": {str(each["need"]): each["town"] for each in towns},
    }


async def _store(
    claim: jobs.Claim, row: Mapping[str, Any], question: Mapping[str, Any], answer: dict[str, Any], at: datetime
) -> None:
    """The answer, and of a re-plan apart from it the problem after the events, which pages do not read."""
    after = answer.pop("after", None)
    async with transaction():
        await jobs.finish(claim, "done")
        await PlanStudy.raw(
            "UPDATE plan_study SET status = 'done', answer = {}, finished_at = {} WHERE id = {}",
            json.dumps(answer), at, row["id"],
        )  # fmt: skip
        if after is not None:
            kept = {"after": after, **{name: question[name] for name in ("plan", "tasks", "loads")}}
            await PlanStudy.raw("UPDATE plan_study SET problem = {} WHERE id = {}", json.dumps(kept), row["id"])
        await audit.record(
            SYSTEM, f"{row['kind']}.done", "plan_study", row["id"], division=row["division"], at=at,
            data={"run": row["run"]}, before={"status": row["status"]}, after={"status": "done"},
        )  # fmt: skip
        if row["kind"] in DONE and row["requested_by"]:
            message, page = DONE[row["kind"]]
            await send([row["requested_by"]], message, f"{page}/{row['id']}", {})


async def _fail(claim: jobs.Claim, row: Mapping[str, Any], why: str, at: datetime) -> None:
    async with transaction():
        await jobs.finish(claim, "failed", why)
        await PlanStudy.raw(
            "UPDATE plan_study SET status = 'failed', error = {}, finished_at = {} WHERE id = {}", why, at, row["id"]
        )
