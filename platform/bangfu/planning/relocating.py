"""A household that moves takes its live proposals along: who decides or offers them is the new area's dispatcher."""

from uuid import UUID

from bangfu.households.actions import on_relocation
from bangfu.planning.tables import Proposal

_LIVE = ["proposed", "edited", "approved", "unserved"]
"""What somebody may still decide, edit or offer; offered and refused ones stay as they were decided."""


async def follow_household(household: UUID, division: str) -> None:
    """Proposals that may still become offers get the household's new division, in the transaction of the move."""
    await Proposal.update({Proposal.division: division}).where(
        (Proposal.household == household) & Proposal.status.is_in(_LIVE)
    )


def register() -> None:
    """Follow households from now on; repeating it changes nothing."""
    on_relocation(follow_household)
