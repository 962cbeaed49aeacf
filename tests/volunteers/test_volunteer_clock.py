"""What the clock does for volunteers: one reminder for each visit and time, and an end to what is over."""

from datetime import timedelta

import pytest

from bangfu.messages.tables import Message
from bangfu.shared.clock import now
from bangfu.visits import making
from bangfu.volunteers import clock
from bangfu.volunteers.taking import take
from tests.support import World
from tests.volunteers import swap_steps
from tests.volunteers import volunteer_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def reminders(world: World, name: str = "volunteer") -> int:
    """How many reminders somebody has."""
    return await Message.count().where((Message.user == world[name].me) & (Message.kind == "visit_reminder"))


async def test_a_visit_is_remembered_once_within_a_day_and_again_when_it_moves(world: World) -> None:
    visit = await swap_steps.taken_visit(world)
    await clock.look_after(visit.planned_start - timedelta(hours=25))
    assert await reminders(world) == 0
    for hours in (23, 22, 1):
        await clock.look_after(visit.planned_start - timedelta(hours=hours))
    assert await reminders(world) == 1
    later = visit.planned_start + timedelta(hours=2)
    await making.reschedule(world["dispatcher"], visit.id, later, now())
    await clock.look_after(later - timedelta(hours=1))
    assert await reminders(world) == 2


async def test_an_open_task_that_nobody_took_is_closed_when_its_time_comes(world: World) -> None:
    task = await steps.opened(world, 3)
    await clock.look_after(steps.at_ten(3) - timedelta(minutes=1))
    assert (await steps.task_row(task)).status == "open"
    for _ in range(2):
        await clock.look_after(steps.at_ten(3))
    row = await steps.task_row(task)
    assert (row.status, row.close_reason, row.closed_by) == ("closed", "over", None)


async def test_a_taken_task_is_done_when_no_visit_is_ahead(world: World) -> None:
    await steps.experienced(world, "volunteer")
    task = await steps.opened(world, 3)
    await take(world["volunteer"], task, None, now())
    await clock.look_after(now())
    assert (await steps.task_row(task)).status == "taken"
    await making.call_off(world["dispatcher"], (await steps.visits_of(task))[0].id, "hospital", "", now())
    await clock.look_after(now())
    assert (await steps.task_row(task)).status == "done"
