"""Bundles of statements with advances, penalties, clawbacks, payments, late interest: equal, each amount counts."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from bangfu.settlement import adjusting, bundle_files, ledger, paying, verify
from bangfu.settlement.bundle_reading import bundle_in, statement_for
from bangfu.shared.civil_time import civil_date
from tests.quality.life_steps import AT
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import statement_from
from tests.settlement.facts import window
from tests.settlement.test_bundle_checker import cell
from tests.settlement.test_taking_off import clause, with_advance
from tests.support import World


async def quarter(world: World, count: int = 4, **more: object) -> tuple[UUID, list[UUID]]:
    """A statement of real visits whose windows were all filled, scored by the product."""
    visits = await steps.visits_of(world, count)
    facts = await steps.facts_of(world, visits, **more)  # type: ignore[arg-type]
    return await statement_from(world, facts), visits


async def equal(world: World, key: UUID) -> dict[str, bytes]:
    """The bundle as it stands; the checker finds it equal."""
    files = bundle_files.files_of(await bundle_in(await statement_for(world["bureau"], key)))
    verify.verify(files)
    return files


async def test_an_advance_and_the_quarter_that_takes_it_off_are_equal(world: World) -> None:
    advance = await with_advance(world, date(2027, 5, 31))
    await equal(world, advance.id)
    key, _ = await quarter(world)
    files = await equal(world, key)
    assert b"advance" in files["statement.csv"]
    last = files["statement.csv"].decode().count("\n")
    with pytest.raises(verify.Difference) as caught:
        verify.verify(cell(files, "statement.csv", last, "amount", "-1.00"))
    assert caught.value.said[:3] == ("statement.csv", last, "amount")


async def test_a_penalty_is_equal_and_cannot_be_raised(world: World) -> None:
    term = await clause(world)
    windows = tuple(window(n, "missed" if n < 2 else "excused") for n in range(4))
    key, _ = await quarter(world, windows=windows)
    penalty = uuid4()
    await adjusting.propose_penalty(world["bureau"], penalty, key, term, "两次漏服务", AT)
    await adjusting.decide(world["lead"], penalty, True, AT)
    files = await equal(world, key)
    assert b"per_unit" in files["adjustments.csv"]
    with pytest.raises(verify.Difference):
        verify.verify(cell(files, "adjustments.csv", 2, "amount", "-99.00"))


async def test_a_clawback_is_equal_in_the_statement_it_is_about_and_in_the_one_that_takes_it(world: World) -> None:
    key, visits = await quarter(world)
    await steps.paid(world, key, at=AT)
    back = uuid4()
    await adjusting.propose_clawback(world["bureau"], back, key, visits[:1], "forged", "照片系伪造", AT)
    await adjusting.decide(world["lead"], back, True, AT)
    assert b"clawback" in (await equal(world, key))["adjustments.csv"]
    more = await steps.visits_of(world, 2)
    following = await statement_from(world, await steps.facts_of(world, more, quarter=4))
    files = await equal(world, following)
    assert b"clawback" in files["statement.csv"]
    assert b"clawback" in files["adjustments.csv"]


async def test_a_claim_paid_late_with_its_interest_is_equal(world: World) -> None:
    key, _ = await quarter(world, 6)
    late = AT + timedelta(days=90)
    claim = await steps.approved(world, key)
    await paying.pay(world["finance"], claim.id, civil_date(late), late)
    await ledger.catch_up(late)
    files = await equal(world, key)
    assert b"interest" in files["statement.csv"]
    assert Decimal(verify.verify(files)["total"]) > claim.amount
