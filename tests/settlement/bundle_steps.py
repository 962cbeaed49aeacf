"""A real statement in the database, through the product's own steps; its quarter is made up."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.contracts.tables import ContractLine
from bangfu.quality import freezing, life
from bangfu.quality.snapshot import LineFact, Snapshot
from bangfu.quality.tables import QuarterScore
from bangfu.settlement import making
from bangfu.settlement.tables import Statement
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from tests.quality.life_steps import AT, contract_of, facts
from tests.support import World


async def quarter_of(world: World, band: str = "good", disputed: int = 2, organization: UUID | None = None) -> Snapshot:
    """Twenty windows of the organisation's contract on its first line at 60.00, some of its visits in dispute."""
    contract = await contract_of(organization or world.organization)
    line = (await ContractLine.objects().where(ContractLine.contract == contract.id).order_by(ContractLine.id))[0]
    made = facts(contract, band, (2026, 3))
    visits = tuple(
        replace(each, line=str(line.id), status="disputed" if number < disputed else "verified")
        for number, each in enumerate(made.visits)
    )
    own = LineFact(str(line.id), line.service, "local_budget", "60.00", 500, "99999.00")
    windows = tuple(replace(each, line=str(line.id)) for each in made.windows)
    return replace(made, lines=(own,), visits=visits, windows=windows)


async def statement(
    world: World, band: str = "good", disputed: int = 2, *, organization: UUID | None = None, final: bool = False
) -> UUID:
    """A statement of a published quarter; final: nobody appealed."""
    return await statement_from(world, await quarter_of(world, band, disputed, organization), final=final)


async def statement_from(world: World, made: Snapshot, *, final: bool = False) -> UUID:
    """A statement of these facts, scored by the product."""
    making.register()
    score = uuid4()
    async with transaction():
        await QuarterScore(
            id=score, kind="contract", subject=UUID(made.subject), number=made.number,
            organization=UUID(made.organization), division=made.division, year=made.year, quarter=made.quarter,
            frozen_at=AT,
        ).save()  # fmt: skip
        await freezing._revise(SYSTEM, score, made.division, 1, made, "freeze", AT)
        await life.begun(score, AT)
    await life.confirm(world["assessor"], score, AT)
    await life.publish(world["second_bureau"], score, AT)
    if final:
        assert await life.finish(score, AT + timedelta(days=20))
    found = await Statement.objects().get(Statement.score == score)
    assert found is not None
    return found.id
