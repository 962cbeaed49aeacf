"""The statement of a quarter follows its score: made when it is published, continued with every step (DOMAIN.md 8.9).

Called by quality.life_hooks in the transaction of the step, the score being locked; it locks the statement, then its
claims, and no contract line: what is held enters the ledger a moment later (ledger.catch_up), because whoever verifies
a visit holds the line while it waits for the audit chain that the published score holds. Whatever is repeated, or runs
at the same moment, ends with one statement whose lines add up to what the newest revision gives.
"""

import json
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from bangfu.quality import life_hooks
from bangfu.quality.snapshot import Snapshot, read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.settlement import bundle_anchor, claiming_parts, writing
from bangfu.settlement.adjust_rules import Part
from bangfu.settlement.advances import take_off_advance
from bangfu.settlement.follow_rules import NOTHING, Step, follow, split
from bangfu.settlement.statement_rules import DELIVERED, Judged, LineDraft, appealed_of, judge, lines_of, needs_review
from bangfu.settlement.tables import Adjustment, SettledVisit, Statement
from bangfu.settlement.telling import review_fell_away, watch_review
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number

_ORDER: Final = ("preliminary", "appealed", "final")
FREED: Final = "freed"
"""`Statement.review` of a contract whose 差 was rectified."""


def register() -> None:
    """Let statements follow scores, and anchor the facts of each in the trail."""
    bundle_anchor.register()
    life_hooks.after("published_prelim", on_published)
    life_hooks.after("appealed", on_appealed)
    life_hooks.after("revised", on_revised)
    life_hooks.after("final", on_final)
    life_hooks.after("rectified", on_rectified)


async def on_published(actor: Actor, score: QuarterScore, at: datetime) -> None:
    """A statement with everything that nobody disputes as its first claim."""
    await keep_up(actor, score, at, "preliminary")


async def on_appealed(actor: Actor, score: QuarterScore, at: datetime) -> None:
    """What the appeal is about is held; the rest goes on."""
    await keep_up(actor, score, at, "appealed")


async def on_revised(actor: Actor, score: QuarterScore, at: datetime) -> None:
    """Further lines bring the statement to the new revision; before it is published there is none."""
    if score.status in {"published_prelim", "appealed", "final"}:
        await keep_up(actor, score, at, "preliminary" if score.status == "published_prelim" else score.status)


async def on_final(actor: Actor, score: QuarterScore, at: datetime) -> None:
    """What was held is freed or dropped and becomes the second claim."""
    await keep_up(actor, score, at, "final")


async def on_rectified(actor: Actor, score: QuarterScore, at: datetime) -> None:
    """What a 差 held of the performance part is freed (DOMAIN.md 6.6)."""
    rows = await Statement.raw("SELECT id FROM settlement_statement WHERE score = {} AND kind = 'contract'", score.id)
    if rows:
        await audit.hold(score.division)
        await Statement.update({Statement.review: FREED}).where(Statement.id == rows[0]["id"])
        await keep_up(actor, score, at, "final" if score.status == "final" else "preliminary")


async def keep_up(actor: Actor, score: QuarterScore, at: datetime, stage: str) -> UUID | None:
    """Bring the statement of a score to its current revision and to a stage; a repeat changes nothing.

    Returns:
        The statement's id; None where nothing was due and nothing delivered (DOMAIN.md 6.1: the period is not scored):
        of that no statement is begun.
    """
    async with transaction():
        revision = await ScoreRevision.objects().get(
            (ScoreRevision.score == score.id) & (ScoreRevision.revision == score.revision)
        )
        if revision is None:
            raise LookupError(f"no frozen facts of score {score.id}")
        facts = read(revision.facts)
        await audit.hold(score.division)
        if _is_empty(facts, revision) and not await Statement.exists().where(Statement.score == score.id):
            return None
        row, fresh = await _statement(score, at)
        reached = max(stage, row.stage, key=_ORDER.index)
        steps = await _steps(row, facts, revision, reached)
        if not (fresh or steps or reached != row.stage or row.revision != score.revision):
            return row.id
        await _write(row, facts, steps, score.revision, at, fresh=fresh)
        await _note(actor, row, facts, revision, at, reached, fresh=fresh)
        if reached == "final":
            day = civil_date(score.final_at or at)
            await claiming_parts.accept(row, day)
        return row.id


