"""The parts of a statement that can be claimed: what is written becomes part of an open claim, or a claim of its own.

The statement is locked by the caller; claims are locked after it.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from bangfu.settlement import due_rules, telling, writing
from bangfu.settlement.adjust_rules import takeable
from bangfu.settlement.follow_rules import Step
from bangfu.settlement.rules import CHANGEABLE, PAID
from bangfu.settlement.statement_rules import LineDraft
from bangfu.settlement.tables import Adjustment, Claim, Statement
from bangfu.settlement.terms import terms_of
from bangfu.settlement.writing import Put
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date
from bangfu.shared.numbering import fresh_number

AT_ONCE: Final = frozenset({"quarter", "subsidy"})
"""Parts that are accepted with the quarter; what was disputed is accepted when it is decided."""
LINE_KIND: Final = {"clawback": "clawback", "revision": "clawback", "penalty": "penalty", "true_up": "true_up"}


async def changeable(statement: UUID) -> Claim | None:
    """The locked claim of a statement that is still with the organisation, if there is one."""
    found: Claim | None = (
        await Claim.objects()
        .where((Claim.statement == statement) & Claim.status.is_in(sorted(CHANGEABLE)))
        .where(Claim.kind.not_in(["advance", "interest"]))
        .order_by(Claim.part)
        .first()
        .lock_rows("NO KEY UPDATE")
    )
    return found


async def takes(statement: UUID, amount: Decimal) -> bool:
    """Whether an open claim of the statement can take an amount below zero without turning negative."""
    claim = await changeable(statement)
    return claim is not None and claim.amount + amount >= 0


async def cover(row: Statement, puts: Sequence[Put], kind: str, at: datetime) -> UUID | None:
    """Let a claim cover new undisputed lines: the open one, or a new one if there is money in them.

    Returns:
        The claim.
    """
    fresh = [put for put in puts if put.draft.status == "undisputed"]
    amount = sum((put.draft.amount for put in fresh), Decimal("0.00"))
    ids = [str(put.id) for put in fresh]
    if not fresh:
        return None
    claim = await changeable(row.id) if kind not in {"advance", "interest"} else None
    if claim is not None:
        await Claim.update(
            {
                Claim.amount: claim.amount + amount, Claim.version: claim.version + 1,
                Claim.lines: json.dumps([*json.loads(claim.lines), *ids]),
            }
        ).where(Claim.id == claim.id)  # fmt: skip
        return claim.id
    if amount < 0 or (amount == 0 and kind != "quarter"):
        return None
    return await _open(row, ids, amount, kind, at)


async def _open(row: Statement, lines: list[str], amount: Decimal, kind: str, at: datetime) -> UUID:
    terms = await terms_of(row.kind, row.subject)
    parts = await Claim.raw(
        "SELECT coalesce(max(part), 0)::int AS n FROM settlement_claim WHERE statement = {}", row.id
    )
    accepted = await _accepted(row, kind, civil_date(at))
    claim = Claim(
        id=uuid4(), number=await fresh_number(Claim), statement=row.id, part=parts[0]["n"] + 1, kind=kind,
        contract=None if row.kind == "agreement" else row.subject,
        agreement=row.subject if row.kind == "agreement" else None, organization=row.organization,
        division=row.division, amount=amount, lines=json.dumps(lines), accepted_on=accepted,
        due_on=due_rules.due_on(accepted, terms.payment_days), created_at=at,
    )  # fmt: skip
    if row.kind == "agreement":
        # a caregiver asks for nothing: the subsidy goes on its way by itself
        claim.status, claim.claimed_at = "claimed", at
    await claim.save()
    await audit.record(
        SYSTEM, "settlement_claim.opened", "settlement_claim", claim.id, division=row.division,
        data={"number": claim.number, "statement": str(row.id), "part": claim.part, "amount": str(amount)}, at=at,
    )  # fmt: skip
    href = f"/my-settlements/{row.id}"
    if row.kind == "agreement":
        await telling.watch_payment(claim, claim.due_on, at)
        await telling.tell_office(
            row.division, "claim_made", f"/settlements/{row.id}", "bureau_officer", number=claim.number
        )
    else:
        await telling.tell_organization(row.organization, "claim_opened", href, number=claim.number)
    return claim.id


async def _accepted(row: Statement, kind: str, day: date) -> date:
    if kind not in AT_ONCE:
        return day
    terms = await terms_of(row.kind, row.subject)
    end = due_rules.quarter_days(row.year, row.quarter)[1]
    return due_rules.accepted_on(end, terms.acceptance_days, day if row.stage == "final" else None)


async def accept(row: Statement, final: date) -> None:
    """The score is final: what is not paid yet falls due from that day, if it is earlier than the acceptance term."""
    terms = await terms_of(row.kind, row.subject)
    end = due_rules.quarter_days(row.year, row.quarter)[1]
    accepted = due_rules.accepted_on(end, terms.acceptance_days, final)
    await Claim.raw(
        "UPDATE settlement_claim SET accepted_on = {}, due_on = {} WHERE statement = {} AND kind = ANY({}::varchar[])"
        " AND status <> ALL({}::varchar[]) AND accepted_on IS DISTINCT FROM {}",
        accepted, due_rules.due_on(accepted, terms.payment_days), row.id, sorted(AT_ONCE), sorted(PAID), accepted,
    )  # fmt: skip


async def take_adjustments(statement: UUID, subject: UUID, at: datetime) -> int:
    """Take approved adjustments of a contract off the statement's open claim, the oldest first, never below zero.

    Returns:
        How many were taken.
    """
    claim = await changeable(statement)
    row = await writing.locked(statement)
    if claim is None or row is None:
        return 0
    waiting = await (
        Adjustment.objects()
        .where((Adjustment.contract == subject) & (Adjustment.status == "approved"))
        .order_by(Adjustment.approved_at)
        .order_by(Adjustment.id)
        .lock_rows("NO KEY UPDATE")
    )
    places = takeable([each.amount for each in waiting], claim.amount)
    puts: list[Put] = []
    for place in places:
        each = waiting[place]
        draft = LineDraft(
            LINE_KIND[each.kind], each.amount, _line_of(each), each.units, reason=each.reason,
            detail={"parts": json.loads(each.parts), "statement": str(each.statement)},
        )  # fmt: skip
        put = (await writing.put(statement, [Step(draft)], row.revision, at, source=each.id))[0]
        await Adjustment.update(
            {Adjustment.status: "taken", Adjustment.line: put.id, Adjustment.version: each.version + 1}
        ).where(Adjustment.id == each.id)
        puts.append(put)
    await cover(row, puts, claim.kind, at)
    return len(puts)


def _line_of(each: Adjustment) -> str:
    """The contract line of an adjustment that concerns one alone; "" for what is spread or concerns the whole."""
    lines = {part["line"] for part in json.loads(each.parts) if part["line"]}
    return lines.pop() if len(lines) == 1 else ""
