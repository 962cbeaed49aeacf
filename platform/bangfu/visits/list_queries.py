"""Lists of visits by week, and one visit as the serving organisation may know it (DOMAIN.md 9.2)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.shared.counting import total
from bangfu.shared.database import in_parts
from bangfu.shared.like import containing
from bangfu.shared.masking import mask_name
from bangfu.shared.tables import AuditEvent
from bangfu.visits.due_queries import View
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit, VisitFlag, VisitProof, VisitRecord

STATES: Final[dict[str, tuple[str, ...]]] = {
    "all": (),
    "open": ("planned", "in_progress"),
    "waiting": ("submitted", "flagged"),
    "verified": ("verified", "settled", "disputed"),
    "missed": ("missed",),
    "over": ("rejected", "excused", "cancelled"),
}
"""The tabs of the lists, and the states of a visit in each."""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in a list; names masked."""

    id: UUID
    number: str
    status: str
    service: str
    assignment: UUID
    task_number: str
    household: UUID
    household_number: str
    head_name: str
    township: str
    village: str
    carer_number: str
    carer_name: str
    carer_kind: str
    organization: UUID | None
    organization_name: str
    planned_start: datetime
    planned_end: datetime
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int
    evidence: str
    source: str
    approval: str


@dataclass(frozen=True, slots=True)
class Sought:
    """The filters of a list; "" and None leave one out. A number is sought in every week."""

    monday: date
    state: str = "all"
    service: str = ""
    evidence: str = ""
    carer: UUID | None = None
    number: str = ""
    division: str = ""
    household: UUID | None = None


_ROWS: Final = (
    "SELECT v.id, v.number, v.status, v.service, v.assignment, a.number AS task_number, v.household,"
    " h.number AS household_number, h.head_name, coalesce(t.name, '') AS township, coalesce(d.name, '') AS village,"
    " c.number AS carer_number, c.name AS carer_name, v.carer_kind, v.organization,"
    " coalesce(o.name, '') AS organization_name, v.planned_start, v.planned_end, v.started_at, v.ended_at, v.minutes,"
    " v.evidence, v.source, v.approval FROM visit v JOIN assignment a ON a.id = v.assignment"
    " JOIN household h ON h.id = v.household JOIN carer c ON c.id = v.carer"
    " LEFT JOIN organization o ON o.id = v.organization LEFT JOIN division d ON d.code = v.division"
    " LEFT JOIN division t ON t.code = d.parent"
)


def visible(actor: Actor, view: View) -> tuple[str, list[object]]:
    """The SQL condition (alias `v`) and its values: whose visits this person may see, each in one place."""
    if view == "organization":
        return "v.organization = {}::uuid", [actor.organization]
    if view == "own":
        return "(v.carer = {}::uuid OR v.partner = {}::uuid)", [actor.carer, actor.carer]
    return "{} <> '' AND v.division LIKE {}", [actor.scope, f"{actor.scope}%"]


def _where(actor: Actor, view: View, sought: Sought) -> tuple[str, list[object]]:
    seen, values = visible(actor, view)
    parts = [seen]
    first, last = day_span(sought.monday)[0], day_span(sought.monday + timedelta(days=6))[1]
    for wanted, condition, more in (
        (
            not sought.number and sought.household is None,
            "v.planned_start >= {} AND v.planned_start < {}",
            [first, last],
        ),
        (sought.number, "v.number LIKE {}", [containing(sought.number)[1:]]),
        (STATES.get(sought.state), "v.status = ANY({}::varchar[])", [list(STATES.get(sought.state, ()))]),
        (sought.service, "v.service = {}", [sought.service]),
        (sought.evidence, "v.evidence = {}", [sought.evidence]),
        (sought.carer, "(v.carer = {} OR v.partner = {})", [sought.carer, sought.carer]),
        (sought.division, "v.division LIKE {}", [f"{sought.division}%"]),
        (sought.household, "v.household = {}", [sought.household]),
    ):
        if wanted:
            parts.append(condition)
            values += more
    return " AND ".join(parts), values


async def visits(actor: Actor, view: View, sought: Sought, limit: int, offset: int) -> tuple[list[VisitRow], int]:
    """One page of the visits that the person may see, by planned start (a household's: the latest first)."""
    where, values = _where(actor, view, sought)
    order = "DESC" if sought.household is not None else "ASC"
    by, wanted = f"ORDER BY v.planned_start {order}, v.id", f"FROM visit v WHERE {where}"
    page = f"WITH page AS (SELECT v.id {wanted} {by} LIMIT {{}} OFFSET {{}})"
    rows = await Visit.raw(f"{page} {_ROWS} JOIN page ON page.id = v.id {by}", *values, limit, offset)
    return [_row(row) for row in rows], await total(len(rows), limit, offset, wanted, *values)


