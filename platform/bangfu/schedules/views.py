"""What the pages of the calendar read: days of visits by carer or by household, inside the reader's scope."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.planning.weights import DETOUR
from bangfu.providers.roster_rules import spans_on
from bangfu.providers.tables import Carer
from bangfu.schedules import rules
from bangfu.schedules.items import Item, Person, people, rows_where, visits_where
from bangfu.schedules.sides import Side, seen, side_of
from bangfu.schedules.tables import VisitPlan
from bangfu.shared.actor import Actor
from bangfu.shared.coordinates import haversine_m
from bangfu.visits.life_rules import FILLS

ROWS = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A visit as a cell shows it; `way` minutes from the one before on that day (None for the first)."""

    item: Item
    second: bool
    way: int | None = None

    @property
    def first_minute(self) -> int:
        """The planned start as a minute of the day."""
        return rules.minute_of(self.item.start)

    @property
    def last_minute(self) -> int:
        """The planned end."""
        return self.first_minute + self.item.minutes


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of a row: what the carer has, and whether the carer is there."""

    day: date
    cards: tuple[Card, ...] = ()
    leave: bool = False
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A carer's or a household's days."""

    id: UUID
    label: str
    number: str
    kind: str
    cells: tuple[DayCell, ...]
    minutes: int
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The asked days with their instants."""

    first: date
    days: int
    start: datetime = field(init=False)
    end: datetime = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", rules.at_minute(self.first, 0))
        object.__setattr__(self, "end", rules.at_minute(self.first + timedelta(days=self.days), 0))

    @property
    def dates(self) -> list[date]:
        """The days in their order."""
        return [self.first + timedelta(days=number) for number in range(self.days)]


async def carers_of(actor: Actor, span: Span, limit: int, offset: int) -> tuple[list[UUID], int]:
    """One page of the carers with visits in the span that the reader may see, and for who plans also the own people
    without any; by number."""
    condition, values = seen(actor)
    own, own_values = "false", list[object]()
    if actor.has("provider_manager", "station_dispatcher"):
        own, own_values = (await side_of(actor)).carers()
    rows = await Carer.raw(
        f"SELECT c.id, count(*) OVER () AS total FROM carer c WHERE (c.active AND {own}) OR c.id IN"  # noqa: S608
        " (SELECT unnest(ARRAY[x.carer, x.partner]) FROM visit x JOIN assignment a ON a.id = x.assignment"
        f" WHERE x.planned_start >= {{}} AND x.planned_start < {{}} AND x.status = ANY({{}}) AND {condition})"
        " ORDER BY c.kind, c.number LIMIT {} OFFSET {}",
        *own_values, span.start, span.end, sorted(FILLS), *values, limit, offset,
    )  # fmt: skip
    return [row["id"] for row in rows], rows[0]["total"] if rows else 0


async def homes_of(actor: Actor, span: Span, limit: int, offset: int) -> tuple[list[UUID], int]:
    """One page of the households with visits in the span, by number."""
    condition, values = seen(actor)
    rows = await Carer.raw(
        "SELECT h.id, count(*) OVER () AS total FROM household h WHERE h.id IN (SELECT x.household FROM visit x"  # noqa: S608
        " JOIN assignment a ON a.id = x.assignment"
        f" WHERE x.planned_start >= {{}} AND x.planned_start < {{}} AND x.status = ANY({{}}) AND {condition})"
        " ORDER BY h.number LIMIT {} OFFSET {}",
        span.start, span.end, sorted(FILLS), *values, limit, offset,
    )  # fmt: skip
    return [row["id"] for row in rows], rows[0]["total"] if rows else 0


async def by_carer(actor: Actor, carers: Sequence[UUID], span: Span) -> list[Row]:
    """The rows of some carers: visits of the reader's scope only."""
    condition, values = seen(actor)
    asked = list(carers)
    items = await visits_where(
        f"(x.carer = ANY({{}}) OR x.partner = ANY({{}})) AND x.planned_start >= {{}} AND x.planned_start < {{}}"
        f" AND {condition}",
        asked, asked, span.start, span.end, *values,
    )  # fmt: skip
    return await carer_rows(asked, items, span)


