"""Bundles through appeals: held parts, another revision, freed and dropped lines, payment; equal at every step."""

from datetime import timedelta
from uuid import UUID

import pytest

from bangfu.quality import life, life_appealing
from bangfu.quality.life_appealing import Remedy
from bangfu.settlement import bundle_files, verify
from bangfu.settlement.bundle_reading import bundle_in, statement_for
from bangfu.settlement.tables import Statement, StatementLine
from tests.quality.life_steps import AT, appealed
from tests.settlement.bundle_steps import statement
from tests.support import World

LATER = AT + timedelta(days=3)


async def equal(world: World, key: UUID) -> dict[str, bytes]:
    """The bundle as it stands; the checker finds it equal."""
    files = bundle_files.files_of(await bundle_in(await statement_for(world["bureau"], key)))
    row = await Statement.objects().get(Statement.id == key)
    assert row is not None
    assert verify.verify(files)["total"] == str(row.total)
    return files


async def decided(world: World, key: UUID, decision: str, remedies: list[Remedy]) -> None:
    """The appeal of the statement's score, answered and decided; then the score is final."""
    row = await Statement.objects().get(Statement.id == key)
    assert row is not None
    appeal = await appealed(world, row.score)
    held = await equal(world, key)
    assert b"appealed" in held["statement.csv"]
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, LATER)
    await life_appealing.decide(world["second_bureau"], appeal, decision, "理由。", remedies, LATER)
    await equal(world, key)
    assert await life.finish(row.score, AT + timedelta(days=60))


async def test_an_upheld_appeal_adds_a_revision_and_frees_the_held_part(world: World) -> None:
    key = await statement(world, "fair")
    remedies = [Remedy(f"w000{n}", "excuse_recipient_absent_hospital") for n in range(1, 6)]
    await decided(world, key, "upheld", remedies)
    files = await equal(world, key)
    assert {"revision-1/facts.json", "revision-1/score.json", "facts.json"} <= set(files)
    assert b"freed" in files["statement.csv"]
    assert await StatementLine.count().where(StatementLine.revision == 2) > 0


async def test_a_dismissed_appeal_drops_the_held_part(world: World) -> None:
    key = await statement(world, "fair")
    await decided(world, key, "dismissed", [])
    files = await equal(world, key)
    assert "revision-1/facts.json" not in files
    assert b"dropped" in files["statement.csv"]


@pytest.mark.parametrize("band", ["excellent", "poor"])
async def test_a_statement_without_disputes_is_equal(world: World, band: str) -> None:
    await equal(world, await statement(world, band, disputed=0))
