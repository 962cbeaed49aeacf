"""Counts of timed tasks: per unit and kind for the board, large figures for the wall. No personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span, month_span
from bangfu.shared.permissions import allows
from bangfu.supervision.queries import MINE, OPEN_TASK, UNIT_CODE, own_values, scope_of
from bangfu.supervision.tables import SupervisionTask


@dataclass(frozen=True, slots=True)
class Counted:
    """The open tasks of a unit or a kind: all, late, at level 2 or 3, paused, feedback waiting for its check."""

    unit: str
    code: str
    organization: UUID | None
    name: str
    kind: str
    open: int
    late: int
    high: int
    paused: int
    check: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of an area; `on_time` is the share of this month's ended tasks that ended in time, None without any."""

    open: int
    late: int
    today: int
    level_2: int
    level_3: int
    check: int
    ended: int
    on_time: int | None


_LATE = "t.due_at < {} AND t.paused_at IS NULL AND t.status <> 'feedback'"
_COUNTS = (
    "count(*) AS open, count(*) FILTER (WHERE " + _LATE + ") AS late,"
    " count(*) FILTER (WHERE t.level >= 2) AS high, count(*) FILTER (WHERE t.paused_at IS NOT NULL) AS paused,"
    " count(*) FILTER (WHERE t.status = 'feedback') AS waiting"
)
_SUMS = (
    "SELECT count(*) FILTER (WHERE " + OPEN_TASK + ") AS open,"  # noqa: S608
    " count(*) FILTER (WHERE " + OPEN_TASK + " AND " + _LATE + ") AS late,"
    " count(*) FILTER (WHERE "
    + OPEN_TASK
    + " AND t.status <> 'feedback' AND t.due_at >= {} AND t.due_at < {}) AS today,"
    " count(*) FILTER (WHERE " + OPEN_TASK + " AND t.level = 2) AS level_2,"
    " count(*) FILTER (WHERE " + OPEN_TASK + " AND t.level = 3) AS level_3,"
    " count(*) FILTER (WHERE t.status = 'feedback') AS waiting,"
    " count(*) FILTER (WHERE t.status = 'cancelled' AND t.closed_at >= {}) AS ended,"
    " count(*) FILTER (WHERE t.status = 'cancelled' AND t.closed_at >= {} AND t.closed_at <= t.due_at) AS in_time"
    " FROM supervision_task t WHERE t.division LIKE {} AND (" + OPEN_TASK + " OR t.closed_at >= {})"
)


async def per_unit(
    actor: Actor, at: datetime, *, kind: str = "", division: str = "", limit: int = 200
) -> list[Counted]:
    """The units with open tasks, the one with the most late ones first."""
    rows = await SupervisionTask.raw(
        "SELECT x.unit, x.code, x.organization, coalesce(o.name, d.name, x.code) AS name, x.open, x.late, x.high,"  # noqa: S608
        " x.paused, x.waiting FROM (SELECT t.unit, CASE WHEN t.organization IS NULL THEN " + UNIT_CODE + " ELSE '' END"
        " AS code, t.organization, " + _COUNTS + " FROM supervision_task t WHERE " + OPEN_TASK +
        " AND t.division LIKE {} AND t.division LIKE {} AND ({} = '' OR t.kind = {}) GROUP BY 1, 2, 3) x"
        " LEFT JOIN organization o ON o.id = x.organization LEFT JOIN division d ON d.code = x.code"
        " ORDER BY x.late DESC, x.high DESC, x.open DESC, name LIMIT {}",
        at, scope_of(actor), f"{division}%", kind, kind, limit,
    )  # fmt: skip
    return [_counted(row) for row in rows]


async def per_kind(actor: Actor, at: datetime, *, division: str = "") -> list[Counted]:
    """The kinds with open tasks, the one with the most late ones first."""
    rows = await SupervisionTask.raw(
        "SELECT t.kind, " + _COUNTS + " FROM supervision_task t WHERE " + OPEN_TASK + " AND t.division LIKE {}"  # noqa: S608
        " AND t.division LIKE {} GROUP BY t.kind ORDER BY late DESC, open DESC, t.kind",
        at, scope_of(actor), f"{division}%",
    )  # fmt: skip
    return [_counted(row) for row in rows]


def _counted(row: Mapping[str, Any]) -> Counted:
    return Counted(
        row.get("unit", ""), row.get("code", ""), row.get("organization"), row.get("name", ""), row.get("kind", ""),
        row["open"], row["late"], row["high"], row["paused"], row["waiting"],
    )  # fmt: skip


async def sums(actor: Actor, at: datetime, *, division: str = "") -> Figures:
    """The large figures of the person's area, or of a part of it."""
    today, (first, _last) = day_span(civil_date(at)), month_span(civil_date(at).year, civil_date(at).month)
    month = day_span(first)[0]
    area = f"{division}%" if division.startswith(actor.scope) and actor.scope else scope_of(actor)
    rows = await SupervisionTask.raw(_SUMS, at, *today, month, month, area, month)
    row = rows[0]
    on_time = round(100 * row["in_time"] / row["ended"]) if row["ended"] else None
    return Figures(
        row["open"], row["late"], row["today"], row["level_2"], row["level_3"], row["waiting"], row["ended"], on_time
    )


async def own_counts(actor: Actor, at: datetime) -> dict[str, int]:
    """For the start page: what a person has to do (all, late, today), and feedback that waits for their check."""
    today = day_span(civil_date(at))
    rows = await SupervisionTask.raw(
        "SELECT count(*) AS open, count(*) FILTER (WHERE t.due_at < {} AND t.paused_at IS NULL) AS late,"  # noqa: S608
        " count(*) FILTER (WHERE t.due_at >= {} AND t.due_at < {}) AS today FROM supervision_task t"
        " WHERE t.status IN ('forwarded', 'tracking', 'urged') AND " + MINE,
        at, *today, *own_values(actor),
    )  # fmt: skip
    found = dict(rows[0])
    found["check"] = 0
    if allows(actor.roles, "supervision.close"):
        waiting = await SupervisionTask.raw(
            "SELECT count(*) AS n FROM supervision_task t WHERE t.status = 'feedback' AND t.division LIKE {}"
            " AND NOT ({} = ANY(t.doers))",
            scope_of(actor), actor.user,
        )  # fmt: skip
        found["check"] = waiting[0]["n"]
    return found