async def by_home(actor: Actor, homes: Sequence[UUID], span: Span) -> list[Row]:
    """The rows of some households."""
    condition, values = seen(actor)
    items = await visits_where(
        f"x.household = ANY({{}}) AND x.planned_start >= {{}} AND x.planned_start < {{}} AND {condition}",
        list(homes), span.start, span.end, *values,
    )  # fmt: skip
    return home_rows(homes, items, span)


async def own(actor: Actor, span: Span) -> Row:
    """The signed-in carer's own days.

    Raises:
        NotYours: for an account without a carer.
    """
    if actor.carer is None:
        raise NotYours
    items = await visits_where(
        "(x.carer = {} OR x.partner = {}) AND x.planned_start >= {} AND x.planned_start < {}",
        actor.carer, actor.carer, span.start, span.end,
    )  # fmt: skip
    rows = await carer_rows([actor.carer], items, span)
    if not rows:
        raise NotYours
    return rows[0]


async def of_plan(plan: UUID, span: Span, number: int, *, homes: bool) -> tuple[list[Row], int]:
    """One page of a draft's week, by carer or by household."""
    everything = await rows_where("r.plan = {}", plan)
    items = [item for item in everything if span.start <= item.start < span.end]
    keys = list(dict.fromkeys(
        key for item in everything for key in ((item.task["household"],) if homes else item.carers)
    ))  # fmt: skip
    if homes:
        labels = {item.task["household"]: item.task["home"] for item in everything}
        keys.sort(key=lambda key: labels[key])
        return home_rows(_page(keys, number), items, span), len(keys)
    folk = await people(keys, span.first, span.days)
    ordered = [key for key in folk if key in set(keys)]
    return await carer_rows(_page(ordered, number), items, span), len(ordered)


def _page(keys: Sequence[UUID], number: int) -> Sequence[UUID]:
    return keys[(number - 1) * ROWS : number * ROWS]


async def carer_rows(carers: Collection[UUID], items: Sequence[Item], span: Span) -> list[Row]:
    """The days of each carer in the order of their numbers."""
    folk = await people(carers, span.first, span.days)
    found = []
    for person in folk.values():
        mine = [item for item in items if person.id in item.carers]
        cells = tuple(_carer_cell(person, day, mine) for day in span.dates)
        found.append(
            Row(person.id, person.name, person.number, person.kind, cells, sum(item.minutes for item in mine), person)
        )
    return found


def _carer_cell(person: Person, day: date, items: Sequence[Item]) -> DayCell:
    today = [item for item in items if rules.day_of(item.start) == day]
    times = person.times
    cards, before = [], None
    for item in today:
        cards.append(Card(item, item.carer != person.id, _way(person, before, item)))
        before = item
    return DayCell(
        day, tuple(cards), any(away.covers(day) for away in times.leaves),
        tuple(spans_on(day, times.windows, times.leaves, times.differing)),
    )  # fmt: skip


def _way(person: Person, before: Item | None, item: Item) -> int | None:
    """Minutes between two visits as the calendar reckons them."""
    if before is None or before.task["lat"] is None or item.task["lat"] is None:
        return None
    metres = haversine_m((before.task["lat"], before.task["lon"]), (item.task["lat"], item.task["lon"]))
    return ceil(60 * DETOUR * metres / 1000 / max(person.speed_kmh, 1.0) - 1e-9)


def home_rows(homes: Sequence[UUID], items: Sequence[Item], span: Span) -> list[Row]:
    """The days of each household."""
    found = []
    for home in homes:
        mine = [item for item in items if item.task["household"] == home]
        if not mine:
            continue
        cells = tuple(
            DayCell(day, tuple(Card(item, second=False) for item in mine if rules.day_of(item.start) == day))
            for day in span.dates
        )
        head = mine[0].task
        found.append(Row(home, head["head_name"], head["home"], "", cells, sum(item.minutes for item in mine)))
    return found


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as its pages show it."""

    id: UUID
    number: str
    organization: UUID | None
    division: str
    side_name: str
    first: date
    days: int
    status: str
    counts: dict[str, Any]
    conflicts: list[dict[str, Any]]
    seconds: float | None
    error: str
    time_limit: int
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
    published_at: datetime | None
    percent: int
    stage: str
    version: int
    total: int

    @property
    def last(self) -> date:
        """The last planned day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def under_way(self) -> bool:
        """Whether it is being made."""
        return self.status in rules.UNDER_WAY


