"""What the map draws and the list beside it says: towns with their needs, gathered points, carers, the way of a day.

Homes and carers are only ever shown in squares of about a kilometre (rules.LEAST_CELL); nobody is named by a point.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from bangfu.maps import rules
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.masking import mask_name

WAITING: Final = ("confirmed", "matching")
SERVED: Final = ("assigned", "in_service")
LAYERS: Final = ("waiting", "served", "carers")
MOST_MARKS: Final = 1500
"""Marks of one answer; beyond them squares are too small for the window and the largest ones are drawn."""
MOST_TOWNS: Final = 600
MOST_CARERS: Final = 200
_OFF: Final = ("cancelled", "missed", "excused", "rejected")


@dataclass(frozen=True, slots=True)
class Place:
    """A town (or village of a town) of the list: its needs, who lives there, and where its centre is."""

    code: str
    name: str
    lat: float | None
    lon: float | None
    waiting: int
    urgent: int
    served: int
    carers: int


async def area_of(actor: Actor, text: str) -> tuple[str, str]:
    """The prefix and the name of the asked area, the actor's own where none is asked.

    Raises:
        NotYours: outside the actor's divisions, or where there is none.
    """
    wanted = text if text.isascii() and text.isdigit() and len(text) <= 12 else ""
    prefix = wanted or actor.scope
    if not actor.scope or not prefix.startswith(actor.scope):
        raise NotYours
    rows = await Division.raw("SELECT name FROM division WHERE code = rpad({}, 12, '0')", prefix)
    if not rows and wanted:
        raise NotYours
    return prefix, rows[0]["name"] if rows else ""


def length_below(prefix: str) -> int:
    """How many digits name the places of the list: towns of a city or county, villages of a town."""
    return 9 if len(prefix) < 9 else 12


async def places(prefix: str, service: str) -> list[Place]:
    """The towns (of a town its villages), those with the most waiting needs first."""
    digits = length_below(prefix)
    rows = await Division.raw(
        "WITH counted AS (SELECT left(division, {}) AS code, count(*) FILTER (WHERE status = ANY({})) AS waiting,"
        " count(*) FILTER (WHERE status = ANY({}) AND priority = 'urgent') AS urgent,"
        " count(*) FILTER (WHERE status = ANY({})) AS served FROM need WHERE division LIKE {}"
        " AND status = ANY({}) AND ({} = '' OR service = {}) GROUP BY 1),"
        " living AS (SELECT left(division, {}) AS code, count(*) AS carers FROM carer WHERE active"
        " AND division LIKE {} GROUP BY 1)"
        " SELECT left(d.code, {}) AS code, d.name, d.lat, d.lon, coalesce(c.waiting, 0) AS waiting,"
        " coalesce(c.urgent, 0) AS urgent, coalesce(c.served, 0) AS served, coalesce(l.carers, 0) AS carers"
        " FROM division d LEFT JOIN counted c ON c.code = left(d.code, {})"
        " LEFT JOIN living l ON l.code = left(d.code, {})"
        " WHERE d.code LIKE {} AND d.level = {} ORDER BY waiting DESC, d.code LIMIT {}",
        digits, list(WAITING), list(WAITING), list(SERVED), f"{prefix}%", [*WAITING, *SERVED], service, service,
        digits, f"{prefix}%", digits, digits, digits, f"{prefix}%", 4 if digits == 9 else 5, MOST_TOWNS,
    )  # fmt: skip
    return [Place(**row) for row in rows]


async def services(prefix: str) -> list[str]:
    """The services that anybody of the area waits for or gets."""
    rows = await Division.raw(
        "SELECT code FROM service s WHERE EXISTS (SELECT 1 FROM need n WHERE n.service = s.code AND n.division LIKE {}"
        " AND n.status = ANY({})) ORDER BY code",
        f"{prefix}%", [*WAITING, *SERVED],
    )  # fmt: skip
    return [row["code"] for row in rows]


async def marks(
    prefix: str, layer: str, service: str, zoom: int, box: tuple[float, float, float, float]
) -> list[dict[str, Any]]:
    """The points of a layer inside a box, gathered in squares as the zoom asks: lat, lon (middle), n, urgent."""
    side, (west, south, east, north) = rules.cell(zoom), box
    if layer == "carers":
        rows = await Division.raw(
            "SELECT floor(lat / {}) AS y, floor(lon / {}) AS x, count(*) AS n, 0 AS urgent FROM carer"
            " WHERE active AND division LIKE {} AND lat BETWEEN {} AND {} AND lon BETWEEN {} AND {}"
            " GROUP BY 1, 2 ORDER BY n DESC LIMIT {}",
            side, side, f"{prefix}%", south, north, west, east, MOST_MARKS,
        )  # fmt: skip
    else:
        states = list(WAITING if layer == "waiting" else SERVED)
        rows = await Division.raw(
            "SELECT floor(h.lat / {}) AS y, floor(h.lon / {}) AS x, count(*) AS n,"
            " count(*) FILTER (WHERE n.priority = 'urgent') AS urgent FROM need n"
            " JOIN household h ON h.id = n.household WHERE n.division LIKE {} AND n.status = ANY({})"
            " AND ({} = '' OR n.service = {}) AND h.lat BETWEEN {} AND {} AND h.lon BETWEEN {} AND {}"
            " GROUP BY 1, 2 ORDER BY n DESC LIMIT {}",
            side, side, f"{prefix}%", states, service, service, south, north, west, east, MOST_MARKS,
        )  # fmt: skip
    return [
        {"lat": (row["y"] + 0.5) * side, "lon": (row["x"] + 0.5) * side, "n": row["n"], "urgent": row["urgent"]}
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the homes of a layer's needs lie, and how many needs have no point."""

    corners: tuple[tuple[float, float], ...]
    """South-west and north-east (lat, lon) of the squares that hold them all: no home's own point; () without one."""
    unplaced: int


