"""What volunteers and stations read of open tasks, visits and swaps, each through the filter of who asks.

Before acceptance a volunteer learns the village, the distance as a band, the service and the times (DOMAIN.md 9.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch.rules import distance_band
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.coordinates import haversine_m
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import Wanted, experience_of, faults, mine, volunteer
from bangfu.volunteers.numbers import numbers_on
from bangfu.volunteers.tables import OpenTask
from bangfu.volunteers.task_life import in_reach

MOST_ASKED = 40
"""So many of the nearest open tasks are asked for one page."""
Row = dict[str, Any]
_TASK = (
    "SELECT t.*, n.number AS need_number, n.status AS need_status, h.lat, h.lon, h.two_person_visits,"
    " coalesce(d.name, '') AS village, coalesce(u.name, '') AS township, coalesce(c.name, '') AS taker_name,"
    " coalesce(c.number, '') AS taker_number, coalesce(p.number, '') AS partner_number,"
    " (SELECT array_agg(s.starts_at ORDER BY s.starts_at) FROM open_slot s WHERE s.task = t.id) AS starts,"
    " (SELECT array_agg(s.ends_at ORDER BY s.starts_at) FROM open_slot s WHERE s.task = t.id) AS ends"
    " FROM open_task t JOIN need n ON n.id = t.need JOIN household h ON h.id = t.household"
    " LEFT JOIN division d ON d.code = t.division LEFT JOIN division u ON u.code = d.parent"
    " LEFT JOIN carer c ON c.id = t.taker LEFT JOIN carer p ON p.id = t.partner"
)


@dataclass(frozen=True, slots=True)
class Offered:
    """An open task as a volunteer sees it before taking it: no home, no name."""

    id: UUID
    number: str
    service: str
    village: str
    township: str
    minutes: int
    starts: Sequence[datetime]
    ends: Sequence[datetime]
    km: float | None = None
    needs_partner: bool = False
    partner_named: bool = False
    served_here: bool = False
    why_not: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def band(self) -> str:
        """The distance as a band."""
        return distance_band(self.km)


async def offered_to(actor: Actor, at: datetime, most: int = 20) -> list[Offered]:
    """The open tasks that this volunteer may take now, near and familiar ones first; only those that they are free
    for and that no rule keeps from them."""
    carer = await volunteer(mine(actor))
    rows = await OpenTask.raw(
        _TASK + " WHERE t.status = 'open' AND t.division LIKE {}"  # noqa: S608 (constants)
        " AND (n.status = 'matching' OR t.assignment IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM open_slot s WHERE s.task = t.id AND s.starts_at <= {})",
        f"{area_of(carer)}%", at,
    )  # fmt: skip
    homes, kinds = await _familiar(carer["id"])
    near = sorted(
        rows,
        key=lambda row: rules.rank(
            km_to(carer, row), row["household"] in homes, kinds.get(row["service"], 0), row["starts"][0]
        ),
    )  # fmt: skip
    found: list[Offered] = []
    for row in near[:MOST_ASKED]:
        task = await _offered(carer, row, homes, at)
        if not task.why_not:
            found.append(task)
        if len(found) == most:
            break
    return found


async def offered_task(actor: Actor, task: UUID, at: datetime) -> Offered:
    """One open task with what stands in the way of taking it.

    Raises:
        NotYours: if it is not open, or lies in another county.
    """
    carer = await volunteer(mine(actor))
    rows = await OpenTask.raw(_TASK + " WHERE t.id = {}", task)
    if not rows or not (rows[0]["status"] == "open" or rows[0]["taker"] == carer["id"]):
        raise NotYours
    await in_reach(carer["id"], rows[0]["division"])
    homes, _ = await _familiar(carer["id"])
    return await _offered(carer, rows[0], homes, at)


async def _offered(carer: Row, row: Row, homes: set[UUID], at: datetime) -> Offered:
    wanted = wanted_of(row)
    new = (await experience_of([carer["id"]]))[carer["id"]].newcomer
    return Offered(
        id=row["id"], number=row["number"], service=row["service"], village=row["village"], township=row["township"],
        minutes=row["minutes"], starts=row["starts"] or (), ends=row["ends"] or (), km=km_to(carer, row),
        needs_partner=new or row["two_person_visits"], partner_named=row["partner"] is not None,
        served_here=row["household"] in homes,
        why_not=[] if row["status"] != "open" else await faults(carer["id"], wanted, at),
    )  # fmt: skip


def wanted_of(row: Row) -> Wanted:
    """What taking an open task asks of a volunteer."""
    times = list(zip(row["starts"] or (), row["ends"] or (), strict=True))
    return Wanted(row["need"], times, whole=row["assignment"] is None)


async def wanted_by(task: UUID) -> tuple[Wanted, Row]:
    """The same for an open task by its id, with its row.

    Raises:
        NotYours: if there is none.
    """
    rows = await OpenTask.raw(_TASK + " WHERE t.id = {}", task)
    if not rows:
        raise NotYours
    return wanted_of(rows[0]), rows[0]


def area_of(carer: Row) -> str:
    """The county in which a volunteer is shown tasks, as a prefix."""
    return str(carer["division"])[:6]


def km_to(carer: Row, row: Row) -> float | None:
    """Kilometres between a volunteer and a home as the crow flies; None where a place is unknown."""
    if carer["lat"] is None or row["lat"] is None:
        return None
    return haversine_m((carer["lat"], carer["lon"]), (row["lat"], row["lon"])) / 1000


async def _familiar(carer: UUID) -> tuple[set[UUID], dict[str, int]]:
    """The homes that a volunteer has visited, and how often each service."""
    rows = await OpenTask.raw(
        "SELECT household, service, count(*)::int AS n FROM visit WHERE (carer = {} OR partner = {})"
        " AND status IN ('submitted', 'verified', 'settled') GROUP BY household, service",
        carer, carer,
    )  # fmt: skip
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row["service"]] = kinds.get(row["service"], 0) + row["n"]
    return {row["household"] for row in rows}, kinds


async def my_taken(actor: Actor) -> list[Row]:
    """The open tasks that the volunteer has taken and that are not over."""
    rows: list[Row] = await OpenTask.raw(
        _TASK + " WHERE t.taker = {} AND t.status = 'taken' ORDER BY starts", mine(actor)
    )
    return rows


async def my_visits(actor: Actor, at: datetime) -> list[Row]:
    """The volunteer's visits ahead, named or accompanying, with a swap that is asked for."""
    carer = mine(actor)
    rows: list[Row] = await OpenTask.raw(
        "SELECT v.id, v.number, v.service, v.planned_start, v.planned_end, v.carer = {} AS named, v.status,"
        " v.partner IS NOT NULL AS accompanied, coalesce(d.name, '') AS village, s.id AS swap"
        " FROM visit v LEFT JOIN division d ON d.code = v.division LEFT JOIN swap_request s ON s.visit = v.id"
        " AND s.status = 'asked' WHERE (v.carer = {} OR v.partner = {}) AND v.carer_kind = 'volunteer'"
        " AND v.status IN ('planned', 'in_progress') AND v.planned_end > {} ORDER BY v.planned_start LIMIT 60",
        carer, carer, carer, at,
    )  # fmt: skip
    return rows


