"""A household that moves takes its open tasks along: the new area's station sees and ends them from then on."""

from uuid import UUID

from bangfu.dispatch import rules
from bangfu.dispatch.tables import Assignment
from bangfu.households.actions import on_relocation


async def follow_household(household: UUID, division: str) -> None:
    """Open assignments get the household's new division, in the transaction of the move; ended ones stay where they
    were served.
    """
    await Assignment.update({Assignment.division: division}).where(
        (Assignment.household == household) & Assignment.status.is_in(sorted(rules.OPEN))
    )


def register() -> None:
    """Follow households from now on; repeating it changes nothing."""
    on_relocation(follow_household)
