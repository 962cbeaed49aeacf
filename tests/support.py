"""The fixed cast and the small world that tests are played in. Everybody here is made up (prefix 99)."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import httpx
from litestar import Litestar

from bangfu.accounts import sessions
from bangfu.accounts.middleware import COOKIE
from bangfu.accounts.passwords import hash_password
from bangfu.accounts.tables import User
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.divisions.tables import Division
from bangfu.providers.carer_tables import VolunteerInsurance
from bangfu.providers.tables import Availability, Carer, Organization, Qualification
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today

PASSWORD = "wren-kettle-orchard-41"
TOWN, OTHER_TOWN, OTHER_COUNTY = "990101001", "990101002", "990102"
VILLAGE, NEAR_VILLAGE, FAR_VILLAGE = "990101001201", "990101001202", "990101002201"
FOREIGN_VILLAGE = "990102001201"
HOME = (31.7800, 119.9500)
"""The middle of the made-up village, WGS-84."""

DIVISIONS = [
    ("990000000000", "测试省", 1, None), ("990100000000", "测试市", 2, None), ("990101000000", "东区", 3, None),
    ("990102000000", "西区", 3, None), ("990101001000", "河东街道", 4, HOME),
    ("990101002000", "河西街道", 4, (31.80, 120.05)), ("990102001000", "山前镇", 4, (31.70, 119.80)),
    ("990101001201", "柳树村", 5, HOME), ("990101001202", "桃园村", 5, (31.7900, 119.9600)),
    ("990101002201", "石桥村", 5, (31.8000, 120.0500)), ("990102001201", "山前村", 5, (31.7000, 119.8000)),
]  # fmt: skip
ROLES = {
    "coordinator": ("assist_coordinator", TOWN), "officer": ("township_officer", TOWN),
    "dispatcher": ("station_dispatcher", TOWN), "worker": ("social_worker", TOWN), "manager": ("provider_manager", ""),
    "other_manager": ("provider_manager", ""), "volunteer": ("volunteer", TOWN),
    "other_volunteer": ("volunteer", TOWN), "bureau": ("bureau_officer", "990101"), "lead": ("bureau_lead", "990101"),
    "auditor": ("auditor", "990101"), "admin": ("sysadmin", ""), "outsider": ("station_dispatcher", OTHER_COUNTY),
    "outside_officer": ("township_officer", OTHER_COUNTY), "outside_coordinator": ("assist_coordinator", OTHER_COUNTY),
    "grid": ("grid_worker", TOWN), "child_director": ("child_director", TOWN),
    "child_supervisor": ("child_supervisor", TOWN), "liaison": ("department_liaison", "990101"),
    "finance": ("finance_officer", "990101"), "second_officer": ("township_officer", TOWN),
    "caregiver": ("caregiver", ""), "other_caregiver": ("caregiver", ""),
    "second_bureau": ("bureau_officer", "990101"), "city_bureau": ("bureau_officer", "9901"),
    "assessor": ("assessor", "990101"), "second_assessor": ("assessor", "990101"),
}  # fmt: skip
"""Name in the cast -> role and scope; `outsider` and friends work in another county."""


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


@dataclass
class World:
    """The cast as actors, and the ids of what they work with."""

    cast: dict[str, Actor] = field(default_factory=dict)
    organization: UUID = field(default_factory=uuid4)
    other_organization: UUID = field(default_factory=uuid4)
    department: UUID = field(default_factory=uuid4)
    """Another department (health), the liaison's unit."""
    assessing_body: UUID = field(default_factory=uuid4)
    """The assessors' own body; it serves nobody."""
    carers: dict[str, UUID] = field(default_factory=dict)
    """nurse and cleaner work for the organisation, rival for the other one; then the station's own and volunteers."""
    lines: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.cast[name]


async def make_world() -> World:
    """Divisions, two organisations with contract lines, six carers and one account per member of the cast."""
    world = World()
    for code, name, level, place in DIVISIONS:
        lat, lon = place or (None, None)
        parent = _parent(code)
        await Division(code=code, name=name, level=level, parent=parent, lat=lat, lon=lon).save().run()
    await _organization(world.organization, "52990101A00000011F", "春晖助老服务中心")
    await _organization(world.other_organization, "51990101A000000465", "同心社工协会")
    await _organization(world.department, "11990101A00000038E", "东区卫生健康局", "department")
    await _organization(world.assessing_body, "52990101A0000002X7", "公允评估中心", "assessor")
    await _carers(world)
    for organization in (world.organization, world.other_organization):
        contract = Contract(
            id=uuid4(), number="C-1", project="C-1", division="990101000000", supplier=organization, status="active",
            imported=True, total=Decimal("200000.00"), starts_on=today() - timedelta(days=30),
            ends_on=today() + timedelta(days=300),
        )  # fmt: skip
        await contract.save()
        for service, price in (("daily_care", "60.00"), ("visit_check", "25.00")):
            line = ContractLine(
                id=uuid4(), contract=contract.id, contract_number="C-1", organization=organization, service=service,
                unit_price=Decimal(price), max_units=2000, max_amount=Decimal("100000.00"),
                starts_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=300),
            )  # fmt: skip
            await line.save()
            if organization == world.organization:
                world.lines[service] = line.id
    await _accounts(world)
    return world


