"""Paying an approved claim and reconciling it with the bank; what follows: the ledger, the visits, interest
(DOMAIN.md 4.4, 8.9)."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, Refused
from bangfu.settlement import claim_moves, claiming, claiming_parts, due_rules, ledger, rules, telling, writing
from bangfu.settlement.claim_moves import Held
from bangfu.settlement.follow_rules import Step
from bangfu.settlement.statement_rules import LineDraft
from bangfu.settlement.tables import Claim, SettledVisit, StatementLine
from bangfu.settlement.terms import late_rate_of
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.visits import moves

MOST_VISITS = 2000
IN_THE_BANK = N_("This claim is with the bank in batch {batch}: the bank's answer pays it.")


async def pay(actor: Actor, key: UUID, paid_on: date, at: datetime) -> None:
    """lead_approved -> paid by hand, on the day on which the money left the account; the amount is the claim's.

    Raises:
        FormError: for a day in the future or before the approval.
        Refused: while the claim is in a batch; see claiming.entered.
    """
    await claiming.look_for_doubts(actor, key, at)
    async with transaction():
        await hold(key)
        held, step = await claiming.entered(actor, key, "pay")
        if step is not None:
            if held.claim.batch is not None:
                raise Refused(IN_THE_BANK, batch=await _number_of(held.claim.batch))
            _check_day(held.claim, paid_on, at)
            await finish(actor, held, step, paid_on, at)
    await settle_visits(held.statement.id, at)  # on a repeat, too: the first time may have been cut off here


async def finish(
    actor: Actor, held: Held, step: rules.Transition, paid_on: date, at: datetime, reference: str = ""
) -> None:
    """The claim is paid: state, ledger, clock, word to the organisation, interest for what came late. The contract
    lines, the statement and the claim are locked."""
    await claim_moves.move(
        actor, held, step, at, data={"paid_on": paid_on.isoformat()}, paid_by=actor.user, paid_at=at, paid_on=paid_on,
        bank_reference=reference,
    )  # fmt: skip
    row = held.claim
    await ledger.put_back(held.statement.id, at)
    await ledger.book_settled(row, await lines_of(row), at)
    await telling.paid(actor, row.id, at)
    await add_interest(held, paid_on, at)
    await telling.tell_organization(
        row.organization, "claim_paid", f"/my-settlements/{row.statement}", number=row.number
    )


async def add_interest(held: Held, paid_on: date, at: datetime) -> Decimal:
    """Late interest as a line and a claim of its own; nothing for a subsidy, and no interest on interest."""
    row = held.claim
    if row.due_on is None or row.kind == "interest" or row.agreement is not None:
        return Decimal("0.00")
    claimed = civil_date(row.claimed_at) if row.claimed_at else None
    days = due_rules.days_late(row.due_on, claimed, paid_on)
    agreed = await late_rate_of(row.contract)
    daily = due_rules.daily_rate(agreed)
    amount = due_rules.interest(row.amount, days, daily)
    if amount <= 0:
        return amount
    detail = {"amount": str(row.amount), "days": days, "daily": str(daily), "due_on": str(row.due_on),
              "agreed": "" if agreed is None else str(agreed)}  # fmt: skip
    line = LineDraft("interest", amount, units=days, factor=Fraction(daily), reason="paid_late", detail=detail)
    puts = await writing.put(held.statement.id, [Step(line)], held.statement.revision, at, source=row.id)
    await claiming_parts.cover(held.statement, puts, "interest", at)
    return amount


async def reconcile(actor: Actor, key: UUID, reference: str, at: datetime) -> None:
    """paid -> reconciled: the bank's reference stands on the statement of account.

    Raises:
        FormError: without a reference.
    """
    text = reference.strip()
    if not text or len(text) > 64:
        raise FormError({"bank_reference": (N_("Please enter the bank's reference, at most 64 characters."), {})})
    async with transaction():
        held, step = await claiming.entered(actor, key, "reconcile")
        if step is None:
            return
        await claim_moves.move(actor, held, step, at, reconciled_by=actor.user, reconciled_at=at, bank_reference=text)


async def settle_visits(statement: UUID | None, at: datetime) -> int:
    """Move the verified visits of paid statements to settled, each in a transaction of its own; how many.

    A visit counts once every claim of its statement that covers base or subsidy lines is paid.
    """
    rows = await SettledVisit.raw(
        "SELECT s.visit FROM settlement_visit s JOIN visit v ON v.id = s.visit WHERE s.verdict = 'paid'"
        " AND v.status = 'verified' AND ({}::uuid IS NULL OR s.statement = {}::uuid)"
        " AND EXISTS (SELECT 1 FROM settlement_claim c WHERE c.statement = s.statement"
        " AND c.status IN ('paid', 'reconciled')) AND NOT EXISTS (SELECT 1 FROM settlement_claim c"
        " WHERE c.statement = s.statement AND c.kind IN ('quarter', 'freed', 'correction', 'subsidy')"
        " AND c.status NOT IN ('paid', 'reconciled')) ORDER BY s.visit LIMIT {}",
        statement, statement, MOST_VISITS,
    )  # fmt: skip
    return sum([await _settle(row["visit"], at) for row in rows])


async def _settle(visit: UUID, at: datetime) -> bool:
    async with transaction():
        row = await moves.locked(visit)
        if row.status != "verified":
            return False
        await moves.move(SYSTEM, row, "settle", at)
        return True


async def lines_of(claim: Claim) -> Sequence[dict[str, Any]]:
    """The lines that a claim covers, by place; `of` names the figure of a correction."""
    rows: list[dict[str, Any]] = await StatementLine.raw(
        "SELECT l.*, coalesce(l.detail::jsonb ->> 'of', l.kind) AS of FROM settlement_line l WHERE l.statement = {}"
        " AND l.id = ANY({}::uuid[]) ORDER BY l.place",
        claim.statement, [UUID(line) for line in json.loads(claim.lines)],
    )  # fmt: skip
    return rows


async def hold(*keys: UUID) -> None:
    """Lock the contract lines on which paying claims posts, of all of them in one order, before anything else."""
    found: set[str] = set()
    for claim in await Claim.objects().where(Claim.id.is_in(list(keys))) if keys else []:
        found |= await ledger.lines_touched(claim, await lines_of(claim))
    await ledger.hold_lines(found)


def _check_day(row: Claim, paid_on: date, at: datetime) -> None:
    approved = civil_date(row.approved_at) if row.approved_at else paid_on
    if paid_on > civil_date(at):
        raise FormError({"paid_on": (N_("A payment is recorded on its day or later, not ahead."), {})})
    if paid_on < approved:
        raise FormError({"paid_on": (N_("The claim was approved on {day}; it was not paid before."),
                                     {"day": approved.isoformat()})})  # fmt: skip


async def _number_of(batch: UUID) -> str:
    rows = await Claim.raw("SELECT number FROM payment_batch WHERE id = {}", batch)
    return str(rows[0]["number"]) if rows else ""
