"""Funds, items and contracts that tests draw on."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.budgets.rules import CAP_SHARES
from bangfu.budgets.tables import BudgetItem, Commitment, Fund
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.shared.clock import today
from tests.support import World

COUNTY, FAR_COUNTY = "990101000000", "990102000000"


def yuan(amount: str | int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


async def fund_of(
    world: World, total: str | int | None, *, source: str = "special_assistance_fund", year: int | None = None,
    division: str = COUNTY,
) -> UUID:  # fmt: skip
    """A fund whose total two people have set."""
    people = {} if total is None else {"entered_by": world["finance"].me, "confirmed_by": world["lead"].me}
    fund = Fund(
        id=uuid4(), division=division, year=year or today().year, source=source, cap_share=CAP_SHARES[source],
        total=None if total is None else yuan(total), basis="测财社〔2026〕1号", **people,
    )  # fmt: skip
    await fund.save()
    return fund.id


async def item_of(fund: UUID, amount: str | int, code: str = "SW-01") -> UUID:
    item = BudgetItem(id=uuid4(), fund=fund, code=code, name="购买服务", amount=yuan(amount))
    await item.save()
    return item.id


async def line_of(
    world: World,
    amount: str | int = 1000,
    *,
    source: str = "special_assistance_fund",
    division: str = COUNTY,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> tuple[UUID, UUID]:
    """(contract, line) of a contract in the making."""
    number, day = f"HT-{uuid4().hex[:6]}", today()
    term = {"starts_on": starts_on or day, "ends_on": ends_on or day.replace(month=12, day=31)}
    contract = Contract(
        id=uuid4(), number=number, project="居家照料", division=division, supplier=world.organization, **term
    )
    await contract.save()
    line = ContractLine(
        id=uuid4(), contract=contract.id, contract_number=number, organization=world.organization,
        service="daily_care", fund_source=source, unit_price=yuan(50), max_units=10_000, max_amount=yuan(amount),
        status="draft", **term,
    )  # fmt: skip
    await line.save()
    return contract.id, line.id


async def committed_from(fund: UUID) -> Decimal:
    rows = await Commitment.raw("SELECT coalesce(sum(amount), 0) AS amount FROM commitment WHERE fund = {}", fund)
    found: Decimal = rows[0]["amount"]
    return found
