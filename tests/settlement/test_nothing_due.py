"""A quarter in which nothing was due is not scored; without delivered work there is no statement (DOMAIN.md 6.1)."""

from dataclasses import replace
from uuid import uuid4

import pytest

from bangfu.quality import freezing, life
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.tables import QuarterScore
from bangfu.settlement import making
from bangfu.settlement.tables import Statement
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from tests.quality import life_steps as steps
from tests.quality.quarter_facts import visit, window
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")
AWAY = tuple(window(n, "excused", excuse="recipient_absent_hospital") for n in range(1, 4))


async def published(world: World, facts: Snapshot) -> QuarterScore:
    """A published score of these facts."""
    making.register()
    contract, score = await steps.contract_of(world.organization), uuid4()
    async with transaction():
        await QuarterScore(
            id=score, kind="contract", subject=contract.id, number=contract.number, organization=contract.supplier,
            division=contract.division, year=2026, quarter=3, frozen_at=steps.AT,
        ).save()  # fmt: skip
        await freezing._revise(SYSTEM, score, contract.division, 1, facts, "freeze", steps.AT)
        await life.begun(score, steps.AT)
    await life.confirm(world["assessor"], score, steps.AT)
    await life.publish(world["bureau"], score, steps.AT)
    return await steps.row_of(score)


async def facts_of(world: World, **changes: object) -> Snapshot:
    plain = steps.facts(await steps.contract_of(world.organization), "good", (2026, 3), 0, 0)
    return replace(plain, windows=AWAY, **changes)  # type: ignore[arg-type]


async def test_where_everything_was_excused_the_quarter_is_not_scored_and_no_money_is_stated(world: World) -> None:
    score = await published(world, await facts_of(world, visits=(visit(1, status="excused"),)))
    revision, _ = await steps.now_of(score.id)
    assert not revision.scored
    assert score.appeal_until is not None
    await life.finish(score.id, score.appeal_until.replace(year=score.appeal_until.year + 1))
    assert (await steps.row_of(score.id)).status == "final"
    assert await Statement.count() == 0


async def test_work_that_was_delivered_though_nothing_was_due_is_still_stated(world: World) -> None:
    score = await published(world, await facts_of(world, visits=(visit(1),)))
    revision, _ = await steps.now_of(score.id)
    assert not revision.scored
    (statement,) = await Statement.objects()
    assert statement.score == score.id
