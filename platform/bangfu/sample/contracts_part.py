"""Contracts of the sample on their way: an unfinished draft, one at finance, one under approval, one returned, one that
waits for the supplier's signature, one published that begins with the new year; by the sample's people."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image, ImageDraw

from bangfu.budgets.rules import year_shares
from bangfu.contracts import drafting, making, signing
from bangfu.contracts.drafting import Draft, LineDraft, PartyDraft
from bangfu.contracts.tables import Contract
from bangfu.errors import Refused
from bangfu.providers.tables import Organization
from bangfu.sample import budgets_part
from bangfu.sample.accounts import actor_of
from bangfu.sample.organisations import uscc
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.files import look_at

COUNTY: Final = "990101000000"
TERMS: Final[Mapping[str, str]] = {
    "content": "按服务目录和个人照料计划提供上门服务，服务前电话预约，服务后由服务对象或家属确认。",
    "quantity": "以服务项所列最大数量为限，按实际完成并核实的数量结算。",
    "quality": "服务人员持证上岗；抽查合格率不低于90%，满意度不低于85%。",
    "price": "按服务项单价执行，合同期内不调整。",
    "settlement": "按季度结算，验收后30日内支付；绩效部分按评分标准计算。",
    "duties": "甲方提供服务对象名单并监督；乙方按约定提供服务，不得向服务对象另行收费。",
    "breach": "弄虚作假的，扣除相应费用并列入不良记录；情节严重的解除合同。",
    "confidentiality": "乙方仅为履行本合同处理个人信息，合同终止后返还或删除。",
    "insurance": "乙方为服务人员购买意外伤害保险和第三者责任险。",
}
DUTIES: Final[Mapping[str, str]] = {
    "buyer": "提供服务对象名单，按期验收和付款，监督服务质量。",
    "supplier": "按约定的项目、数量和质量提供服务，接受抽查。",
    "city_bureau": "制定任务和质量要求，抽查不少于10%。",
    "county_bureau": "安排进度，提供名单，组织验收和付款。",
    "agency": "按进度入户调查，如实记录，按期提交报告。",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A contract of the sample: `stage` is how far it has come."""

    name: str
    project: str
    body: str
    service: str
    price: int
    units: int
    item: str
    stage: str
    kind: str = "procurement"
    first: int = 7
    """Days from the day of loading to its first day; -1: New Year's Day."""
    left_out: Sequence[str] = field(default_factory=tuple)


EXAMPLES: Final = (
    Example("rehab", "残疾人社区康复服务", "boai", "rehab", 110, 600, budgets_part.GENERAL, "draft",
            left_out=("breach", "settlement")),
    Example("survey", "低收入人口入户调查", "tongxin", "survey", 130, 400, budgets_part.STATION, "handed_on",
            kind="commission"),
    Example("visits", "独居老人探访服务", "bangshou", "visit_check", 24, 2500, budgets_part.VISITS, "under_approval"),
    Example("adapting", "居家适老化改造服务", "kangju", "home_adapt", 1800, 40, budgets_part.ADAPTING, "returned"),
    Example("care", "分散供养特困人员照料服务", "chunhui", "nursing_care", 82, 660, budgets_part.CARE, "approved"),
    Example("meals", "困难家庭老人助餐服务", "chunhui", "meal", 16, 1800, budgets_part.MEALS, "published",
            first=-1),
)  # fmt: skip


async def load(at: datetime) -> None:
    """Every example once; nothing where the register or the budgets of the sample are missing."""
    for example in EXAMPLES:
        if not await Contract.exists().where(Contract.id == _key(example.name)):
            await _make(example, at)


