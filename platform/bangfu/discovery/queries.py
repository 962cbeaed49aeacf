"""Reads about reports: always inside the area, past those whom they concern, restricted ones for the bureau only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.discovery import rules
from bangfu.discovery.moves import WHOLE_VIEW
from bangfu.discovery.tables import Report
from bangfu.errors import NotYours
from bangfu.households.rules import unmaskable
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_address, mask_id, mask_name, mask_phone
from bangfu.shared.phones import national_phone


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list; the name is masked. `late`: its limit has passed."""

    id: UUID
    number: str
    source: str
    hotline_kind: str
    division_name: str
    township_name: str
    status: str
    urgent: bool
    need_kinds: tuple[str, ...]
    person: str
    due_at: datetime | None
    created_at: datetime
    turn: rules.Turn | None
    owner_name: str
    restricted: bool
    emergency: bool
    late: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report on its page; names, numbers and the address are masked unless `revealed`. lat, lon: WGS-84."""

    id: UUID
    number: str
    source: str
    hotline_kind: str
    division: str
    division_name: str
    township_name: str
    status: str
    urgent: bool
    need_kinds: tuple[str, ...]
    person: str
    phone: str
    id_number: str
    address: str
    seen: str
    reporter_name: str
    reporter_phone: str
    reporter: UUID | None
    reporter_user: str
    lat: float | None
    lon: float | None
    restricted: bool
    excluded: tuple[UUID, ...]
    household: UUID | None
    household_number: str
    match_result: str
    duplicate_of: UUID | None
    first_number: str
    owner: UUID | None
    owner_name: str
    due_at: datetime | None
    emergency: bool
    papers_due_at: datetime | None
    papers_done_at: datetime | None
    clearing_proposed_by: UUID | None
    cleared_at: datetime | None
    reopened_at: datetime | None
    rejected_by: UUID | None
    rejection_code: str
    rejection_told_at: datetime | None
    created_at: datetime
    turn: rules.Turn | None
    revealed: bool


_JOINED = (
    "FROM report r LEFT JOIN division d ON d.code = r.division"
    " LEFT JOIN division t ON t.code = left(r.division, 9) || '000' AND t.code <> r.division"
    " LEFT JOIN app_user o ON o.id = r.owner"
)
_ROW = (
    "SELECT r.id, r.number, r.source, r.hotline_kind, r.status, r.urgent, r.need_kinds, r.name_enc, r.due_at,"
    " r.created_at, r.restricted, r.emergency, r.clearing_proposed_by, r.rejection_told_at,"
    " coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
    " coalesce(o.display_name, '') AS owner_name, count(*) OVER () AS total"
)
_VIEW = (
    "SELECT r.*, coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
    " coalesce(o.display_name, '') AS owner_name, coalesce(u.display_name, '') AS reporter_user,"
    " coalesce(h.number, '') AS household_number, coalesce(f.number, '') AS first_number"
)
_MORE = (
    "LEFT JOIN app_user u ON u.id = r.reporter LEFT JOIN household h ON h.id = r.household"
    " LEFT JOIN report f ON f.id = r.duplicate_of"
)


def visible(actor: Actor) -> tuple[str, list[Any]]:
    """The SQL condition over `r` that decides what this person sees, and its values."""
    scope = f"{actor.scope}%" if actor.scope else ""
    sql = "r.division LIKE {} AND NOT ({} = ANY(r.excluded)) AND (NOT r.restricted OR {})"
    return sql, [scope, actor.user, actor.has(*WHOLE_VIEW)]


def _turn(row: Mapping[str, Any]) -> rules.Turn | None:
    return rules.turn_of(
        row["status"], row["hotline_kind"], restricted=row["restricted"],
        proposed=row["clearing_proposed_by"] is not None, told=row["rejection_told_at"] is not None,
    )  # fmt: skip


async def report_for(actor: Actor, report: UUID, *, reveal: bool = False) -> ReportView:
    """One report; `reveal` shows the hidden values (log it first), the ID number
    to those only who may see one. An auditor does not read what was seen; who
    complains of somebody stays with the bureau.

    Raises:
        NotYours: if there is none that this person may see.
    """
    sql, values = visible(actor)
    rows = await Report.raw(" ".join((_VIEW, _JOINED, _MORE, "WHERE r.id = {} AND", sql)), report, *values)
    if not rows:
        raise NotYours
    identity = reveal and "identity" in unmaskable(actor.roles)
    view = _view(rows[0], reveal=reveal, identity=identity, whole=not actor.has("auditor"))
    accused = view.hotline_kind in rules.ABOUT_STAFF and not actor.has(*WHOLE_VIEW)
    return replace(view, reporter_name="", reporter_phone="") if accused else view


def _view(row: Mapping[str, Any], *, reveal: bool, identity: bool, whole: bool) -> ReportView:
    plain = {name: unseal("report", row, f"{name}_enc") for name in (
        "name", "phone", "id_number", "address", "seen", "reporter_name", "reporter_phone",
    )}  # fmt: skip
    shown: dict[str, Any] = {
        "person": plain["name"] if reveal else mask_name(plain["name"]),
        "phone": national_phone(plain["phone"]) if reveal else mask_phone(plain["phone"]),
        "id_number": plain["id_number"] if identity else mask_id(plain["id_number"], minor=True),  # it may be a child's
        "address": plain["address"] if reveal else mask_address(plain["address"]),
        "seen": plain["seen"] if whole else "",
        "reporter_name": plain["reporter_name"] if reveal else mask_name(plain["reporter_name"]),
        "reporter_phone": national_phone(plain["reporter_phone"]) if reveal else mask_phone(plain["reporter_phone"]),
        "need_kinds": tuple(row["need_kinds"]),
        "excluded": tuple(row["excluded"]),
        "turn": _turn(row),
        "revealed": reveal,
    }
    kept = {name: row[name] for name in ReportView.__slots__ if name not in shown}
    return ReportView(**kept, **shown)


STEP_CODES = (*rules.STEPS, "rejected", "duplicate")


async def reports(
    actor: Actor, filters: Mapping[str, str], at: datetime, limit: int, offset: int
) -> tuple[list[ReportRow], int]:
    """One page of the reports in a step, the next due first, and how many there are.

    `filters`: step (a state, or "" for all that wait), source, urgent, division (prefix), late; odd ones do not
    restrict.
    """
    where, values = _conditions(actor, filters, at)
    order = "ORDER BY r.urgent DESC, r.due_at NULLS LAST, r.created_at DESC LIMIT {} OFFSET {}"
    rows = await Report.raw(" ".join((_ROW, _JOINED, "WHERE", where, order)), *values, limit, offset)
    return [_row(row, at) for row in rows], rows[0]["total"] if rows else 0


def _conditions(actor: Actor, filters: Mapping[str, str], at: datetime) -> tuple[str, list[Any]]:
    sql, values = visible(actor)
    parts = [sql]
    if (step := filters.get("step", "")) in STEP_CODES:
        parts.append("r.status = {}")
        values.append(step)
    else:
        parts.append("r.status = ANY({}::varchar[])")
        values.append([*sorted(rules.OPEN), "rejected"] if filters.get("mine") else sorted(rules.OPEN))
    if filters.get("mine"):
        parts.append(f"({TURN_ROLE} = ANY({{}}::varchar[]) OR (r.status = 'matched' AND {{}}))")
        values += [sorted(actor.roles), actor.has("township_officer")]
    if source := filters.get("source"):
        parts.append("r.source = {}")
        values.append(source)
    if filters.get("urgent"):
        parts.append("r.urgent")
    if (division := filters.get("division", "")).isdecimal():
        parts.append("r.division LIKE {}")
        values.append(f"{division}%")
    if filters.get("late"):
        parts.append(_LATE)
        values.append(at)
    return " AND ".join(parts), values


TURN_ROLE = (
    "CASE WHEN r.status = 'collected' AND r.restricted THEN 'bureau_officer'"
    " WHEN r.status = 'collected' AND r.hotline_kind = 'suggestion' THEN 'township_officer'"
    " WHEN r.status = 'intervening' AND r.clearing_proposed_by IS NOT NULL THEN 'bureau_officer'"
    " WHEN r.status = 'rejected' AND r.rejection_told_at IS NOT NULL THEN ''"
    " WHEN r.status = 'collected' THEN 'station_dispatcher' WHEN r.status = 'matched' THEN 'social_worker'"
    " WHEN r.status IN ('verified', 'reviewed', 'intervening') THEN 'township_officer'"
    " WHEN r.status IN ('cleared', 'rejected') THEN 'assist_coordinator' ELSE '' END"
)
"""`rules.turn_of` in SQL; a test compares the two."""
_LATE = "(r.status NOT IN ('informed', 'duplicate') AND r.due_at < {})"


def _row(row: Mapping[str, Any], at: datetime) -> ReportRow:
    turn = _turn(row)
    made: dict[str, Any] = {
        "person": mask_name(unseal("report", row, "name_enc")),
        "need_kinds": tuple(row["need_kinds"]),
        "turn": turn,
        "late": turn is not None and row["due_at"] is not None and row["due_at"] < at,
    }
    return ReportRow(**{name: row[name] for name in ReportRow.__slots__ if name not in made}, **made)


async def counts(actor: Actor, at: datetime) -> dict[str, tuple[int, int]]:
    """State -> how many reports are in it, and how many of them are late."""
    sql, values = visible(actor)
    rows = await Report.raw(
        f"SELECT r.status, count(*) AS n, count(*) FILTER (WHERE {_LATE}) AS late FROM report r WHERE {sql}"  # noqa: S608
        " GROUP BY r.status",
        at, *values,
    )  # fmt: skip
    return {row["status"]: (row["n"], row["late"]) for row in rows}


async def waiting_for(actor: Actor, at: datetime) -> tuple[int, int]:
    """How many reports wait for one of this person's roles, and how many of them are late."""
    where, values = _conditions(actor, {"mine": "1"}, at)
    rows = await Report.raw(
        f"SELECT count(*) AS n, count(*) FILTER (WHERE {_LATE}) AS late FROM report r WHERE {where}",  # noqa: S608
        at, *values,
    )  # fmt: skip
    return rows[0]["n"], rows[0]["late"]


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What a reporter sees of the own report: where it stands, nothing about the person."""

    number: str
    division_name: str
    created_at: datetime
    status: str
    urgent: bool
    need_kinds: tuple[str, ...]
    rejection_code: str
    merged: bool


async def own_reports(actor: Actor, limit: int, offset: int) -> tuple[list[OwnReport], int]:
    """One page of what this person reported, the newest first; a duplicate shows the state of the first report."""
    rows = await Report.raw(
        "SELECT r.number, coalesce(d.name, '') AS division_name, r.created_at, r.urgent, r.need_kinds,"
        " coalesce(f.status, r.status) AS status, coalesce(f.rejection_code, r.rejection_code) AS rejection_code,"
        " f.id IS NOT NULL AS merged, count(*) OVER () AS total FROM report r"
        " LEFT JOIN report f ON f.id = r.duplicate_of LEFT JOIN division d ON d.code = r.division"
        " WHERE r.reporter = {} ORDER BY r.created_at DESC LIMIT {} OFFSET {}",
        actor.user, limit, offset,
    )  # fmt: skip
    own = [
        OwnReport(**{**{name: row[name] for name in OwnReport.__slots__}, "need_kinds": tuple(row["need_kinds"])})
        for row in rows
    ]
    return own, rows[0]["total"] if rows else 0
