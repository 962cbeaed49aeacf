"""The life of a visit: who may move it, what it moves in the ledger, and that it ends with its task."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bangfu.contracts.queries import burn_of
from bangfu.contracts.tables import ContractLine, Movement
from bangfu.dispatch.actions import cancel
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.needs.deciding import close_need
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.visits import moves
from bangfu.visits.making import call_off, reschedule
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def verify(world: World, visit, name: str = "officer") -> None:
    async with transaction():
        row = await moves.locked(visit.id)
        await moves.move(world[name], row, "verify", now(), decided_by=world[name].user, decided_at=now())


async def test_the_first_visit_sets_the_times_of_the_task_and_its_verification_begins_the_service(world: World) -> None:
    visit = await steps.submitted(world)
    assert (await Assignment.objects().get(Assignment.id == visit.assignment)).status == "scheduled"
    await verify(world, visit)
    assert (await Assignment.objects().get(Assignment.id == visit.assignment)).status == "active"
    assert (await Need.objects().get(Need.id == visit.need)).status == "in_service"


async def test_a_need_that_was_served_is_closed_and_its_task_completed_with_what_it_had_left(world: World) -> None:
    task = await steps.accepted(world)
    first = await steps.submitted(world, task=task)
    later = await steps.planned(world, task=task)
    await verify(world, first)
    await close_need(world["officer"], task.need, "goals_met", "能自理了。", now())
    assert (await Need.objects().get(Need.id == task.need)).status == "closed"
    assert (await Assignment.objects().get(Assignment.id == task.id)).status == "completed"
    assert (await Visit.objects().get(Visit.id == later.id)).status == "cancelled"
    burn = (await burn_of([task.contract_line]))[task.contract_line]
    assert (burn.verified.units, burn.committed.units) == (1, 0)


@pytest.mark.database
async def test_a_submitted_visit_is_delivered_on_the_line_and_a_verified_one_counts(world: World) -> None:
    task = await steps.accepted(world)
    first = await steps.submitted(world, task=task)
    burn = (await burn_of([task.contract_line]))[task.contract_line]
    assert (burn.delivered.units, burn.verified.units, burn.committed.units) == (1, 0, 3)
    await verify(world, first)
    burn = (await burn_of([task.contract_line]))[task.contract_line]
    assert (burn.verified.units, burn.verified.amount) == (1, Decimal("25.00"))


async def test_a_rejected_visit_is_taken_back_from_the_line(world: World) -> None:
    visit = await steps.submitted(world)
    async with transaction():
        row = await moves.locked(visit.id)
        if row.status == "submitted":
            await moves.move(world["officer"], row, "flag", now())
        await moves.move(world["officer"], row, "reject", now(), reason="not_delivered")
    burn = (await burn_of([visit.contract_line]))[visit.contract_line]
    assert (burn.delivered.units, burn.delivered.amount) == (0, Decimal("0.00"))
    assert (await steps.visit(visit.id)).booked == "taken_back"


async def test_a_record_is_taken_though_its_line_has_no_room_and_is_booked_when_it_has(world: World) -> None:
    task = await steps.accepted(world)
    ceiling = ContractLine.update({ContractLine.max_units: 0}).where(ContractLine.id == task.contract_line)
    await Movement.raw("ALTER TABLE contract_movement DISABLE TRIGGER USER")
    for table in ("contract_movement", "contract_movement_sum", "contract_movement_delta"):
        await Movement.raw(f"DELETE FROM {table}")
    await Movement.raw("ALTER TABLE contract_movement ENABLE TRIGGER USER")
    await ceiling
    visit = await steps.submitted(world, task=task)
    assert visit.booked == "no_room"
    await ContractLine.update({ContractLine.max_units: 10}).where(ContractLine.id == task.contract_line)
    await verify(world, visit)
    assert (await steps.visit(visit.id)).booked == "verified"


async def test_nobody_but_the_named_server_begins_a_visit_and_the_servers_side_never_verifies(world: World) -> None:
    visit = await steps.planned(world)
    for name, error in (("other_caregiver", NotYours), ("volunteer", NotYours), ("officer", NotAllowed)):
        with pytest.raises(error):
            async with transaction():
                await moves.move(world[name], await moves.locked(visit.id), "start", now())
    done = await steps.submitted(world, "social_worker")
    for name, error in (("manager", NotYours), ("worker", NotAllowed), ("outside_officer", NotYours)):
        with pytest.raises(error):
            await verify(world, done, name)


async def test_a_move_that_the_table_does_not_list_is_refused(world: World) -> None:
    visit = await steps.planned(world)
    with pytest.raises(Refused):
        async with transaction():
            await moves.move(world["caregiver"], await moves.locked(visit.id), "submit", now())


async def test_a_task_that_ends_calls_its_planned_visits_off(world: World) -> None:
    task = await steps.accepted(world)
    ahead = await steps.planned(world, task=task, start=now() + timedelta(days=3))
    await cancel(world["dispatcher"], task.id, "moved", "", now())
    found = await steps.visit(ahead.id)
    assert (found.status, found.status_reason) == ("cancelled", "task_ended")


@pytest.mark.database
async def test_two_people_who_move_and_call_off_one_visit_at_once_leave_one_story(world: World) -> None:
    visit = await steps.planned(world, start=now() + timedelta(days=1))
    moved = reschedule(world["manager"], visit.id, visit.planned_start + timedelta(hours=2), now())
    gone = call_off(world["manager"], visit.id, "recipient_asked", "", now())
    results = await asyncio.gather(moved, gone, return_exceptions=True)
    found = await steps.visit(visit.id)
    assert found.status == "cancelled"
    assert [type(each) for each in results if isinstance(each, Exception)] in ([], [Refused])
