"""Visits that are put in doubt after the facts of their quarter were frozen (DOMAIN.md 4.4, 8.8).

What they come to is held by further lines, so that the undisputed amount goes on; a claim on its way that covers it
goes back to the organisation, whose invoice must show what is left. The frozen facts and the score stay as they are
until the doubt is decided: for the visit, then what was held is free; against it, then a revision leaves it out (before
the score is final with its last step, quality.life.finish; afterwards here). What was paid, or is with the bank, is
not held back: if the doubt proves right, the revision takes it off the next payment.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.quality import life
from bangfu.quality.life_moves import locked
from bangfu.quality.snapshot import read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.settlement import claim_moves, claiming_parts, making, rules, telling, writing
from bangfu.settlement.claim_moves import Held
from bangfu.settlement.statement_rules import total_of
from bangfu.settlement.tables import Claim, SettledVisit, Statement
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction

COVERS: Final = ("quarter", "freed", "correction")
"""Kinds of claims that pay visits."""
_MATTERS: Final = (
    "SELECT DISTINCT s.statement FROM settlement_visit s JOIN visit v ON v.id = s.visit"
    " JOIN settlement_statement t ON t.id = s.statement AND t.kind = 'contract'"
    " JOIN quarter_score q ON q.id = t.score JOIN score_revision r ON r.score = q.id AND r.revision = q.revision"
    " WHERE ({}::uuid IS NULL OR s.statement = {}::uuid) AND ((s.verdict = 'paid' AND v.status = 'disputed')"
    " OR (s.reason = 'doubted' AND v.status IN ('verified', 'settled'))"
    " OR (s.verdict IN ('paid', 'held') AND v.status = 'rejected' AND q.status = 'final' AND v.updated_at > r.made_at))"
    " ORDER BY s.statement"
)


async def look_after(at: datetime) -> int:
    """Follow every doubt that a statement does not know yet; how many statements were looked at."""
    rows = await SettledVisit.raw(_MATTERS, None, None)
    for row in rows:
        await follow(row["statement"], at)
    return len(rows)


async def follow(statement: UUID, at: datetime) -> list[UUID]:
    """Hold what is in doubt, free what is in doubt no more; a repeat changes nothing.

    Returns:
        The claims that went back to the organisation.
    """
    known = await Statement.objects().get(Statement.id == statement)
    if known is None or known.score is None or not await SettledVisit.raw(_MATTERS, statement, statement):
        return []
    async with transaction():
        await audit.hold(known.division)
        score = await locked(known.score)
        row = await writing.locked(statement)
        assert row is not None  # noqa: S101 (never deleted)
        if await _rejected(row, score):
            await life.revise(SYSTEM, score, "dispute", at)
            return []
        returned = await _hold(row, score, at)
        await making.keep_up(SYSTEM, score, at, row.stage)
        return returned


async def _rejected(row: Statement, score: QuarterScore) -> bool:
    """Whether a doubt proved right of which the final facts do not know."""
    if score.status != "final":
        return False
    rows = await SettledVisit.raw(
        "SELECT 1 FROM settlement_visit s JOIN visit v ON v.id = s.visit JOIN score_revision r ON r.score = {}"
        " AND r.revision = {} WHERE s.statement = {} AND s.verdict IN ('paid', 'held') AND v.status = 'rejected'"
        " AND v.updated_at > r.made_at LIMIT 1",
        score.id, score.revision, row.id,
    )  # fmt: skip
    return bool(rows)


async def _hold(row: Statement, score: QuarterScore, at: datetime) -> list[UUID]:
    rows = await SettledVisit.raw(
        "SELECT s.visit FROM settlement_visit s JOIN visit v ON v.id = s.visit WHERE s.statement = {}"
        " AND s.verdict = 'paid' AND v.status = 'disputed' ORDER BY s.visit",
        row.id,
    )
    fresh = [each["visit"] for each in rows]
    revision = await ScoreRevision.objects().get(
        (ScoreRevision.score == score.id) & (ScoreRevision.revision == score.revision)
    )
    if not fresh or revision is None:
        return []
    facts = read(revision.facts)
    before = total_of(await making.wanted_now(row, facts, revision))
    await _mark(row, fresh, at, doubted=True)
    less = total_of(await making.wanted_now(row, facts, revision)) - before
    returned: list[UUID] = []
    if not await claiming_parts.takes(row.id, less):
        for claim in await _on_their_way(row):
            await _give_back(row, claim, at)
            returned.append(claim.id)
            if await claiming_parts.takes(row.id, less):
                return returned
        await _mark(row, fresh, at, doubted=False)  # it was paid: the decision of the doubt settles it
    return returned


async def _mark(row: Statement, visits: list[UUID], at: datetime, *, doubted: bool) -> None:
    await SettledVisit.raw(
        "UPDATE settlement_visit SET verdict = {}, reason = {}, updated_at = {} WHERE statement = {}"
        " AND visit = ANY({}::uuid[])",
        "held" if doubted else "paid", "doubted" if doubted else "", at, row.id, visits,
    )  # fmt: skip


async def _on_their_way(row: Statement) -> list[Claim]:
    """The claims that are neither paid nor with the bank yet, locked, the newest part first."""
    found: list[Claim] = await (
        Claim.objects()
        .where((Claim.statement == row.id) & Claim.kind.is_in(list(COVERS)) & Claim.batch.is_null())
        .where(Claim.status.is_in(["claimed", "bureau_reviewed", "lead_approved"]))
        .order_by(Claim.part, ascending=False)
        .lock_rows("NO KEY UPDATE")
    )
    return found


async def _give_back(row: Statement, claim: Claim, at: datetime) -> None:
    """Back to the organisation: the invoice must show exactly what is left (8.9)."""
    step = rules.CLAIM_MACHINE.step(claim.status, "return")
    await claim_moves.move(
        SYSTEM, Held(claim, row), step, at, reason=rules.DOUBT, returned_by=None, returned_at=at,
        returned_reason=rules.DOUBT, text_enc="",
    )  # fmt: skip
    await telling.given_back(SYSTEM, claim.id, at)
    await telling.tell_organization(
        claim.organization, "claim_doubted", f"/my-settlements/{row.id}", number=claim.number
    )
