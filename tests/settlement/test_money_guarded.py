"""What keeps a payment within its line, its fund and its people, and the ledger equal to what was paid (8.9, 8.11)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from bangfu.budgets.tables import Fund
from bangfu.contracts.room import Cap
from bangfu.contracts.tables import Contract, ContractLine, Movement
from bangfu.errors import Refused
from bangfu.settlement import adjusting, bearing, claiming, ledger, paying
from bangfu.settlement.tables import Claim
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from tests.settlement import settlement_steps as steps
from tests.settlement.settlement_steps import AT
from tests.support import World

D = Decimal


def test_a_cap_counts_each_line_with_its_share() -> None:
    one, other = UUID(int=1), UUID(int=2)
    cap = Cap(uuid4(), "990101000000", 2026, D("1000.00"), {one: Fraction(1), other: Fraction(1, 3)})
    balance = bearing.cap_balance(cap, {one: D("900.00"), other: D("150.00")}, {one: D("50.00")})
    assert (balance.left, balance.over) == (D("50.00"), False)
    assert bearing.cap_balance(cap, {one: D("900.00"), other: D("150.00")}, {one: D("50.01")}).over
    assert not bearing.cap_balance(cap, {one: D("900.00")}, {UUID(int=3): D("5000.00")}).over


async def claimed(world: World, count: int = 2) -> Claim:
    """A claim that the organisation has made."""
    statement, _ = await steps.made(world, count, "good")
    (claim,) = await steps.claims_of(statement.id)
    await claiming.claim(world["manager"], claim.id, f"FP-{claim.id.hex[:6]}", True, AT)
    return claim


@pytest.mark.database
async def test_a_claim_beyond_what_its_line_bears_is_not_reviewed(world: World) -> None:
    claim = await claimed(world)
    await ContractLine.raw("ALTER TABLE contract_line DISABLE TRIGGER USER")
    await ContractLine.update({ContractLine.max_amount: D("48.49")}).where(
        ContractLine.id == world.lines["visit_check"]
    )
    with pytest.raises(Refused, match="bears"):
        await claiming.review(world["bureau"], claim.id, AT)


@pytest.mark.database
async def test_a_claim_beyond_the_cap_of_its_fund_is_neither_reviewed_nor_approved(world: World) -> None:
    claim = await claimed(world)
    contract = await steps.contract_of(world.organization)
    await ContractLine.raw("ALTER TABLE contract_line DISABLE TRIGGER USER")
    await ContractLine.update({ContractLine.fund_source: "special_assistance_fund"}).where(
        ContractLine.contract == contract.id
    )
    years = await ContractLine.raw("SELECT DISTINCT extract(year FROM ends_on)::int AS y FROM contract_line")
    for year in {2026, *(row["y"] for row in years)}:
        await Fund.delete().where(
            (Fund.division == contract.division) & (Fund.year == year) & (Fund.source == "special_assistance_fund")
        )
        await Fund(
            id=uuid4(), division=contract.division, year=year, source="special_assistance_fund", total=D("1000.00"),
            cap_share=D("0.02"),
            basis="财函〔2026〕1号", entered_by=world["finance"].user, confirmed_by=world["lead"].user,
            created_by=world["finance"].user,
        ).save()  # fmt: skip
    with pytest.raises(Refused, match="cap of the special assistance fund"):
        await claiming.review(world["bureau"], claim.id, AT)
    await Fund.update({Fund.total: D("1000000.00")}).where(Fund.division == contract.division)
    await claiming.review(world["bureau"], claim.id, AT)
    await Fund.update({Fund.total: D("1000.00")}).where(Fund.division == contract.division)
    with pytest.raises(Refused, match="cap of the special assistance fund"):
        await claiming.approve(world["lead"], claim.id, AT)


@pytest.mark.database
async def test_what_was_paid_back_by_transfer_leaves_the_ledger_once(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    await steps.happened("final", statement.score)
    await steps.paid(world, statement.id)
    key = uuid4()
    await adjusting.propose_clawback(world["bureau"], key, statement.id, visits[:1], "forged", "照片系伪造", AT)
    await adjusting.decide(world["lead"], key, True, AT)
    line = world.lines["visit_check"]
    assert (await steps.burn(line))["settled"] == (4, D("97.00"))
    for _ in range(2):
        await adjusting.repaid(world["finance"], key, civil_date(AT), "BANK-3", AT)
    assert (await steps.burn(line))["settled"] == (3, D("72.75"))
    await ledger.book_repaid((await steps.adjustments())[0], AT)
    assert await Movement.count().where((Movement.line == line) & (Movement.kind == "settled")) == 2


@pytest.mark.database
async def test_paying_locks_every_line_that_it_posts_on(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    await steps.happened("final", statement.score)
    await steps.paid(world, statement.id)
    key = uuid4()
    await adjusting.propose_clawback(world["bureau"], key, statement.id, visits[:1], "forged", "照片系伪造", AT)
    await adjusting.decide(world["lead"], key, True, AT)
    other = await steps.visits_of(world, 3, "cleaner")
    score = await steps.score_of(world, await steps.facts_of(world, other, quarter=4), "excellent")
    following = await steps.happened("published_prelim", score.id)
    claim = (await steps.claims_of(following.id))[0]
    touched = await ledger.lines_touched(claim, await paying.lines_of(claim))
    assert touched >= {str(world.lines["visit_check"]), *(each[1] for each in await _figures(following.id))}
    async with transaction():
        await paying.hold(claim.id)
        for line in touched:
            with pytest.raises(Exception, match="could not obtain lock"):
                await _from_elsewhere(UUID(line))


async def _figures(statement: UUID) -> list[tuple[str, str]]:
    rows = await Claim.raw(
        "SELECT kind, contract_line FROM settlement_line WHERE statement = {} AND contract_line IS NOT NULL", statement
    )
    return [(row["kind"], str(row["contract_line"])) for row in rows]


async def _from_elsewhere(line: UUID) -> None:
    """Ask for a line's lock on another connection, without waiting."""
    engine = ContractLine._meta.db
    connection = await engine.get_new_connection()
    try:
        await connection.execute("SELECT 1 FROM contract_line WHERE id = $1 FOR NO KEY UPDATE NOWAIT", line)
    finally:
        await connection.close()


@pytest.mark.database
async def test_who_acted_in_a_returned_round_takes_no_other_duty_in_the_next(world: World) -> None:
    claim = await claimed(world)
    await claiming.review(world["bureau"], claim.id, AT)
    await claiming.give_back(world["lead"], claim.id, "invoice_wrong", "金额不符", AT)
    await claiming.claim(world["manager"], claim.id, "FP-again", True, AT)
    await claiming.review(world["second_bureau"], claim.id, AT)
    both = steps.with_role(world["bureau"], "bureau_lead")
    with pytest.raises(Refused, match="already acted"):
        await claiming.approve(both, claim.id, AT)
    await claiming.approve(world["lead"], claim.id, AT)


@pytest.mark.database
async def test_who_changed_the_draft_of_a_contract_pays_nothing_under_it(world: World) -> None:
    claim = await claimed(world)
    await claiming.review(world["bureau"], claim.id, AT)
    await claiming.approve(world["lead"], claim.id, AT)
    await Contract.update({Contract.edited_by: [world["finance"].user]}).where(Contract.id == claim.contract)
    with pytest.raises(Refused, match="contract"):
        await paying.pay(world["finance"], claim.id, date(2026, 10, 20), AT)
