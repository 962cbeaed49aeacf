"""What is due, missed or at risk in an area, an organisation or for a carer: one query over tasks and windows.

Counts are made when they are asked for; where they are dear they are given again (shared/kept.py). The windows
themselves come from due_rules.py, once for each rhythm that the area has (assignment.due_key, which triggers keep equal
to due.BASIS); the database cuts them to the tasks and finds the visit of each (index visit_counts_at). The state of a
window is that of due_rules.state_of, said in SQL; a test compares both.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import in_parts
from bangfu.shared.kept import Answer, kept
from bangfu.visits import due
from bangfu.visits.tables import Visit

View = Literal["scope", "organization", "own"]
LISTS: Final = ("week", "risk", "missed")
SINCE: Final = {"": 28, "week": 7, "quarter": 92}
"""How many days back the missed list goes."""
RISKS: Final = ("stuck", "day_over", "late", "carer_away", "unplanned", "last_day")
HEAD: Final = 8_000
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AWAY: Final = datetime(9000, 1, 1, tzinfo=UTC)
STATES: Final = ("due", "planned", "filled", "excused", "missed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, and its filters; "" leaves a filter out. `state` is a window's state, or a risk in the list of
    risks."""

    view: View
    shown: str = "week"
    division: str = ""
    service: str = ""
    organization: UUID | None = None
    carer: UUID | None = None
    state: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class DueRow:
    """A window in a list; `visit` is the one that fills it, is planned for it or was missed in it."""

    assignment: UUID
    due_from: datetime
    due_until: datetime
    basis: str
    state: str
    risk: str
    visit: UUID | None


def visible(actor: Actor, view: View) -> tuple[str, list[object]]:
    """The SQL condition (alias `a`) and its values: whose tasks this person may see, each in one place."""
    if view == "organization":
        return "a.organization = {}::uuid AND a.carer_kind = 'worker'", [actor.organization]
    if view == "own":
        return "a.carer = {}::uuid", [actor.carer]
    return "{} <> '' AND a.division LIKE {}", [actor.scope, f"{actor.scope}%"]


