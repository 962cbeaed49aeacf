"""Carers with visits in a week, and the rows of one carer's sheet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.shared.masking import mask_name
from bangfu.visits.tables import Visit


@dataclass(frozen=True, slots=True)
class CarerWeek:
    """A carer's week in the reader's area or organisation."""

    carer: UUID
    name: str
    number: str
    organization_name: str
    visits: int
    open: int
    """Not recorded yet: planned, or missed."""
    smartphone: bool
    """Whether the carer has an account for the phone."""


@dataclass(frozen=True, slots=True)
class WeekVisit:
    """A visit on a sheet. `head` is masked; the paper shows the full name and address only to who may have them."""

    id: UUID
    number: str
    status: str
    service: str
    planned_start: datetime
    planned_end: datetime
    minutes: int
    head: str
    full_head: str
    household_number: str
    village: str
    address: str
    carer: UUID
    carer_name: str
    carer_kind: str
    organization_name: str
    shared: bool
    """Whether who serves may know the home now: the visit is still to be made, the task goes on, the household's
    grounds cover it (DOMAIN.md 9.2; door_sharing.homes_of)."""


_SHARED: Final = (
    "v.status IN ('planned', 'in_progress') AND a.status IN ('accepted', 'scheduled', 'active')"
    " AND has_ground(h.id, 'service', {}, n.person)"
    " AND (v.carer_kind <> 'worker' OR has_ground(h.id, 'share_provider', {}, n.person))"
)


def _week(monday: date) -> tuple[datetime, datetime]:
    return day_span(monday)[0], day_span(monday + timedelta(days=7))[0]


def _whose(actor: Actor) -> tuple[str, Any]:
    """The part of WHERE that is the reader's: the organisation's visits, or the area's."""
    if actor.has("provider_manager"):
        return "v.organization = {}", actor.organization
    return "v.division LIKE {}", f"{actor.scope}%" if actor.scope else ""


async def carers_of_week(actor: Actor, monday: date) -> list[CarerWeek]:
    """Who has visits in the week, those without an account first."""
    condition, value = _whose(actor)
    rows = await Visit.raw(
        "SELECT c.id AS carer, c.name, c.number, coalesce(o.name, '') AS organization_name, count(*) AS visits,"  # noqa: S608 (constants)
        " count(*) FILTER (WHERE v.status IN ('planned', 'missed')) AS open,"
        " EXISTS (SELECT 1 FROM app_user u WHERE u.carer = c.id AND u.active) AS smartphone FROM visit v"
        " JOIN carer c ON c.id = v.carer LEFT JOIN organization o ON o.id = c.organization"
        f" WHERE {condition} AND v.planned_start >= {{}} AND v.planned_start < {{}} AND v.status <> 'cancelled'"
        " GROUP BY c.id, o.name ORDER BY smartphone, c.number LIMIT 300",
        value, *_week(monday),
    )  # fmt: skip
    return [CarerWeek(**row) for row in rows]


async def week_of(actor: Actor, carer: UUID, monday: date, day: date) -> list[WeekVisit]:
    """The visits of a carer's week, in order of time; `day` is today.

    Raises:
        NotYours: for a carer who has no visit in the reader's area or organisation in any week.
    """
    condition, value = _whose(actor)
    if not (await Visit.raw(f"SELECT 1 FROM visit v WHERE v.carer = {{}} AND {condition} LIMIT 1", carer, value)):  # noqa: S608 (constants)
        raise NotYours
    rows = await Visit.raw(
        "SELECT v.*, h.id AS home, h.head_name, h.number AS household_number, h.address_enc,"  # noqa: S608 (constants)
        " coalesce(d.name, '') AS village, c.name AS carer_name, coalesce(o.name, '') AS organization_name,"
        f" {_SHARED} AS shared FROM visit v JOIN assignment a ON a.id = v.assignment JOIN need n ON n.id = v.need"
        " JOIN household h ON h.id = v.household JOIN carer c ON c.id = v.carer"
        " LEFT JOIN organization o ON o.id = v.organization LEFT JOIN division d ON d.code = v.division"
        f" WHERE v.carer = {{}} AND {condition} AND v.planned_start >= {{}} AND v.planned_start < {{}}"
        " AND v.status <> 'cancelled' ORDER BY v.planned_start, v.number",
        day, day, carer, value, *_week(monday),
    )  # fmt: skip
    return [
        WeekVisit(
            head=mask_name(row["head_name"]), full_head=row["head_name"],
            address=unseal("household", row, "address_enc", "home"),
            **{name: row[name] for name in WeekVisit.__slots__ if name not in {"head", "full_head", "address"}},
        )
        for row in rows
    ]  # fmt: skip


async def name_of(carer: UUID) -> tuple[str, str]:
    """Name and organisation of a carer, for the sheet's head."""
    rows = await Visit.raw(
        "SELECT c.name, coalesce(o.name, '') AS body FROM carer c LEFT JOIN organization o ON o.id = c.organization"
        " WHERE c.id = {}",
        carer,
    )
    return (rows[0]["name"], rows[0]["body"]) if rows else ("", "")


async def sheet_file(actor: Actor, sheet: UUID) -> UUID:
    """The scan of a sheet of the reader's area or organisation.

    Raises:
        NotYours: for a sheet of elsewhere, or one without a scan.
    """
    condition, value = _whose(actor)
    rows = await Visit.raw(
        "SELECT s.file FROM visit_sheet s JOIN visit_sheet_line l ON l.sheet = s.id JOIN visit v ON v.id = l.visit"  # noqa: S608 (constants)
        f" WHERE s.id = {{}} AND s.file IS NOT NULL AND {condition} LIMIT 1",
        sheet, value,
    )  # fmt: skip
    if not rows:
        raise NotYours
    found: UUID = rows[0]["file"]
    return found


async def entered_sheets(actor: Actor, carer: UUID, monday: date) -> list[dict[str, Any]]:
    """Sheets of this carer and week that were entered already: id, when, by whom, how many visits, with a scan?"""
    condition, value = _whose(actor)
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT s.id, s.entered_at, coalesce(u.display_name, '') AS who, s.file IS NOT NULL AS scan, count(*) AS n"  # noqa: S608 (constants)
        " FROM visit_sheet s JOIN visit_sheet_line l ON l.sheet = s.id JOIN visit v ON v.id = l.visit"
        f" LEFT JOIN app_user u ON u.id = s.entered_by WHERE s.carer = {{}} AND s.week = {{}} AND {condition}"
        " GROUP BY s.id, u.display_name ORDER BY s.entered_at",
        carer, monday, value,
    )  # fmt: skip
    return rows
