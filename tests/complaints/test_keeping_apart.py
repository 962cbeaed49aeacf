"""An open complaint of harm keeps its pair apart in matching and in dispatch."""

from datetime import date
from uuid import UUID

import pytest

from bangfu.complaints.routing import About
from bangfu.planning import snapshot
from bangfu.planning.judging import problems_of_pair
from bangfu.shared.clock import now
from tests.complaints import complaint_steps as steps
from tests.planning.making import make_household, make_need
from tests.support import World


async def _excluded(need: UUID) -> tuple[str, ...]:
    problem = (await snapshot.of_division("9901", date.today())).problem
    return problem.need_of[str(need)].excluded


async def test_an_open_complaint_of_harm_keeps_the_pair_apart(world: World) -> None:
    home, nurse = await make_household(), world.carers["nurse"]
    need = await make_need(world, status="matching", household=home)
    elsewhere = await make_need(world, status="matching")
    assert str(nurse) not in await _excluded(need)
    await steps.received(world, kind="harm", about=About("carer", carer=nurse, household=home))
    assert str(nurse) in await _excluded(need)
    assert str(nurse) not in await _excluded(elsewhere), "nothing is proven: other homes keep their carer"
    assert await problems_of_pair(need, nurse, now())


@pytest.mark.parametrize(("result", "apart"), [("unsubstantiated", False), ("partly", True), ("substantiated", True)])
async def test_what_was_found_decides_whether_the_pair_stays_apart(world: World, result: str, apart: bool) -> None:
    home, nurse = await make_household(), world.carers["nurse"]
    need = await make_need(world, status="matching", household=home)
    about = About("carer", carer=nurse, household=home)
    await steps.closed(world, kind="harm", set_severity="critical", about=about, result=result)
    assert (str(nurse) in await _excluded(need)) is apart


async def test_another_kind_of_complaint_keeps_nobody_away(world: World) -> None:
    home, nurse = await make_household(), world.carers["nurse"]
    need = await make_need(world, status="matching", household=home)
    await steps.received(world, kind="no_show", about=About("carer", carer=nurse, household=home))
    assert str(nurse) not in await _excluded(need)
