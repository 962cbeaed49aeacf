"""The sample's budgets: funds of this and next year in every county, their items, and totals that two people set.

What tells something on purpose: Tianning's special assistance fund has a corrected total that waits for the lead;
Zhonglou's is near its cap because of contracts that were taken over; next year has items and no totals yet.
Contracts and purchase lists of the sample name items by `code_of`.
"""

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image, ImageDraw

from bangfu.budgets import funding
from bangfu.budgets.queries import items_for, meter_of
from bangfu.budgets.tables import FundTotal
from bangfu.sample.accounts import actor_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.files import Looked, look_at

COUNTIES: Final = ("990101", "990102", "990103", "990104", "990105", "990106")
CARE, VISITS, STATION, ADAPTING, MEALS, GENERAL = "SW-01", "SW-02", "GZ-01", "FC-01", "CS-01", "YB-01"
"""The kinds of item; `code_of` puts the year between."""
ITEMS: Final[Mapping[str, tuple[str, str, str, int]]] = {
    CARE: ("special_assistance_fund", "特困人员居家照料服务", "分散供养特困人员生活照料、护理", 900_000),
    VISITS: ("special_assistance_fund", "探访与巡访服务", "低保边缘、独居、残疾等对象定期探访", 300_000),
    STATION: ("work_budget", "社会救助经办服务", "家庭经济状况调查、个案服务、社工站运营", 2_000_000),
    ADAPTING: ("lottery", "居家适老化改造", "困难老年人家庭扶手、坡道、照明改造", 800_000),
    MEALS: ("charity", "慈善助餐", "困难家庭老人助餐补贴", 400_000),
    GENERAL: ("general_budget", "康复与托养服务", "残疾人社区康复、日间照料", 1_500_000),
}
"""Kind of item -> source, name, purpose, amount in yuan."""
TOTALS: Final = {
    "special_assistance_fund": 120_000_000, "work_budget": 6_000_000, "lottery": 4_000_000, "charity": 2_000_000,
    "general_budget": 9_000_000,
}  # fmt: skip
"""Source -> total of a county's year in yuan."""
NEAR_COUNTY: Final = "990102"


def code_of(kind: str, year: int) -> str:
    """The code of an item, for example SW-2026-01."""
    source, number = kind.split("-")
    return f"{source}-{year}-{number}"


async def item_of(county: str, kind: str, year: int) -> UUID:
    """The id of a county's item.

    Raises:
        StopIteration: if the budgets have not been loaded.
    """
    return next(item.id for _, item in await items_for(county, year) if item.code == code_of(kind, year))


async def load(at: datetime) -> None:
    """Once; a second load finds the first total."""
    if await FundTotal.exists().where(FundTotal.id == _key("total", COUNTIES[0], "special_assistance_fund")):
        return
    finance, lead, year = await actor_of("finance"), await actor_of("lead"), civil_date(at).year
    for county in COUNTIES:
        for source in TOTALS:
            fund = await funding.add_fund(finance, f"{county}000000", year, source, at)
            await _total(finance, lead, county, source, fund, year, at)
            later = await funding.add_fund(finance, f"{county}000000", year + 1, source, at)
            for kind in (kind for kind, item in ITEMS.items() if item[0] == source):
                await _item(finance, county, kind, fund, year, at)
                await _item(finance, county, kind, later, year + 1, at)
    await _correction(finance, year, at)


async def _total(finance: Actor, lead: Actor, county: str, source: str, fund: UUID, year: int, at: datetime) -> None:
    key, amount = _key("total", county, source), Decimal(TOTALS[source])
    found = await meter_of(fund)
    if county == NEAR_COUNTY and found is not None and found.state.cap_share and found.committed:
        amount = (found.committed / found.state.cap_share * Decimal("1.04")).quantize(Decimal("10000"))
    planned = found.planned if found else Decimal(0)
    own = sum(Decimal(item[3]) for item in ITEMS.values() if item[0] == source)
    amount = max(amount, planned + own)
    basis = f"常财社〔{year}〕{int(county[4:]) + 10}号 关于下达{year}年度资金的通知"
    scan = await _paper(basis, amount) if county == COUNTIES[0] else None
    await funding.propose_total(finance, key, fund, amount, basis, scan, at)
    await funding.confirm_total(lead, fund, key, at)


async def _item(finance: Actor, county: str, kind: str, fund: UUID, year: int, at: datetime) -> None:
    _, name, purpose, amount = ITEMS[kind]
    values = {
        "code": code_of(kind, year), "name": name, "purpose": purpose, "amount": Decimal(amount), "active": True
    }  # fmt: skip
    await funding.add_item(finance, _key("item", county, code_of(kind, year)), fund, values, at)


async def _correction(finance: Actor, year: int, at: datetime) -> None:
    """The province reduced the fund in the course of the year; the lead has not confirmed it yet."""
    fund = await funding.add_fund(finance, f"{COUNTIES[0]}000000", year, "special_assistance_fund", at)
    basis = f"常财社〔{year}〕58号 关于调整{year}年度困难群众救助补助资金的通知"
    amount = Decimal(112_000_000)
    await funding.propose_total(finance, _key("correction"), fund, amount, basis, await _paper(basis, amount), at)


async def _paper(basis: str, amount: Decimal) -> Looked:
    """A made-up scan: a page with lines and the amount."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((60, 80), f"SAMPLE {amount:,.2f} CNY", fill="black")
    for line in range(18):
        pen.line((60, 160 + 36 * line, 560 - 90 * (line % 4 == 3), 160 + 36 * line), fill="grey")
    pen.ellipse((400, 700, 540, 840), outline="red", width=4)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return await look_at(f"{basis[:12]}.png", out.getvalue())


def _key(*names: str) -> UUID:
    """The same object at every load."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-budgets-{'-'.join(names)}")