def _parent(code: str) -> str:
    for end in (9, 6, 4, 2):
        if code[end:].strip("0"):
            return code[:end].ljust(12, "0")
    return ""


async def _organization(organization: UUID, uscc: str, name: str, org_type: str = "service_agency") -> None:
    await Organization(
        id=organization, uscc=uscc, name=name, org_type=org_type, division="990101000000",
        service_area=["990101"], minutes_per_4_weeks=40000 if org_type == "service_agency" else 0,
    ).save()  # fmt: skip


async def _carers(world: World) -> None:
    everyone = [
        ("nurse", "worker", world.organization, "f", ("C5", "H", "T")),
        ("cleaner", "worker", world.organization, "m", ("C5", "H", "T")),
        ("rival", "worker", world.other_organization, "f", ("C5", "H", "T")),
        ("social_worker", "social_worker", None, "f", ("S", "T", "M")),
        ("volunteer", "volunteer", None, "f", ("V", "T", "M")),
        ("other_volunteer", "volunteer", None, "m", ("V", "T")),
    ]
    for place, (name, kind, organization, sex, codes) in enumerate(everyone):
        world.carers[name] = await make_carer(
            name, kind, organization, sex=sex, codes=codes, lat=HOME[0] + 0.002 * place, lon=HOME[1]
        )


async def make_carer(
    number: str, kind: str, organization: UUID | None, *, sex: str = "f", codes: tuple[str, ...] = (),
    lat: float = HOME[0], lon: float = HOME[1], **more: Any,
) -> UUID:  # fmt: skip
    """A carer with qualifications valid for a year, free every day from 8 to 20; a volunteer is insured."""
    carer = Carer(
        id=uuid4(), number=number, kind=kind, organization=organization, division=TOWN.ljust(12, "0"),
        name=f"员{number}", sex=sex, lat=lat, lon=lon, languages=["cmn", "wuu"], **more,
    )  # fmt: skip
    await carer.save()
    for code in codes:
        await Qualification(id=uuid4(), carer=carer.id, code=code, expires_on=today() + timedelta(days=365)).save()
    if kind == "volunteer":
        span = {"starts_on": today() - timedelta(days=30), "ends_on": today() + timedelta(days=365)}
        await VolunteerInsurance(id=uuid4(), carer=carer.id, insurer="测试保险公司", **span).save()
    for weekday in range(7):
        await Availability(id=uuid4(), carer=carer.id, weekday=weekday, start_minute=480, end_minute=1200).save()
    return carer.id


async def _accounts(world: World) -> None:
    links = {
        "manager": {"organization": world.organization}, "other_manager": {"organization": world.other_organization},
        "worker": {"carer": world.carers["social_worker"]}, "volunteer": {"carer": world.carers["volunteer"]},
        "other_volunteer": {"carer": world.carers["other_volunteer"]}, "liaison": {"organization": world.department},
        "caregiver": {"carer": world.carers["nurse"], "organization": world.organization},
        "other_caregiver": {"carer": world.carers["rival"], "organization": world.other_organization},
        "assessor": {"organization": world.assessing_body}, "second_assessor": {"organization": world.assessing_body},
    }  # fmt: skip
    for name, (role, scope) in ROLES.items():
        user = User(
            id=uuid4(), username=name, display_name=f"测试{name}", password_hash=_hashed(), roles=[role], scope=scope,
            lang="en", **links.get(name, {}),
        )  # fmt: skip
        await user.save()
        world.cast[name] = Actor(
            user.id, name, user.display_name, frozenset({role}), scope, user.organization, user.carer
        )


class Visitor:
    """A browser without scripts: cookies, forms with their token, redirects not followed."""

    def __init__(self, app: Litestar) -> None:
        self.app = app
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    async def sign_in(self, actor: Actor) -> "Visitor":
        """Open a session for a member of the cast, without the form."""
        token = await sessions.start(actor.me, "127.0.0.1", "test", now())
        self.client.cookies.set(COOKIE, token, domain="127.0.0.1")
        return self

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, **more)

    async def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Post a form with its CSRF token: one of this portal that any browser may carry, asked for once."""
        if "bangfu_csrf" not in self.client.cookies:
            if token := self.app.state.get("token_of_tests"):
                self.client.cookies.set("bangfu_csrf", token, domain="127.0.0.1")
            else:
                await self.client.get("/signin")
                self.app.state["token_of_tests"] = self.client.cookies["bangfu_csrf"]
        token = self.client.cookies["bangfu_csrf"]
        return await self.client.post(path, data={**(data or {}), "_csrf_token": token}, **more)

    async def close(self) -> None:
        await self.client.aclose()
