"""What became of visits that were disputed when a quarter was frozen: freed or dropped as the score becomes final."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bangfu.quality import life
from bangfu.settlement.tables import Statement
from bangfu.visits.tables import Visit
from tests.quality.life_steps import AT
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import statement_from
from tests.support import World

pytestmark = pytest.mark.database
D = Decimal
LATER = AT + timedelta(days=20)


async def set_status(visit: UUID, status: str, reason: str = "") -> None:
    await Visit.update({Visit.status: status, Visit.status_reason: reason}).where(Visit.id == visit)


async def disputed(world: World) -> tuple[Statement, list[UUID]]:
    """A published quarter of four visits of which the last one was in doubt when it was frozen, and still is."""
    visits = await steps.visits_of(world, 4)
    await set_status(visits[3], "disputed", "by_check")
    key = await statement_from(world, await steps.facts_of(world, visits, {3: "disputed"}))
    row = await Statement.objects().get(Statement.id == key)
    assert row is not None
    assert row.held > 0
    assert not await life.finish(row.score, LATER)
    return row, visits


async def test_a_doubt_that_is_decided_for_the_provider_frees_what_was_held(world: World) -> None:
    before, visits = await disputed(world)
    await set_status(visits[3], "verified")
    assert await life.finish(before.score, LATER)
    after = await steps.statement_of(before.score)
    assert (after.stage, after.revision, after.held, after.total) == ("final", 2, D("0.00"), before.total + before.held)
    assert [claim.kind for claim in await steps.claims_of(after.id)] == ["quarter"]  # still open: it took the rest


async def test_a_doubt_that_proves_right_drops_what_was_held(world: World) -> None:
    before, visits = await disputed(world)
    await set_status(visits[3], "rejected", "forged")
    assert await life.finish(before.score, LATER)
    after = await steps.statement_of(before.score)
    assert (after.stage, after.held, after.total) == ("final", D("0.00"), before.total)


async def test_a_quarter_without_doubts_gets_no_revision(world: World) -> None:
    visits = await steps.visits_of(world, 2)
    key = await statement_from(world, await steps.facts_of(world, visits))
    row = await Statement.objects().get(Statement.id == key)
    assert row is not None
    assert await life.finish(row.score, LATER)
    assert (await steps.statement_of(row.score)).revision == 1
