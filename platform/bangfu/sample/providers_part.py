"""The sample's register: bureaus and village committees, licences in every state, a lifted bar, conflicts, capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.divisions.queries import nearest_point
from bangfu.providers import barring, declaring, licensing, linking, register_actions
from bangfu.providers.tables import Organization
from bangfu.sample.accounts import CITY, actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.organisations import LINES, uscc
from bangfu.sample.places import all_places, place, townships, villages
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.identifiers import generate_uscc


@dataclass(frozen=True, slots=True)
class Paper:
    """A licence of the sample: who, which, how many days from the first day of the sample to its last valid one."""

    body: str
    kind: str
    number: str
    left: int | None
    verified: bool = True


PAPERS = (
    Paper("chunhui", "registration", "民证字第 990101-0118 号", 900),
    Paper("chunhui", "food", "JY-9901-2024-0661", 180, verified=False),
    Paper("tongxin", "registration", "民证字第 990103-0207 号", 20),
    Paper("bangshou", "registration", "营业执照 9901-2023-5512", 640),
    Paper("linli", "registration", "社证字第 990102-0042 号", 510),
    Paper("linli", "charity", "慈认字第 9901-031 号", None),
    Paper("anyi", "registration", "民证字第 990104-0055 号", 620),
    Paper("anyi", "practice", "养老备字 990104-009", 52),
    Paper("nuanyang", "registration", "基证字第 990102-0006 号", 1120),
    Paper("fushou", "registration", "民证字第 990105-0033 号", 350),
    Paper("kangju", "registration", "营业执照 9901-2024-0918", 1010),
    Paper("boai", "registration", "民证字第 990103-0091 号", 760),
    Paper("boai", "medical", "医证 990103-2021-117", 130),
    Paper("zhengyan", "practice", "法执字 990104-27", 300),
    Paper("shanshui", "registration", "民证字第 990106-0012 号", 880),
    Paper("fairness", "registration", "民证字第 990101-0303 号", 270),
    Paper("wanqing", "registration", "民证字第 990102-0310 号", -9),
)
FOUNDED = timedelta(days=300)
"""How long the agency stands in the register that was barred and whose licence ran out."""
CAPACITIES = (("manager1", 2400, 3, "含两名夜班护理员"), ("manager2", 2100, 41, ""))
"""Who declares, hours in four weeks, how many days ago (more than 30 are overdue), remark."""


async def load(at: datetime) -> None:
    """Everything once, through the same actions as on the pages."""
    if await Organization.exists().where(Organization.id == _id("city")):
        return
    bureau, begun = await actor_of("bureau"), at - FOUNDED
    await _register(bureau, "wanqing", "晚晴居家养老服务中心", "service_agency", "52", place("990102001").code, begun)
    await _bar(begun)
    await _papers(bureau, at)
    for key, name, org_type, kind, division in _offices():
        await _register(bureau, key, name, org_type, kind, division, at)
    await _stations(bureau, at)
    await _offers(bureau, at)
    await linking.link(
        bureau, _id("link"), await _known("fairness"), await _known("tongxin"), "affiliated",
        civil_date(at) - timedelta(days=400), "评估中心两名理事在同心任职", at,
    )  # fmt: skip
    for manager, hours, ago, note in CAPACITIES:
        actor = await actor_of(manager)
        await declaring.declare(actor, 60 * hours, {}, note, at - timedelta(days=ago))


def _offices() -> Sequence[tuple[str, str, str, str, str]]:
    """Key, name, type, first two characters of the credit code, division: the city, its districts, one township."""
    town = place(OFFICER_TOWN)
    return (
        ("city", "常州市民政局", "civil_affairs_bureau", "11", f"{CITY}00000000"),
        *(
            (f"bureau-{county.code}", f"{county.name}民政局", "civil_affairs_bureau", "11", county.code)
            for county in all_places()
            if county.level == "district"
        ),
        ("town", f"{town.name}办事处", "township_gov", "11", town.code),
        *(
            (f"village-{village.code}", _committee(village.name), "village_committee", "54", village.code)
            for village in villages(OFFICER_TOWN)
        ),
    )


def _committee(name: str) -> str:
    return f"{name}民委员会" if name.endswith("村") else f"{name.removesuffix('居委会')}居民委员会"


async def _stations(bureau: Actor, at: datetime) -> None:
    """A township's station that a contracted agency runs, beside the two that the bureau runs itself."""
    town = townships("990106")[1]
    await _register(
        bureau, "run-station", f"{town.name}社工站", "station", "52", town.code, at,
        run_by=await _known("shanshui"), service_area=[division_prefix(town.code)],
    )  # fmt: skip


