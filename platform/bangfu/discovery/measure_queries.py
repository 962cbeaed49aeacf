"""Reads about measures: a liaison's own ones without the report, an office person's with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.discovery import measure_rules
from bangfu.discovery.queries import visible
from bangfu.discovery.tables import Measure
from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import LIAISON


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure; `person` is masked, the texts are plain."""

    id: UUID
    report: UUID
    report_number: str
    report_status: str
    number: str
    division: str
    division_name: str
    township_name: str
    person: str
    kind: str
    text: str
    unit: str
    organization: UUID | None
    organization_name: str
    responsible: UUID
    responsible_name: str
    status: str
    due_at: datetime
    extensions: int
    reason: str
    done_by: UUID | None
    done_name: str
    done_at: datetime | None
    evidence: str
    closed_name: str
    closed_at: datetime | None
    urgent: bool
    late: bool


_MEASURE = (
    "SELECT m.*, r.number AS report_number, r.status AS report_status, r.urgent, r.name_enc AS report_name_enc,"
    " coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
    " coalesce(o.name, '') AS organization_name, coalesce(p.display_name, '') AS responsible_name,"
    " coalesce(w.display_name, '') AS done_name, coalesce(c.display_name, '') AS closed_name,"
    " count(*) OVER () AS total FROM measure m JOIN report r ON r.id = m.report"
    " LEFT JOIN division d ON d.code = m.division"
    " LEFT JOIN division t ON t.code = left(m.division, 9) || '000' AND t.code <> m.division"
    " LEFT JOIN organization o ON o.id = m.organization LEFT JOIN app_user p ON p.id = m.responsible"
    " LEFT JOIN app_user w ON w.id = m.done_by LEFT JOIN app_user c ON c.id = m.closed_by"
)
_SHOWN = {"person", "text", "reason", "evidence", "late"}
_LIVE = ("open", "returned", "done_reported")


def visible_measures(actor: Actor) -> tuple[str, list[Any]]:
    """The SQL condition over `m` and `r`: of a liaison the issued ones of the own organisation."""
    if not actor.has(*LIAISON):
        return visible(actor)
    sql = "m.organization = {} AND r.status <> 'reviewed' AND NOT ({} = ANY(r.excluded))"
    return sql, [actor.organization, actor.user]


async def measure_for(actor: Actor, measure: UUID, at: datetime) -> MeasureView:
    """One measure.

    Raises:
        NotYours: if there is none that this person may see.
    """
    sql, values = visible_measures(actor)
    rows = await Measure.raw(" ".join((_MEASURE, "WHERE m.id = {} AND", sql)), measure, *values)
    if not rows:
        raise NotYours
    return _view(rows[0], at)


async def measures(actor: Actor, status: str, at: datetime, limit: int, offset: int) -> tuple[list[MeasureView], int]:
    """One page of the own unit's measures, the next due first: those that wait, or those of one state."""
    sql, values = visible_measures(actor)
    if not actor.has(*LIAISON):
        sql += " AND m.unit <> 'organization' AND r.status <> 'reviewed'"
    states = [status] if status in measure_rules.STATES else list(_LIVE)
    rows = await Measure.raw(
        " ".join((_MEASURE, "WHERE", sql, "AND m.status = ANY({}::varchar[]) ORDER BY m.due_at, m.number",
                  "LIMIT {} OFFSET {}")),
        *values, states, limit, offset,
    )  # fmt: skip
    return [_view(row, at) for row in rows], rows[0]["total"] if rows else 0


async def measures_of(report: UUID, at: datetime) -> list[MeasureView]:
    """The measures of a report that the caller may see, in their order."""
    rows = await Measure.raw(" ".join((_MEASURE, "WHERE m.report = {} ORDER BY m.created_at, m.number")), report)
    return [_view(row, at) for row in rows]


def _view(row: Mapping[str, Any], at: datetime) -> MeasureView:
    named = {"id": row["report"], "name_enc": row["report_name_enc"]}
    made: dict[str, Any] = {
        "person": mask_name(unseal("report", named, "name_enc")),
        "text": unseal("measure", row, "text_enc"),
        "reason": unseal("measure", row, "reason_enc"),
        "evidence": unseal("measure", row, "evidence_enc"),
        "late": row["status"] in _LIVE and row["due_at"] < at,
    }
    return MeasureView(**{name: row[name] for name in MeasureView.__slots__ if name not in _SHOWN}, **made)
