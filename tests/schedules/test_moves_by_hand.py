"""Moves, swaps and replacements of published visits: every rule again, refused in words, one story for two people."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.providers.roster_tables import CarerLeave
from bangfu.providers.tables import Qualification
from bangfu.schedules import moving, replacing
from bangfu.schedules.checking import problems_of_move
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import told
from bangfu.supervision.tables import WorkingDay
from bangfu.visits import checks
from tests.schedules import calendar_steps as steps
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)


async def refusal(world: World, visit, start, carer=None, name: str = "manager", partner=None) -> str:
    with pytest.raises(Refused) as caught:
        await moving.move(world[name], visit.id, start, carer, partner, visit.version, now())
    return told(caught.value)


async def test_a_visit_moves_inside_its_due_window_and_the_carer_is_told(world: World) -> None:
    visit = await steps.visit(world)
    wanted = visit.planned_start + DAY
    assert await moving.move(world["manager"], visit.id, wanted, None, None, visit.version, now())
    moved = await steps.fresh(visit.id)
    assert (moved.planned_start, moved.changes) == (wanted, 1)
    assert await Message.count().where(Message.user == world["caregiver"].me, Message.kind == "visit_moved") == 1
    again = await moving.move(world["manager"], visit.id, wanted, None, None, visit.version, now())
    assert not again and (await steps.fresh(visit.id)).changes == 1


async def test_each_broken_rule_is_said_in_words(world: World) -> None:
    day = steps.monday(2)
    visit = await steps.visit(world, start=steps.at(day, "10:00"))
    await steps.visit(world, start=steps.at(day + DAY, "10:00"))
    holiday = day + 3 * DAY
    await WorkingDay.delete().where(WorkingDay.day == holiday)
    await WorkingDay(day=holiday, working=False, occasion_zh="测试节", occasion_en="Test", provisional=False).save()
    await CarerLeave(
        id=uuid4(), carer=visit.carer, starts_on=day + 4 * DAY, ends_on=day + 4 * DAY, kind="annual", status="approved"
    ).save()
    i18n.use("en")
    cases = (
        (steps.at(day + 8 * DAY, "10:00"), "span in which"),
        (steps.at(day + DAY, "10:10"), "another visit at that time"),
        (steps.at(day + 2 * DAY, "06:00"), "household"),
        (steps.at(holiday, "10:00"), "public holiday"),
        (steps.at(day + 4 * DAY, "10:00"), "on leave"),
        (now() - DAY, "over already"),
    )
    for start, words in cases:
        assert words in await refusal(world, visit, start), words


async def test_another_carer_is_checked_by_every_hard_rule_on_that_day(world: World) -> None:
    visit = await steps.visit(world, service="daily_care")
    cleaner = world.carers["cleaner"]
    until = visit.planned_start.date() - DAY
    await Qualification.update(expires_on=until).where(Qualification.carer == cleaner, Qualification.code == "H")
    problems = await problems_of_move(world["manager"], visit, visit.planned_start, cleaner, now())
    assert [message for message, _ in problems] == ["Qualification expired: {codes}."]
    await Qualification.update(expires_on=until + 30 * DAY).where(Qualification.carer == cleaner)
    assert await moving.move(world["manager"], visit.id, visit.planned_start, cleaner, None, visit.version, now())
    assert (await steps.fresh(visit.id)).carer == cleaner
    taken = await Message.count().where(Message.user == world["caregiver"].me, Message.kind == "visit_taken")
    assert taken == 1


async def test_a_visit_never_goes_to_another_organisation(world: World) -> None:
    visit = await steps.visit(world)
    assert await refusal(world, visit, visit.planned_start, world.carers["rival"])


async def test_a_home_for_two_is_never_left_with_one(world: World) -> None:
    visit = await steps.visit(world, task=await steps.task(world, two=True))
    assert await refusal(world, visit, visit.planned_start + DAY)
    partner = world.carers["cleaner"]
    start = visit.planned_start + DAY
    assert await moving.move(world["manager"], visit.id, start, None, partner, visit.version, now())
    assert (await steps.fresh(visit.id)).partner == partner


async def test_who_saw_an_older_version_is_refused(world: World) -> None:
    visit = await steps.visit(world)
    await moving.move(world["manager"], visit.id, visit.planned_start + DAY, None, None, visit.version, now())
    assert await refusal(world, visit, visit.planned_start + 2 * DAY)


@pytest.mark.database
async def test_two_people_who_move_a_visit_at_once_leave_one_story(world: World) -> None:
    visit = await steps.visit(world)
    moves = [
        moving.move(world["manager"], visit.id, visit.planned_start + n * DAY, None, None, visit.version, now())
        for n in (1, 2)
    ]
    results = await asyncio.gather(*moves, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["Refused", "bool"]
    assert (await steps.fresh(visit.id)).changes == 1


@pytest.mark.database
async def test_two_visits_moved_onto_one_hour_of_a_carer_at_once_do_not_both_get_it(world: World) -> None:
    day = steps.monday(2)
    one = await steps.visit(world, start=steps.at(day, "09:00"))
    two = await steps.visit(world, start=steps.at(day, "14:00"))
    wanted = steps.at(day + DAY, "11:00")
    results = await asyncio.gather(
        *(moving.move(world["manager"], each.id, wanted, None, None, each.version, now()) for each in (one, two)),
        return_exceptions=True,
    )
    assert [type(each) for each in results].count(Refused) == 1


async def test_only_the_serving_side_moves_its_visits(world: World) -> None:
    visit, own = await steps.visit(world), await steps.visit(world, "social_worker", steps.at(steps.monday(2), "10:00"))
    start = visit.planned_start + DAY
    for name, error in (("other_manager", NotYours), ("outsider", NotYours), ("dispatcher", NotAllowed)):
        with pytest.raises(error):
            await moving.move(world[name], visit.id, start, None, None, visit.version, now())
    assert await moving.move(world["dispatcher"], own.id, own.planned_start + DAY, None, None, own.version, now())


async def test_a_fixed_appointment_is_released_before_it_moves(world: World) -> None:
    visit = await steps.visit(world)
    await moving.pin(world["manager"], visit.id, fixed=True, version=visit.version, at=now())
    await moving.pin(world["manager"], visit.id, fixed=True, version=visit.version, at=now())
    pinned = await steps.fresh(visit.id)
    assert (pinned.fixed, pinned.version) == (True, visit.version + 1)
    assert await refusal(world, pinned, pinned.planned_start + DAY)
    await moving.pin(world["manager"], visit.id, fixed=False, version=pinned.version, at=now())
    released = await steps.fresh(visit.id)
    assert await moving.move(
        world["manager"], visit.id, released.planned_start + DAY, None, None, released.version, now()
    )


async def test_two_visits_change_carers_and_keep_their_times(world: World) -> None:
    day = steps.monday(2)
    one = await steps.visit(world, start=steps.at(day, "09:00"))
    two = await steps.visit(world, "cleaner", start=steps.at(day, "09:10"))
    await moving.swap(world["manager"], one.id, two.id, one.version, two.version, now())
    after = [await steps.fresh(each.id) for each in (one, two)]
    assert [each.carer for each in after] == [two.carer, one.carer]
    assert [each.planned_start for each in after] == [one.planned_start, two.planned_start]
    with pytest.raises(Refused):
        await moving.swap(world["manager"], one.id, two.id, one.version, two.version, now())


async def test_a_swap_that_breaks_a_rule_for_one_of_both_changes_neither(world: World) -> None:
    day = steps.monday(2)
    one = await steps.visit(world, start=steps.at(day, "09:00"))
    two = await steps.visit(world, "cleaner", start=steps.at(day + DAY, "09:00"))
    await CarerLeave(id=uuid4(), carer=two.carer, starts_on=day, ends_on=day, kind="annual", status="approved").save()
    with pytest.raises(Refused):
        await moving.swap(world["manager"], one.id, two.id, one.version, two.version, now())
    assert [(await steps.fresh(each.id)).carer for each in (one, two)] == [one.carer, two.carer]


async def test_replacements_are_ranked_and_one_click_gives_the_visit_on(world: World) -> None:
    day = steps.monday(2)
    visit = await steps.visit(world, start=steps.at(day, "09:00"))
    offers = await replacing.offers(world["manager"], visit.id, now())
    assert [each.carer for each in offers if not each.problems] == [world.carers["cleaner"]]
    assert world.carers["rival"] not in {each.carer for each in offers}
    assert await replacing.take(world["manager"], visit.id, offers[0].carer, visit.version, now())
    assert (await steps.fresh(visit.id)).carer == world.carers["cleaner"]


async def test_who_is_busy_then_is_listed_with_the_reason(world: World) -> None:
    day = steps.monday(2)
    visit = await steps.visit(world, start=steps.at(day, "09:00"))
    await steps.visit(world, "cleaner", start=steps.at(day, "09:10"))
    offers = await replacing.offers(world["manager"], visit.id, now())
    assert [(each.carer, bool(each.problems)) for each in offers] == [(world.carers["cleaner"], True)]


async def test_ill_today_enters_the_leave_and_lists_the_visits(world: World) -> None:
    visit = await steps.visit(world, start=now().replace(second=0, microsecond=0) + timedelta(hours=1))
    key = uuid4()
    await replacing.ill(world["manager"], world.carers["nurse"], today() + DAY, key, now())
    leave = await CarerLeave.objects().get(CarerLeave.carer == world.carers["nurse"])
    assert leave is not None and (leave.kind, leave.status) == ("sick", "approved")
    found = await replacing.affected(world.carers["nurse"], now(), now() + 2 * DAY)
    assert [item.id for item in found] == [visit.id]
    with pytest.raises(NotYours):
        await replacing.ill(world["other_manager"], world.carers["nurse"], today(), uuid4(), now())


async def test_make_ups_and_other_features_ask_the_same_check(world: World) -> None:
    visit = await steps.visit(world)
    good = await checks.problems(world["manager"], visit.id, visit.planned_start + DAY, visit.carer, now())
    bad = await checks.problems(world["manager"], visit.id, visit.planned_start + 30 * DAY, visit.carer, now())
    assert good == [] and bad


async def test_words_of_messages_carry_numbers_only(world: World) -> None:
    visit = await steps.visit(world)
    await moving.move(world["manager"], visit.id, visit.planned_start + DAY, None, None, visit.version, now())
    message = await Message.objects().get(Message.kind == "visit_moved")
    assert message is not None and set(json.loads(message.params)) == {"visit", "when"}
