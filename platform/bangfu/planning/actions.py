"""Starting and stopping match runs (DOMAIN.md 8.4). What follows in the worker stands in running.py and storing.py."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from bangfu.divisions.tables import Division
from bangfu.errors import N_, NotYours, Refused
from bangfu.planning import rules, running, sources
from bangfu.planning.tables import MatchRun
from bangfu.planning.weights import weights_with
from bangfu.shared import audit, jobs
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.numbering import fresh_number

KIND = "match"
WAIT_SECONDS = 0.5


class AlreadyRunning(Refused):
    """A run over the division (or one above or below it) is not over yet."""

    def __init__(self, run: UUID, number: str) -> None:
        super().__init__(
            N_("Match run {number} for this area is still under way. Wait for it or stop it first."), number=number
        )
        self.run = run


async def start_run(
    actor: Actor, run: UUID, division: str, time_limit: int, seed: int, at: datetime,
    weights: Mapping[str, float] | None = None,
) -> UUID:  # fmt: skip
    """Queue a run over a division; `run` is the id that the form carried, so that repeating it starts one run.

    Raises:
        NotYours: outside the dispatcher's divisions.
        Refused: if nothing waits for a match there.
        AlreadyRunning: if a run over it is open.
    """
    if not actor.sees(division) or not await Division.exists().where(Division.code == division):
        raise NotYours
    weights_with(weights)
    prefix = division_prefix(division)
    async with transaction():
        await MatchRun.raw("SELECT pg_advisory_xact_lock(hashtext('bangfu.match_run'))")
        if await MatchRun.exists().where(MatchRun.id == run):
            return run
        await _refuse_overlap(prefix)
        needs = await sources.needs_of_division(prefix, ["confirmed", "matching"])
        if not needs:
            raise Refused(N_("No confirmed need waits for a match in this area."))
        number = await fresh_number(MatchRun)
        job = await jobs.enqueue(KIND, {"run": run, "weights": dict(weights or {})}, actor)
        await MatchRun(
            id=run, number=number, division=division, status="queued", job=job, requested_by=actor.user, seed=seed,
            time_limit=time_limit, needs=len(needs), created_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "match_run.queued", "match_run", run, division=division, at=at,
            data={"number": number, "seed": seed, "time_limit": time_limit, "needs": len(needs)},
            after={"status": "queued"},
        )  # fmt: skip
    return run


async def _refuse_overlap(prefix: str) -> None:
    for row in await MatchRun.raw(
        "SELECT id, number, division FROM match_run WHERE kind = 'match' AND status IN ('queued', 'running')"
    ):
        other = division_prefix(row["division"])
        if other.startswith(prefix) or prefix.startswith(other):
            raise AlreadyRunning(row["id"], row["number"])


async def cancel_run(actor: Actor, run: UUID, at: datetime) -> None:
    """Ask a run to stop. One that has not started ends at once; a running one when its worker hears of it, its needs
    then go back to confirmed. Repeating it changes nothing.

    Raises:
        NotYours: outside the dispatcher's divisions.
        Refused: if the run has ended otherwise.
    """
    async with transaction():
        row = await MatchRun.objects().where(MatchRun.id == run).first().lock_rows("UPDATE")
        if row is None or not actor.sees(row.division):
            raise NotYours
        if row.status == "cancelled":
            return
        rules.next_run_state(row.status, "cancel")
        await jobs.request_cancel(row.job)
        status = (await MatchRun.raw("SELECT status FROM job WHERE id = {}", row.job))[0]["status"]
        if status == "cancelled":
            await MatchRun.update({MatchRun.status: "cancelled", MatchRun.finished_at: at}).where(MatchRun.id == run)
        await audit.record(
            actor, "match_run.cancel_requested", "match_run", run, division=row.division, at=at,
            data={"number": row.number, "from": row.status}, before={"status": row.status},
        )  # fmt: skip


async def run_now(actor: Actor, division: str, time_limit: int = 30, seed: int = 1) -> UUID:
    """Start a run and wait for its end, working on it in this process where no worker takes it first.

    The same path as from the page: job table, child process, one result.

    Raises:
        Refused, NotYours: as `start_run`; also Refused with the reason if the run fails.
    """
    run = await start_run(actor, uuid4(), division, time_limit, seed, now())
    stop = asyncio.Event()
    while True:
        claim = await jobs.claim([KIND])
        if claim is not None:
            await running.match(claim, stop)
        rows = await MatchRun.raw("SELECT status, error FROM match_run WHERE id = {}", run)
        if rows[0]["status"] in {"done", "infeasible"}:
            return run
        if rows[0]["status"] in {"failed", "cancelled"}:
            raise Refused(N_("The match run did not end well: {why}"), why=rows[0]["error"] or rows[0]["status"])
        if claim is None:
            await asyncio.sleep(WAIT_SECONDS)
