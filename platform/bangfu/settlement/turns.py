"""Reads for the start page: what waits for one person's word about money."""

from typing import Any
from uuid import UUID

from bangfu.settlement.tables import Claim
from bangfu.shared.actor import Actor

Row = dict[str, Any]


def _area(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""


async def own_claims(organization: UUID | None, most: int) -> tuple[list[Row], int]:
    """The claims that an organisation may make or has to mend, with how many there are."""
    rows: list[Row] = await Claim.raw(
        "SELECT k.number, k.statement, k.due_on, coalesce(q.number, c.number, '') AS organization_name,"
        " count(*) OVER ()::int AS n FROM settlement_claim k JOIN settlement_statement s ON s.id = k.statement"
        " LEFT JOIN quarter_score q ON q.id = s.score LEFT JOIN contract c ON c.id = s.subject"
        " WHERE k.organization = {} AND k.status IN ('open', 'returned') ORDER BY k.number LIMIT {}",
        organization, most,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


async def deductions(actor: Actor, most: int) -> list[Row]:
    """Penalties and clawbacks of the area that somebody else proposed, the oldest first."""
    rows: list[Row] = await Claim.raw(
        "SELECT a.statement, s.number, a.proposed_at AS since, coalesce(o.name, '') AS organization_name"
        " FROM settlement_adjustment a JOIN settlement_statement s ON s.id = a.statement"
        " LEFT JOIN organization o ON o.id = s.organization WHERE s.division LIKE {} AND a.status = 'proposed'"
        " AND a.proposed_by IS DISTINCT FROM {} ORDER BY a.proposed_at, a.id LIMIT {}",
        _area(actor), actor.user, most,
    )  # fmt: skip
    return rows


async def clauses(actor: Actor, most: int) -> list[Row]:
    """Contracts of the area whose noted terms wait to be compared, the oldest first."""
    rows: list[Row] = await Claim.raw(
        "SELECT c.id AS contract, c.number, min(t.noted_at) AS since, coalesce(o.name, '') AS organization_name"
        " FROM settlement_clause t JOIN contract c ON c.id = t.contract LEFT JOIN organization o ON o.id = c.supplier"
        " WHERE c.division LIKE {} AND t.status = 'noted' AND t.noted_by IS DISTINCT FROM {}"
        " GROUP BY c.id, c.number, o.name ORDER BY 3, 2 LIMIT {}",
        _area(actor), actor.user, most,
    )  # fmt: skip
    return rows


async def accounts_to_confirm(actor: Actor, most: int) -> tuple[list[Row], int]:
    """Accounts of payees in the area that somebody else entered, the oldest first, with how many there are."""
    rows: list[Row] = await Claim.raw(
        "SELECT p.tail AS number, p.entered_at AS since, coalesce(o.name, g.number, '') AS organization_name,"
        " count(*) OVER ()::int AS n FROM payee_account p LEFT JOIN organization o ON o.id = p.payee"
        " LEFT JOIN care_agreement g ON g.id = p.payee WHERE p.division LIKE {} AND p.status = 'entered'"
        " AND p.entered_by IS DISTINCT FROM {} ORDER BY p.entered_at, p.id LIMIT {}",
        _area(actor), actor.user, most,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


async def subsidies_waiting(actor: Actor) -> int:
    """Caregivers' statements of the area whose poor quarter the township has not looked at."""
    rows = await Claim.raw(
        "SELECT count(*)::int AS n FROM settlement_statement WHERE division LIKE {} AND kind = 'agreement'"
        " AND review = 'waiting'",
        _area(actor),
    )  # fmt: skip
    return int(rows[0]["n"])
