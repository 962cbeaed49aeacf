"""Asking the geocoder for a whole register: one run per area, a cursor, as fast as the service allows.

A run that was killed is taken up behind its cursor by the next worker: places, results and cursor of a batch are
written in one transaction, and the geocoder's own cache answers for the batch that was cut off. A place that somebody
set by hand (map, GPS) or that came with a list is never moved.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from geopy.exc import GeopyError

from bangfu.errors import N_, NotYours, Refused
from bangfu.households.tables import Household
from bangfu.imports.geocoding import Geocoder
from bangfu.imports.locating import Asked, judged, next_batch, write_places
from bangfu.imports.tables import LocationMiss, LocationRun
from bangfu.settings import Settings
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.clock import now
from bangfu.shared.coordinates import Point
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_name

log = logging.getLogger("bangfu.imports")

JOB = "locate_register"
BATCH = 10
"""Households that are written together: at one question a second well inside a worker's lease."""
MOST_MISSES = 200
OPEN = ("queued", "running")
_WITHOUT_PLACE = (
    "FROM household WHERE location_source IN ('division', 'none') AND address_enc <> ''"
    " AND status IN ('active', 'grace') AND division LIKE {}"
)


async def without_place(actor: Actor) -> int:
    """How many households of the actor's area have an address but no exact place."""
    rows = await Household.raw(f"SELECT count(*) AS n {_WITHOUT_PLACE}", _scope(actor))
    found: int = rows[0]["n"]
    return found


async def start(actor: Actor, key: UUID, settings: Settings, at: datetime) -> UUID:
    """Queue a run over the actor's area; where one is open, that one. The same key is the same run.

    Raises:
        Refused: where no geocoder is configured, or the area is empty (409).
    """
    _check_configured(settings)
    if not actor.scope:
        raise Refused(N_("Your account has no area."))
    async with transaction():
        await LocationRun.raw("SELECT pg_advisory_xact_lock(hashtext({}))", f"{JOB}:{actor.scope}")
        rows = await LocationRun.raw(
            "SELECT id FROM location_run WHERE (division = {} AND status IN ('queued', 'running'))"
            " OR (id = {} AND requested_by = {})",
            actor.scope, key, actor.user,
        )  # fmt: skip
        if rows:
            return UUID(str(rows[0]["id"]))
        total = await without_place(actor)
        await LocationRun(id=key, division=actor.scope, total=total, requested_by=actor.user, created_at=at).save()
        await _enqueue(actor, key)
        await audit.record(
            actor, "location_run.started", "location_run", key, division=actor.scope, at=at, data={"households": total}
        )
    return key


async def go_on(actor: Actor, run: UUID, settings: Settings, at: datetime) -> None:
    """Take up a run that failed or was stopped, behind its cursor. One that is open or done: nothing.

    Raises:
        NotYours, Refused: as `run_for` and `start`.
    """
    _check_configured(settings)
    async with transaction():
        row = await _locked(actor, run)
        if row.status not in {"failed", "cancelled"}:
            return
        await LocationRun.raw("SELECT pg_advisory_xact_lock(hashtext({}))", f"{JOB}:{row.division}")
        same_area = LocationRun.division == row.division
        if await LocationRun.exists().where(same_area & LocationRun.status.is_in(list(OPEN))):
            raise Refused(N_("Another run over this area is open. Wait for it, or stop it."))
        await LocationRun.update(status="queued", updated_at=at, finished_at=None).where(LocationRun.id == run)
        await _enqueue(actor, run)
        await audit.record(actor, "location_run.started", "location_run", run, division=row.division, at=at)


async def stop_run(actor: Actor, run: UUID, at: datetime) -> None:
    """Ask an open run to stop; what it found so far stays. Raises NotYours as `run_for`."""
    async with transaction():
        row = await _locked(actor, run)
        if row.status not in OPEN:
            return
        if row.job is not None:
            await jobs.request_cancel(row.job)
        await LocationRun.update(status="cancelled", updated_at=at, finished_at=at).where(LocationRun.id == run)
        await audit.record(actor, "location_run.stopped", "location_run", run, division=row.division, at=at)


def _check_configured(settings: Settings) -> None:
    if not settings.geocoder:
        raise Refused(N_("No geocoder is set up here. The operator's handbook says how (BANGFU_GEOCODER)."))


async def _enqueue(actor: Actor, run: UUID) -> None:
    job = await jobs.enqueue(JOB, {"run": str(run)}, actor)
    await LocationRun.update(job=job).where(LocationRun.id == run)


async def work(claim: jobs.Claim, stop: asyncio.Event) -> None:
    """The worker's handler.

    Raises:
        LostClaim: if another worker has taken the job over.
    """
    geocoder = Geocoder.configured(Settings.from_environment())
    run = UUID(claim.payload["run"])
    if geocoder is None:
        await _end(claim, run, "failed", "no geocoder")
        return
    try:
        await work_with(geocoder, claim, run, stop)
    except jobs.LostClaim:
        raise
    except Exception:
        await LocationRun.update(status="failed").where((LocationRun.id == run) & (LocationRun.status == "running"))
        raise


