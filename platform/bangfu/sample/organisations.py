"""The sample city's 2 stations and 12 organisations with their contract lines. All of them are made up.

What binds on purpose (the reasons of MATCHING.md that a plan of the sample shows):
* `no_kind`: the only line for day care ended, so that nobody is paid for it;
* `budget`: the lines for home adaptation and the charity's meals pay for fewer visits than are needed;
* `no_capacity`: Jintan's home (`fushou`) has too few people for its district.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from bangfu.sample.people import People
from bangfu.sample.places import place, point_near
from bangfu.shared.identifiers import generate_uscc

WEEKS_LEFT = 35
"""Every running contract ends this many weeks after `as_of`."""


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation: `area` is the list of division prefixes it serves, `seat` the township it stands in."""

    key: str
    name: str
    org_type: str
    kind: str
    seat: str
    area: tuple[str, ...]
    road: str
    hours_per_4_weeks: int = 0
    charity: bool = False


CENTRE = ("990101", "990102", "990103", "990104")
CITY = ("9901",)
SOUTH = ("990104", "990105", "990106")
BODIES = (
    Body("station_a", "天宁区社会工作总站", "station", "52", "990101001", CENTRE[:3], "竹林西路 66 号"),
    Body("station_b", "武进区社会工作总站", "station", "52", "990104100", SOUTH, "长虹中路 12 号"),
    Body("chunhui", "春晖助老服务中心", "service_agency", "52", "990101001", CENTRE[:3], "青洋北路 118 号", 2400),
    Body("bangshou", "好帮手家政服务有限公司", "enterprise", "91", "990104100", CENTRE, "人民西路 205 号", 2100),
    Body("tongxin", "同心社会工作服务中心", "service_agency", "52", "990103001", CITY, "太湖东路 9 号", 1250),
    Body("linli", "邻里互助协会", "association", "51", "990102002", CENTRE, "怀德南路 73 号", 900, charity=True),
    Body("nuanyang", "暖阳慈善基金会", "foundation", "53", "990102001", CENTRE, "星港路 30 号", 600, charity=True),
    Body("anyi", "安颐养护院", "institution", "52", "990104001", ("990104",), "常武南路 500 号", 900),
    Body("fushou", "福寿养老服务中心", "institution", "52", "990105100", ("990105",), "金武路 41 号", 560),
    Body("kangju", "康居适老科技有限公司", "enterprise", "91", "990103101", CITY, "顺园路 8 号", 480),
    Body("qingguo", "青果志愿服务队", "volunteer_team", "59", "990101001", CITY, "东经路 16 号"),
    Body("boai", "博爱康复医院", "medical", "52", "990103100", CITY, "龙锦路 77 号", 800),
    Body("zhengyan", "正言法律服务所", "legal", "52", "990104100", CITY, "延政中路 3 号", 240),
    Body("shanshui", "山水社会服务中心", "service_agency", "52", "990106100", ("990106",), "燕山中路 25 号", 1250),
)  # fmt: skip

OFFICES = (
    (Body("health", "天宁区卫生健康局", "department", "11", "990101001", ("990101",), "竹林北路 256 号"), "恽志新"),
    (Body("education", "天宁区教育局", "department", "11", "990101001", ("990101",), "北塘河路 8 号"), "承亚芬"),
    (Body("disabled", "天宁区残疾人联合会", "department", "11", "990101001", ("990101",), "光华路 37 号"), "是伟民"),
    (Body("fairness", "公允社会评估中心", "assessor", "52", "990101001", CITY, "劳动东路 90 号"), "须建华"),
)
"""Other departments and the assessors, with their heads; they serve nobody."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a body may deliver of a service: yuan a visit, visits per four weeks, fund (DOMAIN.md 4.3)."""

    body: str
    service: str
    price: int
    visits: int
    fund: str = "work_budget"
    ended: bool = False


