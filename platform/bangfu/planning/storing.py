"""The one moment in which a run's result appears: proposals, reasons, figures and the job's end in one transaction.

A what-if run keeps its figures and its plan as a document: no proposals, no need changes its state.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.messages.actions import send
from bangfu.needs.actions import back_to_confirmed
from bangfu.planning import rules
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.collisions import again_after_deadlock
from bangfu.shared.database import transaction

AT_ONCE = 300
Result = Mapping[str, Any]


async def store(claim: jobs.Claim, run: UUID, result: Result, at: datetime) -> None:
    """Write the result of a run, if the claim still counts; needs that nobody can serve go back to confirmed. A
    deadlock with somebody else's change is no reason to lose the result: it is tried again.

    Raises:
        LostClaim: if another worker has taken the run over; nothing is written then.
    """
    await again_after_deadlock(lambda: _store(claim, run, result, at))


async def _store(claim: jobs.Claim, run: UUID, result: Result, at: datetime) -> None:
    async with transaction():
        await jobs.finish(claim, "done")
        rows = await MatchRun.raw("SELECT * FROM match_run WHERE id = {} FOR UPDATE", run)
        row, solution = rows[0], result["solution"]
        end = "prove_infeasible" if solution["status"] == "infeasible" else "finish"
        status = rules.next_run_state(row["status"], end)
        if row["kind"] == "what_if":
            await _figures(run, status, row, result, json.loads(row["loads"]), at)
            await _tell(row, status, result, at)
            return
        needs = await _locked_needs([UUID(entry["need"]) for entry in [*result["proposals"], *result["unserved"]]])
        kept = json.loads(row["loads"])
        await _supersede(run, list(needs), at)
        await _insert(_proposals(run, result["proposals"], needs, _Loads(kept, result["loads"])))
        await _insert(_unserved(run, result["unserved"], needs))
        await _figures(run, status, row, result, kept, at)
        await _return_unserved(row["number"], result["unserved"], needs, at)
        await _tell(row, status, result, at)


async def store_changes(
    run: UUID, result: Result, needs: Mapping[UUID, Mapping[str, Any]], minutes: Mapping[str, int], at: datetime
) -> None:  # fmt: skip
    """The proposals of a re-plan's chosen point, in the transaction that makes its run.

    `needs` are the changed needs with their open task (`task`, None without) and who has it; `minutes` what each carer
    is taken for beside the changed needs.
    """
    await _supersede(run, list(needs), at)
    await _insert(_proposals(run, result["proposals"], needs, _Loads({"minutes": minutes}, result["loads"])))
    await _insert(_unserved(run, result["unserved"], needs))


async def _tell(row: Mapping[str, Any], status: str, result: Result, at: datetime) -> None:
    """The end in the audit trail, and a message to who asked for the run."""
    solution = result["solution"]
    await audit.record(
        SYSTEM, f"match_run.{status}", "match_run", row["id"], division=row["division"], at=at,
        data={
            "number": row["number"], "kind": row["kind"], "served": len(result["proposals"]),
            "unserved": len(result["unserved"]), "objective": solution["objective"], "gap": result["gap"],
            "engine": solution["engine"],
        },
        before={"status": row["status"]}, after={"status": status},
    )  # fmt: skip
    if row["requested_by"]:
        told = {"number": row["number"], "served": len(result["proposals"]), "needs": row["needs"]}
        message = "what_if_done" if row["kind"] == "what_if" else "run_done"
        await send([row["requested_by"]], message, f"/match/{row['id']}", told)


class _Loads:
    """Minutes of every carer: what open assignments take, and with the plan."""

    def __init__(self, kept: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
        self._base, self._plan = kept.get("minutes", {}), plan["carers"]

    def of(self, carer: str) -> tuple[int, int]:
        """Minutes with the whole plan, and the carer's limit."""
        base, (minutes, left, *_) = self._base.get(carer, 0), self._plan[carer]
        return base + minutes, base + left


