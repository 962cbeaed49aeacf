"""Scores with real visits and their statements, for tests; everybody is made up."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts.actions import deliver, post
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.quality import life_hooks
from bangfu.quality.snapshot import LineFact, Snapshot, VetoFact, hash_of, text_of
from bangfu.quality.tables import QuarterScore, ScoreRevision, ScoringStandard
from bangfu.settlement import claiming, ledger, making, payees, paying
from bangfu.settlement.tables import Adjustment, Claim, Statement, StatementLine
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit
from tests.agreements import agreement_steps
from tests.settlement.facts import STANDARD, visit
from tests.support import World
from tests.visits.visit_steps import accepted

AT = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
PRICE = Decimal("25.00")
making.register()


async def visits_of(world: World, count: int, carer: str = "nurse") -> list[UUID]:
    """So many verified visits of one task, delivered and verified in the ledger."""
    task = await accepted(world, carer, visits=count)
    found = []
    for place in range(count):
        start = datetime(2026, 7, 1 + place % 28, 1 + place // 28, tzinfo=UTC)
        key = uuid4()
        await Visit(
            id=key, number=f"TF-{key.hex[:8]}", assignment=task.id, need=task.need, household=task.household,
            division=task.division, service=task.service, carer=task.carer, carer_kind=task.carer_kind,
            organization=task.organization, contract_line=task.contract_line, unit_price=task.unit_price, minutes=30,
            status="verified", due_from=start, due_until=start + timedelta(days=1), window_start=start,
            window_end=start + timedelta(hours=1), planned_start=start, planned_end=start + timedelta(minutes=30),
            booked="verified",
        ).save()  # fmt: skip
        await deliver(SYSTEM, task.contract_line, 1, PRICE, key, AT, reservation=task.id, division=task.division)
        await post(SYSTEM, task.contract_line, "verified", 1, PRICE, key, AT)
        found.append(key)
    return found


async def contract_of(organization: UUID) -> Contract:
    """The organisation's contract."""
    found = await Contract.objects().get(Contract.supplier == organization)
    assert found is not None
    return found


async def facts_of(
    world: World, visits: list[UUID], states: dict[int, str] | None = None, *, quarter: int = 3, year: int = 2026,
    forged: tuple[int, ...] = (), **more: Any,
) -> Snapshot:  # fmt: skip
    """The frozen facts of a quarter with these visits; `states` names those that are not verified, by place."""
    contract = await contract_of(world.organization)
    rows = await Visit.objects().where(Visit.id.is_in(visits)) if visits else []
    line = str(rows[0].contract_line) if rows else str(world.lines["visit_check"])
    said = [
        visit(n, (states or {}).get(n, "verified"), line=line, price=str(PRICE), id=str(key), forged=n in forged)
        for n, key in enumerate(visits)
    ]
    return Snapshot(**{
        "kind": "contract", "subject": str(contract.id), "number": contract.number,
        "organization": str(world.organization), "division": contract.division, "year": year, "quarter": quarter,
        "standard": STANDARD, "terms": {"perf_share": "0.30", "pay_rule": "steps"}, "checks_required": 0,
        "lines": (LineFact(line, "visit_check", "work_budget", str(PRICE), 1000, "50000.00"),), "visits": tuple(said),
        "vetoes": (VetoFact(str(uuid4()), "forged"),) if forged else (), **more,
    })  # fmt: skip


async def score_of(world: World, facts: Snapshot, band: str = "good", by: str = "assessor") -> QuarterScore:
    """A published score of these facts, confirmed by somebody of the cast; no hook has run yet."""
    key = uuid4()
    await QuarterScore(
        id=key, kind=facts.kind, subject=UUID(facts.subject), number=facts.number,
        organization=UUID(facts.organization) if facts.organization else None, division=facts.division,
        year=facts.year, quarter=facts.quarter, status="published_prelim", frozen_at=AT, confirmed_by=world[by].user,
        confirmed_at=AT, published_by=world["second_bureau"].user, published_at=AT, appeal_until=AT,
    ).save()  # fmt: skip
    await revision_of(key, 1, facts, band)
    return await row_of(key)


async def revision_of(score: UUID, number: int, facts: Snapshot, band: str) -> None:
    """Freeze these facts as a revision, and let the score count by it."""
    text = text_of(facts)
    standard = await ScoringStandard.objects().where(ScoringStandard.code == "QS-1").first()
    if standard is None:
        standard = ScoringStandard(id=uuid4(), code="QS-1", version=1, status="draft")
        await standard.save()
    await ScoreRevision(
        id=uuid4(), score=score, revision=number, standard=standard.id, facts=text, facts_hash=hash_of(text),
        score_value=Decimal("85.0"), band=band, final_band=band, scored=bool(band),
        reason="freeze" if number == 1 else "appeal", made_at=AT, points=json.dumps({}), caps=json.dumps([]),
    ).save()  # fmt: skip
    await QuarterScore.update({QuarterScore.revision: number}).where(QuarterScore.id == score)


