"""A contract's quarter with visits, ready to be frozen; through the product's own actions."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from bangfu.contracts.tables import ContractLine
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import quarter_of, quarter_span
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.visits import moves
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits.visit_steps import accepted, planned, submitted

YEAR, QUARTER = quarter_of(today())
AFTER = datetime.combine(quarter_span(YEAR, QUARTER)[1] + timedelta(days=30), time(2), UTC)
"""A month after the quarter's end."""


async def contract_of(world: World, organization: str = "organization") -> UUID:
    """The organisation's contract."""
    rows = await ContractLine.raw(
        "SELECT contract FROM contract_line WHERE organization = {} LIMIT 1", getattr(world, organization)
    )
    found: UUID = rows[0]["contract"]
    return found


async def verified(world: World, carer: str = "nurse", **more: Any) -> Visit:
    """A visit that the township verified, of a task that began three weeks before: its window is owed."""
    more.setdefault("task", await accepted(world, carer, at=now() - timedelta(days=21)))
    done = await submitted(world, carer, **more)
    if done.status == "flagged":
        await Visit.raw("UPDATE visit_flag SET status = 'cleared' WHERE visit = {}", done.id)
    async with transaction():
        row = await moves.locked(done.id)
        await moves.move(world["officer"], row, "verify", done.submitted_at, decided_at=done.submitted_at)
    found = await Visit.objects().get(Visit.id == done.id)
    assert found is not None
    return found


__all__ = [
    "AFTER",
    "QUARTER",
    "SYSTEM",
    "YEAR",
    "accepted",
    "contract_of",
    "planned",
    "submitted",
    "verified",
]
