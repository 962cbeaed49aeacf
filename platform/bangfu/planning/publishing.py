"""Publishing: approved proposals become offers, one transaction each, after a last look at today's data."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.contracts.actions import hold_line
from bangfu.dispatch.actions import OfferInput, cancel, make_offer
from bangfu.dispatch.offering import hold_money
from bangfu.dispatch.rules import OPEN
from bangfu.errors import N_, Refused
from bangfu.needs.actions import back_to_confirmed
from bangfu.planning.faults import Sentence
from bangfu.planning.judging import problems_of_pair
from bangfu.planning.plan import locked_run
from bangfu.planning.queries import replan_of
from bangfu.planning.rules import next_proposal_state
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.i18n import Word, sentence

ALTERNATIVES = 4


@dataclass(slots=True)
class Published:
    """What a publication did: offers made, approved proposals kept because they no longer hold, needs given back."""

    offered: int = 0
    kept: list[UUID] = field(default_factory=list)
    returned: int = 0
    left: int = 0
    """Approved proposals that the time did not reach; publishing again goes on with them."""


async def publish(actor: Actor, run: UUID, at: datetime, seconds: float | None = None) -> Published:
    """Offer every approved proposal of a run, urgent ones first; give the needs of rejected ones back. Repeating it
    offers nothing twice. `seconds` bounds the work of one call, as a page's answer must not take minutes.

    Each offer is a transaction of its own: one that no longer holds is marked with the reason and stays approved.

    Raises:
        NotYours: for another's run.
        NotAllowed: unless a dispatcher publishes.
        Refused: if the run has no result.
    """
    async with transaction():
        owner = await locked_run(actor, run)
        if owner["status"] != "done":
            raise Refused(N_("Match run {number} has no result to publish."), number=owner["number"])
    done, started = Published(), time.monotonic()
    waiting = await _approved(run)
    while waiting:
        done.kept, before = [], done.offered
        for place, proposal in enumerate(waiting):
            if seconds is not None and time.monotonic() - started > seconds:
                done.left = len(waiting) - place
                break
            outcome = await _offer(actor, owner, proposal, at)
            done.offered += outcome is True
            if outcome is False:
                done.kept.append(proposal)
        # What another task's end made room for holds now: a re-plan moves people along chains.
        again = done.kept and not done.left and done.offered > before and await replan_of(run) is not None
        waiting = list(done.kept) if again else []
    done.returned = await _give_back(owner, run, at)
    async with transaction():
        await MatchRun.raw("UPDATE match_run SET published_at = {}, version = version + 1 WHERE id = {}", at, run)
        await audit.record(
            actor, "match_run.published", "match_run", run, division=owner["division"], at=at,
            data={
                "number": owner["number"], "offered": done.offered, "kept": len(done.kept), "returned": done.returned,
            },
        )  # fmt: skip
    return done


async def _approved(run: UUID) -> list[UUID]:
    order = "array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], priority)"
    rows = await Proposal.raw(
        f"SELECT id FROM proposal WHERE run = {{}} AND status = 'approved' ORDER BY {order}, id",  # noqa: S608 (fixed)
        run,
    )
    return [row["id"] for row in rows]


class _Kept(Exception):
    """A proposal that no longer holds, with its row and the reasons: what its transaction did is taken back."""

    def __init__(self, row: dict[str, Any], problems: list[Sentence]) -> None:
        super().__init__("kept")
        self.row, self.problems = row, problems


async def _offer(actor: Actor, owner: dict[str, Any], proposal: UUID, at: datetime) -> bool | None:
    """True: offered. False: it no longer holds. None: somebody else has just published it."""
    try:
        async with transaction():
            return await _offered(actor, owner, proposal, at)
    except _Kept as kept:
        async with transaction():
            await _keep(kept.row, kept.problems)
        return False


async def _offered(actor: Actor, owner: dict[str, Any], proposal: UUID, at: datetime) -> bool | None:
    rows = await Proposal.raw(
        "SELECT p.*, n.visits, n.minutes FROM proposal p JOIN need n ON n.id = p.need"
        " WHERE p.id = {} AND p.status = 'approved' FOR UPDATE OF p SKIP LOCKED",
        proposal,
    )
    if not rows:
        return None
    row = rows[0]
    await _hold_lines(row, at)
    await Proposal.raw("SELECT id FROM need WHERE id = {} FOR UPDATE", row["need"])
    if problems := await problems_of_pair(row["need"], row["carer"], at):
        raise _Kept(row, problems)
    try:
        await _end_replaced(actor, row, at)
        await make_offer(actor, _offer_of(row), at)
    except Refused as error:
        raise _Kept(row, [(error.message, error.params)]) from error
    target = next_proposal_state(row["status"], "dispatch")
    await Proposal.raw(
        "UPDATE proposal SET status = {}, reason_detail = reason_detail - 'problems', version = version + 1"
        " WHERE id = {}",
        target, proposal,
    )  # fmt: skip
    await audit.record(
        actor, "proposal.dispatched", "proposal", proposal, division=owner["division"], at=at,
        data={"run": owner["number"], "need": row["need"], "carer": row["carer"], "to": target},
        before={"status": row["status"]}, after={"status": target},
    )  # fmt: skip
    return True


async def _hold_lines(row: dict[str, Any], at: datetime) -> None:
    """The lines that are paid from afterwards and until now, before the need is locked."""
    await hold_money(row["carer"], row["service"], at)
    if (task := _replaced(row)) is not None:
        lines = await Proposal.raw("SELECT contract_line FROM assignment WHERE id = {}", task)
        if lines and lines[0]["contract_line"] is not None:
            await hold_line(lines[0]["contract_line"])


def _replaced(row: dict[str, Any]) -> UUID | None:
    """The task that a re-plan's proposal takes the place of."""
    replaces = json.loads(row["reason_detail"]).get("replaces")
    return UUID(replaces["task"]) if replaces else None


