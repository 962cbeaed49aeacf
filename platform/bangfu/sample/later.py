"""What the sample city shows beside the match: reports, assessments, child files and the like.

Each part is a module with `async def load(at)`: it acts as the sample's people do, through the features' own actions,
and does nothing where it has been loaded before.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bangfu.sample import (
    agreements_part,
    assessments_part,
    budgets_part,
    carers_part,
    catalogue_part,
    checks_part,
    children_part,
    codes_part,
    complaints_part,
    consent_part,
    contract_life_part,
    contracts_part,
    discovery_part,
    draws_part,
    family_part,
    feedback_part,
    incidents_part,
    life_part,
    merge_part,
    outreach_part,
    providers_part,
    purchasing_part,
    quality_part,
    quarter_part,
    register_part,
    roster_part,
    schedules_part,
    settlement_part,
    supervision_part,
    verification_part,
    visits_part,
    volunteers_part,
)

PARTS: Sequence[Callable[[datetime], Awaitable[None]]] = (
    register_part.load,
    merge_part.load,
    consent_part.load,
    supervision_part.load,
    assessments_part.load,
    children_part.load,
    incidents_part.load,
    discovery_part.load,
    catalogue_part.load,
    outreach_part.load,
    providers_part.load,
    carers_part.load,
    roster_part.load,
    budgets_part.load,
    contracts_part.load,
    contract_life_part.load,
    agreements_part.load,
    purchasing_part.load,
    visits_part.load,
    schedules_part.load,
    codes_part.load,
    verification_part.load,
    volunteers_part.load,
    complaints_part.load,
    draws_part.load,
    checks_part.load,
    feedback_part.load,
    quality_part.load,
    quarter_part.load,
    life_part.load,
    settlement_part.load,
    family_part.load,
)
"""In the order in which they are loaded."""


async def load_later_parts(at: datetime) -> None:
    """Every part once."""
    for load in PARTS:
        await load(at)
