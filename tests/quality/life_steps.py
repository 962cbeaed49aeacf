"""Scores of a made-up quarter in every state, for tests of what happens to them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.contracts.tables import Contract
from bangfu.quality import freezing, life, life_appealing
from bangfu.quality.life_appealing import Objection
from bangfu.quality.snapshot import CheckFact, Snapshot, read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from tests.quality.quarter_facts import key, quarter, visit, window
from tests.support import TOWN, World

AT: Final = datetime(2026, 10, 26, 2, 0, tzinfo=UTC)
"""A Monday, within 20 working days after the third quarter of 2026."""
PAPER: Final = Looked("证明.pdf", "application/pdf", b"%PDF-1.4 evidence")
MISSED: Final = {"excellent": 0, "good": 3, "fair": 5, "poor": 10}
"""Band -> how many of twenty windows were missed (the caps of DOMAIN.md 6.2)."""


async def contract_of(organization: UUID) -> Contract:
    """The organisation's contract."""
    found = await Contract.objects().get((Contract.supplier == organization) & (Contract.number == "C-1"))
    assert found is not None
    return found


def facts(contract: Contract, band: str, when: tuple[int, int], checks: int = 1, required: int = 1) -> Snapshot:
    """Twenty windows, as many of them missed as the band asks for."""
    missed = MISSED[band]
    return quarter(
        subject=str(contract.id), number=contract.number, organization=str(contract.supplier), year=when[0],
        quarter=when[1], division=contract.division, checks_required=required,
        windows=tuple(window(n, "missed" if n <= missed else "filled") for n in range(1, 21)),
        visits=tuple(visit(n) for n in range(missed + 1, 21)),
        checks=tuple(CheckFact(key(700 + n), key(20), "regular", "pass") for n in range(checks)),
    )  # fmt: skip


async def frozen(
    world: World, band: str = "good", when: tuple[int, int] = (2026, 3), *, organization: UUID | None = None,
    checks: int = 1, required: int = 1, at: datetime = AT, contract: Contract | None = None,
) -> UUID:  # fmt: skip
    """A score whose facts are frozen."""
    contract = contract or await contract_of(organization or world.organization)
    score = uuid4()
    async with transaction():
        await QuarterScore(
            id=score, kind="contract", subject=contract.id, number=contract.number, organization=contract.supplier,
            division=contract.division, year=when[0], quarter=when[1], frozen_at=at,
        ).save()  # fmt: skip
        snapshot = facts(contract, band, when, checks, required)
        await freezing._revise(SYSTEM, score, contract.division, 1, snapshot, "freeze", at)
        await life.begun(score, at)
    return score


async def scored(
    world: World, band: str = "good", when: tuple[int, int] = (2026, 3), *, at: datetime = AT, **more: Any
) -> UUID:
    """... and confirmed by the assessor."""
    score = await frozen(world, band, when, at=at, **more)
    await life.confirm(world["assessor"], score, at)
    return score


async def published(
    world: World, band: str = "good", when: tuple[int, int] = (2026, 3), *, at: datetime = AT, **more: Any
) -> UUID:
    """... and published by the bureau."""
    score = await scored(world, band, when, at=at, **more)
    await life.publish(world["bureau"], score, at)
    return score


async def final(world: World, band: str = "good", when: tuple[int, int] = (2026, 3), **more: Any) -> UUID:
    """... and final without an appeal."""
    score = await published(world, band, when, **more)
    assert await life.finish(score, AT + timedelta(days=20))
    return score


async def appealed(
    world: World, score: UUID, indicator: str = "Q1", named: tuple[str, ...] = ("w0001",), *,
    at: datetime = AT + timedelta(days=1), who: str = "manager",
) -> UUID:  # fmt: skip
    """An appeal of the provider."""
    said = Objection(indicator, "absent_recipient", TOWN, "当天老人住院，有出院小结。", named)
    return await life_appealing.open_appeal(world[who], uuid4(), score, said, [PAPER], at)


async def row_of(score: UUID) -> QuarterScore:
    """The score as it stands."""
    found = await QuarterScore.objects().get(QuarterScore.id == score)
    assert found is not None
    return found


async def now_of(score: UUID) -> tuple[ScoreRevision, Snapshot]:
    """The revision that counts, and its facts."""
    revision = await life.revision_of(await row_of(score))
    return revision, read(revision.facts)
