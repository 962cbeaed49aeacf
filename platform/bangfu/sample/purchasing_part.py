"""The sample's purchase lists: this year's is approved, next year's is a draft with its evidence."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.purchasing import actions
from bangfu.purchasing.tables import PurchasePlan
from bangfu.sample.accounts import actor_of
from bangfu.sample.budgets_part import ADAPTING, CARE, COUNTIES, ITEMS, VISITS, item_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date

COUNTY: Final = COUNTIES[0]
_WANTED: Final = (
    (CARE, "daily_care", "特困人员居家照料", 9000, "45.00", "60.00"),
    (VISITS, "visit_check", "独居和残疾对象探访", 6000, "20.00", "30.00"),
    (ADAPTING, "home_adapt", "困难老年人家庭适老化改造", 80, "3000.00", "5000.00"),
)
"""Kind of budget item, service, name, units, price band."""
_ELEMENTS: Final = {
    "provider": "依法登记的社会服务机构和企业，经公开采购确定",
    "scope": "本区特困人员、低保对象和低保边缘家庭中经评估确认需求的人员",
    "content": "按服务目录和个人服务计划提供，逐次记录时间和内容",
    "mechanism": "社工站派单、机构接单，村（社区）每月抽查，按季结算",
    "safeguards": "人员持证上岗并投保，服务对象意见计入评分，投诉3个工作日内答复",
}


async def load(at: datetime) -> None:
    """Once; a second load finds the first list."""
    if await PurchasePlan.exists().where(PurchasePlan.id == _key("plan", 0)):
        return
    bureau, lead, year = await actor_of("bureau"), await actor_of("lead"), civil_date(at).year
    await _plan(bureau, 0, year, at)
    await actions.submit(bureau, _key("plan", 0), at)
    await actions.approve(lead, _key("plan", 0), at)
    await _plan(bureau, 1, year + 1, at)


async def _plan(bureau: Actor, place: int, year: int, at: datetime) -> None:
    plan = _key("plan", place)
    await actions.draft(bureau, plan, f"{COUNTY}000000", year, at)
    for kind, service, name, units, low, high in _WANTED:
        values: dict[str, Any] = {
            "name": name, "service": service, "units": units * (10 + place) // 10, "price_low": Decimal(low),
            "price_high": Decimal(high), "fund_source": ITEMS[kind][0], "note": "",
            "budget_item": await item_of(COUNTY, kind, year), **_ELEMENTS,
        }  # fmt: skip
        await actions.put_item(bureau, plan, _key(service, place), values, civil_date(at), at)


def _key(name: str, place: int) -> UUID:
    """The same object at every load."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-purchasing-{name}-{place}")