def _is_empty(facts: Snapshot, revision: ScoreRevision) -> bool:
    """Nothing was due, and no visit is worth anything; delivered work stays payable where nothing was due (4.4)."""
    return not revision.scored and not any(visit.status in DELIVERED | {"disputed"} for visit in facts.visits)


async def _statement(score: QuarterScore, at: datetime) -> tuple[Statement, bool]:
    """The locked statement of a score, made if there is none; (row, whether it is new)."""
    rows = await Statement.raw("SELECT id FROM settlement_statement WHERE score = {}", score.id)
    fresh = False
    if not rows:
        made = await Statement.raw(
            "INSERT INTO settlement_statement (id, number, score, kind, subject, organization, carer, division, year,"
            " quarter, revision, made_at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (score) DO NOTHING RETURNING id",
            uuid4(), await fresh_number(Statement), score.id, score.kind, score.subject, score.organization,
            score.carer, score.division, score.year, score.quarter, score.revision, at,
        )  # fmt: skip
        fresh = bool(made)
        rows = await Statement.raw("SELECT id FROM settlement_statement WHERE score = {}", score.id)
    found = await writing.locked(rows[0]["id"])
    assert found is not None  # noqa: S101 (never deleted)
    return found, fresh


async def _steps(row: Statement, facts: Snapshot, revision: ScoreRevision, stage: str) -> list[Step]:
    wanted = await wanted_now(row, facts, revision)
    there = await writing.written(row.id)
    steps = follow(wanted, there, final=stage == "final")
    if stage == "appealed" and not any(one.reason == "appealed" for one in there):
        steps += [Step(line) for line in appealed_of(facts, wanted)]
    return steps


async def wanted_now(row: Statement, facts: Snapshot, revision: ScoreRevision) -> tuple[LineDraft, ...]:
    """What the revision gives without visits that stand in another statement or were clawed back from this one."""
    rows = await SettledVisit.raw(
        "SELECT visit FROM settlement_visit WHERE statement = {} AND verdict = 'clawed_back'", row.id
    )
    back = frozenset(str(each["visit"]) for each in rows)
    return wanted_lines(row, facts, revision, await _elsewhere(row, facts), back, await doubted_of(row.id))


async def doubted_of(statement: UUID) -> frozenset[str]:
    """Visits of a statement that were put in doubt after their facts were frozen (doubting): held until the doubt is
    decided for them, or a revision leaves them out."""
    rows = await SettledVisit.raw(
        "SELECT s.visit FROM settlement_visit s JOIN visit v ON v.id = s.visit WHERE s.statement = {}"
        " AND s.verdict = 'held' AND s.reason = 'doubted' AND v.status NOT IN ('verified', 'settled')",
        statement,
    )
    return frozenset(str(row["visit"]) for row in rows)


def wanted_lines(
    row: Statement, facts: Snapshot, revision: ScoreRevision, elsewhere: frozenset[str] = frozenset(),
    back: frozenset[str] = frozenset(), doubted: frozenset[str] = frozenset(),
) -> tuple[LineDraft, ...]:  # fmt: skip
    """What the revision gives, as far as a township's decision about a 差, or its rectification, lets it."""
    value = revision.score_value if revision.scored else None
    return lines_of(
        facts, revision.final_band, value, spared=row.review == "spared", reviewed=row.review in {"applied", "spared"},
        rectified=row.review == FREED, elsewhere=elsewhere, back=back, doubted=doubted,
    )  # fmt: skip


async def _elsewhere(row: Statement, facts: Snapshot) -> frozenset[str]:
    """Visits of the facts that stand in another statement already: none is paid twice."""
    rows = await SettledVisit.raw(
        "SELECT visit FROM settlement_visit WHERE statement <> {} AND visit = ANY({}::uuid[])",
        row.id, [UUID(visit.id) for visit in facts.visits],
    )  # fmt: skip
    return frozenset(str(each["visit"]) for each in rows)


