"""Re-planning after an event: asking for the curve, and making proposals of the point that a dispatcher chose.

A chosen point becomes a match run whose proposals are its changes: they are reviewed, approved and published like any
other. Nothing changes before that; a proposal that takes a need from somebody ends that task when it is offered
(publishing.py).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, NotYours, Refused
from bangfu.needs.actions import start_matching
from bangfu.planning import explaining, present, studies
from bangfu.planning.reduced import reduced
from bangfu.planning.storing import store_changes
from bangfu.planning.tables import MatchRun, PlanStudy, Proposal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from matching import Problem
from matching.ledger import Ledger


async def ask(
    actor: Actor, study: UUID, events: Sequence[Mapping[str, Any]], at: datetime, *, keep_served: bool = True,
    waiting: bool = False, fixed: str = present.WEEK, locked: Sequence[str] = (),
) -> UUID:  # fmt: skip
    """Queue a re-plan of the actor's division after the events; `study` is the id that the form carried.

    `fixed` says whose task stays with its carer, `locked` are needs whose task does, too. Needs that wait for a match
    run are left to it, unless `waiting`: one who falls ill would else bring a thousand proposals.

    Raises:
        NotYours: for somebody without a division.
    """
    asked = {"events": list(events), "keep_served": keep_served, "fixed": fixed, "locked": sorted(set(locked))}
    asked["waiting"] = waiting
    return await studies.start(actor, study, studies.REPLAN, actor.scope.ljust(12, "0"), asked, at)


@dataclass(frozen=True, slots=True)
class Made:
    """What the proposals of a point are made of: the part of the problem that changes, and each change explained."""

    problem: Problem
    plan: dict[str, str]
    minutes: dict[str, int]
    proposals: list[dict[str, Any]]
    nobody: list[dict[str, Any]]
    loads: dict[str, Any]


def make(problem: Problem, before: Mapping[str, str], changes: Sequence[Mapping[str, Any]]) -> Made:
    """The changes of a point as a run's result; seconds of work at 10,000 needs."""
    after = dict(before)
    for change in changes:
        after.pop(change["need"], None)
        if change["after"]:
            after[change["need"]] = change["after"]
    changed = [change["need"] for change in changes]
    part, minutes = reduced(problem, {n: c for n, c in after.items() if n in problem.need_of}, changed)
    plan = {need: after[need] for need in changed if need in after}
    account = Ledger(part, plan)
    return Made(
        problem=part,
        plan=plan,
        minutes=minutes,
        proposals=[explaining.proposal(part, account, need, carer) for need, carer in plan.items()],
        nobody=[
            explaining.nobody(part, account, change["need"], change["reason"] or "no_capacity")
            for change in changes
            if not change["after"]
        ],
        loads=explaining.loads(part, plan),
    )


async def choose(actor: Actor, study: UUID, point: int, at: datetime) -> UUID:
    """Make a run of a point's changes; a repeat returns the same run.

    Raises:
        NotYours: outside the dispatcher's divisions, or for a point that the curve does not have.
        Refused: if another point was chosen, nothing would change, or the plan has moved on since.
    """
    row, answer = await _read(actor, study, point)
    question, changes = json.loads(row["problem"] or "{}"), answer["points"][point]["changes"]
    if row["result_run"] is None and not changes:
        raise Refused(N_("Nothing would change with this point: there is nothing to propose."))
    made = await asyncio.to_thread(
        lambda: make(Problem.from_document(question["after"]), question["plan"], changes) if changes else None
    )
    async with transaction():
        rows = await PlanStudy.raw("SELECT chosen, result_run FROM plan_study WHERE id = {} FOR UPDATE", study)
        if rows[0]["result_run"] is not None:
            if rows[0]["chosen"] != point:
                raise Refused(N_("Another point was chosen already; its proposals wait for review."))
            known: UUID = rows[0]["result_run"]
            return known
        if made is None:
            raise NotYours
        needs = await _take(actor, changes, question["tasks"], at)
        run = await _store(actor, row, answer, question, made, needs, at)
        await PlanStudy.raw("UPDATE plan_study SET chosen = {}, result_run = {} WHERE id = {}", point, run, study)
        await audit.record(
            actor, "replan.chosen", "plan_study", study, division=row["division"], at=at,
            data={"run": run, "point": point, "changes": len(changes)},
        )  # fmt: skip
    return run