async def extent(prefix: str, layer: str, service: str) -> Extent:
    """The extent of a layer; of carers none is needed, they stand in their list."""
    if layer == "carers":
        return Extent((), 0)
    rows = await Division.raw(
        "SELECT floor(min(h.lat) / {}) * {} AS south, floor(min(h.lon) / {}) * {} AS west,"
        " ceil(max(h.lat) / {}) * {} AS north, ceil(max(h.lon) / {}) * {} AS east,"
        " count(*) FILTER (WHERE h.lat IS NULL OR h.lon IS NULL) AS unplaced FROM need n"
        " JOIN household h ON h.id = n.household WHERE n.division LIKE {} AND n.status = ANY({})"
        " AND ({} = '' OR n.service = {})",
        *[rules.LEAST_CELL] * 8, f"{prefix}%", list(WAITING if layer == "waiting" else SERVED), service, service,
    )  # fmt: skip
    row = rows[0]
    if row["south"] is None or row["west"] is None:
        return Extent((), row["unplaced"])
    return Extent(((row["south"], row["west"]), (row["north"], row["east"])), row["unplaced"])


async def carers(prefix: str) -> list[dict[str, Any]]:
    """The carers who live in the area, with kind, organisation and reach; places rounded to a square."""
    rows = await Division.raw(
        "SELECT c.id, c.number, c.name, c.kind, c.max_km, coalesce(o.name, '') AS organization, c.lat, c.lon,"
        " coalesce(t.name, '') AS town, count(*) OVER () AS total FROM carer c"
        " LEFT JOIN organization o ON o.id = c.organization"
        " LEFT JOIN division t ON t.code = rpad(left(c.division, 9), 12, '0')"
        " WHERE c.active AND c.division LIKE {} ORDER BY t.name, c.pinyin, c.number LIMIT {}",
        f"{prefix}%", MOST_CARERS,
    )  # fmt: skip
    return [{**row, **_square(row["lat"], row["lon"])} for row in rows]


def _square(lat: float | None, lon: float | None) -> dict[str, float | None]:
    if lat is None or lon is None:
        return {"lat": None, "lon": None}
    side = rules.LEAST_CELL
    return {"lat": (lat // side + 0.5) * side, "lon": (lon // side + 0.5) * side}


async def way_of_day(prefix: str, carer: UUID, day: date) -> list[dict[str, Any]]:
    """The visits of a carer's day in their order: time, household (masked), village, service; places rounded."""
    first = datetime.combine(day, time(), SHANGHAI)
    rows = await Division.raw(
        "SELECT v.id, v.planned_start, v.planned_end, v.service, v.status, h.head_name, h.lat, h.lon,"
        " coalesce(d.name, '') AS village FROM visit v JOIN household h ON h.id = v.household"
        " LEFT JOIN division d ON d.code = v.division WHERE (v.carer = {} OR v.partner = {}) AND v.division LIKE {}"
        " AND v.planned_start >= {} AND v.planned_start < {} AND v.status <> ALL({}) ORDER BY v.planned_start, v.id",
        carer, carer, f"{prefix}%", first, first + timedelta(days=1), list(_OFF),
    )  # fmt: skip
    return [
        {**{name: row[name] for name in ("id", "service", "status", "village")},
         "begins": f"{row['planned_start'].astimezone(SHANGHAI):%H:%M}",
         "ends": f"{row['planned_end'].astimezone(SHANGHAI):%H:%M}",
         "stop": stop, "head": mask_name(row["head_name"]), **_square(row["lat"], row["lon"])}
        for stop, row in enumerate(rows, 1)
    ]  # fmt: skip
