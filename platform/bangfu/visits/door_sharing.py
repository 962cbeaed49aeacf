"""What who serves sees of the home at the door: no more than the visit needs, only while it is open (DOMAIN.md 9.2).

An organisation's carer sees name, address and phone; a social worker or volunteer family name, title and address.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.households.reading import note_read
from bangfu.households.rules import needs_guardian
from bangfu.households.sealing import unseal
from bangfu.shared import audit, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import age_on, civil_date
from bangfu.shared.coordinates import Point, haversine_m
from bangfu.shared.database import transaction
from bangfu.shared.names import name_with_title, surname, syllables
from bangfu.shared.phones import national_phone
from bangfu.visits.tables import Visit

ADULT: Final = 18
AHEAD: Final = timedelta(days=8)
"""How long before the visit its home is shown."""
MEALS: Final = frozenset({"meal", "daily_care", "nursing_care"})
_SERVING: Final = ("accepted", "scheduled", "active")


@dataclass(frozen=True, slots=True)
class Home:
    """One home as its server may know it. `full`: an organisation's carer, who is shown the whole name."""

    visit: UUID
    household: UUID
    person: UUID | None
    born: date | None
    full: bool
    who: str
    address: str
    phone: str
    need_text: str
    note: str
    food: str
    language: str
    two_person_visits: bool
    trained_only: bool
    point: Point | None
    village: str


_HOMES = (
    "SELECT v.id AS visit, v.carer_kind, v.service, h.id, h.address_enc, h.note_enc, h.food_enc, h.head_name,"
    " h.language, h.two_person_visits, h.trained_only, h.lat, h.lon, h.location_source, n.reason, d.name AS village,"
    " p.id AS person, p.name, p.sex, p.birth_date, p.phone_enc"
    " FROM visit v JOIN assignment a ON a.id = v.assignment JOIN need n ON n.id = v.need"
    " JOIN household h ON h.id = v.household LEFT JOIN division d ON d.code = h.division"
    " LEFT JOIN LATERAL (SELECT * FROM person x WHERE x.household = h.id AND x.left_on IS NULL AND (x.id = n.person OR"
    " (n.person IS NULL AND x.is_head)) LIMIT 1) p ON true"
    " WHERE v.id = ANY({}) AND v.status IN ('planned', 'in_progress') AND v.planned_start < {}"
    " AND a.status = ANY({}::varchar[]) AND has_ground(h.id, 'service', {}, n.person)"
    " AND (v.carer_kind <> 'worker' OR has_ground(h.id, 'share_provider', {}, n.person))"
)


async def homes_of(visits: Collection[UUID], at: datetime) -> dict[UUID, Home]:
    """The homes of open visits whose task goes on and whose household's grounds still cover it; others are left out.
    The caller has checked that these visits are the reader's."""
    day = civil_date(at)
    rows = await Visit.raw(_HOMES, list(visits), at + AHEAD, list(_SERVING), day, day) if visits else []
    return {row["visit"]: _home(row, day) for row in rows}


def _home(row: dict[str, Any], day: date) -> Home:
    full = row["carer_kind"] == "worker"
    near = row["lat"] is not None and row["lon"] is not None and row["location_source"] != "division"
    phone = unseal("person", row, "phone_enc", "person") if full and row["person"] else ""
    eats = full and row["service"] in MEALS
    return Home(
        visit=row["visit"], household=row["id"], person=row["person"], born=row["birth_date"], full=full,
        who=row["name"] or row["head_name"] if full else title_of(row, day),
        address=unseal("household", row, "address_enc"), phone=national_phone(phone), need_text=row["reason"],
        note=unseal("household", row, "note_enc") if row["carer_kind"] != "volunteer" else "",
        food=unseal("household", row, "food_enc") if eats else "", language=row["language"],
        two_person_visits=row["two_person_visits"], trained_only=row["trained_only"],
        point=(row["lat"], row["lon"]) if near else None, village=row["village"] or "",
    )  # fmt: skip


def title_of(row: dict[str, Any], day: date) -> str:
    """Family name and title, of a minor the family's child (DOMAIN.md 9.2)."""
    name, chinese = row["name"] or row["head_name"], i18n.current() == "zh"
    if row["birth_date"] is not None and age_on(row["birth_date"], day) < ADULT:
        family = surname(name)
        return i18n._("Child of the family {name}", name=family if chinese else "".join(syllables(family)).capitalize())
    return name_with_title(name, "male" if row["sex"] == "m" else "female", "zh_CN" if chinese else "en")


def kilometres(first: Home | None, second: Home | None) -> float | None:
    """Straight-line kilometres between two homes, None where one of them has no place."""
    if first is None or second is None or first.point is None or second.point is None:
        return None
    return haversine_m(first.point, second.point) / 1000


async def note_shown(actor: Actor, row: Visit, home: Home, at: datetime) -> None:
    """That the home was shown to who serves: once a day and task on the chain; of a child under 14 every time."""
    async with transaction():
        rows = await Visit.raw(
            "SELECT 1 FROM audit_event WHERE subject = {} AND action = 'household.address_shown' AND actor = {}"
            " AND at > {}::timestamptz - interval '1 day' AND data->>'assignment' = {} LIMIT 1",
            str(row.household), actor.user, at, str(row.assignment),
        )  # fmt: skip
        if not rows:
            fields = ["name", "address", "phone"] if home.full else ["address"]
            await note_read(actor, row.household, None, "contact" if home.full else "address", row.number, at)
            await audit.record(
                actor, "household.address_shown", "household", row.household, division=row.division, at=at,
                data={"fields": fields, "assignment": row.assignment, "number": row.number},
            )  # fmt: skip
        if home.person and needs_guardian(home.born, civil_date(at)):
            await note_read(actor, row.household, home.person, "child", row.number, at)
