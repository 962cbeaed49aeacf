"""Penalties and clawbacks: proposed by an officer of the bureau, decided by the lead (DOMAIN.md 6.3, 6.4). Amounts are
computed from frozen facts and confirmed terms, never typed."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.quality.snapshot import read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.settlement import adjust_rules, claiming_parts, ledger, making, telling, writing
from bangfu.settlement.follow_rules import FIGURES
from bangfu.settlement.tables import Adjustment, Clause, SettledVisit, Statement
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction


async def propose_penalty(actor: Actor, key: UUID, statement: UUID, clause: UUID, text: str, at: datetime) -> None:
    """Propose an agreed penalty of a quarter: units from the frozen facts, value from the confirmed term.

    Raises:
        Refused: if the term is not confirmed, is no penalty, or the facts give nothing to penalise.
        FormError: without words.
    """
    row = await _statement(actor, statement)
    _words(text)
    term = await Clause.objects().get((Clause.id == clause) & (Clause.contract == row.subject))
    if term is None:
        raise NotYours
    if term.status != "confirmed" or term.code == "late_interest":
        raise Refused(N_("This term does not allow a penalty: it must be confirmed by another person first."))
    facts, revision = await facts_of(row)
    units = adjust_rules.penalty_units(facts, term.code)
    earned = sum(
        (line.amount for line in await making.wanted_now(row, facts, revision) if line.status == "undisputed"),
        Decimal("0.00"),
    )
    taken = -sum((each.amount for each in await _penalties(statement)), Decimal("0.00"))
    amount = adjust_rules.penalty(term.basis, term.value, units, earned, taken)
    if amount <= 0:
        raise Refused(N_("The frozen facts of this quarter give nothing to penalise by this term."))
    async with transaction():
        if await _known(actor, key):
            return
        await _save(
            actor, row, key, at, kind="penalty", clause=clause, units=units, amount=-amount, reason="breach", text=text
        )  # fmt: skip


async def propose_clawback(
    actor: Actor, key: UUID, statement: UUID, visits: Collection[UUID], reason: str, text: str, at: datetime
) -> None:
    """Propose to take back units that were paid and turned out forged, by an uncleared person, after the person had
    left, or paid elsewhere: what they are worth by the rule of their quarter.

    Raises:
        FormError: without visits, a reason or words.
        Refused: for a visit that this statement did not pay.
    """
    row = await _statement(actor, statement)
    _words(text)
    if reason not in adjust_rules.CLAWBACK_REASONS:
        raise FormError({"clawback_reason": (N_("Please choose a reason."), {})})
    if not visits:
        raise FormError({"visits": (N_("Please choose at least one visit."), {})})
    facts, revision = await facts_of(row)
    async with transaction():
        await audit.hold(row.division)
        await writing.locked(row.id)
        if await _known(actor, key):
            return
        back = await _paid_units(row.id, visits)
        there = [w for w in await writing.written(row.id) if w.status == "undisputed" and w.of in FIGURES]
        stands = {(w.line, w.rate): 0 for w in there}
        for one in there:
            if one.of == "base":
                stands[one.line, one.rate] += one.units
        wanted = await making.wanted_now(row, facts, revision)
        parts = adjust_rules.clawback(wanted, [(line, rate, units) for (line, rate), units in back.items()])
        if not parts or any(units > stands.get(pair, 0) for pair, units in back.items()):
            raise Refused(N_("Not all of these visits were paid by this statement, or they were taken back already."))
        await _save(
            actor, row, key, at, kind="clawback", units=-sum(back.values()), amount=sum(part.amount for part in parts),
            parts=json.dumps([part.as_data() for part in parts]), reason=reason, text=text,
            visits=json.dumps(sorted(str(visit) for visit in visits)),
        )  # fmt: skip


async def _paid_units(statement: UUID, visits: Collection[UUID]) -> dict[tuple[str, Decimal], int]:
    rows = await SettledVisit.raw(
        "SELECT contract_line, rate, count(*)::int AS n FROM settlement_visit WHERE statement = {} AND verdict = 'paid'"
        " AND visit = ANY({}::uuid[]) GROUP BY 1, 2",
        statement, list(visits),
    )  # fmt: skip
    if sum(row["n"] for row in rows) != len(set(visits)):
        raise Refused(N_("Not all of these visits were paid by this statement, or they were taken back already."))
    return {(str(row["contract_line"]), row["rate"]): row["n"] for row in rows}


async def decide(actor: Actor, key: UUID, approved: bool, at: datetime) -> None:
    """proposed -> approved (and taken off the next payment that bears it) or refused, by the lead.

    Raises:
        NotYours, NotAllowed, Refused: of another area; for other roles; decided already, or one's own proposal.
    """
    known = await Adjustment.objects().get(Adjustment.id == key)
    row = await Statement.objects().get(Statement.id == known.statement) if known is not None else None
    if known is None or row is None or not actor.sees(row.division):
        raise NotYours
    if not actor.has("bureau_lead"):
        raise NotAllowed
    async with transaction():
        await audit.hold(row.division)
        target = await _next_statement(row)
        for statement in sorted({row.id, target}):
            await writing.locked(statement)
        each = await Adjustment.objects().where(Adjustment.id == key).first().lock_rows("NO KEY UPDATE")
        assert each is not None  # noqa: S101 (never deleted)
        if each.approved_by == actor.user and each.status in {"approved", "taken", "refused"}:
            return
        if each.status != "proposed":
            raise Refused(N_("This deduction was decided already. Look at the page again."))
        if each.proposed_by == actor.user:
            raise Refused(N_("You proposed this deduction yourself: another person decides it."))
        visits = [UUID(visit) for visit in json.loads(each.visits)]
        if approved and visits:
            await _paid_units(row.id, visits)  # another proposal may have taken them back meanwhile
        status = "approved" if approved else "refused"
        await Adjustment.update(
            {
                Adjustment.status: status, Adjustment.approved_by: actor.user, Adjustment.approved_at: at,
                Adjustment.version: each.version + 1,
            }
        ).where(Adjustment.id == key)  # fmt: skip
        await audit.record(
            actor, "settlement_adjustment.decided", "settlement", row.id, division=row.division,
            data={"number": row.number, "kind": each.kind, "amount": str(each.amount), "to": status}, at=at,
        )  # fmt: skip
        if approved:
            await SettledVisit.raw(
                "UPDATE settlement_visit SET verdict = 'clawed_back', reason = {}, updated_at = {} WHERE statement = {}"
                " AND visit = ANY({}::uuid[])",
                each.reason, at, row.id, visits,
            )  # fmt: skip
            await claiming_parts.take_adjustments(target, row.subject, at)


async def _next_statement(row: Statement) -> UUID:
    """Where a deduction is taken off: the newest statement of the contract whose claim is still open, else its own."""
    rows = await Statement.raw(
        "SELECT s.id FROM settlement_statement s JOIN settlement_claim c ON c.statement = s.id WHERE s.subject = {}"
        " AND s.kind <> 'advance' AND c.status IN ('open', 'returned') AND c.kind NOT IN ('advance', 'interest')"
        " ORDER BY s.year DESC, s.quarter DESC LIMIT 1",
        row.subject,
    )
    return UUID(str(rows[0]["id"])) if rows else row.id


async def repaid(actor: Actor, key: UUID, day: date, reference: str, at: datetime) -> None:
    """approved -> repaid: the organisation has paid back what no further payment takes off (a contract that ended).
    The ledger of the contract lines takes it back as a payment would have.

    Raises:
        FormError: without a day or the bank's reference.
        Refused: for what does not wait to be taken off, or was never paid out.
    """
    known = await Adjustment.objects().get(Adjustment.id == key)
    row = await Statement.objects().get(Statement.id == known.statement) if known is not None else None
    if known is None or row is None or not actor.sees(row.division):
        raise NotYours
    if not actor.has("finance_officer"):
        raise NotAllowed
    if day > civil_date(at) or not reference.strip():
        raise FormError({"repaid_reference": (N_("Please enter the day (not ahead) and the bank's reference."), {})})
    async with transaction():
        await ledger.hold_lines(part["line"] for part in json.loads(known.parts))
        await audit.hold(row.division)
        each = await Adjustment.objects().where(Adjustment.id == key).first().lock_rows("NO KEY UPDATE")
        assert each is not None  # noqa: S101 (never deleted)
        if each.status == "repaid" and each.repaid_by == actor.user:
            return
        if each.status != "approved":
            raise Refused(N_("This deduction is not waiting to be taken off. Look at the page again."))
        await Adjustment.update(
            {
                Adjustment.status: "repaid", Adjustment.repaid_by: actor.user, Adjustment.repaid_on: day,
                Adjustment.bank_reference: reference.strip()[:64], Adjustment.version: each.version + 1,
            }
        ).where(Adjustment.id == key)  # fmt: skip
        await audit.record(
            actor, "settlement_adjustment.repaid", "settlement", row.id, division=row.division,
            data={"number": row.number, "amount": str(each.amount)}, at=at,
        )  # fmt: skip
        await ledger.book_repaid(each, at)


async def facts_of(row: Statement) -> tuple[Any, ScoreRevision]:
    """The frozen facts that a statement follows now.

    Raises:
        Refused: for a statement without a score (an advance).
    """
    score = await QuarterScore.objects().get(QuarterScore.id == row.score) if row.score else None
    revision = (
        await ScoreRevision.objects().get(
            (ScoreRevision.score == score.id) & (ScoreRevision.revision == score.revision)
        )
        if score is not None
        else None
    )
    if revision is None:
        raise Refused(N_("An advance has no quarter to take something off."))
    return read(revision.facts), revision


async def _statement(actor: Actor, statement: UUID) -> Statement:
    row = await Statement.objects().get(Statement.id == statement)
    if row is None or not actor.sees(row.division):
        raise NotYours
    if not actor.has("bureau_officer"):
        raise NotAllowed
    return row


async def _penalties(statement: UUID) -> list[Adjustment]:
    found: list[Adjustment] = await Adjustment.objects().where(
        (Adjustment.statement == statement) & (Adjustment.kind == "penalty") & (Adjustment.status != "refused")
    )
    return found


async def _known(actor: Actor, key: UUID) -> bool:
    known = await Adjustment.objects().get(Adjustment.id == key)
    if known is not None and known.proposed_by != actor.user:
        raise NotYours
    return known is not None


async def _save(actor: Actor, row: Statement, key: UUID, at: datetime, *, text: str, **columns: Any) -> None:
    await audit.hold(row.division)
    made = Adjustment(
        id=key, contract=row.subject, statement=row.id, proposed_by=actor.user, proposed_at=at,
        text_enc=encrypt(text.strip(), f"settlement_adjustment:text_enc:{key}"), **columns,
    )  # fmt: skip
    await made.save()
    await audit.record(
        actor, "settlement_adjustment.proposed", "settlement", row.id, division=row.division,
        data={"number": row.number, "kind": made.kind, "units": made.units, "amount": str(made.amount)}, at=at,
    )  # fmt: skip
    await telling.tell_office(
        row.division, "adjustment_to_decide", f"/settlements/{row.id}", "bureau_lead", number=row.number
    )


def _words(text: str) -> None:
    faults: Mapping[str, tuple[str, Mapping[str, object]]] = (
        {} if text.strip() else {"text": (N_("Please say why in a few words."), {})}
    )
    if faults:
        raise FormError(faults)
