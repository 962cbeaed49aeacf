"""Swaps: asked of one or of everybody, every rule asked anew by who accepts, one winner, no answer needs a reason."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.providers.carer_tables import VolunteerInsurance
from bangfu.providers.tables import Carer
from bangfu.schedules.checking import problems_of_move
from bangfu.shared.clock import now
from bangfu.visits.tables import Visit
from bangfu.volunteers import clock, swapping
from bangfu.volunteers.tables import SwapRequest, VolunteerStep
from bangfu.volunteers.taking import take
from tests.dispatch.tasks import kinds_told
from tests.support import World
from tests.visits import visit_steps
from tests.volunteers import swap_steps
from tests.volunteers import volunteer_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def test_who_accepts_serves_the_visit_and_the_others_hear_of_it(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    visit = await swap_steps.taken_visit(world)
    number = await swap_steps.number_of(world.carers["other_volunteer"])
    swap = await swap_steps.asked(world, visit, number)
    assert "swap_asked" in await kinds_told(world["other_volunteer"].me)
    for _ in range(2):
        assert await swapping.accept(world["other_volunteer"], swap, None, now()) == visit.id
    row = await visit_steps.visit(visit.id)
    assert (row.carer, row.planned_start, row.status) == (
        world.carers["other_volunteer"], visit.planned_start, "planned"
    )  # fmt: skip
    assert (await swap_steps.swap_row(swap)).status == "accepted"
    moved = await VolunteerStep.select(VolunteerStep.kind).where(VolunteerStep.visit == visit.id)
    assert sorted(each["kind"] for each in moved) == ["swapped_in", "swapped_out"]
    for name in ("volunteer", "dispatcher"):
        assert "swap_done" in await kinds_told(world[name].me)


async def test_asking_twice_with_one_form_asks_once_and_a_second_form_is_refused(world: World) -> None:
    visit, key = await swap_steps.taken_visit(world), uuid4()
    for _ in range(2):
        assert await swapping.ask(world["volunteer"], key, visit.id, "", now()) == key
    with pytest.raises(Refused):
        await swapping.ask(world["volunteer"], uuid4(), visit.id, "", now())
    assert await SwapRequest.count() == 1


async def test_only_the_own_visit_is_asked_for_and_only_of_somebody_who_is_there(world: World) -> None:
    visit = await swap_steps.taken_visit(world)
    own = await swap_steps.number_of(world.carers["volunteer"])
    for wrong in ("FW-NIEMAND", own, await swap_steps.number_of(world.carers["nurse"])):
        with pytest.raises(FormError):
            await swap_steps.asked(world, visit, wrong)
    with pytest.raises(NotYours):
        await swapping.ask(world["other_volunteer"], uuid4(), visit.id, "", now())
    with pytest.raises(NotAllowed):
        await swapping.ask(world["dispatcher"], uuid4(), visit.id, "", now())
    with pytest.raises(Refused):
        await swapping.ask(world["volunteer"], uuid4(), visit.id, "", visit.planned_start + timedelta(minutes=1))


@pytest.mark.parametrize("gone", ["insurance", "time", "active"])
async def test_what_changed_since_the_question_is_asked_anew_by_who_accepts(world: World, gone: str) -> None:
    await steps.experienced(world, "other_volunteer")
    visit, other = await swap_steps.taken_visit(world), world.carers["other_volunteer"]
    swap = await swap_steps.asked(world, visit)
    if gone == "insurance":
        await VolunteerInsurance.delete().where(VolunteerInsurance.carer == other)
    elif gone == "active":
        await Carer.update({Carer.active: False}).where(Carer.id == other)
    else:
        await take(world["other_volunteer"], await steps.opened(world, 3, minutes=10), None, now())
    with pytest.raises(Refused):
        await swapping.accept(world["other_volunteer"], swap, None, now())
    assert (await visit_steps.visit(visit.id)).carer == world.carers["volunteer"]
    assert (await swap_steps.swap_row(swap)).status == "asked"


async def test_a_newcomer_takes_over_only_with_somebody_experienced_who_is_not_the_one_who_asks(world: World) -> None:
    visit = await swap_steps.taken_visit(world)
    swap, third = await swap_steps.asked(world, visit), await swap_steps.companion(world)
    with pytest.raises(Refused, match="experienced"):
        await swapping.accept(world["other_volunteer"], swap, None, now())
    with pytest.raises((Refused, NotYours)):
        await swapping.accept(world["other_volunteer"], swap, world.carers["volunteer"], now())
    await swapping.accept(world["other_volunteer"], swap, third, now())
    row = await visit_steps.visit(visit.id)
    assert (row.carer, row.partner) == (world.carers["other_volunteer"], third)
    along = await VolunteerStep.objects().where(VolunteerStep.kind == "accompanies")
    assert [(each.carer, each.visit) for each in along] == [(third, visit.id)]


async def test_a_refusal_ends_the_question_and_the_visit_stays(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    visit = await swap_steps.taken_visit(world)
    swap = await swap_steps.asked(world, visit, await swap_steps.number_of(world.carers["other_volunteer"]))
    for _ in range(2):
        await swapping.refuse(world["other_volunteer"], swap, now())
    assert (await swap_steps.swap_row(swap)).status == "refused"
    assert "swap_refused" in await kinds_told(world["volunteer"].me)
    with pytest.raises(Refused):
        await swapping.accept(world["other_volunteer"], swap, None, now())
    assert (await visit_steps.visit(visit.id)).carer == world.carers["volunteer"]
    await swap_steps.asked(world, visit)


async def test_a_question_to_everybody_cannot_be_refused_for_the_others(world: World) -> None:
    swap = await swap_steps.asked(world, await swap_steps.taken_visit(world))
    with pytest.raises(NotYours):
        await swapping.refuse(world["other_volunteer"], swap, now())


async def test_who_asked_may_withdraw_and_nobody_accepts_after_that(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    swap = await swap_steps.asked(world, await swap_steps.taken_visit(world))
    with pytest.raises(NotYours):
        await swapping.withdraw(world["other_volunteer"], swap, now())
    for _ in range(2):
        await swapping.withdraw(world["volunteer"], swap, now())
    with pytest.raises(Refused):
        await swapping.accept(world["other_volunteer"], swap, None, now())


@pytest.mark.database
async def test_of_two_who_accept_at_once_one_serves(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    third = await swap_steps.companion(world)
    world.cast["third"] = type(world["other_volunteer"])(
        uuid4(), "third", "测试第三人", frozenset({"volunteer"}), world["other_volunteer"].scope, None, third
    )
    for day in (3, 4, 5):
        visit = await swap_steps.taken_visit(world, day)
        swap = await swap_steps.asked(world, visit)
        answers = await asyncio.gather(
            *(swapping.accept(world[name], swap, None, now()) for name in ("other_volunteer", "third")),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in answers) == ["Refused", "UUID"]
        row, said = await visit_steps.visit(visit.id), await swap_steps.swap_row(swap)
        assert (row.carer, said.status) == (said.answered_by, "accepted")


@pytest.mark.database
async def test_accepting_and_withdrawing_at_once_leave_one_answer(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    visit = await swap_steps.taken_visit(world)
    swap = await swap_steps.asked(world, visit)
    await asyncio.gather(
        swapping.accept(world["other_volunteer"], swap, None, now()),
        swapping.withdraw(world["volunteer"], swap, now()),
        return_exceptions=True,
    )
    server = {"accepted": "other_volunteer", "withdrawn": "volunteer"}[(await swap_steps.swap_row(swap)).status]
    assert (await visit_steps.visit(visit.id)).carer == world.carers[server]


async def test_a_question_lapses_when_the_visit_is_called_off_or_has_begun(world: World) -> None:
    first, second = await swap_steps.taken_visit(world, 3), await swap_steps.taken_visit(world, 4)
    called_off, begun = await swap_steps.asked(world, first), await swap_steps.asked(world, second)
    await swapping.cancel_visit(world["volunteer"], first.id, now())
    assert (await swap_steps.swap_row(called_off)).status == "withdrawn"
    await clock.look_after(second.planned_start + timedelta(minutes=1))
    assert (await swap_steps.swap_row(begun)).status == "lapsed"


async def test_cancelling_late_is_written_down_and_costs_nothing(world: World) -> None:
    visit = await swap_steps.taken_visit(world)
    for _ in range(2):
        await swapping.cancel_visit(world["volunteer"], visit.id, visit.planned_start - timedelta(hours=3))
    steps_of = await VolunteerStep.objects().where(VolunteerStep.kind == "called_off")
    assert [(each.notice_minutes, each.short_notice) for each in steps_of] == [(180, True)]
    assert (await visit_steps.visit(visit.id)).status == "cancelled"
    await swap_steps.taken_visit(world, 5)


async def test_who_comes_along_may_step_back_and_the_server_hears_of_it(world: World) -> None:
    visit = await swap_steps.taken_visit(world)
    await Visit.update({Visit.partner: world.carers["other_volunteer"]}).where(Visit.id == visit.id)
    with pytest.raises(NotYours):
        await swapping.step_back(world["volunteer"], visit.id, now())
    await swapping.step_back(world["other_volunteer"], visit.id, now())
    assert (await visit_steps.visit(visit.id)).partner is None
    assert "volunteer_alone" in await kinds_told(world["volunteer"].me)


async def test_a_volunteer_of_an_organisation_takes_swaps_and_is_moved_like_any_other(world: World) -> None:
    await steps.experienced(world, "other_volunteer")
    other = world.carers["other_volunteer"]
    await Carer.update({Carer.organization: world.organization}).where(Carer.id == other)
    task = await steps.opened(world, 4)
    await take(world["other_volunteer"], task, None, now())
    own = (await steps.visits_of(task))[0]
    start = own.planned_start + timedelta(minutes=30)
    assert await problems_of_move(world["dispatcher"], own.id, start, None, now()) == []
    visit = await swap_steps.taken_visit(world, 3)
    swap = await swap_steps.asked(world, visit)
    await swapping.accept(world["other_volunteer"], swap, None, now())
    assert (await visit_steps.visit(visit.id)).carer == other