_VISIT = (
    " LEFT JOIN LATERAL (SELECT v.id, v.status, v.planned_start, v.planned_end, v.window_end, v.started_at, v.carer"  # noqa: S608 (constants)
    f" FROM visit v WHERE v.assignment = o.id AND {due.COUNTS_AT} >= o.due_from AND {due.COUNTS_AT} < o.due_until"
    " AND v.status NOT IN ('rejected', 'cancelled') ORDER BY CASE v.status WHEN 'in_progress' THEN 1 WHEN 'planned'"
    f" THEN 2 WHEN 'excused' THEN 3 WHEN 'missed' THEN 4 ELSE 0 END, {due.COUNTS_AT}, v.id LIMIT 1) v ON true"
)
_EXCUSED = (
    "(v.status = 'excused' OR EXISTS (SELECT 1 FROM visit_excuse e WHERE e.assignment = o.id AND"
    " e.status = 'confirmed' AND e.due_from >= o.due_from AND e.due_from < o.due_until))"
)
_STATE = (
    "CASE WHEN v.status IN ('submitted', 'flagged', 'verified', 'disputed', 'settled') THEN 'filled'"
    " WHEN v.status = 'in_progress' OR (v.status = 'planned'"
    " AND greatest(o.due_until, v.planned_end + interval '24 hours') > t.at) THEN 'planned'"
    f" WHEN {_EXCUSED} THEN 'excused' WHEN o.served * 2 < o.whole THEN 'optional'"
    " WHEN o.due_until <= t.at THEN 'missed' WHEN o.due_from <= t.at THEN 'due' ELSE 'ahead' END"
)
_DAY = "(v.planned_start AT TIME ZONE 'Asia/Shanghai')::date"
_AWAY = (
    "(EXISTS (SELECT 1 FROM carer_leave l WHERE l.carer = v.carer AND l.status = 'approved'"  # noqa: S608 (constants)
    f" AND {_DAY} BETWEEN l.starts_on AND l.ends_on) OR EXISTS (SELECT 1 FROM carer_day y WHERE y.carer = v.carer"
    f" AND y.removed_at IS NULL AND y.start_minute IS NULL AND y.day = {_DAY})"
    " OR EXISTS (SELECT 1 FROM carer c WHERE c.id = v.carer AND (NOT c.active OR c.clearance_hit_on IS NOT NULL"
    f" OR c.left_on <= {_DAY} OR c.blacklist_until >= {_DAY})))"
)
_RISK = (
    "CASE WHEN v.status = 'in_progress' THEN CASE WHEN v.started_at < t.at - interval '24 hours' THEN 'stuck' END"
    " WHEN v.status = 'planned' AND v.planned_end < t.today THEN 'day_over'"
    " WHEN v.status = 'planned' AND v.window_end + interval '30 minutes' < t.at THEN 'late'"
    f" WHEN v.status = 'planned' AND v.planned_start < t.week_end AND {_AWAY} THEN 'carer_away'"
    " WHEN s.state = 'due' AND o.due_until <= t.week_end"
    " AND t.at >= o.due_until - least(interval '3 days', (o.due_until - o.due_from) / 2) THEN 'unplanned'"
    " WHEN v.status = 'planned' AND o.due_until <= t.week_end AND o.due_until - o.due_from > interval '2 days'"
    " AND v.planned_start >= o.due_until - interval '1 day' THEN 'last_day' ELSE '' END"
)
_REST = (
    "coalesce((SELECT sum(greatest(interval '0', least(x.u, least(w.until, a.ends)) - greatest(x.f,"
    " greatest(w.start, a.begins)))) FROM unnest(a.rest_from, a.rest_until) AS x(f, u)), interval '0')"
)
_TASKS = (
    f"SELECT a.id, a.need, {due.BEGINS} AS begins, coalesce(a.ended_at, 'infinity') AS ends, a.due_key AS key,"  # noqa: S608 (constants)
    " r.rest_from, r.rest_until FROM assignment a LEFT JOIN (SELECT need, array_agg(started_at) AS rest_from,"
    " array_agg(coalesce(ended_at, 'infinity')) AS rest_until FROM service_pause GROUP BY need) r ON r.need = a.need"
    " WHERE {where}"
)
_OWED = (  # a window that is cut to nothing is none
    "SELECT a.id, greatest(w.start, a.begins) AS due_from, least(w.until, a.ends) AS due_until, w.basis,"  # noqa: S608 (constants)
    " w.until - w.start AS whole, least(w.until, a.ends) - greatest(w.start, a.begins)"
    f" - CASE WHEN a.rest_from IS NULL THEN interval '0' ELSE {_REST} END AS served"
    " FROM a JOIN w ON w.key = a.key WHERE w.until > a.begins AND w.start < a.ends"
    " AND least(w.until, a.ends) > {} AND least(w.until, a.ends) <= {}{which}"
)
_OPEN = (  # what is over can be at risk only with a visit that is not: a make-up visit may lie ahead
    " AND (least(w.until, a.ends) > (SELECT at FROM t) OR a.id IN (SELECT assignment FROM running))"
)
_RUNNING = (
    " running AS MATERIALIZED (SELECT v.assignment FROM visit v WHERE v.status IN ('planned', 'in_progress')"
    " AND v.planned_end < (SELECT at FROM t) + interval '1 day' UNION ALL SELECT v.assignment FROM visit v"
    " WHERE v.status IN ('planned', 'in_progress') AND v.source = 'make_up'),"
)
_LIST = (  # the names in braces are replaced by SQL of this module, empty ones are values
    "WITH t AS (SELECT {}::timestamptz AS at, {}::timestamptz AS today, {}::timestamptz AS week_end),"  # noqa: S608 (constants)
    " w AS (SELECT * FROM unnest({}::text[], {}::timestamptz[], {}::timestamptz[], {}::text[])"
    f" AS w(key, start, until, basis)),{{running}} a AS MATERIALIZED ({_TASKS}), o AS ({_OWED})"
    " SELECT {what} FROM (SELECT * FROM o{first}) o CROSS JOIN t"
    f"{_VISIT} CROSS JOIN LATERAL (SELECT {_STATE} AS state) s WHERE o.served > interval '0' AND {{wanted}}"
)
_ROW = "o.id AS assignment, o.due_from, o.due_until, o.basis, v.id AS visit, s.state, {risk} AS risk"
"""One row of a list. It is asked in the order of the list, so that a page of it looks up the visits of few windows."""


