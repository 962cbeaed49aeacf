"""Reads of offers and assignments, each through the filter of who asks."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from bangfu.dispatch import rules
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotYours
from bangfu.providers.rules import Spans, day_runs, grouped_windows, load_minutes
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.counting import total

View = Literal["organization", "own", "scope"]


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment as pages show it; nothing in it names the household. Visits per 4 weeks, minutes per visit."""

    id: UUID
    number: str
    status: str
    service: str
    priority: str
    carer_kind: str
    carer: UUID
    matched_carer: UUID
    carer_number: str
    carer_name: str
    organization: UUID | None
    organization_name: str
    contract_line: UUID | None
    unit_price: Decimal
    division: str
    village: str
    township: str
    visits: int
    minutes: int
    km: float | None
    windows: list[tuple[list[int], Spans]]
    need: UUID
    need_number: str
    need_status: str
    household: UUID
    alternatives: list[dict[str, Any]]
    offered_at: datetime
    deadline: datetime
    answered_at: datetime | None
    answer_reason: str
    answer_text: str
    ended_at: datetime | None

    @property
    def times(self) -> list[tuple[list[tuple[int, int]], Spans]]:
        """The windows with their weekdays as runs (first, last)."""
        return [(day_runs(days), spans) for days, spans in self.windows]

    @property
    def band(self) -> str:
        """The distance as a band (`rules.distance_band`)."""
        return rules.distance_band(self.km)

    @property
    def cost(self) -> Decimal:
        """Money per four weeks."""
        return self.visits * self.unit_price

    def urgency(self, at: datetime) -> str:
        """How loud the time left is shown."""
        return rules.urgency(self.offered_at, self.deadline, at)

    def time_left(self, at: datetime) -> tuple[int, int]:
        """Whole hours and minutes until the deadline, never below zero."""
        minutes = max(0, int((self.deadline - at).total_seconds() // 60))
        return minutes // 60, minutes % 60


_TASK = (
    "SELECT a.*, n.number AS need_number, n.status AS need_status, n.windows, c.number AS carer_number,"
    " c.name AS carer_name, coalesce(o.name, '') AS organization_name, coalesce(d.name, '') AS village,"
    " coalesce(t.name, '') AS township FROM assignment a JOIN need n ON n.id = a.need JOIN carer c ON c.id = a.carer"
    " LEFT JOIN organization o ON o.id = a.organization LEFT JOIN division d ON d.code = a.division"
    " LEFT JOIN division t ON t.code = d.parent"
)
_ORDER = (
    "ORDER BY a.status <> 'offered', CASE WHEN a.status = 'offered' THEN a.deadline END,"
    " coalesce(a.ended_at, a.answered_at, a.offered_at) DESC, a.number"
)
_DUE = "a.status = 'offered' AND {} >= a.deadline - 0.2 * (a.deadline - a.offered_at)"
_RETURNED = (
    "a.status IN ('declined', 'expired', 'withdrawn') AND n.status = 'matching' AND NOT EXISTS (SELECT 1 FROM"
    " assignment later WHERE later.need = a.need AND later.id <> a.id AND (later.offered_at > a.offered_at OR"
    " later.status IN ('offered', 'accepted', 'scheduled', 'active')))"
)
_SERVING = "a.status IN ('accepted', 'scheduled', 'active')"
_ENDED = "a.status IN ('completed', 'declined', 'expired', 'withdrawn', 'cancelled', 'replaced')"
LISTS = ("offered", "due", "returned", "serving", "ended", "all")


def visible(actor: Actor, view: View) -> tuple[str, list[object]]:
    """The SQL condition (alias `a`) and its values: which assignments this person may see, each in one place."""
    if view == "organization":
        return "a.organization = {}::uuid AND a.carer_kind = 'worker'", [actor.organization]
    if view == "own":
        return "a.carer = {}::uuid AND a.carer_kind = ANY({}::varchar[])", [actor.carer, sorted(actor.roles)]
    return "{} <> '' AND a.division LIKE {} || '%'", [actor.scope, actor.scope]


def _state(state: str, at: datetime) -> tuple[str, list[object]]:
    plain = {"offered": "a.status = 'offered'", "returned": _RETURNED, "serving": _SERVING, "ended": _ENDED}
    if state == "due":
        return _DUE, [at]
    return plain.get(state, "true"), []


async def tasks(
    actor: Actor, view: View, at: datetime, *, state: str = "all", service: str = "", organization: UUID | None = None,
    limit: int = 25, offset: int = 0,
) -> tuple[list[Task], int]:  # fmt: skip
    """One page of the assignments that the person may see, and how many there are: open offers by deadline, others
    the latest first."""
    seen, seen_values = visible(actor, view)
    wanted, wanted_values = _state(state, at)
    found = (
        f"FROM assignment a{' JOIN need n ON n.id = a.need' if 'n.' in wanted else ''} WHERE {seen} AND {wanted}"
        " AND ({} = '' OR a.service = {}) AND ({}::uuid IS NULL OR a.organization = {}::uuid)"
    )
    values = [*seen_values, *wanted_values, service, service, organization, organization]
    page = f"WITH page AS (SELECT a.id {found} {_ORDER} LIMIT {{}} OFFSET {{}})"
    rows = await Assignment.raw(f"{page} {_TASK} JOIN page ON page.id = a.id {_ORDER}", *values, limit, offset)
    return [_task(row) for row in rows], await total(len(rows), limit, offset, found, *values)


async def task_for(actor: Actor, view: View, assignment: UUID) -> Task:
    """One assignment that the person may see.

    Raises:
        NotYours: if there is none, or it is another's.
    """
    seen, values = visible(actor, view)
    rows = await Assignment.raw(f"{_TASK} WHERE a.id = {{}} AND {seen}", assignment, *values)
    if not rows:
        raise NotYours
    return _task(rows[0])


def _task(row: dict[str, Any]) -> Task:
    read = {name: row[name] for name in Task.__slots__}
    read["windows"] = grouped_windows(json.loads(row["windows"]))
    read["alternatives"] = json.loads(row["alternatives"])
    return Task(**read)


async def counts(actor: Actor, view: View, at: datetime) -> dict[str, int]:
    """How many assignments each list has for this person."""
    seen, values = visible(actor, view)
    parts = ", ".join(f"count(*) FILTER (WHERE {_state(state, at)[0]}) AS {state}_n" for state in LISTS)
    rows = await Assignment.raw(
        f"SELECT {parts} FROM assignment a JOIN need n ON n.id = a.need WHERE {seen}",  # noqa: S608 (own constants)
        *(value for state in LISTS for value in _state(state, at)[1]), *values,
    )  # fmt: skip
    return {state: rows[0][f"{state}_n"] for state in LISTS}


async def returned(task: Task) -> bool:
    """Whether the need came back with this assignment and nobody else is asked yet."""
    rows = await Assignment.raw(
        "SELECT 1 AS one FROM assignment a JOIN need n ON n.id = a.need"  # noqa: S608 (own constants)
        " WHERE a.id = {} AND " + _RETURNED,
        task.id,
    )
    return bool(rows)


async def loads(carers: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Carer -> (minutes per four weeks, households) of the offers and assignments that are open."""
    rows = await Assignment.raw(
        "SELECT a.carer, a.household, a.visits, a.minutes, a.km, c.speed_kmh FROM assignment a"
        " JOIN carer c ON c.id = a.carer WHERE a.carer = ANY({})"
        " AND a.status IN ('offered', 'accepted', 'scheduled', 'active')",
        list(carers),
    )
    minutes: dict[UUID, int] = dict.fromkeys(carers, 0)
    households: dict[UUID, set[UUID]] = {carer: set() for carer in carers}
    for row in rows:
        minutes[row["carer"]] += load_minutes(row["visits"], row["minutes"], row["km"], row["speed_kmh"])
        households[row["carer"]].add(row["household"])
    return {carer: (minutes[carer], len(households[carer])) for carer in carers}


async def open_of(organization: UUID) -> int:
    """How many offers and assignments of an organisation are open."""
    return int(
        await Assignment.count().where(
            (Assignment.organization == organization)
            & Assignment.status.is_in(["offered", "accepted", "scheduled", "active"])
        )
    )


async def expiries(organizations: Collection[UUID], at: datetime) -> dict[UUID, int]:
    """How many offers each organisation let expire within the last 30 days (DOMAIN.md 8.5: three are a warning)."""
    rows = await Assignment.raw(
        "SELECT organization, count(*) AS n FROM assignment WHERE organization = ANY({}) AND status = 'expired'"
        " AND ended_at > {} GROUP BY organization",
        list(organizations), at - rules.WARNING_WITHIN,
    )  # fmt: skip
    return {**dict.fromkeys(organizations, 0), **{row["organization"]: int(row["n"]) for row in rows}}


async def events(assignment: UUID) -> list[dict[str, Any]]:
    """What happened to an assignment, newest first: action, at, reason (a code), role, display_name."""
    rows: list[dict[str, Any]] = await Assignment.raw(
        "SELECT e.action, e.at, e.reason, e.role, coalesce(u.display_name, '') AS display_name FROM audit_event e"
        " LEFT JOIN app_user u ON u.id = e.actor WHERE e.subject_type = 'assignment' AND e.subject = {}"
        " ORDER BY e.id DESC LIMIT 100",
        str(assignment),
    )
    return rows


async def organizations_asked(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the organisations that were ever asked in the actor's area, for a filter."""
    seen, values = visible(actor, "scope")
    rows = await Assignment.raw(
        "SELECT o.id, o.name FROM organization o WHERE EXISTS (SELECT 1 FROM assignment a"  # noqa: S608 (own constants)
        f" WHERE a.organization = o.id AND {seen}) ORDER BY o.name LIMIT 500",
        *values,
    )
    return [(str(row["id"]), row["name"]) for row in rows]


async def alternatives_of(task: Task) -> list[dict[str, Any]]:
    """The alternatives stored with the offer, with what is known of each carer today; order kept."""
    ids = [_uuid(each.get("carer")) for each in task.alternatives]
    rows = await Assignment.raw(
        "SELECT c.id, c.number, c.name, c.kind, c.active, coalesce(o.name, '') AS organization_name FROM carer c"
        " LEFT JOIN organization o ON o.id = c.organization WHERE c.id = ANY({})",
        [each for each in ids if each],
    )
    known = {row["id"]: row for row in rows}
    return [{**known[key], **each} for key, each in zip(ids, task.alternatives, strict=True) if key in known]


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def next_window(task: Task, at: datetime) -> tuple[date, int, int] | None:
    """The next weekly window of the need that has not begun: its day in China and its minutes."""
    local = at.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    found = [
        (local.date() + timedelta(days=_days_until(day, start, local.weekday(), minute)), start, end)
        for days, spans in task.windows
        for day in days
        for start, end in spans
    ]
    return min(found, default=None)


def _days_until(day: int, start: int, today: int, minute: int) -> int:
    return 7 if day == today and start <= minute else (day - today) % 7
