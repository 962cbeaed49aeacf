"""What the dispatcher decides on proposals: approve, reject, give to another carer (DOMAIN.md 8.4)."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, Refused
from bangfu.needs.actions import start_matching
from bangfu.planning import explaining, rules
from bangfu.planning.faults import Because, fault_sentence
from bangfu.planning.plan import locked_proposal, locked_run, plan_of, problem_of, refresh_loads
from bangfu.planning.tables import Proposal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from matching import Problem, edit_check
from matching.ledger import Ledger

WITH_TASK: Final = ("assigned", "in_service")
"""States of a need that somebody serves: only a re-plan proposes another carer then."""


async def approve(actor: Actor, run: UUID, proposals: Collection[UUID], at: datetime) -> int:
    """Approve proposals of a run; those approved already count as done.

    Returns:
        How many were approved by this call.

    Raises:
        NotYours: for another's run, or a proposal that is not the run's.
        Refused: if one of several is in another state, naming it; then none is approved.
    """
    async with transaction():
        owner = await _decidable(actor, run)
        rows = await Proposal.raw(
            "SELECT id, status FROM proposal WHERE run = {} AND id = ANY({}) ORDER BY id FOR UPDATE",
            run, list(proposals),
        )  # fmt: skip
        if len(rows) != len(set(proposals)):
            await locked_proposal(run, UUID(int=0))
        fresh = [row["id"] for row in rows if row["status"] != "approved"]
        for row in rows:
            if row["status"] != "approved":
                rules.next_proposal_state(row["status"], "approve")
        await Proposal.raw(
            "UPDATE proposal SET status = 'approved', decided_by = {}, decided_at = {}, version = version + 1"
            " WHERE id = ANY({})",
            actor.user, at, fresh,
        )  # fmt: skip
        if fresh:
            await audit.record(
                actor, "proposal.approved", "match_run", run, division=owner["division"], at=at,
                data={"run": owner["number"], "count": len(fresh), "proposals": fresh}, after={"status": "approved"},
            )  # fmt: skip
        return len(fresh)


async def reject(actor: Actor, run: UUID, proposal: UUID, reason: str, text: str, at: datetime) -> None:
    """Set a proposal aside; its need goes back to confirmed when the run is published.

    Raises:
        NotYours: for another's run.
        FormError: without a reason of the list, or without a text for "other".
        Refused: if it was dispatched already.
    """
    _check_reason(reason, text, rules.REJECT_REASONS, text_always=False)
    async with transaction():
        owner = await _decidable(actor, run)
        row = await locked_proposal(run, proposal)
        if row.status == "rejected":
            return
        target = rules.next_proposal_state(row.status, "reject")
        await _write(row, {"status": target, "edit_reason": reason, "edit_text": text.strip()}, actor, at)
        await _record(actor, owner, row, "proposal.rejected", reason, target, {}, at)
        if row.carer is not None:
            await refresh_loads(run, {row.carer})


async def give_to(
    actor: Actor, run: UUID, proposal: UUID, carer: UUID, reason: str, text: str, at: datetime
) -> None:  # fmt: skip
    """Give a need to another carer: every hard rule of pair and plan is checked again, a reason is kept.

    Raises:
        NotYours: for another's run.
        FormError: without reason and text; or under `carer` with the rules that the carer would break.
        Refused: if the proposal was dispatched, or its need has moved on.
    """
    _check_reason(reason, text, rules.EDIT_REASONS, text_always=True)
    async with transaction():
        owner = await _decidable(actor, run)
        row = await locked_proposal(run, proposal)
        target = rules.next_proposal_state(row.status, "edit")
        await _in_matching(actor, row, at)
        problem, plan = await problem_of(run), await plan_of(run)
        plan.pop(str(row.need), None)
        _check_rules(problem, plan, str(row.need), str(carer))
        before = {row.carer} if row.carer else set()
        changes = _pair(problem, plan, str(row.need), str(carer), json.loads(owner["loads"]))
        changes["reason_detail"] = json.dumps({**json.loads(changes["reason_detail"]), **_replaced(row)})
        changes |= {"status": target, "reason": "", "edit_reason": reason, "edit_text": text.strip()}
        moved = {"from_carer": row.carer, "to_carer": carer}
        await _write(row, changes, actor, at)
        await _record(actor, owner, row, "proposal.edited", reason, target, moved, at)
        await refresh_loads(run, {*before, carer})


def _check_rules(problem: Problem, plan: dict[str, str], need: str, carer: str) -> None:
    if carer not in problem.carer_of:
        raise FormError({"carer": (N_("Please choose one of the list."), {})})
    if faults := edit_check(problem, plan, need, carer):
        raise FormError({"carer": (N_("Not possible: {why}"), {"why": Because(map(fault_sentence, faults))})})


def _pair(problem: Problem, plan: dict[str, str], need: str, carer: str, loads: dict[str, Any]) -> dict[str, Any]:
    """The columns of a proposal for another carer."""
    account = Ledger(problem, {**plan, need: carer})
    made = explaining.proposal(problem, account, need, carer)
    worker = problem.carer_of[carer]
    base = loads.get("minutes", {}).get(carer, 0)
    return {
        "carer": UUID(carer),
        "organization": UUID(worker.organisation) if worker.kind == "worker" and worker.organisation else None,
        "km": made["km"],
        "cost": made["cost"],
        "cost_parts": json.dumps(made["parts"]),
        "load_minutes": made["load"],
        "load_limit": base + worker.minutes_per_4_weeks,
        "checks": json.dumps(made["checks"]),
        "alternatives": json.dumps(made["alternatives"]),
        "reason_detail": json.dumps({"binds": made["binds"]}),
    }


async def _decidable(actor: Actor, run: UUID) -> dict[str, Any]:
    """The run, locked, if its proposals can be decided on."""
    row = await locked_run(actor, run)
    if row["status"] != "done":
        raise Refused(N_("Match run {number} has no result to decide on."), number=row["number"])
    return row


async def _in_matching(actor: Actor, row: Proposal, at: datetime) -> None:
    """The need of a proposal waits for somebody; one that went back to confirmed is taken again."""
    rows = await Proposal.raw("SELECT number, status FROM need WHERE id = {} FOR UPDATE", row.need)
    if rows[0]["status"] == "confirmed":
        await start_matching(actor, [row.need], at)
    elif rows[0]["status"] != "matching" and not (_replaced(row) and rows[0]["status"] in WITH_TASK):
        raise Refused(N_("Need {number} has moved on in the meantime; look at its page."), number=rows[0]["number"])
    others = await Proposal.raw(
        "SELECT id FROM proposal WHERE need = {} AND id <> {} AND status IN ('proposed', 'edited', 'approved')",
        row.need, row.id,
    )  # fmt: skip
    if others:
        raise Refused(N_("Need {number} has a proposal in a later run."), number=rows[0]["number"])


def _replaced(row: Proposal) -> dict[str, Any]:
    """The open task whose place a re-plan's proposal takes, as it stands in the proposal."""
    kept = json.loads(row.reason_detail).get("replaces")
    return {"replaces": kept} if kept else {}


def _check_reason(reason: str, text: str, codes: Sequence[str], *, text_always: bool) -> None:
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    if reason not in codes:
        faults["reason"] = (N_("Please choose a reason."), {})
    if not text.strip() and (text_always or reason == "other"):
        faults["text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)


async def _write(row: Proposal, changes: dict[str, Any], actor: Actor, at: datetime) -> None:
    values = {**changes, "decided_by": actor.user, "decided_at": at, "version": row.version + 1}
    await Proposal.update(**values).where(Proposal.id == row.id)


async def _record(
    actor: Actor, owner: dict[str, Any], row: Proposal, action: str, reason: str, target: str,
    data: Mapping[str, object], at: datetime,
) -> None:  # fmt: skip
    await audit.record(
        actor, action, "proposal", row.id, division=owner["division"], reason=reason, at=at,
        data={"run": owner["number"], "need": row.need, "from": row.status, "to": target, **data},
        before={"status": row.status, "carer": row.carer}, after={"status": target, **data},
    )  # fmt: skip