_PLAN = (
    "SELECT p.id, p.number, p.organization, p.division, coalesce(o.name, d.name, '') AS side_name, p.first, p.days,"
    " p.status, p.counts, p.conflicts, p.seconds, p.error, p.time_limit, coalesce(u.display_name, '') AS requested_by,"
    " p.created_at, p.finished_at, p.published_at, coalesce(j.progress, 0) AS percent, coalesce(j.stage, '') AS stage,"
    " p.version, count(*) OVER () AS total FROM visit_plan p LEFT JOIN organization o ON o.id = p.organization"
    " LEFT JOIN division d ON d.code = p.division LEFT JOIN app_user u ON u.id = p.requested_by"
    " LEFT JOIN job j ON j.id = p.job"
)


def _mine(side: Side) -> tuple[str, list[object]]:
    if side.organization is not None:
        return "p.organization = {}::uuid", [side.organization]
    return "p.organization IS NULL AND p.division LIKE {}", [f"{side.prefix}%"]


async def plans(actor: Actor, limit: int, offset: int) -> list[PlanView]:
    """One page of the plans of the actor's side, newest first."""
    condition, values = _mine(await side_of(actor))
    rows = await VisitPlan.raw(
        f"{_PLAN} WHERE {condition} ORDER BY p.created_at DESC, p.number DESC LIMIT {{}} OFFSET {{}}",
        *values, limit, offset,
    )  # fmt: skip
    return [_plan(row) for row in rows]


async def plan_for(actor: Actor, plan: UUID) -> PlanView:
    """One of them.

    Raises:
        NotYours: if it is none of the side's.
    """
    condition, values = _mine(await side_of(actor))
    rows = await VisitPlan.raw(f"{_PLAN} WHERE p.id = {{}} AND {condition}", plan, *values)
    if not rows:
        raise NotYours
    return _plan(rows[0])


def _plan(row: dict[str, Any]) -> PlanView:
    return PlanView(**{**row, "counts": json.loads(row["counts"]), "conflicts": json.loads(row["conflicts"])})


async def without_place(plan: UUID) -> list[dict[str, Any]]:
    """The rows of a draft that have no time, by reason and task."""
    rows: list[dict[str, Any]] = await VisitPlan.raw(
        "SELECT r.id, r.assignment, a.number AS task, a.service, h.head_name, c.name AS carer_name, c.number AS carer,"
        " r.due_from, r.due_until, r.change, r.reason, a.priority FROM visit_plan_row r"
        " JOIN assignment a ON a.id = r.assignment JOIN household h ON h.id = a.household"
        " JOIN carer c ON c.id = r.carer"
        " WHERE r.plan = {} AND r.start IS NULL ORDER BY r.change, array_position(ARRAY['urgent', 'key', 'edge',"
        " 'general']::varchar[], a.priority), r.due_from, a.number LIMIT 200",
        plan,
    )
    return rows


async def staff(item_side: Side) -> list[tuple[str, str]]:
    """The people of a side for a list to choose from: (id, number and name)."""
    condition, values = item_side.carers()
    rows = await Carer.raw(
        f"SELECT c.id, c.number, c.name FROM carer c WHERE c.active AND {condition} ORDER BY c.kind, c.number",  # noqa: S608
        *values,
    )
    return [(str(row["id"]), f"{row['number']} {row['name']}") for row in rows]


async def names_of(carers: Collection[UUID]) -> dict[UUID, str]:
    """The carers' names."""
    rows = await Carer.raw("SELECT id, name FROM carer WHERE id = ANY({})", list(carers))
    return {row["id"]: row["name"] for row in rows}


async def swappable(actor: Actor, item: Item) -> list[Item]:
    """Planned visits of other carers of the same side on the days around, with whom this one could change carers."""
    start = rules.at_minute(rules.day_of(item.start) - timedelta(days=1), 0)
    condition, values = seen(actor)
    found = await visits_where(
        "x.planned_start >= {} AND x.planned_start < {} AND x.status = 'planned' AND NOT x.fixed AND x.carer <> {}"
        f" AND x.service = {{}} AND a.organization IS NOT DISTINCT FROM {{}}::uuid AND {condition}",
        start, start + timedelta(days=3), item.carer, item.task["service"], item.task["organization"], *values,
    )  # fmt: skip
    return found[:60]
