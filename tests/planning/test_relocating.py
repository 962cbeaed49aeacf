"""A household that moves: its open tasks and its live proposals belong to the new area from the same moment on."""

from uuid import UUID, uuid4

import pytest

from bangfu.dispatch.actions import cancel
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotYours
from bangfu.households.actions import change_household
from bangfu.households.facts import Situation
from bangfu.households.tables import Household
from bangfu.imports.actions import KINDS, take_rows
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from tests.dispatch.tasks import offered
from tests.planning.making import TOWN_CODE
from tests.support import FAR_VILLAGE, FOREIGN_VILLAGE, VILLAGE, World

pytestmark = pytest.mark.database


async def proposed(world: World, task: UUID, household: UUID, status: str) -> UUID:
    need = (await Assignment.raw("SELECT need FROM assignment WHERE id = {}", task))[0]["need"]
    run = MatchRun(
        id=uuid4(), number=f"M-{uuid4().hex[:8]}", division=TOWN_CODE, requested_by=world["dispatcher"].me,
        status="done", time_limit=5, seed=1,
    )  # fmt: skip
    await run.save()
    row = Proposal(
        id=uuid4(), run=run.id, need=need, household=household, division=VILLAGE, service="visit_check",
        priority="key", status=status,
    )  # fmt: skip
    await row.save()
    return row.id


async def division_of(table: type[Assignment] | type[Proposal], row: UUID) -> str:
    found = await table.raw(f"SELECT division FROM {table._meta.tablename} WHERE id = {{}}", row)
    return str(found[0]["division"])


async def move(world: World, house: Household) -> None:
    """What the page of the household does when another village is chosen."""
    there = Situation(
        FAR_VILLAGE, "", None, "tekun", None, "", "", "", "", two_person_visits=False, trained_only=False, language="",
        gender_wish="", note="",
    )  # fmt: skip
    await change_household(world["bureau"], house.id, house.version, there, now())


async def house_of(assignment: UUID) -> Household:
    task = await Assignment.objects().get(Assignment.id == assignment)
    found = await Household.objects().get(Household.id == task.household)
    assert found is not None
    return found


async def test_open_tasks_and_live_proposals_follow_and_ended_ones_stay(world: World) -> None:
    open_task, elsewhere = await offered(world), await offered(world, "cleaner")
    house = await house_of(open_task)
    live = [
        await proposed(world, open_task, house.id, status) for status in ("proposed", "edited", "approved", "unserved")
    ]
    over = [await proposed(world, open_task, house.id, status) for status in ("rejected", "superseded")]
    await move(world, house)
    assert await division_of(Assignment, open_task) == FAR_VILLAGE
    assert await division_of(Assignment, elsewhere) == VILLAGE, "another household's"
    assert {await division_of(Proposal, row) for row in live} == {FAR_VILLAGE}
    assert {await division_of(Proposal, row) for row in over} == {VILLAGE}
    with pytest.raises(NotYours):
        await cancel(world["dispatcher"], open_task, "moved", "", now())


async def test_ended_tasks_stay_where_they_were_served(world: World) -> None:
    task = await offered(world)
    await cancel(world["dispatcher"], task, "moved", "", now())
    house = await house_of(task)
    await move(world, house)
    assert await division_of(Assignment, task) == VILLAGE


async def test_a_list_that_moves_a_household_moves_its_task_too(world: World) -> None:
    task = await offered(world)
    house = await house_of(task)
    live = await proposed(world, task, house.id, "proposed")
    row = {"household_number": house.number, "division": FOREIGN_VILLAGE}
    await take_rows(SYSTEM, KINDS["households"], [row], now())
    assert await division_of(Assignment, task) == await division_of(Proposal, live) == FOREIGN_VILLAGE
