"""The advance of a contract: a claim of its own after the signature, taken off quarter by quarter, settled at the
year's end (DOMAIN.md 4.4)."""

import json
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

from bangfu.contracts.tables import Contract
from bangfu.settlement import adjust_rules, claiming_parts, due_rules, writing
from bangfu.settlement.follow_rules import Step
from bangfu.settlement.statement_rules import LineDraft, fen
from bangfu.settlement.tables import Adjustment, Statement, StatementLine
from bangfu.settlement.terms import terms_of
from bangfu.settlement.writing import Put
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number

_WANTED = (
    "SELECT c.id FROM contract c WHERE c.status = 'active' AND c.advance_share > 0 AND NOT c.imported"
    " AND c.signed_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM settlement_statement s WHERE s.subject = c.id"
    " AND s.kind = 'advance') ORDER BY c.id"
)


async def look_after(at: datetime) -> int:
    """Open the advance of every contract in force that agrees on one; how many were opened."""
    rows = await Contract.raw(_WANTED)
    return sum([await open_advance(row["id"], at) for row in rows])


async def open_advance(contract: UUID, at: datetime) -> bool:
    """The statement and the claim of a contract's advance: its total x the agreed share. A repeat changes nothing.

    Returns:
        Whether it was made now.
    """
    async with transaction():
        rows = await Contract.raw("SELECT * FROM contract WHERE id = {} FOR NO KEY UPDATE", contract)
        if not rows or not rows[0]["advance_share"] or rows[0]["signed_on"] is None:
            return False
        row = rows[0]
        await audit.hold(row["division"])
        key = uuid4()
        made = await Statement.raw(
            "INSERT INTO settlement_statement (id, number, kind, subject, organization, division, year, quarter, stage,"
            " made_at) VALUES ({}, {}, 'advance', {}, {}, {}, {}, 0, 'final', {}) ON CONFLICT DO NOTHING RETURNING id",
            key, await fresh_number(Statement), contract, row["supplier"], row["division"], row["signed_on"].year, at,
        )  # fmt: skip
        if not made:
            return False
        statement = await writing.locked(key)
        assert statement is not None  # noqa: S101 (just made)
        amount = fen(Fraction(row["total"]) * Fraction(row["advance_share"]))
        line = LineDraft(
            "advance", amount, rate=row["total"], share=Fraction(row["advance_share"]), reason="agreed",
            detail={"total": str(row["total"])},
        )  # fmt: skip
        puts = await writing.put(key, [Step(line)], 1, at)
        await claiming_parts.cover(statement, puts, "advance", at)
        await audit.record(
            SYSTEM, "settlement.made", "settlement", key, division=row["division"],
            data={"number": statement.number, "contract": row["number"], "total": str(amount)}, at=at,
        )  # fmt: skip
        return True


async def left_of(contract: UUID) -> Decimal:
    """What of a paid advance no quarter has taken off yet."""
    rows = await StatementLine.raw(
        "SELECT coalesce((SELECT sum(c.amount) FROM settlement_claim c WHERE c.contract = {} AND c.kind = 'advance'"
        " AND c.status IN ('paid', 'reconciled')), 0) + coalesce((SELECT sum(l.amount) FROM settlement_line l"
        " JOIN settlement_statement s ON s.id = l.statement WHERE s.subject = {} AND s.kind = 'contract'"
        " AND l.kind IN ('advance', 'true_up')), 0) + coalesce((SELECT sum(a.amount) FROM settlement_adjustment a"
        " WHERE a.contract = {} AND a.kind = 'true_up' AND a.status IN ('approved', 'repaid')), 0) AS left",
        contract, contract, contract,
    )  # fmt: skip
    found: Decimal = rows[0]["left"]
    return max(Decimal("0.00"), found)


async def take_off_advance(row: Statement, revision: int, at: datetime) -> list[Put]:
    """The line of a new statement that takes off its part of the advance; all of the rest with the year's last
    quarter or the contract's, and what the quarter cannot bear is owed."""
    left = await left_of(row.subject) if row.kind == "contract" else Decimal("0.00")
    if left <= 0:
        return []
    terms = await terms_of(row.kind, row.subject)
    earned = writing.earned_of(await writing.written(row.id))
    last = terms.ends_on is not None and due_rules.is_last_quarter(row.year, row.quarter, terms.ends_on)
    kind, owed = ("true_up" if last else "advance"), Decimal("0.00")
    if last:
        amount, owed = adjust_rules.true_up(earned, left)
    else:
        amount = adjust_rules.advance_share(earned, terms.advance_share, left)
    detail = {"earned": str(earned), "left": str(left)}
    line = LineDraft(kind, -amount, share=Fraction(terms.advance_share), reason="advance", detail=detail)
    puts = await writing.put(row.id, [Step(line)], revision, at) if amount else []
    if owed:
        await Adjustment(
            id=uuid4(), kind="true_up", contract=row.subject, statement=row.id, amount=-owed, parts=json.dumps([]),
            reason="advance", status="approved", proposed_at=at, approved_at=at,
        ).save()  # fmt: skip
    return puts
