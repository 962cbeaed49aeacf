"""Which proposals of a run go to the agency that runs the dispatcher's own station, and asking the township about them
(DOMAIN.md 8.11; dispatch.co_approval)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch.co_approval import Question, agencies_of, ask, consents
from bangfu.planning.proposals import ProposalView
from bangfu.planning.queries import RunView
from bangfu.planning.tables import Proposal
from bangfu.shared.actor import Actor

NEEDED = "needed"
WAITING = ("proposed", "edited", "approved")


async def states_of(actor: Actor, rows: Sequence[ProposalView]) -> dict[UUID, str]:
    """Proposal -> state of the township's consent, "needed" where nobody asked; only of those that need one."""
    agencies = await agencies_of(actor)
    concerned = [row.row for row in rows if row.row["organization"] in agencies and row.row["status"] in WAITING]
    known = await consents([row["need"] for row in concerned])
    return {row["id"]: known.get((row["need"], row["organization"]), NEEDED) for row in concerned}


async def to_ask(actor: Actor, run: RunView) -> list[Question]:
    """What the township would have to be asked about for the whole run."""
    found = await _concerned(actor, run)
    known = await consents([row["need"] for row in found])
    return [
        Question(row["need"], row["organization"], row["others"], row["line"])
        for row in found
        if (row["need"], row["organization"]) not in known
    ]


async def without_consent(actor: Actor, run: RunView) -> int:
    """How many approved proposals could not be offered yet for lack of the consent."""
    approved = [row for row in await _concerned(actor, run) if row["status"] == "approved"]
    known = await consents([row["need"] for row in approved])
    return sum(known.get((row["need"], row["organization"])) != "approved" for row in approved)


async def ask_for_run(actor: Actor, run: RunView, at: datetime) -> int:
    """Ask about all of them at once; how many questions were put."""
    return await ask(actor, await to_ask(actor, run), run.id, at)


async def _concerned(actor: Actor, run: RunView) -> list[dict[str, Any]]:
    """The run's live proposals to the agencies: need, organization, status, how many free carers of other providers
    stand among the alternatives, and the line that would pay."""
    agencies = await agencies_of(actor)
    if not agencies:
        return []
    rows: list[dict[str, Any]] = await Proposal.raw(
        "SELECT p.need, p.organization, p.status, (SELECT count(*)::int FROM jsonb_array_elements(p.alternatives) x"
        " JOIN carer c ON c.id = (x ->> 'carer')::uuid WHERE x ->> 'blocked_by' IS NULL"
        " AND c.organization IS DISTINCT FROM p.organization) AS others,"
        " (SELECT l.id FROM contract_line l WHERE l.organization = p.organization AND l.service = p.service"
        " AND l.status = 'active' AND current_date BETWEEN l.starts_on AND l.ends_on"
        " ORDER BY l.ends_on, l.contract_number LIMIT 1) AS line"
        " FROM proposal p JOIN need n ON n.id = p.need WHERE p.run = {} AND p.status = ANY({})"
        " AND p.organization = ANY({}::uuid[]) AND n.status = 'matching' ORDER BY p.id",
        run.id, list(WAITING), list(agencies),
    )  # fmt: skip
    return rows
