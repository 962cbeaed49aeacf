"""Reads of sign-ups for the station, and of the places that somebody who signs up may choose."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.needs.tables import Service
from bangfu.providers.roster_tables import VolunteerApplication
from bangfu.providers.signing_up import known_as
from bangfu.providers.signing_up_facts import Told, opened
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import age_on
from bangfu.shared.crypto import decrypt


@dataclass(frozen=True, slots=True)
class Application:
    """A sign-up as the station sees it; `told` is None once it was deleted."""

    id: UUID
    number: str
    status: str
    division: str
    village: str
    township: str
    applied_at: datetime
    decided_at: datetime | None
    refusal: str
    remark: str
    carer: UUID | None
    told: Told | None
    again: int
    """Other sign-ups with the same ID number."""
    id_number_index: str

    def age(self, today: date) -> int | None:
        return age_on(today, self.told.birth_date) if self.told else None


_ONE = (
    "SELECT a.*, coalesce(d.name, '') AS village, coalesce(t.name, '') AS township, count(*) OVER () AS total,"
    " (SELECT count(*) FROM volunteer_application o WHERE o.id_number_index = a.id_number_index AND o.id <> a.id)"
    " AS again FROM volunteer_application a LEFT JOIN division d ON d.code = a.division"
    " LEFT JOIN division t ON t.code = d.parent"
)


async def applications(actor: Actor, status: str, limit: int, offset: int) -> tuple[list[Application], int]:
    """One page of the area's sign-ups: those that wait the oldest first, decided ones the latest first."""
    rows = await VolunteerApplication.raw(
        f"{_ONE} WHERE {{}} <> '' AND a.division LIKE {{}} || '%' AND ({{}} = '' OR a.status = {{}})"
        " ORDER BY a.decided_at DESC NULLS FIRST, a.applied_at LIMIT {} OFFSET {}",
        actor.scope, actor.scope, status, status, limit, offset,
    )  # fmt: skip
    return [_application(row) for row in rows], rows[0]["total"] if rows else 0


async def waiting(actor: Actor) -> int:
    """How many wait for this dispatcher."""
    if not actor.scope:
        return 0
    return int(
        await VolunteerApplication.count().where(
            (VolunteerApplication.status == "waiting") & (VolunteerApplication.division.like(f"{actor.scope}%"))
        )
    )


async def application_for(actor: Actor, application: UUID) -> Application:
    """One sign-up of the area.

    Raises:
        NotYours: if there is none, or it lies elsewhere.
    """
    rows = await VolunteerApplication.raw(
        f"{_ONE} WHERE a.id = {{}} AND {{}} <> '' AND a.division LIKE {{}} || '%'",
        application, actor.scope, actor.scope,
    )  # fmt: skip
    if not rows:
        raise NotYours
    return _application(rows[0])


async def registered_as(found: Application) -> list[str]:
    """Numbers of volunteers with the same ID number."""
    return [] if found.carer else await known_as(found.id_number_index)


def _application(row: dict[str, Any]) -> Application:
    derived = {"told", "remark"}
    plain = {name: row[name] for name in Application.__slots__ if name not in derived}
    remark = decrypt(row["remark_enc"], f"volunteer_application:remark_enc:{row['id']}")
    return Application(told=opened(row["id"], row["answers_enc"]), remark=remark, **plain)


Group = tuple[str, list[tuple[str, str]]]
_OPEN = "coalesce(d.valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"


async def townships() -> list[Group]:
    """(county, [(code, township)]) of the whole city, for a select."""
    return await _grouped("d.level = 4", [])


async def villages(township: str) -> list[Group]:
    """(township, [(code, village)]) of one township; nothing for a code that names none."""
    return await _grouped("d.level = 5 AND d.parent = {}", [township])


async def _grouped(which: str, values: list[object]) -> list[Group]:
    rows = await VolunteerApplication.raw(
        "SELECT d.code, d.name, coalesce(p.name, '') AS above FROM division d LEFT JOIN division p"  # noqa: S608
        f" ON p.code = d.parent WHERE {which} AND {_OPEN} ORDER BY d.code LIMIT 2000",
        *values,
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["above"], []).append((row["code"], row["name"]))
    return list(groups.items())


async def services() -> list[str]:
    """The services that volunteers may do, in the catalogue's order."""
    rows = await Service.raw("SELECT code FROM service WHERE 'volunteer' = ANY(kinds) ORDER BY sort")
    return [row["code"] for row in rows]