async def _read(actor: Actor, study: UUID, point: int) -> tuple[dict[str, Any], dict[str, Any]]:
    rows = await PlanStudy.raw("SELECT * FROM plan_study WHERE id = {} AND kind = 'replan'", study)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    if rows[0]["status"] != "done":
        raise Refused(N_("The re-plan is not ready yet."))
    answer: dict[str, Any] = json.loads(rows[0]["answer"])
    if not 0 <= point < len(answer["points"]):
        raise NotYours
    return dict(rows[0]), answer


async def _take(
    actor: Actor, changes: Sequence[Mapping[str, Any]], tasks: Mapping[str, str], at: datetime
) -> dict[str, dict[str, Any]]:
    """The changed needs, locked and as the curve saw them, with their open task; those that wait go into matching.

    Raises:
        Refused: naming a need that has another task by now, or none that waits.
    """
    rows = await Proposal.raw(
        "SELECT n.id, n.number, n.household, n.division, n.service, n.priority, n.status, a.id AS task, a.carer"
        " FROM need n LEFT JOIN assignment a ON a.need = n.id"
        " AND a.status IN ('offered', 'accepted', 'scheduled', 'active')"
        " WHERE n.id = ANY({}::uuid[]) ORDER BY n.id FOR UPDATE OF n",
        [UUID(change["need"]) for change in changes],
    )
    found = {str(row["id"]): dict(row) for row in rows}
    for change in changes:
        need = found.get(change["need"])
        if need is None or not _as_seen(need, change, tasks) or not actor.sees(need["division"]):
            number = need["number"] if need else "—"
            raise Refused(N_("Need {number} has moved on since the curve was drawn. Ask for a new one."), number=number)
    waiting = [row["id"] for row in found.values() if row["status"] == "confirmed"]
    for taken in await start_matching(actor, waiting, at) if waiting else []:
        found[str(taken)]["status"] = "matching"
    return found


def _as_seen(need: Mapping[str, Any], change: Mapping[str, Any], tasks: Mapping[str, str]) -> bool:
    """Still with the same task and carer; or without a task (given back meanwhile, or it waited) and waiting."""
    if need["task"] is None:
        return need["status"] in {"confirmed", "matching"}
    return tasks.get(change["need"]) == str(need["task"]) and change["before"] in {None, str(need["carer"])}


async def _store(
    actor: Actor, row: Mapping[str, Any], answer: Mapping[str, Any], question: Mapping[str, Any], made: Made,
    needs: Mapping[str, Mapping[str, Any]], at: datetime,
) -> UUID:  # fmt: skip
    run, number = uuid4(), await fresh_number(MatchRun)
    kept = question["loads"]
    minutes = {
        carer: kept["minutes"].get(carer, 0) + made.minutes.get(carer, 0) for carer in {*kept["minutes"], *made.minutes}
    }
    document = made.problem.to_document()
    loads = {**kept, "minutes": minutes, "weights": document["weights"], "plan": made.loads, "replan": str(row["id"])}
    await MatchRun(
        id=run, number=number, division=row["division"], status="done", requested_by=actor.user, seed=answer["seed"],
        time_limit=60, engine=answer["engine"][:64], problem=json.dumps(document), loads=json.dumps(loads),
        objective=sum(each["cost"] for each in made.proposals), needs=len(needs), served=len(made.proposals),
        km=sum(each["km"] or 0.0 for each in made.proposals), seconds=answer["seconds"], created_at=at, started_at=at,
        finished_at=at,
    ).save()  # fmt: skip
    result = {"proposals": made.proposals, "unserved": made.nobody, "loads": made.loads}
    await store_changes(run, result, {need["id"]: need for need in needs.values()}, minutes, at)
    await audit.record(
        actor, "match_run.done", "match_run", run, division=row["division"], at=at,
        data={"number": number, "served": len(made.proposals), "unserved": len(made.nobody), "replan": row["id"]},
        after={"status": "done"},
    )  # fmt: skip
    return run