async def visit_parts(actor: Actor, view: View, sought: Sought) -> AsyncIterator[list[VisitRow]]:
    """All the visits of a list, some at a time."""
    where, values = _where(actor, view, sought)
    async for rows in in_parts(f"{_ROWS} WHERE {where} ORDER BY v.planned_start, v.id", *values):
        yield [_row(row) for row in rows]


def _row(row: dict[str, Any]) -> VisitRow:
    masked = {**row, "head_name": mask_name(row["head_name"]), "carer_name": mask_name(row["carer_name"])}
    return VisitRow(**{name: masked[name] for name in VisitRow.__slots__})


async def state_counts(actor: Actor, view: View, sought: Sought) -> dict[str, int]:
    """How many visits each tab has, with the other filters."""
    where, values = _where(actor, view, Sought(**{**_fields(sought), "state": "all"}))
    rows = await Visit.raw(f"SELECT v.status, count(*) AS n FROM visit v WHERE {where} GROUP BY v.status", *values)  # noqa: S608 (constants)
    known = {row["status"]: int(row["n"]) for row in rows}
    return {
        tab: sum(n for status, n in known.items() if not states or status in states) for tab, states in STATES.items()
    }


def _fields(sought: Sought) -> dict[str, Any]:
    return {name: getattr(sought, name) for name in Sought.__slots__}


async def next_of(household: UUID, at: datetime) -> VisitRow | None:
    """The household's next planned visit."""
    rows = await Visit.raw(
        f"{_ROWS} WHERE v.household = {{}} AND v.planned_start >= {{}} AND v.status = 'planned'"
        " ORDER BY v.planned_start, v.id LIMIT 1",
        household, at,
    )  # fmt: skip
    return _row(rows[0]) if rows else None


async def visit_for(actor: Actor, view: View, visit: UUID) -> Visit:
    """One visit that the person may see.

    Raises:
        NotYours: if there is none, or it is another's.
    """
    seen, values = visible(actor, view)
    rows = await Visit.raw(f"SELECT v.id FROM visit v WHERE v.id = {{}} AND {seen}", visit, *values)  # noqa: S608 (constants)
    found = await Visit.objects().get(Visit.id == visit) if rows else None
    if found is None:
        raise NotYours
    return found


@dataclass(frozen=True, slots=True)
class Proved:
    """What an organisation may know of how its visit was proved and recorded: verdicts and counts, no texts."""

    proofs: list[dict[str, Any]]
    flags: list[dict[str, Any]]
    answers: dict[str, int]
    confirmation: str
    recorded_at: datetime | None


async def proved(visit: UUID) -> Proved:
    """The proof and the record of a visit in short."""
    proofs = await VisitProof.raw(
        "SELECT side, method, at, offline, distance_m, verdict, reason FROM visit_proof WHERE visit = {} ORDER BY side",
        visit,
    )
    flags = await VisitFlag.raw("SELECT flag, status, reason FROM visit_flag WHERE visit = {} ORDER BY flag", visit)
    records = await VisitRecord.raw(
        "SELECT checklist, confirmation, entered_at FROM visit_record WHERE visit = {}", visit
    )
    record: dict[str, Any] = records[0] if records else {"checklist": "[]", "confirmation": "", "entered_at": None}
    answers: dict[str, int] = {}
    for line in json.loads(record["checklist"]):
        answers[line.get("answer", "")] = answers.get(line.get("answer", ""), 0) + 1
    return Proved(proofs, flags, answers, record["confirmation"], record["entered_at"])


async def events_of(visit: UUID) -> list[dict[str, Any]]:
    """What happened to a visit, the newest first: action, at, reason (a code), role; nobody's name."""
    rows: list[dict[str, Any]] = await AuditEvent.raw(
        "SELECT action, at, reason, role FROM audit_event WHERE subject_type = 'visit' AND subject = {}"
        " ORDER BY id DESC LIMIT 50",
        str(visit),
    )
    return rows


def delivered(row: Visit) -> bool:
    """Whether a record says that it took place, and nobody has rejected that."""
    return row.status in DELIVERED
