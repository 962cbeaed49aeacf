"""Open tasks: one winner, every rule at the moment of taking, giving back without a reason, the first visit."""

import asyncio
from datetime import timedelta

import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.providers.carer_tables import VolunteerInsurance
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.visits import moves
from bangfu.visits.tables import Visit
from bangfu.volunteers.opening import close, open_task
from bangfu.volunteers.tables import OpenTask, VolunteerStep
from bangfu.volunteers.taking import give_back, take
from tests.dispatch.tasks import kinds_told
from tests.support import World
from tests.visits import visit_steps
from tests.volunteers import volunteer_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def test_taking_makes_the_assignment_and_its_dated_visit(world: World) -> None:
    await steps.experienced(world, "volunteer")
    task = await steps.opened(world, 3)
    await take(world["volunteer"], task, None, now())
    row = await steps.task_row(task)
    visit = (await steps.visits_of(task))[0]
    assignment = await Assignment.objects().get(Assignment.id == row.assignment)
    assert (row.status, assignment.status, assignment.carer) == ("taken", "scheduled", world.carers["volunteer"])
    assert (visit.status, visit.source, visit.planned_start) == ("planned", "open_task", steps.at_ten(3))
    assert (await Need.objects().get(Need.id == row.need)).status == "assigned"
    assert "open_task_taken" in await kinds_told(world["dispatcher"].me)


async def test_a_series_is_taken_as_a_whole_and_once_even_when_asked_twice(world: World) -> None:
    await steps.experienced(world, "volunteer")
    task = await steps.opened(world, 2, 5)
    await asyncio.gather(*(take(world["volunteer"], task, None, now()) for _ in range(3)))
    assert len(await steps.visits_of(task)) == 2
    assert await Visit.count().where(Visit.source == "open_task") == 2


@pytest.mark.database
async def test_of_several_volunteers_at_once_one_takes_the_task(world: World) -> None:
    await steps.experienced(world, "volunteer", "other_volunteer")
    for day in (2, 3):
        task = await steps.opened(world, day)
        answers = await asyncio.gather(
            take(world["volunteer"], task, None, now()), take(world["other_volunteer"], task, None, now()),
            return_exceptions=True,
        )  # fmt: skip
        assert sorted(type(each).__name__ for each in answers) == ["Refused", "UUID"]
        assert len(await steps.visits_of(task)) == 1


@pytest.mark.database
async def test_one_volunteer_never_promises_the_same_hour_twice(world: World) -> None:
    await steps.experienced(world, "volunteer")
    tasks = [await steps.opened(world, 3, minutes=each) for each in (0, 15)]
    answers = await asyncio.gather(
        *(take(world["volunteer"], task, None, now()) for task in tasks), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in answers) == ["Refused", "UUID"]