async def _write(
    row: Statement, facts: Snapshot, steps: list[Step], revision: int, at: datetime, *, fresh: bool
) -> None:
    now, off = split(steps)
    puts = await writing.put(row.id, now, revision, at)
    if fresh:
        puts += await take_off_advance(row, revision, at)
    if off and await claiming_parts.takes(row.id, sum((line.amount for line in off), NOTHING)):
        puts += await writing.put(row.id, [Step(line) for line in off], revision, at)
    elif off:
        await _owed(row, off, revision, at)
    kind = ("subsidy" if row.kind == "agreement" else "quarter") if fresh else (
        "freed" if any(put.frees for put in puts) else "correction"
    )  # fmt: skip
    await claiming_parts.cover(row, puts, kind, at)
    judged = _judged(facts, await _elsewhere(row, facts), await doubted_of(row.id))
    await keep_visits(row, judged, revision, at)
    await claiming_parts.take_adjustments(row.id, row.subject, at)


async def _owed(row: Statement, off: list[LineDraft], revision: int, at: datetime) -> None:
    """Paid too much by an earlier revision, and claimed already: it is taken off the next payment."""
    parts = [Part(line.key[0], line.line, line.rate, line.units, line.amount).as_data() for line in off]
    await Adjustment(
        id=uuid4(), kind="revision", contract=row.subject, statement=row.id, amount=sum(line.amount for line in off),
        units=min(line.units for line in off), parts=json.dumps(parts), reason="revision", status="approved",
        proposed_at=at, approved_at=at,
    ).save()  # fmt: skip


def _judged(facts: Snapshot, elsewhere: frozenset[str], doubted: frozenset[str]) -> tuple[Judged, ...]:
    """A contract's visits as they are paid; an agreement's as they stand behind the month's subsidy."""
    judged = judge(facts, elsewhere, doubted)
    if facts.kind != "agreement":
        return judged
    done = {visit.id for visit in facts.visits if visit.status in DELIVERED}
    return tuple(
        Judged(each.visit, "", each.rate, "paid" if each.visit in done else "unpaid", "subsidy") for each in judged
    )


async def keep_visits(row: Statement, judged: tuple[Judged, ...], revision: int, at: datetime) -> None:
    """Say of every visit what it comes to; a visit that stands in another statement stays there."""
    if not judged:
        return
    lines = [UUID(each.line) if each.line else None for each in judged]
    await SettledVisit.raw(
        "INSERT INTO settlement_visit (id, visit, statement, contract_line, rate, verdict, reason, revision,"
        " updated_at) SELECT gen_random_uuid(), n.visit, {}, n.line, n.rate, n.verdict, n.reason, {}, {} FROM"
        " unnest({}::uuid[], {}::uuid[], {}::numeric[], {}::text[], {}::text[])"
        " AS n(visit, line, rate, verdict, reason) JOIN visit v ON v.id = n.visit"
        " ON CONFLICT (visit) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,"
        " revision = excluded.revision, updated_at = excluded.updated_at"
        " WHERE settlement_visit.statement = excluded.statement AND settlement_visit.verdict <> 'clawed_back'",
        row.id, revision, at, [UUID(each.visit) for each in judged], lines, [each.rate for each in judged],
        [each.verdict for each in judged], [each.reason for each in judged],
    )  # fmt: skip


async def _note(
    actor: Actor, row: Statement, facts: Snapshot, revision: ScoreRevision, at: datetime, stage: str, *, fresh: bool
) -> None:
    changes: dict[str, object] = {"stage": stage, "revision": revision.revision, "version": row.version + 1}
    asked = needs_review(facts, revision.final_band)
    if asked and row.review == "":
        changes["review"] = "waiting"
        await watch_review(row, at)
    elif row.kind == "agreement" and row.review == "waiting" and not asked:
        changes["review"] = ""
        await review_fell_away(actor, row, at)
    await Statement.raw(
        "UPDATE settlement_statement SET stage = {}, revision = {}, version = version + 1, review = {} WHERE id = {}",
        stage, revision.revision, changes.get("review", row.review), row.id,
    )  # fmt: skip
    sums = (await Statement.raw("SELECT total, held FROM settlement_statement WHERE id = {}", row.id))[0]
    await audit.record(
        actor, "settlement.made" if fresh else "settlement.continued", "settlement", row.id, division=row.division,
        data={
            "number": row.number, "stage": stage, "revision": revision.revision, "hash": revision.facts_hash,
            "total": str(sums["total"]), "held": str(sums["held"]), "contract": facts.number,
        }, at=at,
    )  # fmt: skip
    row.stage, row.revision = stage, revision.revision