async def row_of(score: UUID) -> QuarterScore:
    """The score as it stands."""
    found = await QuarterScore.objects().get(QuarterScore.id == score)
    assert found is not None
    return found


async def happened(event: str, score: UUID, at: datetime = AT) -> Statement:
    """Let an event of the score happen as quality says it, and the ledger follow; the statement."""
    status = {"published_prelim": "published_prelim", "appealed": "appealed", "final": "final"}.get(event)
    async with transaction():
        if status:
            await QuarterScore.update(
                {QuarterScore.status: status, QuarterScore.final_at: at if status == "final" else None}
            ).where(QuarterScore.id == score)
        await life_hooks.happened(event, SYSTEM, await row_of(score), at)
    await ledger.catch_up(at)
    return await statement_of(score)


async def made(world: World, count: int = 4, band: str = "good", **more: Any) -> tuple[Statement, list[UUID]]:
    """The statement of a published quarter with so many visits."""
    visits = await visits_of(world, count)
    score = await score_of(world, await facts_of(world, visits, **more), band)
    return await happened("published_prelim", score.id), visits


async def statement_of(score: UUID) -> Statement:
    """The statement of a score."""
    found = await Statement.objects().get(Statement.score == score)
    assert found is not None
    return found


async def lines_of(statement: UUID) -> list[tuple[str, str, Decimal, str]]:
    """(kind, status, amount, reason) of every line, by place."""
    rows = await StatementLine.objects().where(StatementLine.statement == statement).order_by(StatementLine.place)
    return [(row.kind, row.status, row.amount, row.reason) for row in rows]


async def claims_of(statement: UUID) -> list[Claim]:
    """The claims of a statement, by part."""
    found: list[Claim] = await Claim.objects().where(Claim.statement == statement).order_by(Claim.part)
    return found


async def claim_row(claim: UUID) -> Claim:
    """The claim as it stands."""
    found = await Claim.objects().get(Claim.id == claim)
    assert found is not None
    return found


async def approved(world: World, statement: UUID, part: int = 1, at: datetime = AT) -> Claim:
    """A part of a statement, claimed, reviewed and approved by three people."""
    claim = (await claims_of(statement))[part - 1]
    if claim.status in {"open", "returned"}:
        await claiming.claim(world["manager"], claim.id, f"FP-{claim.id.hex[:8]}", True, at)
    await claiming.review(world["bureau"], claim.id, at)
    await claiming.approve(world["lead"], claim.id, at)
    return await claim_row(claim.id)


async def paid(world: World, statement: UUID, part: int = 1, at: datetime = AT) -> Claim:
    """... and paid by finance on the same day."""
    claim = await approved(world, statement, part, at)
    await paying.pay(world["finance"], claim.id, civil_date(at), at)
    return await claim_row(claim.id)


async def account(world: World, kind: str = "organization", payee: UUID | None = None, *, by: str = "bureau") -> UUID:
    """A confirmed account of the organisation."""
    key = uuid4()
    payee = payee or world.organization
    said = payees.Details("春晖助老服务中心", "测试银行东区支行", "9912345678901234")
    await payees.enter(world[by], key, kind, payee, said, AT)
    await payees.decide(world["finance"], key, True, AT)
    return key


async def burn(line: UUID) -> dict[str, tuple[int, Decimal]]:
    """Kind -> (units, amount) of a contract line's ledger."""
    rows = await ContractLine.raw(
        "SELECT kind, sum(units)::int AS units, sum(amount) AS amount FROM contract_movement WHERE line = {}"
        " GROUP BY kind",
        line,
    )
    return {row["kind"]: (row["units"], row["amount"]) for row in rows}


async def adjustments() -> list[Adjustment]:
    """Every adjustment, the oldest first."""
    found: list[Adjustment] = await Adjustment.objects().order_by(Adjustment.proposed_at)
    return found


def second(actor: Actor) -> Actor:
    """Somebody else with the same roles."""
    return Actor(uuid4(), "other", "other", actor.roles, actor.scope, actor.organization)


def with_role(actor: Actor, role: str) -> Actor:
    """The same person with one more role, as nobody may have: the code itself must refuse."""
    return Actor(actor.user, actor.username, actor.display_name, actor.roles | {role}, actor.scope, actor.organization)


async def agreement_of(world: World) -> UUID:
    """A care agreement of a person in the village, as far as a settlement needs it."""
    await agreement_steps.put_rates(world)
    return await agreement_steps.draft(world)


async def bare_score(key: UUID, contract: UUID, organization: UUID, division: str) -> None:
    """A final score without facts, for a statement that only has to be there."""
    names = await QuarterScore.raw(
        "SELECT id FROM app_user WHERE username IN ('assessor', 'second_bureau') ORDER BY username"
    )
    there = await QuarterScore.count()  # a quarter of its own for each
    await QuarterScore(
        id=key, kind="contract", subject=contract, number=f"HT-{key.hex[:6]}", organization=organization,
        division=division, year=2000 + there // 4, quarter=1 + there % 4, status="final", frozen_at=AT,
        confirmed_by=names[0]["id"], published_by=names[1]["id"],
    ).save()  # fmt: skip
