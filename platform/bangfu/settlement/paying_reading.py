"""Reads for those who pay: the queue of claims, batches, accounts, subsidies; accounts by their last digits alone."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from bangfu.settlement.tables import Claim, Statement
from bangfu.shared.actor import Actor

CLAIM: Final = (
    "SELECT k.*, s.year, s.quarter, s.kind AS statement_kind, s.number AS statement_number,"
    " coalesce(o.name, '') AS organization_name, coalesce(q.number, c.number, '') AS subject_number,"
    " coalesce(b.number, '') AS batch_number, coalesce(u1.display_name, '') AS claimed_name,"
    " coalesce(u2.display_name, '') AS reviewed_name, coalesce(u3.display_name, '') AS approved_name,"
    " coalesce(u4.display_name, '') AS paid_name, coalesce(u5.display_name, '') AS reconciled_name,"
    " coalesce(u6.display_name, '') AS returned_name, a.tail AS account_tail, count(*) OVER () AS n"
    " FROM settlement_claim k JOIN settlement_statement s ON s.id = k.statement"
    " LEFT JOIN quarter_score q ON q.id = s.score LEFT JOIN contract c ON c.id = s.subject"
    " LEFT JOIN organization o ON o.id = k.organization LEFT JOIN payment_batch b ON b.id = k.batch"
    " LEFT JOIN payee_account a ON a.status = 'confirmed' AND a.payee = coalesce(k.agreement, k.organization)"
    " LEFT JOIN app_user u1 ON u1.id = k.claimed_by LEFT JOIN app_user u2 ON u2.id = k.reviewed_by"
    " LEFT JOIN app_user u3 ON u3.id = k.approved_by LEFT JOIN app_user u4 ON u4.id = k.paid_by"
    " LEFT JOIN app_user u5 ON u5.id = k.reconciled_by LEFT JOIN app_user u6 ON u6.id = k.returned_by"
)


def _area(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""


async def payable(actor: Actor, state: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The payer's queue: claims of the area in a state, what falls due first at the top."""
    rows = await Claim.raw(
        f"{CLAIM} WHERE k.division LIKE {{}} AND k.status = {{}} ORDER BY k.due_on NULLS LAST, k.number LIMIT {{}}"
        " OFFSET {}",
        _area(actor), state, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


async def claim_counts(actor: Actor, today: date) -> dict[str, Any]:
    """State -> how many claims of the area, with their sum; `late` counts what is overdue."""
    rows = await Claim.raw(
        "SELECT status, count(*)::int AS n, sum(amount) AS amount, count(*) FILTER (WHERE due_on < {} AND status"
        " IN ('claimed', 'bureau_reviewed', 'lead_approved'))::int AS late FROM settlement_claim WHERE division LIKE {}"
        " GROUP BY status",
        today, _area(actor),
    )  # fmt: skip
    found = {row["status"]: {"n": row["n"], "amount": row["amount"]} for row in rows}
    return {"states": found, "late": sum(row["late"] for row in rows)}


async def late_claims(actor: Actor, today: date, most: int) -> list[dict[str, Any]]:
    """The overdue claims of the area, the longest overdue first."""
    rows: list[dict[str, Any]] = await Claim.raw(
        "SELECT k.number, k.statement, k.due_on, coalesce(o.name, '') AS organization_name FROM settlement_claim k"
        " LEFT JOIN organization o ON o.id = k.organization WHERE k.due_on < {} AND k.division LIKE {}"
        " AND k.status IN ('claimed', 'bureau_reviewed', 'lead_approved') ORDER BY k.due_on, k.number LIMIT {}",
        today, _area(actor), most,
    )  # fmt: skip
    return rows


async def own_counts(organization: UUID | None) -> dict[str, int]:
    """State -> how many claims of an organisation."""
    rows = await Claim.raw(
        "SELECT status, count(*)::int AS n FROM settlement_claim WHERE organization = {} GROUP BY status", organization
    )
    return {row["status"]: row["n"] for row in rows}


async def batches(actor: Actor, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The batches of the area, the newest first."""
    rows = await Statement.raw(
        "SELECT b.*, coalesce(u.display_name, '') AS made_name, (SELECT count(*)::int FROM payment_item i"
        " WHERE i.batch = b.id AND i.result = 'paid') AS paid, (SELECT count(*)::int FROM payment_item i"
        " WHERE i.batch = b.id AND i.result = 'returned') AS returned, count(*) OVER () AS n FROM payment_batch b"
        " LEFT JOIN app_user u ON u.id = b.made_by WHERE b.division LIKE {} ORDER BY b.made_at DESC LIMIT {} OFFSET {}",
        _area(actor), limit, offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


async def batch_items(batch: UUID) -> list[dict[str, Any]]:
    """The payments of a batch; accounts by their last four digits."""
    rows: list[dict[str, Any]] = await Statement.raw(
        "SELECT i.*, k.number, k.statement, k.due_on, a.tail, coalesce(o.name, q.number, '') AS payee"
        " FROM payment_item i JOIN settlement_claim k ON k.id = i.claim JOIN payee_account a ON a.id = i.account"
        " JOIN settlement_statement s ON s.id = k.statement LEFT JOIN quarter_score q ON q.id = s.score"
        " LEFT JOIN organization o ON o.id = k.organization AND k.agreement IS NULL WHERE i.batch = {}"
        " ORDER BY i.place",
        batch,
    )
    return rows


async def payees(actor: Actor, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The accounts of the area, those that wait for another person first; numbers by their last four digits."""
    rows = await Statement.raw(
        "SELECT a.id, a.kind, a.payee, a.tail, a.status, a.entered_by, a.entered_at, a.decided_at,"
        " coalesce(o.name, g.number, '') AS name, coalesce(u1.display_name, '') AS entered_name,"
        " coalesce(u2.display_name, '') AS decided_name, count(*) OVER () AS n FROM payee_account a"
        " LEFT JOIN organization o ON o.id = a.payee LEFT JOIN care_agreement g ON g.id = a.payee"
        " LEFT JOIN app_user u1 ON u1.id = a.entered_by LEFT JOIN app_user u2 ON u2.id = a.decided_by"
        " WHERE a.division LIKE {} ORDER BY a.status NOT IN ('entered', 'returned'), a.entered_at DESC, a.id"
        " LIMIT {} OFFSET {}",
        _area(actor), limit, offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0


async def without_account(actor: Actor) -> list[dict[str, Any]]:
    """The payees of the area that a claim goes to and that have no confirmed account."""
    rows: list[dict[str, Any]] = await Statement.raw(
        "SELECT DISTINCT CASE WHEN k.agreement IS NULL THEN 'organization' ELSE 'agreement' END AS kind,"
        " coalesce(k.agreement, k.organization) AS payee, coalesce(g.number, o.name) AS name FROM settlement_claim k"
        " LEFT JOIN organization o ON o.id = k.organization LEFT JOIN care_agreement g ON g.id = k.agreement"
        " WHERE k.division LIKE {} AND k.status NOT IN ('paid', 'reconciled') AND NOT EXISTS (SELECT 1"
        " FROM payee_account a WHERE a.payee = coalesce(k.agreement, k.organization) AND a.status = 'confirmed')"
        " ORDER BY 3",
        _area(actor),
    )
    return rows
