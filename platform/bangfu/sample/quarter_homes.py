"""Homes that were served for a month of the quarter that is over: registered, offered, accepted at its time."""

from dataclasses import dataclass
from datetime import date
from math import cos, radians
from typing import Any, Final
from uuid import UUID

from bangfu.dispatch import actions as dispatch
from bangfu.dispatch.offering import OfferInput
from bangfu.households.tables import Household
from bangfu.imports.actions import KINDS, take_rows
from bangfu.needs import actions as needs
from bangfu.needs.tables import Need
from bangfu.providers.tables import Carer
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.places import KM_PER_DEGREE, Place, villages
from bangfu.sample.places import place as place_of
from bangfu.sample.quarter_past import DAY, HOUR, SERVICE, Past, Story
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date
from bangfu.shared.identifiers import id_check_digit

VISITS, MINUTES, RATE_KM = 4, 60, 8.1
"""Visits in four weeks, minutes of each, how far the nearest of the homes is from the carer."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who lives there alone."""

    name: str
    sex: str
    born: date
    health: str
    reason: str


MEMBERS: Final = (
    Member("虞腊梅", "女", date(1946, 2, 11), "股骨颈骨折术后", "出院回家，一个月内起居要人搀扶。"),
    Member("管全福", "男", date(1943, 7, 30), "脑梗后遗症", "右侧肢体无力，做饭和擦洗要人帮。"),
    Member("恽巧英", "女", date(1949, 11, 5), "白内障术后", "术后用眼受限，打扫和采买要人帮。"),
    Member("是荣生", "男", date(1941, 4, 18), "慢性支气管炎", "活动后气喘，重活做不了。"),
    Member("承月娥", "女", date(1947, 9, 2), "膝关节置换术后", "上下床不便，洗衣和洗澡要人帮。"),
    Member("庄锡坤", "男", date(1944, 12, 24), "冠心病支架术后", "术后休养，饭菜和用药要人照看。"),
    Member("芮网娣", "女", date(1945, 6, 16), "腰椎压缩性骨折", "卧床休养，三餐和擦洗要人帮。"),
    Member("巢洪根", "男", date(1942, 10, 9), "帕金森病", "手抖走不稳，做饭和洗澡要人帮。"),
    Member("殷彩英", "女", date(1948, 3, 27), "糖尿病足", "伤口换药期间下不了地。"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A home's accepted task."""

    id: UUID
    need: UUID
    lat: float
    lon: float
    village: str


def number_of(place: int) -> str:
    """The household's number of a member."""
    return f"CZH-9{place:03d}"


async def loaded(story: Story) -> bool:
    """Whether the story's homes are there."""
    return bool(await Household.exists().where(Household.number == number_of(story.first)))


async def served(past: Past) -> list[Task]:
    """The homes come in by a list, their needs are confirmed, offered to the organisation, and accepted."""
    carer = await Carer.objects().get(Carer.id == past.cast["carer"].carer)
    if carer is None or carer.lat is None or carer.lon is None:
        return []
    rows = _rows(past, carer)
    await take_rows(SYSTEM, KINDS["households"], rows, past.begins - 5 * DAY)
    return [await _accepted(past, carer, row) for row in rows]


async def _accepted(past: Past, carer: Carer, row: dict[str, str]) -> Task:
    found = await Need.objects().get(Need.number == row["need_number"])
    if found is None:
        raise LookupError("the need was not made")
    dispatcher, manager = past.cast["dispatcher"], past.cast["manager"]
    await needs.start_matching(dispatcher, [found.id], past.begins - 3 * HOUR)
    offer = OfferInput(
        need=found.id, household=found.household, division=found.division, service=SERVICE, priority=found.priority,
        carer=carer.id, visits=VISITS, minutes=MINUTES, km=RATE_KM,
    )  # fmt: skip
    task = await dispatch.make_offer(dispatcher, offer, past.begins - 2 * HOUR)
    await dispatch.accept(manager, task, None, past.begins)
    return Task(task, found.id, float(row["lat"]), float(row["lon"]), row["division"])


def _rows(past: Past, carer: Carer) -> list[dict[str, str]]:
    """As the import kind `households` reads them: in the village nearest to the carer, on the carer's side of it."""
    village = min(villages(OFFICER_TOWN), key=lambda each: _km(each.lat, each.lon, carer))
    given = (civil_date(past.begins) - 8 * DAY).isoformat()
    first = past.story.first
    return [
        _row(place, MEMBERS[place - 1], village, _point(place, village, carer), given)
        for place in range(first, first + past.story.homes)
    ]


def _row(place: int, member: Member, village: Place, point: tuple[float, float], given: str) -> dict[str, str]:
    first = f"990101{member.born:%Y%m%d}97{place if (member.sex == '男') == bool(place % 2) else place - 1}"
    return {
        "household_number": number_of(place), "division": village.code,
        "address": f"{place_of(OFFICER_TOWN).name}{village.name}龙锦路{200 + 7 * place}号{place}幢10{place % 4 + 1}室",
        "lat": f"{point[0]:.6f}", "lon": f"{point[1]:.6f}", "datum": "wgs84", "category": "dibao",
        "category_since": given, "admission_mode": "individual", "household_language": "cmn",
        "consent_ground": "consent", "consent_giver": member.name, "consent_relation": "self",
        "consent_method": "书面签字", "consent_on": given, "member_name": member.name, "relation": "self",
        "sex": member.sex, "birth_date": member.born.isoformat(), "id_type": "resident_id",
        "id_number": first + id_check_digit(first), "phone": f"1990000970{place}", "health": member.health,
        "tags": "lives_alone", "service": SERVICE, "visits": str(VISITS), "minutes": str(MINUTES), "priority": "key",
        "windows": "周一至周六 08:30-17:30", "need_reason": member.reason, "need_number": f"CZX-9{place:03d}",
        "need_status": "confirmed",
    }  # fmt: skip


def _point(place: int, village: Place, carer: Any) -> tuple[float, float]:
    """On the way from the village to the carer, where the carer's radius reaches it; neighbours some streets apart."""
    away = _km(village.lat, village.lon, carer)
    share = max(0.02 * place, 1 - (RATE_KM + 0.1 * place) / away)
    sideways = 0.0015 * (place % 3 - 1)
    return (
        village.lat + (carer.lat - village.lat) * share + sideways,
        village.lon + (carer.lon - village.lon) * share - sideways,
    )


def _km(lat: float, lon: float, carer: Any) -> float:
    north, east = carer.lat - lat, (carer.lon - lon) * cos(radians(lat))
    return float(KM_PER_DEGREE * (north**2 + east**2) ** 0.5)