async def _end_replaced(actor: Actor, row: dict[str, Any], at: datetime) -> None:
    """End the task that the proposal replaces, if it is open still: the server hears of it, its money is free again."""
    task = _replaced(row)
    if task is None:
        return
    rows = await Proposal.raw("SELECT status FROM assignment WHERE id = {}", task)
    if rows and rows[0]["status"] in OPEN:
        await cancel(actor, task, "replanned", "", at)


def _offer_of(row: dict[str, Any]) -> OfferInput:
    return OfferInput(
        need=row["need"],
        household=row["household"],
        division=row["division"],
        service=row["service"],
        priority=row["priority"],
        carer=row["carer"],
        visits=row["visits"],
        minutes=row["minutes"],
        km=row["km"],
        alternatives=json.loads(row["alternatives"])[:ALTERNATIVES],
        proposal=row["id"],
    )


async def _keep(row: dict[str, Any], problems: list[Sentence]) -> None:
    """Mark why an approved proposal could not be offered; the page shows it, the dispatcher edits or rejects it."""
    kept = [[message, {name: _plain(value) for name, value in params.items()}] for message, params in problems]
    await Proposal.raw(
        "UPDATE proposal SET reason_detail = reason_detail || jsonb_build_object('problems', {}::jsonb),"
        " version = version + 1 WHERE id = {}",
        json.dumps(kept), row["id"],
    )  # fmt: skip


def _plain(value: object) -> object:
    """A parameter as JSON: a worded code keeps its group, so that it can be worded in the reader's language."""
    return {"group": value.group, "code": str(value.code)} if isinstance(value, Word) else str(value)


def kept_sentence(kept: tuple[str, dict[str, Any]]) -> str:
    """A stored problem in the reader's language."""
    message, params = kept
    return sentence(
        message,
        {
            name: Word(value["group"], value["code"]) if isinstance(value, dict) else value
            for name, value in params.items()
        },
    )


async def _give_back(owner: dict[str, Any], run: UUID, at: datetime) -> int:
    """The needs of rejected proposals, and of unserved ones that still wait, go back to confirmed."""
    async with transaction():
        rows = await Proposal.raw(
            "SELECT n.id, p.status, p.reason, p.edit_reason FROM proposal p JOIN need n ON n.id = p.need"
            " WHERE p.run = {} AND p.status IN ('rejected', 'unserved') AND n.status = 'matching'"
            " AND NOT EXISTS (SELECT 1 FROM proposal o WHERE o.need = n.id"
            " AND o.status IN ('proposed', 'edited', 'approved'))"
            " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.need = n.id"
            " AND a.status IN ('offered', 'accepted', 'scheduled', 'active')) ORDER BY n.id FOR UPDATE OF n",
            run,
        )
        for row in rows:
            reason = "rejected" if row["status"] == "rejected" else row["reason"]
            detail = {"run": owner["number"], "reason": row["edit_reason"]}
            await back_to_confirmed(SYSTEM, row["id"], reason, detail, at)
        return len(rows)