def _where(actor: Actor, wanted: Wanted, first: datetime) -> tuple[str, list[object]]:
    seen, values = visible(actor, wanted.view)
    parts = [
        seen, "a.answered_at IS NOT NULL", f"a.status IN {due.SERVED}", "(a.ended_at IS NULL OR a.ended_at > {})"
    ]  # fmt: skip
    values.append(first)
    for value, condition in (
        (wanted.division and f"{wanted.division}%", "a.division LIKE {}"), (wanted.service, "a.service = {}"),
        (wanted.organization, "a.organization = {}"), (wanted.carer, "a.carer = {}"),
    ):  # fmt: skip
        if value:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), values


def span_of(wanted: Wanted, at: datetime) -> tuple[date, date]:
    """The civil days whose windows a list looks at; weeks begin on Monday."""
    day = civil_date(at)
    monday = day - timedelta(days=day.weekday())
    if wanted.shown == "missed":
        return day - timedelta(days=SINCE.get(wanted.since, 28)), day
    return (day - timedelta(days=1) if wanted.shown == "risk" else monday), monday + timedelta(days=6)


def _chosen(wanted: Wanted) -> tuple[str, list[object]]:
    if wanted.shown == "missed":
        return "s.state = 'missed'", []
    if wanted.shown == "risk":
        risk = f"{_RISK} = {{}}" if wanted.state in RISKS else f"{_RISK} <> {{}}"
        return risk, [wanted.state if wanted.state in RISKS else ""]
    return ("s.state = {}", [wanted.state]) if wanted.state in STATES else ("s.state <> 'optional'", [])


def _ends(wanted: Wanted, first: date, last: date, at: datetime) -> tuple[datetime, datetime]:
    """Between which instants a window of the list has to end: after the one, until the other."""
    begin, end = day_span(first)[0], day_span(last)[1]
    return {"missed": (begin, at), "week": (begin, end)}.get(wanted.shown, (LONG_AGO, FAR_AWAY))


async def _spans(where: str, values: list[object], first: date, last: date) -> tuple[list[list[object]], int]:
    """The windows of every rhythm among these tasks, as columns: key, start, end, basis; about how many windows all the
    tasks have."""
    rows = await Visit.raw(
        f"SELECT a.due_key AS key, count(*) AS tasks FROM assignment a WHERE {where} GROUP BY a.due_key",  # noqa: S608 (constants)
        *values,
    )
    keys = [{**_basis(row["key"]), "tasks": row["tasks"]} for row in rows]
    rhythms = await due.rhythms_of(keys)
    columns: list[list[object]] = [[], [], [], []]
    about = 0
    for row in keys:
        for span in due.owed_in(row, rhythms, first, last):
            about += row["tasks"]
            for column, value in zip(columns, (row["key"], span.start, span.end, span.code), strict=True):
                column.append(value)
    return columns, about


def _basis(key: str) -> dict[str, Any]:
    """What assignment.due_key says."""
    norm, times, days, once = key.rsplit(":", 3)
    service = "visit_check" if once == "true" else ""
    return {"key": key, "norm": norm, "times": int(times), "days": int(days), "service": service}