async def experience(actor: Actor, at: datetime) -> dict[str, Any]:
    """How far a volunteer is: newcomer or not, verified visits, how many make an experienced one."""
    carer = mine(actor)
    known, least = (await experience_of([carer]))[carer], (await numbers_on(civil_date(at))).experienced_visits
    return {"newcomer": known.newcomer, "verified": known.verified, "least": least,
            "experienced": known.experienced(least)}  # fmt: skip


# what the station reads


async def tasks_of(actor: Actor, state: str, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the area's open tasks; "" is every state."""
    rows = await OpenTask.raw(
        f"SELECT x.*, count(*) OVER () AS total FROM ({_TASK} WHERE {{}} <> '' AND t.division LIKE {{}}"  # noqa: S608
        " AND ({} = '' OR t.status = {})) x ORDER BY x.status <> 'open', x.starts, x.number LIMIT {} OFFSET {}",
        actor.scope, f"{actor.scope}%", state, state, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def task_for(actor: Actor, task: UUID) -> Row:
    """One open task of the area.

    Raises:
        NotYours: for any other.
    """
    rows = await OpenTask.raw(_TASK + " WHERE t.id = {}", task)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    found: Row = rows[0]
    return found


async def openable(actor: Actor, limit: int = 100) -> list[Row]:
    """Needs of the area that may be opened: in matching, or served by volunteers, and not open already."""
    rows: list[Row] = await OpenTask.raw(
        "SELECT n.id, n.number, n.service, n.minutes, n.visits, n.status, n.priority, n.division,"
        " h.head_name,"
        " coalesce(d.name, '') AS village, a.id AS assignment FROM need n JOIN household h ON h.id = n.household"
        " JOIN service s ON s.code = n.service LEFT JOIN division d ON d.code = n.division LEFT JOIN assignment a"
        " ON a.need = n.id AND a.status IN ('offered', 'accepted', 'scheduled', 'active')"
        " WHERE {} <> '' AND n.division LIKE {} AND 'volunteer' = ANY(CASE WHEN cardinality(n.kinds) = 0 THEN s.kinds"
        " ELSE n.kinds END) AND ((n.status = 'matching' AND a.id IS NULL) OR (a.carer_kind = 'volunteer'"
        " AND a.status <> 'offered')) AND NOT EXISTS (SELECT 1 FROM open_task t WHERE t.need = n.id"
        " AND t.status = 'open')"
        " ORDER BY array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], n.priority), n.number"
        " LIMIT {}",
        actor.scope, f"{actor.scope}%", limit,
    )  # fmt: skip
    return rows


async def need_for(actor: Actor, need: UUID) -> Row:
    """A need of the area, as the form of opening shows it.

    Raises:
        NotYours: for any other.
    """
    rows = await OpenTask.raw(
        "SELECT n.id, n.number, n.service, n.minutes, n.visits, n.status, n.division, h.head_name, h.two_person_visits,"
        " coalesce(d.name, '') AS village, a.id AS assignment FROM need n JOIN household h ON h.id = n.household"
        " LEFT JOIN division d ON d.code = n.division LEFT JOIN assignment a ON a.need = n.id"
        " AND a.status IN ('accepted', 'scheduled', 'active') WHERE n.id = {}",
        need,
    )  # fmt: skip
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    found: Row = rows[0]
    return found
