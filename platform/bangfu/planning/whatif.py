"""What-if runs: another run's problem with one change, solved by the same job, kept beside it to compare.

A what-if is a calculation only. It takes no needs, makes no proposals and tells nobody but who asked for it; the
database refuses its proposals and its publication.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.planning.plan import problem_of
from bangfu.planning.tables import MatchRun
from bangfu.shared import audit, jobs
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from matching import Problem, ProblemError
from matching.why import Easing, relaxed

KIND: Final = "match"
MOST_OPEN: Final = 3
"""How many what-ifs of one person may wait or run at a time: they share the worker with match runs."""
LONGEST: Final = 8000
_UNKNOWN = N_("This change does not fit the run. Open the need's page again and choose one of the changes there.")


def read_easing(text: str, problem: Problem, need: str) -> Easing:
    """The change that a form carried, if it is one of this need and names nobody outside the problem.

    Raises:
        Refused: otherwise.
    """
    try:
        easing = Easing.from_document(json.loads(text[:LONGEST]))
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused(_UNKNOWN) from error
    asked, known = problem.need_of.get(need), easing.need == need and easing.carer in problem.carer_of
    for step in easing.steps:
        known &= step.carer is None or step.carer in problem.carer_of
        known &= step.organisation is None or step.organisation in problem.organisation_of
        known &= step.need in {None, need} and step.limit in {None, *problem.limit_of}
    if asked is None or not known or not easing.steps:
        raise Refused(_UNKNOWN)
    return easing


def _relaxed(problem: Problem, easing: Easing) -> str:
    try:
        return json.dumps(relaxed(problem, easing).to_document())
    except ProblemError as error:
        raise Refused(_UNKNOWN) from error


async def start_what_if(actor: Actor, key: UUID, run: UUID, need: UUID, text: str, at: datetime) -> UUID:
    """Queue a what-if of a finished run with the change of the form; `key` is the new run's id, so that repeating the
    form starts one. The same change of the same run that is under way or done already is not solved twice.

    Raises:
        NotYours: outside the dispatcher's divisions.
        Refused: if the run has no result, is a what-if itself, or the change does not fit it; or while the person has
            several under way.
    """
    parent = await _parent(actor, run)
    problem = await problem_of(run)
    easing = read_easing(text, problem, str(need))
    document = json.dumps(easing.to_document(), ensure_ascii=False)
    changed = await asyncio.to_thread(_relaxed, problem, easing)
    async with transaction():
        await MatchRun.raw("SELECT pg_advisory_xact_lock(hashtext('bangfu.match_run'))")
        if known := await _known(key, run, document):
            return known
        await _refuse_many(actor)
        number = await fresh_number(MatchRun)
        job = await jobs.enqueue(KIND, {"run": key}, actor)
        await MatchRun(
            id=key, number=number, division=parent["division"], kind="what_if", parent=run, easing=document,
            status="queued", job=job, requested_by=actor.user, seed=parent["seed"], time_limit=parent["time_limit"],
            problem=changed, loads=json.dumps(_kept(parent)), needs=parent["needs"], created_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "match_run.what_if", "match_run", key, division=parent["division"], at=at,
            data={"number": number, "parent": parent["number"], "need": need,
                  "changes": [step.code for step in easing.steps]},
            after={"status": "queued"},
        )  # fmt: skip
    return key


async def beside_parent(row: Mapping[str, Any]) -> str:
    """The problem of a what-if with what its plan starts from: the parent's plan, and the change."""
    rows = await MatchRun.raw("SELECT solution FROM match_run WHERE id = {}", row["parent"])
    return await asyncio.to_thread(_with_start, row["problem"], rows[0]["solution"], row["easing"])


def _with_start(problem: str, solution: str, easing: str) -> str:
    parent = json.loads(solution)
    start = {
        "easing": json.loads(easing),
        "plan": {entry["need"]: entry["carer"] for entry in parent["assignments"]},
        "reasons": {entry["need"]: entry["reason"] for entry in parent["unserved"]},
    }
    return json.dumps({**json.loads(problem), "start": start})


async def _parent(actor: Actor, run: UUID) -> dict[str, Any]:
    rows = await MatchRun.raw(
        "SELECT number, division, kind, status, seed, time_limit, needs, loads FROM match_run WHERE id = {}", run
    )
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    row: dict[str, Any] = rows[0]
    if row["kind"] != "match" or row["status"] != "done":
        raise Refused(N_("Match run {number} has no result to start from."), number=row["number"])
    return row


def _kept(parent: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside the problem, without the parent's result."""
    loads: dict[str, Any] = json.loads(parent["loads"])
    return {name: value for name, value in loads.items() if name != "plan"}


async def _known(key: UUID, parent: UUID, document: str) -> UUID | None:
    """The what-if that this form started already, or one of the same change that is not lost."""
    rows = await MatchRun.raw("SELECT parent FROM match_run WHERE id = {}", key)
    if rows:
        if rows[0]["parent"] != parent:
            raise NotYours
        return key
    rows = await MatchRun.raw(
        "SELECT id FROM match_run WHERE parent = {} AND easing = {}::jsonb AND status IN ('queued', 'running', 'done')"
        " ORDER BY created_at LIMIT 1",
        parent, document,
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def _refuse_many(actor: Actor) -> None:
    rows = await MatchRun.raw(
        "SELECT count(*) AS n FROM match_run WHERE kind = 'what_if' AND requested_by = {}"
        " AND status IN ('queued', 'running')",
        actor.user,
    )
    if rows[0]["n"] >= MOST_OPEN:
        raise Refused(N_("{n} of your what-if runs are still under way. Wait for one of them."), n=rows[0]["n"])
