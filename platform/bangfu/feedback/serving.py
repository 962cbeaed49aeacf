"""Who was served in a quarter by a contract or by an agreement's caregiver, and who stands on the serving side."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.feedback.tables import CallbackRound
from bangfu.shared.civil_time import day_span, quarter_span
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit

_DELIVERED = sorted(DELIVERED)
_SUBJECTS = (
    "SELECT 'contract' AS kind, k.id AS subject, k.number, k.supplier AS organization, NULL::uuid AS carer,"
    " k.division, v.household, v.id AS visit, v.service, v.planned_start, v.started_at, v.ended_at, v.carer AS server"
    " FROM visit v JOIN contract_line l ON l.id = v.contract_line JOIN contract k ON k.id = l.contract"
    " WHERE v.status = ANY({}::varchar[]) AND v.planned_start >= {} AND v.planned_start < {}"
    " UNION ALL SELECT 'agreement', a.id, a.number, a.organization, a.carer, a.division, v.household, v.id, v.service,"
    " v.planned_start, v.started_at, v.ended_at, v.carer FROM care_agreement a JOIN visit v"
    " ON v.household = a.household AND v.carer = a.carer AND v.contract_line IS NULL AND a.activated_at IS NOT NULL"
    " AND (v.planned_start AT TIME ZONE 'Asia/Shanghai')::date BETWEEN a.starts_on AND coalesce(a.ended_on, a.ends_on)"
    " WHERE v.status = ANY({}::varchar[]) AND v.planned_start >= {} AND v.planned_start < {}"
)
"""Every delivered visit of a span with the contract or agreement that it was made for: what a contract pays gives no
voice to the agreement as well (as quality.gathering counts)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract, or an agreement whose caregiver is paid, that served somebody in a quarter."""

    kind: str
    subject: UUID
    number: str
    organization: UUID | None
    carer: UUID | None
    division: str
    served: int
    """Households."""


@dataclass(frozen=True, slots=True)
class Served:
    """A household that was served; `reachable`: it still lives here. `called`: its latest call-back of any round."""

    household: UUID
    division: str
    reachable: bool
    called: date | None


@dataclass(frozen=True, slots=True)
class Service:
    """What one contract or agreement did for a household in a quarter: services and days, no names."""

    kind: str
    subject: UUID
    services: tuple[str, ...]
    days: tuple[date, ...]


def span(year: int, quarter: int) -> tuple[datetime, datetime]:
    """First instant of a quarter and of the next one."""
    first, last = quarter_span(year, quarter)
    return day_span(first)[0], day_span(last)[1]


async def _raw(sql: str, year: int, quarter: int, *values: Any) -> list[dict[str, Any]]:
    """Rows of a statement in which SERVED, before every other gap, stands for the quarter's delivered visits."""
    since, until = span(year, quarter)
    rows: list[dict[str, Any]] = await Visit.raw(
        sql.replace("SERVED", _SUBJECTS), _DELIVERED, since, until, _DELIVERED, since, until, *values
    )
    return rows


async def subjects_of(year: int, quarter: int) -> list[Subject]:
    """Everything that served somebody in a quarter, in one order."""
    rows = await _raw(
        "SELECT kind, subject, number, organization, carer, division, count(DISTINCT household)::int AS served"
        " FROM (SERVED) s GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY kind, number, subject",
        year, quarter,
    )  # fmt: skip
    return [Subject(**row) for row in rows]


async def served_by(kind: str, subject: UUID, year: int, quarter: int) -> list[Served]:
    """The households that were served."""
    rows = await _raw(
        "SELECT h.id AS household, h.division, h.status IN ('active', 'grace') AS reachable,"
        " (SELECT max((c.called_at AT TIME ZONE 'Asia/Shanghai')::date) FROM callback c WHERE c.household = h.id"
        " AND c.status = 'done') AS called FROM household h WHERE h.status <> 'merged' AND h.id IN"
        " (SELECT household FROM (SERVED) s WHERE kind = {} AND subject = {}) ORDER BY h.id",
        year, quarter, kind, subject,
    )  # fmt: skip
    return [Served(**row) for row in rows]


