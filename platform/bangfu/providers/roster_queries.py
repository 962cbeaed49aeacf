"""Reads for rosters: a week of people and days, one person's entries, what happened to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.providers import roster_rules as rules
from bangfu.providers.roster import Times, times_of
from bangfu.providers.roster_people import Who
from bangfu.providers.roster_rules import Span
from bangfu.providers.roster_tables import CarerDay, CarerLeave
from bangfu.providers.roster_work import Work, work_of
from bangfu.providers.tables import Availability
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's day: when there, why not, and how many accepted tasks have times on that weekday."""

    day: date
    spans: list[Span]
    on_leave: bool
    differs: bool
    tasks: int

    @property
    def tasks_missed(self) -> int:
        """Tasks with times on a day on which nobody is there."""
        return 0 if self.spans else self.tasks


@dataclass(frozen=True, slots=True)
class Row:
    """One person's week."""

    who: Who
    cells: list[Cell]
    work: list[Work] = field(default_factory=list)


async def week_of(people: Sequence[Who], monday: date) -> list[Row]:
    """The week of these people; four queries for any number of them."""
    ids = [who.id for who in people]
    times, work = await times_of(ids, monday, 7), await work_of(ids)
    days = list(rules.span_of_days(monday, 7))
    return [Row(who, [_cell(day, times[who.id], work[who.id]) for day in days], work[who.id]) for who in people]


def _cell(day: date, times: Times, work: Sequence[Work]) -> Cell:
    return Cell(
        day, rules.spans_on(day, times.windows, times.leaves, times.differing),
        any(leave.covers(day) for leave in times.leaves), day in times.differing,
        sum(1 for each in work if each.on(day.weekday())),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeaveView:
    """A leave as a page shows it; `mine`: the reader asked for it."""

    id: UUID
    carer: UUID
    carer_number: str
    carer_name: str
    starts_on: date
    ends_on: date
    kind: str
    status: str
    requested_at: datetime
    requested_by: UUID | None
    remark: str

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


_LEAVE = (
    "SELECT l.id, l.carer, c.number AS carer_number, c.name AS carer_name, l.starts_on, l.ends_on, l.kind, l.status,"
    " l.requested_at, l.requested_by, l.remark_enc FROM carer_leave l JOIN carer c ON c.id = l.carer"
)


async def leaves_of(carer: UUID, limit: int = 30) -> list[LeaveView]:
    """A carer's leaves, the latest first; what was refused or withdrawn stays to be read."""
    rows = await CarerLeave.raw(
        f"{_LEAVE} WHERE l.carer = {{}} ORDER BY l.starts_on DESC, l.requested_at DESC LIMIT {{}}", carer, limit
    )
    return [_leave(row) for row in rows]


def _leave(row: dict[str, Any]) -> LeaveView:
    sealed = row.pop("remark_enc")
    return LeaveView(**row, remark=decrypt(sealed, f"carer_leave:remark_enc:{row['id']}"))


async def leaves_waiting(actor: Actor, limit: int = 50) -> list[LeaveView]:
    """What waits for this keeper's word, the earliest leave first. Workers' leave is entered by their manager."""
    if not actor.has("station_dispatcher") or not actor.scope:
        return []
    rows = await CarerLeave.raw(
        f"{_LEAVE} WHERE l.status = 'requested' AND c.active AND c.kind IN ('social_worker', 'volunteer')"
        " AND c.division LIKE {} || '%' ORDER BY l.starts_on LIMIT {}",
        actor.scope, limit,
    )  # fmt: skip
    return [_leave(row) for row in rows]


async def days_of(carer: UUID, today: date) -> list[dict[str, Any]]:
    """What was said of days from today on: id (of one entry), day and its spans."""
    rows = await CarerDay.raw(
        "SELECT id, day, start_minute, end_minute FROM carer_day WHERE carer = {} AND removed_at IS NULL"
        " AND day >= {} ORDER BY day, start_minute",
        carer, today,
    )  # fmt: skip
    found: dict[date, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(row["day"], {"id": row["id"], "day": row["day"], "spans": []})
        if row["start_minute"] is not None:
            entry["spans"].append((row["start_minute"], row["end_minute"]))
    return list(found.values())


async def windows_of(carer: UUID) -> dict[int, list[Span]]:
    """The weekly windows by weekday."""
    rows = await Availability.raw(
        "SELECT weekday, start_minute, end_minute FROM availability WHERE carer = {} ORDER BY weekday, start_minute",
        carer,
    )
    found: dict[int, list[Span]] = {weekday: [] for weekday in range(7)}
    for row in rows:
        found[row["weekday"]].append((row["start_minute"], row["end_minute"]))
    return found


async def history_of(carer: UUID, limit: int = 20) -> list[dict[str, Any]]:
    """What happened to a carer's times, newest first: action, at, display_name, own (by the carer)."""
    rows: list[dict[str, Any]] = await CarerDay.raw(
        "SELECT e.action, e.at, coalesce(u.display_name, '') AS display_name, u.carer IS NOT NULL AND"
        " u.carer::text = e.subject AS own FROM audit_event e LEFT JOIN app_user u ON u.id = e.actor"
        " WHERE e.subject_type = 'carer' AND e.subject = {}"
        " AND e.action = ANY({}) ORDER BY e.id DESC LIMIT {}",
        str(carer), list(EVENTS), limit,
    )  # fmt: skip
    return rows


EVENTS = (
    "carer.week_changed", "carer.day_set", "carer.day_cleared", "carer.leave_entered", "carer.leave_requested",
    "carer.leave_approved", "carer.leave_refused", "carer.leave_withdrawn",
)  # fmt: skip
