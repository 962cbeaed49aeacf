"""Reading for the pages: what is due by each rule in an area, and the deletions so far. Counts only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.retention import rules
from bangfu.retention.rules import Rule
from bangfu.retention.sources import POINTS_LEFT, SOURCES
from bangfu.retention.tables import RetentionRun
from bangfu.shared.actor import Actor

ROWS: Final = 30


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule comes to on a day: due, held back, and since when the oldest of the due is kept."""

    due: int = 0
    held: int = 0
    oldest: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as the page shows it."""

    rule: Rule
    years: int
    due: Due
    open_run: UUID | None = None
    """A deletion by this rule that is proposed or under way in the area."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A deletion as the pages show it."""

    id: UUID
    rule: str
    division: str
    area: str
    years: int
    as_of: date
    due: int
    held: int
    oldest: date | None
    status: str
    proposed_by: UUID | None
    proposed_name: str
    proposed_at: datetime
    decided_name: str
    decided_at: datetime | None
    done: int
    left: int
    finished_at: datetime | None
    job_status: str
    counts: Mapping[str, int] = field(default_factory=dict)


def matching(rule: str, prefix: str, years: int, as_of: date, *, held: bool | None = None) -> tuple[str, list[Any]]:
    """The rows of a rule whose period is over in an area, as SQL (id, division, began, held) with its values."""
    counted = rules.counted(rule, years)
    source = SOURCES[rule].format(until="{}::date")
    text = (
        f"SELECT * FROM ({source}) x WHERE x.division LIKE {{}}"  # noqa: S608 (constants)
        " AND (x.began + make_interval(years => {}))::date < {}"
    )
    if held is not None:
        text += " AND x.held" if held else " AND NOT x.held"
    # A source's own bound is coarse, so that its index is read; the day itself is decided outside.
    return text, [rules.last_day(as_of, -counted) + timedelta(days=2), f"{prefix}%", counted, as_of]


async def due_by(rule: str, prefix: str, years: int, as_of: date) -> Due:
    """What a rule comes to in an area."""
    text, values = matching(rule, prefix, years, as_of)
    rows = await RetentionRun.raw(
        "SELECT count(*) FILTER (WHERE NOT held) AS due, count(*) FILTER (WHERE held) AS held,"  # noqa: S608 (constants)
        f" min(began) FILTER (WHERE NOT held) AS oldest FROM ({text}) r",
        *values,
    )
    return Due(rows[0]["due"], rows[0]["held"], rows[0]["oldest"])


def area_of(actor: Actor) -> str:
    """The prefix that the actor looks at; the administrator sees the counts of the whole deployment, and whoever has
    no area nothing."""
    return actor.scope or ("" if actor.has("sysadmin") else "-")


async def overview(actor: Actor, today: date) -> list[Line]:
    """Every rule with what is due in the actor's area, in the order of the table."""
    prefix = area_of(actor)
    running = {
        row["rule"]: row["id"]
        for row in await RetentionRun.raw(
            "SELECT rule, id FROM retention_run WHERE division = {} AND status IN ('proposed', 'approved')", prefix
        )
    }
    lines = []
    for rule in rules.RULES:
        years = rules.years_of(rule.code)
        if rule.by == "approval":
            due = await due_by(rule.code, prefix, years, today)
        elif rule.by == "clock":
            rows = await RetentionRun.raw(POINTS_LEFT, f"{prefix}%")
            due = Due(held=rows[0]["held"])
        else:
            due = Due()
        lines.append(Line(rule, years, due, running.get(rule.code)))
    return lines


_RUNS: Final = (
    "SELECT r.*, coalesce(d.name, '') AS area, coalesce(p.display_name, '') AS proposed_name,"
    " coalesce(c.display_name, '') AS decided_name, coalesce(j.status, '') AS job_status FROM retention_run r"
    " LEFT JOIN division d ON d.code = rpad(r.division, 12, '0') LEFT JOIN app_user p ON p.id = r.proposed_by"
    " LEFT JOIN app_user c ON c.id = r.decided_by LEFT JOIN job j ON j.id = r.job"
)


async def runs(actor: Actor, offset: int) -> tuple[list[RunView], int]:
    """The deletions of the actor's area, the latest first, and how many there are."""
    where = " WHERE {} <> '' AND r.division LIKE {}"
    rows = await RetentionRun.raw(
        f"{_RUNS}{where} ORDER BY r.proposed_at DESC, r.id LIMIT {{}} OFFSET {{}}",
        actor.scope, f"{actor.scope}%", ROWS, offset,
    )  # fmt: skip
    total = await RetentionRun.raw(
        f"SELECT count(*) AS n FROM retention_run r{where}",  # noqa: S608 (constants)
        actor.scope, f"{actor.scope}%",
    )  # fmt: skip
    return [_view(row) for row in rows], total[0]["n"]


async def run_for(actor: Actor, key: UUID) -> RunView:
    """One deletion.

    Raises:
        NotYours: if it is not of the actor's area.
    """
    rows = await RetentionRun.raw(f"{_RUNS} WHERE r.id = {{}}", key)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return _view(rows[0])


def _view(row: Mapping[str, Any]) -> RunView:
    counts = json.loads(row["counts"]) if isinstance(row["counts"], str) else row["counts"]
    plain = {name: row[name] for name in RunView.__slots__ if name != "counts"}
    return RunView(**plain, counts=dict(sorted(counts.items())))