async def services_of(household: UUID, year: int, quarter: int) -> list[Service]:
    """What was done for a household in a quarter, by contract and agreement: the parts of a paper score."""
    rows = await _raw(
        "SELECT kind, subject, array_agg(DISTINCT service) AS services,"
        " array_agg(DISTINCT (coalesce(started_at, planned_start) AT TIME ZONE 'Asia/Shanghai')::date) AS days"
        " FROM (SERVED) s WHERE household = {} GROUP BY kind, subject ORDER BY min(planned_start), subject",
        year, quarter, household,
    )  # fmt: skip
    return [
        Service(row["kind"], row["subject"], tuple(sorted(row["services"])), tuple(sorted(row["days"])))
        for row in rows
    ]  # fmt: skip


_OF_AREA = "s.household = ANY(ARRAY(SELECT id FROM household WHERE division LIKE {}))"
# As an array, so that only the visits of these homes are read, not those of the whole quarter.


async def subject_of(visit: UUID, year: int, quarter: int) -> tuple[str, UUID] | None:
    """Kind and id of the contract or agreement that a delivered visit was made for; None where nobody is paid."""
    rows = await _raw("SELECT kind, subject FROM (SERVED) s WHERE s.visit = {} ORDER BY kind, subject LIMIT 1",
                      year, quarter, visit)  # fmt: skip
    return (rows[0]["kind"], rows[0]["subject"]) if rows else None


async def of_area(prefix: str, year: int, quarter: int, user: UUID | None) -> dict[UUID, bool]:
    """Household -> whether the person stands on the serving side of it, for the served homes of an area."""
    rows = await _raw(
        f"WITH t AS (SELECT DISTINCT kind, subject, household FROM (SERVED) s WHERE {_OF_AREA})"  # noqa: S608 (constants)
        " SELECT t.household, bool_or(feedback_side({}, t.kind, t.subject, t.household, {}::int, {}::int)) AS own"
        " FROM t GROUP BY t.household",
        year, quarter, f"{prefix}%", user, year, quarter,
    )  # fmt: skip
    return {row["household"]: row["own"] for row in rows}


async def by_village(prefix: str, year: int, quarter: int) -> dict[str, int]:
    """Village -> how many of its homes were served in the quarter, in an area; an empty area has none."""
    rows = await _raw(
        "SELECT h.division, count(DISTINCT h.id) AS n FROM (SERVED) s JOIN household h ON h.id = s.household"  # noqa: S608 (constants)
        f" WHERE {_OF_AREA} AND h.status IN ('active', 'grace') GROUP BY h.division",
        year, quarter, f"{prefix}%" if prefix else "",
    )  # fmt: skip
    return {row["division"]: row["n"] for row in rows}


async def visits_of(kind: str, subject: UUID, household: UUID, year: int, quarter: int) -> list[dict[str, Any]]:
    """The delivered visits that a call-back asks about, the latest first: id, service, times, server, items."""
    return await _raw(
        "SELECT s.visit AS id, s.service, s.started_at, s.ended_at, s.planned_start, c.name AS server_name,"
        " coalesce(r.checklist, '[]'::jsonb) AS checklist FROM (SERVED) s JOIN carer c ON c.id = s.server"
        " LEFT JOIN visit_record r ON r.visit = s.visit WHERE s.kind = {} AND s.subject = {} AND s.household = {}"
        " ORDER BY s.planned_start DESC LIMIT 5",
        year, quarter, kind, subject, household,
    )  # fmt: skip


async def on_serving_side(
    user: UUID | None, kind: str, subject: UUID, household: UUID, year: int, quarter: int
) -> bool:
    """Whether a person stands on the side that serves: a provider's roles, the organisation or a station that it runs,
    a worker of it, the caregiver, or who served this very home in the quarter (DOMAIN.md 5.3, 5.4)."""
    rows = await CallbackRound.raw(
        "SELECT feedback_side({}, {}::text, {}, {}, {}::int, {}::int) AS it",
        user, kind, subject, household, year, quarter,
    )  # fmt: skip
    return bool(rows[0]["it"])