LINES = (
    Line("chunhui", "daily_care", 58, 1100), Line("chunhui", "nursing_care", 82, 420),
    Line("chunhui", "meal", 16, 700), Line("chunhui", "visit_check", 24, 150),
    Line("chunhui", "phone_check", 7, 240), Line("chunhui", "medical_help", 95, 90),
    Line("bangshou", "daily_care", 55, 900), Line("bangshou", "meal", 15, 360),
    Line("bangshou", "visit_check", 23, 300), Line("bangshou", "medical_help", 90, 60),
    Line("bangshou", "employment", 150, 160),
    Line("tongxin", "psych", 180, 90, "special_assistance_fund"), Line("tongxin", "social_inclusion", 160, 90),
    Line("tongxin", "resource_link", 120, 60), Line("tongxin", "capacity", 150, 60),
    Line("tongxin", "survey", 130, 40), Line("tongxin", "child_case", 140, 90, "lottery"),
    Line("tongxin", "companion_child", 65, 140, "lottery"), Line("tongxin", "visit_check", 26, 200),
    Line("linli", "visit_check", 20, 400, "lottery"), Line("linli", "phone_check", 6, 260, "lottery"),
    Line("linli", "daily_care", 50, 210), Line("linli", "medical_help", 80, 40),
    Line("nuanyang", "meal", 0, 420, "charity"), Line("nuanyang", "tutoring", 0, 170, "charity"),
    Line("nuanyang", "companion_child", 0, 120, "charity"),
    Line("anyi", "nursing_care", 85, 150, "special_assistance_fund"), Line("anyi", "daily_care", 60, 260),
    Line("anyi", "day_care", 130, 200, "special_assistance_fund", ended=True),
    Line("fushou", "daily_care", 56, 420), Line("fushou", "nursing_care", 80, 160),
    Line("fushou", "meal", 15, 200), Line("fushou", "visit_check", 22, 200), Line("fushou", "phone_check", 6, 120),
    Line("kangju", "home_adapt", 1800, 16, "special_assistance_fund"),
    Line("boai", "rehab", 110, 260), Line("boai", "nursing_care", 90, 160), Line("boai", "ability_assess", 150, 40),
    Line("zhengyan", "legal_aid", 300, 40, "general_budget"),
    Line("shanshui", "daily_care", 55, 420), Line("shanshui", "visit_check", 22, 220),
    Line("shanshui", "phone_check", 6, 120), Line("shanshui", "meal", 15, 240), Line("shanshui", "psych", 160, 60),
    Line("shanshui", "tutoring", 0, 80, "charity"), Line("shanshui", "medical_help", 85, 30),
    Line("shanshui", "companion_child", 55, 60, "lottery"), Line("shanshui", "resource_link", 100, 20),
    Line("shanshui", "survey", 110, 20),
)  # fmt: skip


def uscc(key: str) -> str:
    """The made-up social credit code of a body."""
    everyone = (*BODIES, *(body for body, _ in OFFICES))
    at, body = next((at, body) for at, body in enumerate(everyone, start=1) if body.key == key)
    return generate_uscc(2600 + 37 * at, body.kind, f"{body.seat[:6]}")


def organisation_rows(people: People) -> list[dict[str, str]]:
    """The rows of the import kind `organisations`."""
    return [*(_organisation(people, body) for body in BODIES), *(_office(body, head) for body, head in OFFICES)]


def _office(body: Body, head: str) -> dict[str, str]:
    seat = place(body.seat)
    return {
        "uscc": uscc(body.key), "name": body.name, "org_type": body.org_type, "division": seat.code, "charity": "否",
        "service_area": "、".join(part.ljust(12, "0") for part in body.area), "hours_per_4_weeks": "",
        "legal_representative": head, "phone": "", "address": f"{seat.name}{body.road.replace(' ', '')}", "lat": "",
        "lon": "", "datum": "wgs84", "blacklist_until": "",
    }  # fmt: skip


def _organisation(people: People, body: Body) -> dict[str, str]:
    seat = place(body.seat)
    lat, lon = point_near(people.random, seat, 0.6)
    head = people.make(people.random.randrange(35, 58), people.sex())
    return {
        "uscc": uscc(body.key), "name": body.name, "org_type": body.org_type, "division": seat.code,
        "charity": "是" if body.charity else "否", "service_area": "、".join(part.ljust(12, "0") for part in body.area),
        "hours_per_4_weeks": str(body.hours_per_4_weeks) if body.hours_per_4_weeks else "",
        "legal_representative": head.name, "phone": f"0519-8{people.random.randrange(1000000, 9999999)}",
        "address": f"{seat.name}{body.road.replace(' ', '')}", "lat": f"{lat:.6f}", "lon": f"{lon:.6f}",
        "datum": "wgs84", "blacklist_until": "",
    }  # fmt: skip


def contract_rows(as_of: date) -> list[dict[str, str]]:
    """The rows of the import kind `contract_lines`; amounts cover what is left of the term."""
    return [_contract(as_of, line) for line in LINES]


def _contract(as_of: date, line: Line) -> dict[str, str]:
    place_in_list = next(at for at, body in enumerate(BODIES) if body.key == line.body)
    ends = as_of - timedelta(days=21) if line.ended else as_of + timedelta(days=7 * WEEKS_LEFT)
    units = ceil(line.visits * WEEKS_LEFT / 4)
    return {
        "contract_number": f"CZ-FW-{place_in_list:02d}{'A' if line.ended else 'B'}", "organisation": uscc(line.body),
        "service": line.service, "fund_source": line.fund, "unit_price": f"{line.price}.00", "max_units": str(units),
        "max_amount": f"{units * line.price}.00", "starts_on": (ends - timedelta(days=364)).isoformat(),
        "ends_on": ends.isoformat(),
    }  # fmt: skip