async def _locked_needs(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """All needs of the run, locked before the first audit event (the audit chain is always locked last)."""
    rows = await MatchRun.raw(
        "SELECT id, household, division, service, priority, status FROM need WHERE id = ANY({}) ORDER BY id FOR UPDATE",
        list(ids),
    )
    return {row["id"]: row for row in rows}


async def _supersede(run: UUID, needs: list[UUID], at: datetime) -> None:
    """Undecided or approved proposals of earlier runs for the same needs count no longer."""
    await Proposal.raw(
        "UPDATE proposal SET status = 'superseded', version = version + 1 WHERE run <> {} AND need = ANY({})"
        " AND status IN ('proposed', 'edited', 'approved')",
        run, needs,
    )  # fmt: skip


async def _insert(rows: Sequence[Proposal]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        await Proposal.insert(*rows[start : start + AT_ONCE])


def _proposals(
    run: UUID, entries: Sequence[Result], needs: Mapping[UUID, Mapping[str, Any]], loads: _Loads
) -> list[Proposal]:
    made = []
    for entry in entries:
        need = needs[UUID(entry["need"])]
        after, limit = loads.of(entry["carer"])
        # A need that a person took away while the run was under way has no use for its proposal.
        status = "proposed" if need["status"] == "matching" or need.get("task") else "superseded"
        made.append(
            Proposal(
                **_common(run, need), status=status, carer=UUID(entry["carer"]), matched_carer=UUID(entry["carer"]),
                organization=_organisation(entry), km=entry["km"], cost=entry["cost"],
                cost_parts=json.dumps(entry["parts"]), load_minutes=entry["load"], load_before=after - entry["load"],
                load_after=after, load_limit=limit, checks=json.dumps(entry["checks"]),
                alternatives=json.dumps(entry["alternatives"]),
                reason_detail=json.dumps({"binds": entry["binds"], **_replaces(need)}),
            )
        )  # fmt: skip
    return made


def _replaces(need: Mapping[str, Any]) -> dict[str, Any]:
    """The open task that ends when the proposal is offered (re-plans)."""
    return {"replaces": {"task": str(need["task"]), "carer": str(need["carer"])}} if need.get("task") else {}


def _organisation(entry: Result) -> UUID | None:
    """The organisation that is paid for a worker, as the rule `kind` found it."""
    named = next((row["detail"].get("organisation") for row in entry["checks"] if row["rule"] == "kind"), None)
    return UUID(named) if named else None


def _unserved(run: UUID, entries: Sequence[Result], needs: Mapping[UUID, Mapping[str, Any]]) -> list[Proposal]:
    return [
        Proposal(
            **_common(run, needs[UUID(entry["need"])]), status="unserved", reason=entry["reason"],
            reason_detail=json.dumps(
                {
                    "left": entry["left"],
                    "relaxations": entry["relaxations"],
                    **_replaces(needs[UUID(entry["need"])]),
                }
            ),
        )
        for entry in entries
    ]  # fmt: skip


def _common(run: UUID, need: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid4(), "run": run, "need": need["id"], "household": need["household"], "division": need["division"],
        "service": need["service"], "priority": need["priority"],
    }  # fmt: skip


async def _figures(
    run: UUID, status: str, row: Mapping[str, Any], result: Result, kept: dict[str, Any], at: datetime
) -> None:
    solution = result["solution"]
    await MatchRun.raw(
        "UPDATE match_run SET status = {}, engine = {}, solution = {}, loads = {}, objective = {}, bound = {},"
        " gap = {}, served = {}, km = {}, seconds = {}, finished_at = {}, version = version + 1 WHERE id = {}",
        status, solution["engine"][:64], json.dumps(solution), json.dumps({**kept, "plan": result["loads"]}),
        solution["objective"], solution["bound"], result["gap"], len(result["proposals"]),
        sum(entry["km"] or 0.0 for entry in result["proposals"]), solution["seconds"], at, run,
    )  # fmt: skip


async def _return_unserved(
    number: str, entries: Sequence[Result], needs: Mapping[UUID, Mapping[str, Any]], at: datetime
) -> None:
    for entry in entries:
        need = UUID(entry["need"])
        if needs[need]["status"] == "matching":
            detail = {"run": number, "relaxations": entry["relaxations"]}
            await back_to_confirmed(SYSTEM, need, entry["reason"], detail, at)
