"""Studies: questions to a plan that take solving again, asked once, answered by the worker, kept with the answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.planning.queries import scope_of
from bangfu.planning.tables import PlanStudy
from bangfu.shared import audit, jobs
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction

JOB: Final = "plan_study"
REPLAN, SHORTAGE, SCENARIO = "replan", "shortage", "scenario"


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study as a page shows it; `percent` and `stage` are those of its job, `total` counts the listing."""

    id: UUID
    kind: str
    division: str
    division_name: str
    run: UUID | None
    result_run: UUID | None
    result_number: str
    chosen: int | None
    status: str
    asked: dict[str, Any]
    answer: dict[str, Any]
    error: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
    percent: int
    stage: str
    total: int

    @property
    def over(self) -> bool:
        """Whether the worker is done with it, one way or another."""
        return self.status not in {"queued", "running"}


_VIEW = (
    "SELECT s.id, s.kind, s.division, coalesce(d.name, '') AS division_name, s.run, s.result_run,"
    " coalesce(r.number, '') AS result_number, s.chosen, s.status, s.asked, s.answer, s.error,"
    " coalesce(u.display_name, '') AS requested_by, s.created_at, s.finished_at, coalesce(j.progress, 0) AS percent,"
    " coalesce(j.stage, '') AS stage, count(*) OVER () AS total FROM plan_study s"
    " LEFT JOIN division d ON d.code = s.division LEFT JOIN app_user u ON u.id = s.requested_by"
    " LEFT JOIN match_run r ON r.id = s.result_run LEFT JOIN job j ON j.id = s.job"
)
_LISTED = _VIEW.replace("s.answer,", "'' AS answer,")


async def start(
    actor: Actor, study: UUID, kind: str, division: str, asked: Mapping[str, Any], at: datetime, run: UUID | None = None
) -> UUID:
    """Queue a study; `study` is the id that the form carried, so that repeating it starts one.

    Raises:
        NotYours: outside the actor's divisions.
    """
    if not actor.sees(division):
        raise NotYours
    async with transaction():
        await PlanStudy.raw("SELECT pg_advisory_xact_lock(hashtext({}))", f"bangfu.plan_study:{study}")
        if await PlanStudy.exists().where(PlanStudy.id == study):
            return study
        job = await jobs.enqueue(JOB, {"study": study}, actor)
        await PlanStudy(
            id=study, kind=kind, division=division, run=run, job=job, requested_by=actor.user,
            asked=json.dumps(asked), created_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, f"{kind}.asked", "plan_study", study, division=division, at=at,
            data={"kind": kind, "run": run, "events": [each["code"] for each in asked.get("events", [])]},
        )  # fmt: skip
    return study


async def start_shortage(actor: Actor, run: UUID, division: str, at: datetime) -> UUID:
    """Queue the question where a run is short, once for each run; one that failed may be asked again.

    Raises:
        NotYours: outside the actor's divisions.
    """
    async with transaction():
        await PlanStudy.raw("SELECT id FROM match_run WHERE id = {} FOR NO KEY UPDATE", run)
        found = await PlanStudy.raw(
            "SELECT id, status FROM plan_study WHERE kind = 'shortage' AND run = {} AND status <> 'failed'", run
        )
        if found:
            known: UUID = found[0]["id"]
            return known
        (fresh,) = await PlanStudy.raw("SELECT gen_random_uuid() AS id")
        return await start(actor, fresh["id"], SHORTAGE, division, {}, at, run)


async def study_for(actor: Actor, study: UUID, kind: str) -> StudyView:
    """One study of the actor's divisions.

    Raises:
        NotYours: if there is none, or it is somebody else's.
    """
    rows = await PlanStudy.raw(
        _VIEW + " WHERE s.id = {} AND s.kind = {} AND s.division LIKE {}", study, kind, scope_of(actor)
    )
    if not rows:
        raise NotYours
    return _view(rows[0])


async def shortage_of(run: UUID) -> StudyView | None:
    """The newest answer to where a run is short; None where nobody asked. The caller has checked the run's access."""
    rows = await PlanStudy.raw(
        _VIEW + " WHERE s.kind = 'shortage' AND s.run = {} ORDER BY s.created_at DESC LIMIT 1", run
    )
    return _view(rows[0]) if rows else None


async def of_run(actor: Actor, kind: str, run: UUID, limit: int) -> list[StudyView]:
    """The studies of a kind about one run, if the actor sees them, newest first."""
    rows = await PlanStudy.raw(
        _VIEW + " WHERE s.kind = {} AND s.run = {} AND s.division LIKE {} ORDER BY s.created_at DESC, s.id LIMIT {}",
        kind, run, scope_of(actor), limit,
    )  # fmt: skip
    return [_view(row) for row in rows]


def document(value: Mapping[str, Any]) -> str:
    """JSON text, as documents are kept and compared."""
    return json.dumps(value, ensure_ascii=False)


async def replans(actor: Actor, limit: int, offset: int) -> list[StudyView]:
    """One page of the re-plans of the actor's divisions, newest first, without their answers."""
    rows = await PlanStudy.raw(
        _LISTED + " WHERE s.kind = 'replan' AND s.division LIKE {} ORDER BY s.created_at DESC, s.id LIMIT {} OFFSET {}",
        scope_of(actor), limit, offset,
    )  # fmt: skip
    return [_view(row) for row in rows]


def _view(row: Mapping[str, Any]) -> StudyView:
    return StudyView(**{**row, "asked": json.loads(row["asked"]), "answer": json.loads(row["answer"] or "{}")})
