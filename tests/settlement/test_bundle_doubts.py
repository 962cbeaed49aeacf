"""Bundles of statements whose visits were put in doubt after the freeze: equal at each step, the doubted ones named."""

from uuid import UUID

import pytest

from bangfu.settlement import bundle_files, doubting, verify
from bangfu.settlement.bundle_reading import bundle_in, statement_for
from bangfu.visits.tables import Visit
from tests.quality.life_steps import AT
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import statement_from
from tests.settlement.test_bundle_checker import cell
from tests.support import World

pytestmark = pytest.mark.database


async def equal(world: World, key: UUID) -> dict[str, bytes]:
    files = bundle_files.files_of(await bundle_in(await statement_for(world["bureau"], key)))
    verify.verify(files)
    return files


async def test_a_visit_in_doubt_since_the_freeze_is_held_and_freed_and_the_bundle_is_equal(world: World) -> None:
    visits = await steps.visits_of(world, 4)
    key = await statement_from(world, await steps.facts_of(world, visits))
    await equal(world, key)
    await Visit.update({Visit.status: "disputed"}).where(Visit.id == visits[0])
    assert await doubting.look_after(AT) == 1
    files = await equal(world, key)
    rows = files["statement.csv"].decode().splitlines()
    row = next(number for number, line in enumerate(rows, 1) if str(visits[0]) in line)
    assert any("doubted" in each for each in verify.verify(files)["given"])
    with pytest.raises(verify.Difference, match=r"statement\.csv"):
        verify.verify(cell(files, "statement.csv", row, "detail", "{}"))
    await Visit.update({Visit.status: "verified"}).where(Visit.id == visits[0])
    assert await doubting.look_after(AT) == 1
    assert not any("doubted" in each for each in verify.verify(await equal(world, key))["given"])