async def _offers(bureau: Actor, at: datetime) -> None:
    """What two agencies offer, as far as their contract lines say."""
    for body in ("tongxin", "bangshou"):
        row = await _row(body)
        values = {name: getattr(row, name) for name in register_actions.FIELDS}
        values["services"] = sorted({line.service for line in LINES if line.body == body} - {"meal"})
        await register_actions.change(bureau, row.id, row.version, values, at)


async def _papers(bureau: Actor, at: datetime) -> None:
    """Handed in by the manager where there is one, by the bureau's system else; verified by the bureau."""
    today = civil_date(at)
    lead = await actor_of("lead")
    for paper in PAPERS:
        organization, key = await _known(paper.body), _id(f"licence:{paper.body}:{paper.kind}")
        what = licensing.Paper(
            paper.kind, paper.number, "常州市民政局" if paper.kind != "food" else "常州市市场监督管理局",
            _issued(today, paper.left), None if paper.left is None else today + timedelta(days=paper.left),
        )  # fmt: skip
        handing = await _manager_of(paper.body) or lead
        entered = min(at, at + timedelta(days=(paper.left or 0) - 1)) - timedelta(days=4)
        await licensing.hand_in(handing, organization, key, what, None, entered)
        if paper.verified:
            await licensing.decide(bureau, organization, key, "verify", entered + timedelta(days=1))


def _issued(today: date, left: int | None) -> date:
    return today - timedelta(days=1460 - min(left or 0, 1400))


async def _manager_of(body: str) -> Actor | None:
    managers = {"chunhui": "manager1", "bangshou": "manager2"}
    return await actor_of(managers[body]) if body in managers else None


async def _bar(founded: datetime) -> None:
    """Barred for half a year, lifted after the wrong was put right."""
    lead, begun = await actor_of("lead"), founded + timedelta(days=60)
    until = civil_date(begun) + timedelta(days=180)
    await barring.bar(lead, _id("wanqing"), "forged_records", until, "补签三次未到户的探访记录", begun)
    await barring.lift(lead, _id("wanqing"), "已退回费用并更换负责人，经复查合格", begun + timedelta(days=75))


async def _register(
    bureau: Actor, key: str, name: str, org_type: str, kind: str, division: str, at: datetime, **more: Any
) -> None:
    point = await nearest_point(division)
    number = 5000 + uuid5(NAMESPACE_URL, key).int % 900_000
    values: dict[str, Any] = {
        "uscc": generate_uscc(number, kind, division[:6]), "name": name, "org_type": org_type, "charity": False,
        "division": division, "service_area": [], "services": [], "legal_representative": "", "phone": "",
        "address": "", "lat": point[0] if point else None, "lon": point[1] if point else None, "run_by": None,
        "active": True, **more,
    }  # fmt: skip
    await register_actions.register(bureau, _id(key), values, at)


async def _row(body: str) -> Organization:
    row: Organization | None = await Organization.objects().where(Organization.id == await _known(body)).first()
    if row is None:
        raise LookupError(body)
    return row


async def _known(body: str) -> UUID:
    if body == "wanqing":
        return _id(body)
    rows = await Organization.raw("SELECT id FROM organization WHERE uscc = {}", uscc(body))
    found: UUID = rows[0]["id"]
    return found


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"bangfu:sample:providers:{name}")
