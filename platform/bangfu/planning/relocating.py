"""A household that moves takes its live proposals along; one that withdraws its consent ends them."""

from datetime import datetime
from uuid import UUID

from bangfu.households.actions import on_relocation
from bangfu.households.consents import Follower, on_withdrawal
from bangfu.planning.tables import Proposal
from bangfu.shared.actor import Actor

_LIVE = ["proposed", "edited", "approved", "unserved"]
"""What somebody may still decide, edit or offer; offered and refused ones stay as they were decided."""


async def follow_household(household: UUID, division: str) -> None:
    """Proposals that may still become offers get the household's new division, in the transaction of the move."""
    await Proposal.update({Proposal.division: division}).where(
        (Proposal.household == household) & Proposal.status.is_in(_LIVE)
    )


async def _hold(household: UUID) -> None:
    await Proposal.raw("SELECT id FROM proposal WHERE household = {} ORDER BY id FOR UPDATE", household)


async def supersede_without_ground(actor: Actor, household: UUID, at: datetime) -> None:
    """After a withdrawal nobody decides on proposals whose need has gone back to wait for a ground."""
    await Proposal.raw(
        "UPDATE proposal p SET status = 'superseded', version = p.version + 1 FROM need n WHERE n.id = p.need"
        " AND p.household = {} AND n.status = 'confirmed' AND p.status IN ('proposed', 'edited', 'approved')",
        household,
    )


def register() -> None:
    """Follow households from now on; repeating it changes nothing."""
    on_relocation(follow_household)
    on_withdrawal(Follower(_hold, supersede_without_ground))
