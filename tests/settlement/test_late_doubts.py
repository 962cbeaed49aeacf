"""Visits that are put in doubt after the statement was made: held by further lines, the rest goes on (4.4, 8.8)."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from bangfu.errors import Refused
from bangfu.quality import life
from bangfu.settlement import batches, claiming, clock, doubting, paying
from bangfu.settlement.tables import Claim, SettledVisit, Statement, StatementLine
from bangfu.shared.civil_time import civil_date
from bangfu.visits.tables import Visit
from tests.quality.life_steps import AT
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import statement_from
from tests.support import World

pytestmark = pytest.mark.database
D = Decimal
LATER = AT + timedelta(days=20)


async def published(world: World, count: int = 4) -> tuple[Statement, list[UUID]]:
    """A published quarter of so many visits, scored by the product."""
    visits = await steps.visits_of(world, count)
    key = await statement_from(world, await steps.facts_of(world, visits))
    found = await Statement.objects().get(Statement.id == key)
    assert found is not None
    return found, visits


async def set_status(visit: UUID, status: str, reason: str = "") -> None:
    await Visit.update(
        {Visit.status: status, Visit.status_reason: reason, Visit.updated_at: LATER + timedelta(hours=1)}
    ).where(Visit.id == visit)


async def sums(statement: Statement) -> tuple[Decimal, Decimal]:
    row = await steps.statement_of(statement.score)
    return row.total, row.held


async def claimed(world: World, statement: Statement) -> Claim:
    (claim,) = await steps.claims_of(statement.id)
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    return await steps.claim_row(claim.id)


async def test_a_doubt_is_held_by_further_lines_and_the_rest_is_claimed_and_paid(world: World) -> None:
    statement, visits = await published(world)
    whole, first = statement.total, await StatementLine.count()
    claim = await claimed(world, statement)
    await set_status(visits[0], "disputed")
    with pytest.raises(Refused, match="put in doubt"):
        await claiming.review(world["bureau"], claim.id, AT)
    total, held = await sums(statement)
    assert (total + held, held) == (whole, whole / 4)
    assert await StatementLine.count() == first + 4  # base and performance part: taken out, and held
    back = await steps.claim_row(claim.id)
    assert (back.status, back.amount, back.returned_reason) == ("returned", total, "doubt")
    await clock.look_after(AT)
    await clock.look_after(AT)
    assert await sums(statement) == (total, held)
    assert (await steps.paid(world, statement.id)).amount == total
    (row,) = await SettledVisit.objects().where(SettledVisit.reason == "doubted")
    assert (row.visit, row.verdict) == (visits[0], "held")


async def test_a_doubt_that_is_withdrawn_frees_what_was_held_at_once(world: World) -> None:
    statement, visits = await published(world)
    await set_status(visits[0], "disputed")
    assert await doubting.look_after(AT) == 1
    await steps.paid(world, statement.id)
    await set_status(visits[0], "verified")
    await clock.look_after(AT)
    assert await sums(statement) == (statement.total, D("0.00"))
    assert [(each.kind, each.amount) for each in await steps.claims_of(statement.id)] == [
        ("quarter", statement.total * 3 / 4), ("freed", statement.total / 4)
    ]  # fmt: skip
    assert await doubting.look_after(AT) == 0


async def test_a_doubt_that_proves_right_before_the_score_is_final_drops_what_was_held(world: World) -> None:
    statement, visits = await published(world)
    await set_status(visits[0], "disputed")
    await clock.look_after(AT)
    assert not await life.finish(statement.score, LATER)
    await set_status(visits[0], "rejected", "forged")
    await clock.look_after(AT)
    assert (await sums(statement))[1] > 0
    assert await life.finish(statement.score, LATER)
    assert (await sums(statement))[1] == D("0.00")
    assert (await steps.statement_of(statement.score)).revision == 2


async def test_a_doubt_that_proves_right_after_the_score_is_final_revises_it(world: World) -> None:
    statement, visits = await published(world)
    assert await life.finish(statement.score, LATER)
    await set_status(visits[0], "disputed")
    await clock.look_after(LATER)
    assert (await sums(statement))[1] == statement.total / 4
    await set_status(visits[0], "rejected", "forged")
    await clock.look_after(LATER + timedelta(days=2))
    await clock.look_after(LATER + timedelta(days=2))
    after = await steps.statement_of(statement.score)
    assert (after.revision, after.held) == (2, D("0.00"))
    assert sum([each.amount for each in await steps.claims_of(statement.id)]) == after.total


@pytest.mark.parametrize("by", ["hand", "batch"])
async def test_an_approved_claim_with_a_doubted_visit_is_not_paid(world: World, by: str) -> None:
    statement, visits = await published(world)
    await steps.account(world)
    claim = await steps.approved(world, statement.id)
    await set_status(visits[0], "disputed")
    with pytest.raises(Refused, match="put in doubt"):
        if by == "hand":
            await paying.pay(world["finance"], claim.id, civil_date(steps.AT), steps.AT)
        else:
            await batches.make(world["finance"], uuid4(), [claim.id], steps.AT)
    assert (await steps.claim_row(claim.id)).status == "returned"


async def test_what_was_paid_or_is_with_the_bank_is_not_held_back(world: World) -> None:
    statement, visits = await published(world)
    await steps.account(world)
    claim = await steps.approved(world, statement.id)
    await batches.make(world["finance"], uuid4(), [claim.id], AT)
    await set_status(visits[0], "disputed")
    await clock.look_after(AT)
    assert await sums(statement) == (statement.total, D("0.00"))
    assert (await steps.claim_row(claim.id)).status == "lead_approved"
    assert await steps.adjustments() == []