async def _sql(actor: Actor, wanted: Wanted, at: datetime, what: str) -> tuple[str, list[object], int]:
    """The statement (with a place for the order of the windows), its values, and about how many windows it is about."""
    first, last = span_of(wanted, at)
    where, values = _where(actor, wanted, day_span(first)[0])
    columns, about = await _spans(where, values, first, last)
    chosen, chosen_values = _chosen(wanted)
    risky = wanted.shown == "risk"
    sql = _LIST.replace("{where}", where).replace("{wanted}", chosen).replace("{what}", what)
    sql = sql.replace("{risk}", _RISK if risky else "''")
    sql = sql.replace("{which}", _OPEN if risky else "").replace("{running}", _RUNNING if risky else "")
    return sql, [
        at, day_span(civil_date(at))[0], day_span(last)[1], *columns, *values, *_ends(wanted, first, last, at),
        *chosen_values,
    ], about  # fmt: skip


_ORDER = {
    "week": " ORDER BY o.due_until, o.due_from, o.id",
    "risk": " ORDER BY o.due_until, o.due_from, o.id",
    "missed": " ORDER BY o.due_until DESC, o.due_from, o.id",
}


async def due_list(actor: Actor, wanted: Wanted, at: datetime, limit: int, offset: int) -> list[DueRow]:
    """One page of a list."""
    sql, values, about = await _sql(actor, wanted, at, _ROW)
    order = _ORDER[wanted.shown]
    # Of many windows the first ones usually fill the page: all of them are put in order only where they do not.
    head = max(HEAD, 20 * (offset + limit))
    rows: list[dict[str, Any]] = []
    for some in ([f" LIMIT {head:d}"] if about > 4 * head else []) + [""]:
        rows = await Visit.raw(
            f"{sql.replace('{first}', order + some)}{order} LIMIT {{}} OFFSET {{}}", *values, limit, offset
        )
        if len(rows) == limit:
            break
    return [_due_row(row) for row in rows]


async def due_parts(actor: Actor, wanted: Wanted, at: datetime) -> AsyncIterator[list[DueRow]]:
    """The whole of a list, some rows at a time."""
    sql, values, _about = await _sql(actor, wanted, at, _ROW)
    async for rows in in_parts(sql.replace("{first}", "") + _ORDER[wanted.shown], *values):
        yield [_due_row(row) for row in rows]


def _due_row(row: Mapping[str, Any]) -> DueRow:
    return DueRow(**{name: row[name] for name in DueRow.__slots__})


async def total(actor: Actor, wanted: Wanted, at: datetime) -> Answer[int]:
    """How many rows a list has; of a whole county of some minutes ago."""
    return await kept(
        ("due total", _whose(actor, wanted.view), wanted, civil_date(at)), int, lambda: count(actor, wanted, at)
    )  # fmt: skip


async def count(actor: Actor, wanted: Wanted, at: datetime) -> int:
    """How many rows a list has."""
    sql, values, _about = await _sql(actor, wanted, at, "count(*) AS n")
    return int((await Visit.raw(sql.replace("{first}", ""), *values))[0]["n"])


async def counts(actor: Actor, view: View, at: datetime) -> Answer[dict[str, int]]:
    """What the start page says: due this week and not planned, at risk, missed within four weeks."""
    return await kept(
        ("due", _whose(actor, view), civil_date(at)), dict[str, int], lambda: _counts(actor, view, at)
    )  # fmt: skip


def _whose(actor: Actor, view: View) -> str:
    return f"{view} {({'organization': actor.organization, 'own': actor.carer}).get(view, actor.scope)}"


async def _counts(actor: Actor, view: View, at: datetime) -> dict[str, int]:
    wanted = Wanted(view)
    return {
        "week": await count(actor, replace(wanted, state="due"), at),
        "risk": await count(actor, replace(wanted, shown="risk"), at),
        "missed": await count(actor, replace(wanted, shown="missed"), at),
    }
