"""The plan of a run as it stands now: the frozen problem, and who has what after the dispatcher's edits."""

import asyncio
import json
from collections import OrderedDict
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared.actor import Actor
from matching import Problem

KEPT = 4
ONLY_A_CALCULATION = N_("{number} is a what-if run: a calculation that is never approved, published or dispatched.")
_problems: OrderedDict[UUID, Problem] = OrderedDict()


async def problem_of(run: UUID) -> Problem:
    """The frozen problem of a finished run; the last few are kept in memory, since they never change. Reading one of
    thousands of needs takes a moment, in which other pages go on."""
    found = _problems.get(run)
    if found is None:
        rows = await MatchRun.raw("SELECT problem FROM match_run WHERE id = {}", run)
        found = await asyncio.to_thread(_read, rows[0]["problem"])
        _problems[run] = found
        while len(_problems) > KEPT:
            _problems.popitem(last=False)
    else:
        _problems.move_to_end(run)
    return found


def _read(text: str) -> Problem:
    return Problem.from_document(json.loads(text))


async def plan_of(run: UUID) -> dict[str, str]:
    """Need -> carer for the proposals that count."""
    rows = await Proposal.raw(
        "SELECT need, carer FROM proposal WHERE run = {} AND carer IS NOT NULL"
        " AND status IN ('proposed', 'edited', 'approved', 'dispatched')",
        run,
    )
    return {str(row["need"]): str(row["carer"]) for row in rows}


async def locked_run(actor: Actor, run: UUID) -> dict[str, Any]:
    """The run with its row lock: whoever changes its plan does so one after the other.

    Raises:
        NotYours: outside the actor's divisions.
        Refused: for a what-if run, which nobody decides on.
    """
    rows = await MatchRun.raw(
        "SELECT id, number, division, kind, status, loads, published_at FROM match_run WHERE id = {} FOR UPDATE", run
    )
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    found: dict[str, Any] = rows[0]
    if found["kind"] == "what_if":
        raise Refused(ONLY_A_CALCULATION, number=found["number"])
    return found


async def locked_proposal(run: UUID, proposal: UUID) -> Proposal:
    """A proposal of the run with its row lock.

    Raises:
        NotYours: if the run has none of that id.
    """
    found: Proposal | None = (
        await Proposal.objects().where((Proposal.id == proposal) & (Proposal.run == run)).first().lock_rows("UPDATE")
    )
    if found is None:
        raise NotYours
    return found


async def refresh_loads(run: UUID, carers: set[UUID]) -> None:
    """Bring load before and after of everybody's proposals up to date after a change of the plan."""
    await Proposal.raw(
        "WITH used AS (SELECT c.id AS carer, coalesce((r.loads -> 'minutes' ->> c.id::text)::int, 0) +"
        " coalesce(sum(p.load_minutes), 0) AS total FROM match_run r CROSS JOIN carer c LEFT JOIN proposal p"
        " ON p.run = r.id AND p.carer = c.id AND p.status IN ('proposed', 'edited', 'approved', 'dispatched')"
        " WHERE r.id = {} AND c.id = ANY({}) GROUP BY r.loads, c.id)"
        " UPDATE proposal SET load_after = used.total, load_before = used.total - load_minutes FROM used"
        " WHERE run = {} AND proposal.carer = used.carer"
        " AND status IN ('proposed', 'edited', 'approved', 'dispatched')",
        run, list(carers), run,
    )  # fmt: skip
