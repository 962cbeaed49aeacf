"""What is due, missed or at risk in an area, an organisation or for a carer: one query over tasks and windows.

Counts are made when they are asked for. The windows themselves come from due_rules.py, once for each rhythm that the
area has; the database cuts them to the tasks and finds the visit of each (index visit_counts_at). The state of a window
is that of due_rules.state_of, said in SQL; a test compares both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.kept import kept
from bangfu.visits import due
from bangfu.visits.tables import Visit

View = Literal["scope", "organization", "own"]
LISTS: Final = ("week", "risk", "missed")
SINCE: Final = {"": 28, "week": 7, "quarter": 92}
"""How many days back the missed list goes."""
RISKS: Final = ("stuck", "day_over", "late", "carer_away", "unplanned", "last_day")
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


_KEY = "k.norm || ':' || k.times || ':' || k.days || ':' || (a.service = 'visit_check')"
_FROM = (
    " FROM assignment a JOIN need n ON n.id = a.need LEFT JOIN norm_proposal p ON p.id = n.proposal"
    f" CROSS JOIN LATERAL (SELECT {due.BASIS}) k"
)
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
_LIST = (  # the names in braces are replaced by SQL of this module, empty ones are values
    "WITH t AS (SELECT {}::timestamptz AS at, {}::timestamptz AS today, {}::timestamptz AS week_end),"  # noqa: S608 (constants)
    " w AS (SELECT * FROM unnest({}::text[], {}::timestamptz[], {}::timestamptz[], {}::text[])"
    " AS w(key, start, until, basis)),"
    f" a AS MATERIALIZED (SELECT a.id, a.need, {due.BEGINS} AS begins, coalesce(a.ended_at, 'infinity') AS"
    f" ends, {_KEY} AS key,"
    f" r.rest_from, r.rest_until{_FROM} LEFT JOIN (SELECT need, array_agg(started_at) AS rest_from,"
    " array_agg(coalesce(ended_at, 'infinity')) AS rest_until FROM service_pause GROUP BY need) r ON r.need = a.need"
    " WHERE {where}),"
    " o AS MATERIALIZED (SELECT a.id, greatest(w.start, a.begins) AS due_from, least(w.until, a.ends) AS"
    " due_until, w.basis,"
    " w.until - w.start AS whole, least(w.until, a.ends) - greatest(w.start, a.begins)"
    f" - CASE WHEN a.rest_from IS NULL THEN interval '0' ELSE {_REST} END AS served"
    " FROM a JOIN w ON w.key = a.key WHERE w.until > a.begins AND w.start < a.ends)"
    f" SELECT o.id AS assignment, o.due_from, o.due_until, o.basis, v.id AS visit, s.state, {{risk}} AS risk, {{total}}"
    f" FROM o CROSS JOIN t{_VISIT} CROSS JOIN LATERAL (SELECT {_STATE} AS state) s"
    " WHERE o.served > interval '0' AND {wanted}"
)


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


def _chosen(wanted: Wanted, first: date, last: date) -> tuple[str, list[object]]:
    begin, end = day_span(first)[0], day_span(last)[1]
    if wanted.shown == "missed":
        return "s.state = 'missed' AND o.due_until > {} AND o.due_until <= t.at", [begin]
    if wanted.shown == "risk":
        risk = f"{_RISK} = {{}}" if wanted.state in RISKS else f"{_RISK} <> {{}}"
        return risk, [wanted.state if wanted.state in RISKS else ""]
    base = "s.state <> 'optional' AND o.due_until > {} AND o.due_until <= {}"
    return (
        (f"{base} AND s.state = {{}}", [begin, end, wanted.state]) if wanted.state in STATES else (base, [begin, end])
    )


async def _spans(where: str, values: list[object], first: date, last: date) -> list[list[object]]:
    """The windows of every rhythm among these tasks, as columns: key, start, end, basis."""
    keys = await Visit.raw(
        f"SELECT DISTINCT {_KEY} AS key, k.norm, k.times, k.days, (a.service = 'visit_check') AS once{_FROM}"
        f" WHERE {where}", *values,
    )  # fmt: skip
    rhythms = await due.rhythms_of(keys)
    columns: list[list[object]] = [[], [], [], []]
    for row in keys:
        task = {**row, "service": "visit_check" if row["once"] else ""}
        for span in due.owed_in(task, rhythms, first, last):
            for column, value in zip(columns, (row["key"], span.start, span.end, span.code), strict=True):
                column.append(value)
    return columns


async def _run(actor: Actor, wanted: Wanted, at: datetime, total: str, tail: str, *more: object) -> list[Any]:
    first, last = span_of(wanted, at)
    where, values = _where(actor, wanted, day_span(first)[0])
    columns = await _spans(where, values, first, last)
    chosen, chosen_values = _chosen(wanted, first, last)
    risk = _RISK if wanted.shown == "risk" else "''"
    sql = _LIST.replace("{where}", where).replace("{wanted}", chosen).replace("{risk}", risk).replace("{total}", total)
    week_end = day_span(last)[1]
    rows: list[Any] = await Visit.raw(
        sql + tail, at, day_span(civil_date(at))[0], week_end, *columns, *values, *chosen_values,
        *more,
    )  # fmt: skip
    return rows


_ORDER = {
    "week": " ORDER BY o.due_until, o.due_from, o.id",
    "risk": " ORDER BY o.due_until, o.due_from, o.id",
    "missed": " ORDER BY o.due_until DESC, o.due_from, o.id",
}


async def due_list(actor: Actor, wanted: Wanted, at: datetime, limit: int, offset: int) -> tuple[list[DueRow], int]:
    """One page of a list, and how many rows the whole of it has."""
    tail = _ORDER[wanted.shown] + " LIMIT {} OFFSET {}"
    rows = await _run(actor, wanted, at, "count(*) OVER () AS total", tail, limit, offset)
    found = [DueRow(**{name: row[name] for name in DueRow.__slots__}) for row in rows]
    return found, int(rows[0]["total"]) if rows else 0


async def count(actor: Actor, wanted: Wanted, at: datetime) -> int:
    """How many rows a list has."""
    return (await due_list(actor, wanted, at, 1, 0))[1]


async def counts(actor: Actor, view: View, at: datetime) -> Mapping[str, int]:
    """What the start page says: due this week and not planned, at risk, missed within four weeks."""
    whose = {"organization": actor.organization, "own": actor.carer}.get(view, actor.scope)
    return await kept(("due", view, whose, civil_date(at)), lambda: _counts(actor, view, at))


async def _counts(actor: Actor, view: View, at: datetime) -> Mapping[str, int]:
    wanted = Wanted(view)
    return {
        "week": await count(actor, replace(wanted, state="due"), at),
        "risk": await count(actor, replace(wanted, shown="risk"), at),
        "missed": await count(actor, replace(wanted, shown="missed"), at),
    }
