"""A contract in force for tests: two lines, paid from one budget item, committed as an approval does."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.budgets import actions as budgets
from bangfu.budgets.tables import BudgetItem, Commitment, Fund
from bangfu.contracts.tables import Contract, ContractLine, ContractParty, LineFunding
from bangfu.shared.clock import now, today
from bangfu.shared.files import Looked
from tests.budgets.money import fund_of
from tests.support import World

PAPER = Looked("notice.pdf", "application/pdf", b"%PDF-1.4 made up")


@dataclass(frozen=True)
class Living:
    """The contract, its lines (care 100 visits at 50.00, visits 200 at 20.00; 9,000.00 in all) and their item."""

    contract: UUID
    care: UUID
    visits: UUID
    item: UUID


async def living(
    world: World, status: str = "active", *, supplier: UUID | None = None, division: str = "990101000000",
    starts: date | None = None, ends: date | None = None, **columns: object,
) -> Living:  # fmt: skip
    """Made by the officer, checked and approved by others."""
    last = ends or today() + timedelta(days=300)
    first = starts or min(today(), last) - timedelta(days=30)
    known = await Fund.objects().get((Fund.division == division) & (Fund.year == today().year))
    fund = known.id if known else await fund_of(world, 5_000_000, source="work_budget", division=division)
    item = BudgetItem(id=uuid4(), fund=fund, code=f"B-{uuid4().hex[:8]}", name="服务", amount=Decimal(12_000))
    await item.save()
    found = Living(uuid4(), uuid4(), uuid4(), item.id)
    organization = supplier or world.organization
    base: dict[str, object] = {
        "number": f"HT-{found.contract.hex[:8]}", "project": "居家照护服务", "division": division,
        "supplier": organization, "status": status, "total": Decimal(9000), "drafted_by": world["bureau"].me,
        "checked_by": world["finance"].me, "approved_by": world["lead"].me, "data_annex": True,
        "signed_on": first, "published_on": first, "filed_on": first, "starts_on": first, "ends_on": last,
    }  # fmt: skip
    await Contract(id=found.contract, **{**base, **columns}).save()
    await ContractParty(
        id=uuid4(), contract=found.contract, role="supplier", organization=organization, signed_on=first
    ).save()
    line_status = status if status in {"active", "suspended"} else "ended"
    for line, service, units, price in (
        (found.care, "daily_care", 100, "50"),
        (found.visits, "visit_check", 200, "20"),
    ):
        await ContractLine(
            id=line, contract=found.contract, contract_number=base["number"], organization=organization,
            service=service, unit_price=Decimal(price), max_units=units, max_amount=units * Decimal(price),
            starts_on=first, ends_on=last, status=line_status,
        ).save()  # fmt: skip
        await LineFunding(id=uuid4(), line=line, item=item.id, amount=units * Decimal(price)).save()
    shares = [budgets.Share(item.id, found.care, Decimal(5000)), budgets.Share(item.id, found.visits, Decimal(4000))]
    await budgets.commit(world["lead"], found.contract, found.contract, division, shares, now())
    return found


async def committed(contract: UUID) -> Decimal:
    """What the budget has committed for a contract and not taken back."""
    rows = await Commitment.raw("SELECT coalesce(sum(amount), 0) AS n FROM commitment WHERE contract = {}", contract)
    amount: Decimal = rows[0]["n"]
    return amount


async def sums_agree(contract: UUID) -> None:
    """Ceilings = what the budget items pay = the contract's total (DOMAIN.md 4.3)."""
    rows = await Contract.raw(
        "SELECT c.total, (SELECT sum(max_amount) FROM contract_line WHERE contract = c.id) AS lines,"
        " (SELECT sum(f.amount) FROM line_funding f JOIN contract_line l ON l.id = f.line WHERE l.contract = c.id)"
        " AS paid FROM contract c WHERE c.id = {}",
        contract,
    )
    assert rows[0]["total"] == rows[0]["lines"] == rows[0]["paid"], rows[0]
