"""Lists of agreements: of an area with filters, of a household, of an institution; names masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.agreements import rules
from bangfu.agreements.tables import CareAgreement
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.masking import mask_name

ENDS = {"30": 30, "60": 60}


@dataclass(frozen=True, slots=True)
class Row:
    """An agreement in a list."""

    id: UUID
    number: str
    status: str
    household: UUID
    household_number: str
    person_name: str
    division_name: str
    selfcare_level: str
    support_mode: str
    starts_on: date
    ends_on: date
    signed: int
    own_signed: bool
    outdated: bool
    reason: str


_SELECT = (
    "SELECT a.id, a.number, a.status, a.household, h.number AS household_number, p.name AS person_name,"
    " coalesce(d.name, '') AS division_name, a.selfcare_level, a.support_mode, a.starts_on, a.ends_on, a.reason,"
    " a.outdated_by IS NOT NULL AS outdated, s.signed, coalesce(s.own_signed, false) AS own_signed,"
    " count(*) OVER () AS total FROM care_agreement a JOIN household h ON h.id = a.household"
    " JOIN person p ON p.id = a.person LEFT JOIN division d ON d.code = a.division"
    " LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE y.signed_at IS NOT NULL) AS signed,"
    " bool_or(y.role = 'institution' AND y.signed_at IS NOT NULL) AS own_signed FROM agreement_party y"
    " WHERE y.agreement = a.id) s ON true WHERE "
)


async def agreements(
    actor: Actor, filters: Mapping[str, str], today: date, limit: int, offset: int
) -> tuple[list[Row], int]:
    """One page of the area's agreements; what waits for the township first.

    Args:
        filters: state (rules.STATES, or "alive"), division (prefix), ends ("30" or "60": in force and ending soon).
    """
    parts, values = ["a.division LIKE {}"], [f"{actor.scope}%" if actor.scope else ""]
    if filters.get("state") in rules.STATES:
        parts.append("a.status = {}")
        values.append(filters["state"])
    elif filters.get("state") != "all":
        parts.append("a.status = ANY({}::varchar[])")
        values.append(sorted(rules.ALIVE))  # type: ignore[arg-type]
    if filters.get("division", "").isdecimal():
        parts.append("a.division LIKE {}")
        values.append(f"{division_prefix(filters['division'].ljust(12, '0'))}%")
    if filters.get("ends") in ENDS:
        parts.append("a.status IN ('active', 'renewal_due') AND a.ends_on <= {}::date + {}::int")
        values += [today, ENDS[filters["ends"]]]  # type: ignore[list-item]
    rows = await CareAgreement.raw(
        _SELECT + " AND ".join(parts)
        + " ORDER BY a.status = ANY(ARRAY['renewed', 'expired', 'terminated']::varchar[]), a.outdated_by IS NULL,"
        " a.ends_on, a.number LIMIT {} OFFSET {}",
        *values, limit, offset,
    )  # fmt: skip
    return [_row(row) for row in rows], rows[0]["total"] if rows else 0


async def of_household(actor: Actor, household: UUID) -> list[Row]:
    """The agreements of a household's members, the newest first; the caller has fetched the household."""
    rows = await CareAgreement.raw(
        _SELECT + "a.household = {} AND a.division LIKE {} ORDER BY a.created_at DESC LIMIT 100",
        household, f"{actor.scope}%" if actor.scope else "",
    )  # fmt: skip
    return [_row(row) for row in rows]


async def of_organization(organization: UUID | None) -> list[Row]:
    """The agreements that name an institution, from the day they are handed out; what waits for it first."""
    rows = await CareAgreement.raw(
        _SELECT + "a.organization = {} AND a.document_hash <> '' ORDER BY a.status <> 'party_signing', a.ends_on DESC"
        " LIMIT 300",
        organization,
    )
    return [_row(row) for row in rows]


async def candidates(household: UUID) -> list[tuple[str, str]]:
    """(id, masked name) of the members for whom an agreement may be drafted: those present."""
    rows = await CareAgreement.raw(
        "SELECT id, name FROM person WHERE household = {} AND left_on IS NULL ORDER BY assisted DESC, is_head DESC,"
        " created_at, id",
        household,
    )
    return [(str(row["id"]), mask_name(row["name"])) for row in rows]


def _row(row: Mapping[str, Any]) -> Row:
    plain = {name: row[name] for name in Row.__slots__ if name != "person_name"}
    return Row(person_name=mask_name(row["person_name"]), **plain)