async def work_with(geocoder: Geocoder, claim: jobs.Claim, run: UUID, stop: asyncio.Event) -> None:
    """Batch after batch behind the run's cursor, until the end, a stop, or a service that does not answer."""
    await LocationRun.update(status="running").where((LocationRun.id == run) & (LocationRun.status == "queued"))
    while not stop.is_set():
        row = await LocationRun.objects().get(LocationRun.id == run)
        if row is None or row.status != "running":
            await jobs.finish(claim, "cancelled")
            return
        batch = await next_batch(row.cursor or UUID(int=0), row.division, BATCH)
        if not batch:
            await _end(claim, run, "done")
            return
        try:
            results = await _ask(geocoder, claim, batch, row)
        except GeopyError as error:
            log.warning("the geocoder failed (%s); the run can be taken up later", type(error).__name__)
            await _end(claim, run, "failed", type(error).__name__)
            return
        if results is None or not await _store(claim, run, results):
            await jobs.finish(claim, "cancelled")
            return
    await jobs.give_back(claim)


async def _ask(
    geocoder: Geocoder, claim: jobs.Claim, batch: Sequence[Asked], row: LocationRun
) -> list[tuple[Asked, str, Point | None]] | None:
    """One question after the other, the lease renewed with each; None when the run is to stop."""
    results: list[tuple[Asked, str, Point | None]] = []
    for asked in batch:
        percent = min(99, 100 * (row.asked + len(results)) // max(1, row.total))
        if not await jobs.beat(claim, percent, JOB):
            return None
        points = await asyncio.to_thread(geocoder.candidates, asked.address)
        results.append((asked, *judged(points, asked.estimate)))
    return results


async def _store(claim: jobs.Claim, run: UUID, results: Sequence[tuple[Asked, str, Point | None]]) -> bool:
    """Places, misses, numbers and cursor of one batch together; False where the run was stopped meanwhile."""
    counts = Counter("not_found" if outcome == "far" else outcome for _, outcome, _ in results)
    async with transaction():
        row = await LocationRun.objects().where(LocationRun.id == run).first().lock_rows("UPDATE")
        if row is None or row.status != "running" or not await jobs.beat(claim, 0, JOB):
            return False
        await write_places([(asked, point) for asked, _, point in results if point is not None])
        for asked, outcome, point in results:
            if point is None:
                await LocationMiss.raw(
                    "INSERT INTO location_miss (id, run, household, outcome) VALUES ({}, {}, {}, {})"
                    " ON CONFLICT (run, household) DO UPDATE SET outcome = excluded.outcome",
                    uuid4(), run, asked.subject, outcome,
                )  # fmt: skip
        asked_now = row.asked + len(results)
        await LocationRun.update(
            cursor=results[-1][0].subject, asked=asked_now, exact=row.exact + counts["exact"],
            ambiguous=row.ambiguous + counts["ambiguous"], not_found=row.not_found + counts["not_found"],
            updated_at=now(),
        ).where(LocationRun.id == run)  # fmt: skip
        await jobs.beat(claim, min(99, 100 * asked_now // max(1, row.total)), JOB)
    return True


async def _end(claim: jobs.Claim, run: UUID, status: str, error: str = "") -> None:
    at = now()
    async with transaction():
        row = await LocationRun.objects().where(LocationRun.id == run).first().lock_rows("UPDATE")
        await jobs.finish(claim, status, error)
        if row is not None and row.status in OPEN:
            await LocationRun.update(status=status, updated_at=at, finished_at=at).where(LocationRun.id == run)
            await audit.record(
                SYSTEM, f"location_run.{status}", "location_run", run, division=row.division, at=at,
                data={"exact": row.exact, "ambiguous": row.ambiguous, "not_found": row.not_found},
            )  # fmt: skip


async def run_for(actor: Actor, run: UUID) -> LocationRun:
    """One run.

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    row: LocationRun | None = await LocationRun.objects().get(LocationRun.id == run)
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


async def _locked(actor: Actor, run: UUID) -> LocationRun:
    row: LocationRun | None = await LocationRun.objects().where(LocationRun.id == run).first().lock_rows("UPDATE")
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


async def recent_runs(actor: Actor, limit: int = 20) -> list[LocationRun]:
    """The newest runs of the actor's area."""
    if not actor.scope:
        return []
    found: list[LocationRun] = await (
        LocationRun.objects().where(LocationRun.division.like(_scope(actor)))
        .order_by(LocationRun.created_at, ascending=False).limit(limit)
    )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Miss:
    """A household that somebody has to place, its name masked."""

    household: UUID
    number: str
    head: str
    place: str
    outcome: str


async def misses(actor: Actor, run: UUID) -> list[Miss]:
    """The households that the run could not place and that still have no exact place, at most MOST_MISSES."""
    rows: list[dict[str, Any]] = await LocationMiss.raw(
        "SELECT h.id, h.number, h.head_name, coalesce(d.name, '') AS place, m.outcome FROM location_miss m"
        " JOIN household h ON h.id = m.household LEFT JOIN division d ON d.code = h.division"
        " WHERE m.run = {} AND h.division LIKE {} AND h.location_source IN ('division', 'none')"
        " AND h.status <> 'merged' ORDER BY m.outcome, h.division, h.number LIMIT {}",
        run, _scope(actor), MOST_MISSES,
    )  # fmt: skip
    return [Miss(row["id"], row["number"], mask_name(row["head_name"]), row["place"], row["outcome"]) for row in rows]


def _scope(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""