async def _make(example: Example, at: datetime) -> None:
    officer, finance, lead = await actor_of("bureau"), await actor_of("finance"), await actor_of("lead")
    parties = await _parties(example)
    if parties is None:
        return
    starts = _first_day(example, civil_date(at))
    last = date(civil_date(at).year + 1, 12, 31)  # later years have no budget items
    ends = min(starts.replace(year=starts.year + 1) - timedelta(days=1), last)
    key = await drafting.draft(officer, _key(example.name), _draft(example, parties, starts, ends, at), at)
    await drafting.put_line(officer, key, _key(example.name, "line"), await _line(example, starts, ends), at)
    if example.stage == "draft":
        return
    await making.hand_on(officer, key, at)
    if example.stage == "handed_on":
        return
    await making.check_budget(finance, key, at)
    await making.submit(officer, key, at)
    if example.stage == "returned":
        await making.give_back(lead, key, "单价高于上年合同，请补充测算依据后再报。", at)
    if example.stage in {"approved", "published"}:
        await _approve(lead, key, at)
    if example.stage == "published":
        await _sign_and_publish(officer, lead, key, example, at)


async def _approve(lead: Actor, key: UUID, at: datetime) -> None:
    """With a reason where the next year has no total yet."""
    try:
        await making.approve(lead, key, at, override_reason="下年度资金预计不低于本年，服务不能中断。")
    except Refused:
        await making.approve(lead, key, at)


async def _sign_and_publish(officer: Actor, lead: Actor, key: UUID, example: Example, at: datetime) -> None:
    today, manager = civil_date(at), await actor_of("manager1")
    await signing.sign(manager, key, "supplier", manager.display_name, today, at)
    await signing.sign(lead, key, "buyer", lead.display_name, today, at)
    await drafting.add_file(officer, key, "data_annex", await look_at("委托处理附件.png", _scan()), at)
    await signing.publish(officer, key, f"{example.project}合同公告", at)


def _draft(example: Example, parties: Sequence[PartyDraft], starts: date, ends: date, at: datetime) -> Draft:
    today = civil_date(at)
    stated = {name: text for name, text in TERMS.items() if name not in example.left_out}
    complete = example.stage != "draft"
    columns = {
        "method": "competitive_consultation", "award_on": today - timedelta(days=9), "perf_share": Decimal("0.2"),
        "spot_check_share": Decimal("0.1"),
    }  # fmt: skip
    return Draft(
        division=COUNTY, number="", kind=example.kind, project=example.project, starts_on=starts, ends_on=ends,
        parties=parties, columns=columns, looked_on=today if complete else None,
        terms={**stated, "purchasable": complete, "no_handing_on": True, "budget_funded": "no"},
    )  # fmt: skip


async def _parties(example: Example) -> list[PartyDraft] | None:
    rows = await Organization.raw(
        "SELECT id, uscc, division FROM organization WHERE org_type = 'civil_affairs_bureau' OR uscc = {}"
        " ORDER BY division, uscc",
        uscc(example.body),
    )
    supplier = next((row["id"] for row in rows if row["uscc"] == uscc(example.body)), None)
    county = next((row["id"] for row in rows if row["division"][:6] == COUNTY[:6] and row["id"] != supplier), None)
    city = next((row["id"] for row in rows if row["division"] == "990100000000" and row["id"] != supplier), None)
    if supplier is None or county is None or (example.kind == "commission" and city is None):
        return None
    roles = {"buyer": county, "supplier": supplier}
    if example.kind == "commission":
        roles = {"city_bureau": city, "county_bureau": county, "agency": supplier}
    return [PartyDraft(role, organization, DUTIES[role]) for role, organization in roles.items()]


async def _line(example: Example, starts: date, ends: date) -> LineDraft:
    amount = Decimal(example.price * example.units)
    fundings = {
        await budgets_part.item_of(COUNTY, example.item, year): part
        for year, part in year_shares(amount, starts, ends).items()
        if part and (example.stage != "draft" or year == starts.year)
    }
    source = budgets_part.ITEMS[example.item][0]
    return LineDraft(example.service, source, Decimal(example.price), example.units, amount, 60, fundings)


def _first_day(example: Example, today: date) -> date:
    return date(today.year + 1, 1, 1) if example.first < 0 else today + timedelta(days=example.first)


def _scan() -> bytes:
    """A made-up scan of a page."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    for line in range(16):
        pen.line((60, 120 + 40 * line, 560 - 80 * (line % 5 == 4), 120 + 40 * line), fill="grey")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _key(*names: str) -> UUID:
    """The same object at every load."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-contracts-{'-'.join(names)}")
