"""Dated visits as the calendar's rules see them, from published visits and from drafts; and the carers they bind."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.providers.roster import Times, times_of
from bangfu.schedules.tables import VisitPlan
from bangfu.visits.life_rules import FILLS

_NEED = (
    "a.need, a.household, a.service, a.visits, a.organization, a.number AS task, a.carer AS assigned, a.status AS"
    " task_status, n.windows, n.priority, h.two_person_visits AS two, h.time_wishes, h.head_name, h.number AS home,"
    " a.division, coalesce(h.lat, v.lat, t.lat) AS lat,"
    " CASE WHEN h.lat IS NOT NULL THEN h.lon WHEN v.lat IS NOT NULL THEN v.lon ELSE t.lon END AS lon"
)
_JOINS = (
    " JOIN need n ON n.id = a.need JOIN household h ON h.id = a.household"
    " LEFT JOIN division v ON v.code = a.division LEFT JOIN division t ON t.code = left(a.division, 9) || '000'"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One visit: published (`visit` is its id), or a row of a draft. `minutes` is its length."""

    id: UUID
    assignment: UUID
    start: datetime
    minutes: int
    carer: UUID
    partner: UUID | None
    due_from: datetime
    due_until: datetime
    fixed: bool
    version: int
    task: dict[str, Any]
    """The columns of _NEED."""
    visit: UUID | None = None
    status: str = "planned"
    number: str = ""

    @property
    def carers(self) -> tuple[UUID, ...]:
        """Who comes."""
        return (self.carer,) if self.partner is None else (self.carer, self.partner)


@dataclass(frozen=True, slots=True)
class Person:
    """A carer: `times` hold in the asked span."""

    id: UUID
    number: str
    name: str
    kind: str
    organization: UUID | None
    division: str
    lat: float | None
    lon: float | None
    speed_kmh: float
    minutes_per_week: int
    max_km: float
    active: bool
    times: Times = field(default_factory=Times)


async def visits_where(condition: str, *values: object) -> list[Item]:
    """Visits that fill a window or will (alias x), in the order of their start."""
    rows = await VisitPlan.raw(
        "SELECT x.id, x.assignment, x.planned_start AS start, x.minutes, x.carer, x.partner, x.due_from, x.due_until,"  # noqa: S608
        f" x.fixed, x.version, x.id AS visit, x.status, x.number AS visit_number, {_NEED}"
        f" FROM visit x JOIN assignment a ON a.id = x.assignment{_JOINS} WHERE x.status = ANY({{}}) AND {condition}"
        " ORDER BY x.planned_start, x.number",
        sorted(FILLS), *values,
    )  # fmt: skip
    return [_item(row) for row in rows]


async def rows_where(condition: str, *values: object) -> list[Item]:
    """Rows of drafts that have a time (alias r)."""
    rows = await VisitPlan.raw(
        "SELECT r.id, r.assignment, r.start, r.minutes, r.carer, r.partner, r.due_from, r.due_until, r.fixed,"  # noqa: S608
        f" r.version, r.visit, 'planned' AS status, '' AS visit_number, {_NEED}"
        f" FROM visit_plan_row r JOIN assignment a ON a.id = r.assignment{_JOINS}"
        f" WHERE r.start IS NOT NULL AND {condition} ORDER BY r.start, a.number",
        *values,
    )
    return [_item(row) for row in rows]


async def tasks_where(condition: str, *values: object) -> list[dict[str, Any]]:
    """Assignments (alias a) with what a calendar asks of them; id, minutes, carer_kind and starts_on beside _NEED."""
    rows: list[dict[str, Any]] = await VisitPlan.raw(
        f"SELECT a.id, a.minutes, a.carer_kind, a.starts_on, a.carer, {_NEED} FROM assignment a{_JOINS}"  # noqa: S608
        f" WHERE {condition} ORDER BY a.number",
        *values,
    )
    return [_read(row) for row in rows]


def _item(row: dict[str, Any]) -> Item:
    own = {name: row[name] for name in Item.__slots__ if name in row and name not in {"task", "number"}}
    return Item(**own, number=row["visit_number"], task=_read(row))


def _read(row: dict[str, Any]) -> dict[str, Any]:
    windows = tuple((day, start, end) for day, start, end in json.loads(row["windows"]))
    return {**row, "windows": windows, "time_wishes": tuple(row["time_wishes"])}


async def people(carers: Collection[UUID], first: date, days: int) -> dict[UUID, Person]:
    """The carers with their times in a span; who has no place on the map stands at the division's."""
    asked = sorted(set(carers), key=str)
    rows = await VisitPlan.raw(
        "SELECT c.id, c.number, c.name, c.kind, c.organization, c.division, coalesce(c.lat, d.lat) AS lat,"
        " CASE WHEN c.lat IS NOT NULL THEN c.lon ELSE d.lon END AS lon, c.speed_kmh, c.minutes_per_week, c.max_km,"
        " c.active FROM carer c LEFT JOIN division d ON d.code = c.division WHERE c.id = ANY({}) ORDER BY c.number",
        asked,
    )
    times = await times_of(asked, first, days)
    return {row["id"]: replace(Person(**row), times=times[row["id"]]) for row in rows}


async def of_carers(carers: Collection[UUID], first: datetime, last: datetime) -> list[Item]:
    """The visits of some carers, as server or companion, that begin in a span."""
    asked = list(carers)
    return await visits_where(
        "(x.carer = ANY({}) OR x.partner = ANY({})) AND x.planned_start >= {} AND x.planned_start < {}",
        asked, asked, first, last,
    )  # fmt: skip


async def visit_item(visit: UUID) -> Item | None:
    """One visit, whatever its state."""
    rows = await VisitPlan.raw(
        "SELECT x.id, x.assignment, x.planned_start AS start, x.minutes, x.carer, x.partner, x.due_from, x.due_until,"  # noqa: S608
        f" x.fixed, x.version, x.id AS visit, x.status, x.number AS visit_number, {_NEED}"
        f" FROM visit x JOIN assignment a ON a.id = x.assignment{_JOINS} WHERE x.id = {{}}",
        visit,
    )
    return _item(rows[0]) if rows else None


async def around(item: Item, first: datetime, last: datetime) -> list[Item]:
    """Every visit in a span that may stand in the way of an item: of its carers, its household, its task."""
    carers = list(item.carers)
    return await visits_where(
        "(x.carer = ANY({}) OR x.partner = ANY({}) OR x.household = {} OR x.assignment = {})"
        " AND x.planned_start >= {} AND x.planned_start < {} AND x.id <> {}",
        carers, carers, item.task["household"], item.assignment, first, last, item.visit or item.id,
    )  # fmt: skip
