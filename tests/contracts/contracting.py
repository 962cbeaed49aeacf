"""A bureau, a budget and complete drafts, so that tests of contracts begin where they want to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.tables import User
from bangfu.budgets.rules import year_shares
from bangfu.budgets.tables import BudgetItem, Fund
from bangfu.contracts import drafting, making, signing
from bangfu.contracts.drafting import Draft, LineDraft, PartyDraft
from bangfu.contracts.tables import Contract
from bangfu.providers.tables import Organization
from bangfu.shared.clock import now, today
from bangfu.shared.files import Looked
from bangfu.shared.identifiers import generate_uscc
from tests.support import World

COUNTY = "990101000000"
PDF = Looked("附件.pdf", "application/pdf", b"%PDF-1.4 made up")
TERMS = {
    name: f"{name}: as agreed"
    for name in ("content", "quantity", "quality", "price", "settlement", "duties", "breach", "confidentiality")
} | {"purchasable": True, "no_handing_on": True, "budget_funded": "no"}


async def bureau_of(division: str = COUNTY) -> UUID:
    """The civil affairs bureau of a county."""
    uscc = generate_uscc(int(division[:6]), "11", division[:6])
    known = await Organization.objects().get(Organization.uscc == uscc)
    if known is not None:
        return known.id
    body = Organization(
        id=uuid4(), uscc=uscc, name=f"民政局{division[:6]}", org_type="civil_affairs_bureau", division=division
    )
    await body.save()
    return body.id


async def item_of(
    year: int, source: str = "work_budget", amount: str = "500000.00", division: str = COUNTY,
    total: str | None = "50000000.00",
) -> UUID:  # fmt: skip
    """A budget item of a fund with a confirmed total (or none)."""
    fund = await Fund.objects().get((Fund.division == division) & (Fund.year == year) & (Fund.source == source))
    if fund is None:
        cap = Decimal("0.02") if source == "special_assistance_fund" else None
        rows = await User.raw("SELECT username, id FROM app_user WHERE username IN ('finance', 'lead')")
        people = {row["username"]: row["id"] for row in rows} if total else {}
        fund = Fund(
            id=uuid4(), division=division, year=year, source=source, cap_share=cap, basis="测财社〔2026〕1号",
            total=None if total is None else Decimal(total), entered_by=people.get("finance"),
            confirmed_by=people.get("lead"),
        )  # fmt: skip
        await fund.save()
    item = BudgetItem(id=uuid4(), fund=fund.id, code=f"B-{uuid4().hex[:6]}", name="购买服务", amount=Decimal(amount))
    await item.save()
    return item.id


async def draft_of(world: World, **changed: Any) -> Draft:
    """A complete draft of a purchase for eleven months."""
    parties = [
        PartyDraft("buyer", await bureau_of(), "pays in time"),
        PartyDraft("supplier", world.organization, "delivers in quality"),
    ]
    starts = today() + timedelta(days=5)
    columns = {"method": "open_tender", "award_on": today() - timedelta(days=3), "payment_days": 30}
    made = Draft(
        division=COUNTY, number="", kind="procurement", project="上门照料服务", starts_on=starts,
        ends_on=starts + timedelta(days=330), parties=parties, terms=TERMS, columns=columns, looked_on=today(),
    )  # fmt: skip
    columns |= changed.pop("columns", {})
    return replace(made, **changed)


async def line_of(
    starts: date, ends: date, *, price: str = "50.00", units: int = 1000, source: str = "work_budget",
    service: str = "meal", **items: Any,
) -> LineDraft:  # fmt: skip
    """A line that budget items of every year pay by the days of the term."""
    amount = Decimal(price) * units
    fundings = {
        await item_of(year, source, **items): share for year, share in year_shares(amount, starts, ends).items()
    }
    return LineDraft(service, source, Decimal(price), units, amount, 60, fundings)


async def drafted(world: World, *, line: Mapping[str, Any] | None = None, **changed: Any) -> UUID:
    """A draft with one line, drafted by the bureau's officer."""
    made = await draft_of(world, **changed)
    key = await drafting.draft(world["bureau"], uuid4(), made, now())
    await drafting.put_line(
        world["bureau"], key, uuid4(), await line_of(made.starts_on, made.ends_on, **(line or {})), now()
    )
    return key


async def submitted(world: World, **more: Any) -> UUID:
    """A contract that waits for the lead."""
    key = await drafted(world, **more)
    await making.hand_on(world["bureau"], key, now())
    await making.check_budget(world["finance"], key, now())
    await making.submit(world["bureau"], key, now())
    return key


async def approved(world: World, **more: Any) -> UUID:
    """A contract whose money is committed."""
    key = await submitted(world, **more)
    await making.approve(world["lead"], key, now())
    return key


async def signed(world: World, *, at: datetime | None = None, **more: Any) -> UUID:
    """A contract that both sides have signed."""
    key = await approved(world, **more)
    moment = at or now()
    await signing.sign(world["manager"], key, "supplier", "王某", today(), moment)
    await signing.sign(world["lead"], key, "buyer", "李某", today(), moment)
    return key


async def in_force(world: World, **more: Any) -> UUID:
    """A contract in force from today."""
    more.setdefault("starts_on", today())
    more.setdefault("ends_on", more["starts_on"] + timedelta(days=330))
    key = await signed(world, **more)
    await drafting.add_file(world["bureau"], key, "data_annex", PDF, now())
    await signing.publish(world["bureau"], key, "公告", now())
    return key


async def status_of(contract: UUID) -> str:
    rows = await Contract.select(Contract.status).where(Contract.id == contract)
    return str(rows[0]["status"])