async def test_a_first_visit_needs_training_and_an_experienced_partner(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    task, partner = await steps.opened(world, 3), world.carers["other_volunteer"]
    with pytest.raises(Refused, match="experienced"):
        await take(world["volunteer"], task, None, now())
    await Qualification.delete().where((Qualification.carer == world.carers["volunteer"]) & (Qualification.code == "T"))
    with pytest.raises(Refused):
        await take(world["volunteer"], task, partner, now())
    await _qualify(world, "T")
    await take(world["volunteer"], task, partner, now())
    assert (await steps.visits_of(task))[0].partner == partner
    assert "volunteer_along" in await kinds_told(world["other_volunteer"].me)


async def _qualify(world: World, code: str) -> None:
    from uuid import uuid4

    day = now().date() + timedelta(days=300)
    await Qualification(id=uuid4(), carer=world.carers["volunteer"], code=code, expires_on=day).save()


async def test_somebody_without_experience_or_without_the_word_for_it_is_no_partner(world: World) -> None:
    await steps.experienced(world, "other_volunteer", visits=2)
    task = await steps.opened(world, 3)
    with pytest.raises(Refused):
        await take(world["volunteer"], task, world.carers["other_volunteer"], now())
    with pytest.raises((Refused, NotYours)):
        await take(world["volunteer"], task, world.carers["nurse"], now())


async def test_a_first_visit_does_not_begin_alone(world: World) -> None:
    visit = await visit_steps.planned(world, "volunteer")
    with pytest.raises(Refused, match="first visit"):
        async with transaction():
            await moves.move(world["volunteer"], await moves.locked(visit.id), "start", now(), started_at=now())
    assert (await visit_steps.visit(visit.id)).status == "planned"
    await steps.experienced(world, "other_volunteer")
    await Visit.update({Visit.partner: world.carers["other_volunteer"]}).where(Visit.id == visit.id)
    async with transaction():
        await moves.move(world["volunteer"], await moves.locked(visit.id), "start", now(), started_at=now())


async def test_who_is_not_insured_or_not_there_takes_nothing(world: World) -> None:
    await steps.experienced(world, "volunteer")
    task = await steps.opened(world, 3, minutes=60 * 11)
    with pytest.raises(Refused):
        await take(world["volunteer"], task, None, now())
    other = await steps.opened(world, 3)
    await VolunteerInsurance.delete().where(VolunteerInsurance.carer == world.carers["volunteer"])
    with pytest.raises(Refused):
        await take(world["volunteer"], other, None, now())


async def test_a_child_takes_no_visit_in_a_home(world: World) -> None:
    await steps.experienced(world, "volunteer")
    born = now().date() - timedelta(days=16 * 365)
    await Carer.update({Carer.birth_date: born}).where(Carer.id == world.carers["volunteer"])
    with pytest.raises(Refused):
        await take(world["volunteer"], await steps.opened(world, 3), None, now())


async def test_giving_back_needs_no_reason_and_opens_the_task_again(world: World) -> None:
    await steps.experienced(world, "volunteer", "other_volunteer")
    task = await steps.opened(world, 3)
    await take(world["volunteer"], task, None, now())
    first = (await steps.visits_of(task))[0]
    await give_back(world["volunteer"], task, now())
    await give_back(world["volunteer"], task, now())
    row = await steps.task_row(task)
    assert (row.status, row.taker, row.assignment) == ("open", None, None)
    assert (await visit_steps.visit(first.id)).status == "cancelled"
    back = await VolunteerStep.objects().where(VolunteerStep.kind == "given_back")
    assert [(each.short_notice, each.notice_minutes > 1440) for each in back] == [(False, True)]
    await take(world["other_volunteer"], task, None, now())
    assert (await steps.visits_of(task))[0].carer == world.carers["other_volunteer"]


async def test_short_notice_is_written_down_and_nothing_else(world: World) -> None:
    await steps.experienced(world, "volunteer")
    task = await steps.opened(world, 3)
    await take(world["volunteer"], task, None, now())
    await give_back(world["volunteer"], task, steps.at_ten(3) - timedelta(hours=2))
    back = await VolunteerStep.objects().where(VolunteerStep.kind == "given_back").first()
    assert (back.short_notice, back.notice_minutes) == (True, 120)
    assert (await Carer.objects().get(Carer.id == world.carers["volunteer"])).active


async def test_only_a_dispatcher_opens_and_closes_in_the_own_area(world: World) -> None:
    need = await steps.free_need()
    with pytest.raises(NotAllowed):
        await open_task(world["manager"], steps.opening(need), now())
    with pytest.raises(NotYours):
        await open_task(world["outsider"], steps.opening(need), now())
    task = await open_task(world["dispatcher"], steps.opening(need), now())
    with pytest.raises(NotYours):
        await close(world["outsider"], task, "not_needed", now())
    await close(world["dispatcher"], task, "not_needed", now())
    with pytest.raises(Refused):
        await take(world["volunteer"], task, None, now())


async def test_times_that_are_over_overlap_or_are_not_due_are_not_opened(world: World) -> None:
    need = await steps.free_need()
    for wrong in (steps.opening(need, -1), steps.opening(need, 3, 3), steps.opening(need, 70)):
        with pytest.raises(FormError):
            await open_task(world["dispatcher"], wrong, now())
    assert await OpenTask.count() == 0


async def test_a_need_that_paid_staff_serve_is_not_opened(world: World) -> None:
    task = await visit_steps.accepted(world, "nurse")
    need = await Need.objects().get(Need.id == task.need)
    with pytest.raises(Refused):
        await open_task(world["dispatcher"], steps.opening(need), now())


async def test_visits_of_a_running_volunteers_task_may_be_taken_by_another(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    running = await visit_steps.accepted(world, "volunteer", windows="[]")
    await Visit.raw("UPDATE household SET two_person_visits = false WHERE id = {}", running.household)
    need = await Need.objects().get(Need.id == running.need)
    task = await open_task(world["dispatcher"], steps.opening(need, 3), now())
    await take(world["other_volunteer"], task, None, now())
    visit = (await steps.visits_of(task))[0]
    assert (visit.assignment, visit.carer) == (running.id, world.carers["other_volunteer"])
    await give_back(world["other_volunteer"], task, now())
    assert (await Assignment.objects().get(Assignment.id == running.id)).status == "scheduled"
    assert (await steps.task_row(task)).status == "open"
