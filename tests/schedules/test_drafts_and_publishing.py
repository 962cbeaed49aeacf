"""From accepted tasks to a draft, and from a draft to visits: once, whole, and everybody told once."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.providers.roster_tables import CarerLeave
from bangfu.providers.tables import Availability, Carer, Qualification
from bangfu.schedules import drafting, publishing, refusing, rules
from bangfu.schedules.tables import CalendarRefusal, VisitPlan, VisitPlanRow
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.visits.making import reschedule
from bangfu.visits.tables import Visit
from tests.schedules import calendar_steps as steps
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")


async def test_a_draft_fills_the_due_windows_of_four_weeks_and_makes_no_visit(world: World) -> None:
    await steps.task(world)
    plan = await steps.draft(world)
    assert (plan.status, plan.error) == ("draft", "")
    rows = await steps.rows_of(plan)
    assert len(rows) in (3, 4, 5)
    assert all(row.change == "new" and row.due_from <= row.start < row.due_until for row in rows)
    assert not await Visit.exists()


async def test_publication_makes_the_visits_once_and_tells_each_person_once(world: World) -> None:
    await steps.task(world)
    await steps.task(world)
    plan = await steps.draft(world)
    placed = [row for row in await steps.rows_of(plan) if row.start]
    counts = await publishing.publish(world["manager"], plan.id, now())
    again = await publishing.publish(world["manager"], plan.id, now())
    assert counts["new"] == len(placed) == await Visit.count()
    assert again["new"] == counts["new"]
    own = await Message.objects().where(Message.user == world["caregiver"].me, Message.kind == "calendar_own")
    assert [json.loads(each.params)["new"] for each in own] == [len(placed)]
    assert await Message.count().where(Message.user == world["manager"].me, Message.kind == "calendar_published") == 1
    assert (await steps.the_plan(plan.id)).status == "published"


@pytest.mark.database
async def test_two_clicks_on_publish_at_once_make_every_visit_once(world: World) -> None:
    await steps.task(world)
    plan = await steps.draft(world)
    both = await asyncio.gather(*(publishing.publish(world["manager"], plan.id, now()) for _ in range(2)))
    assert both[0]["new"] == both[1]["new"] == await Visit.count()


async def test_a_second_plan_keeps_published_visits_and_supersedes_older_drafts(world: World) -> None:
    await steps.task(world)
    first = await steps.draft(world)
    await publishing.publish(world["manager"], first.id, now())
    before = {visit.id: visit.planned_start for visit in await Visit.objects()}
    stale, second = await steps.draft(world), await steps.draft(world)
    counts = await publishing.publish(world["manager"], second.id, now())
    assert counts["kept"] == len(before)
    after = {visit.id: visit.planned_start for visit in await Visit.objects()}
    assert before.items() <= after.items()
    assert (await steps.the_plan(stale.id)).status == "superseded"
    with pytest.raises(Refused):
        await publishing.publish(world["manager"], stale.id, now())


async def test_a_fixed_appointment_stays_where_it_is(world: World) -> None:
    visit = await steps.visit(world, start=steps.at(steps.monday(2), "16:37"))
    await Visit.update(fixed=True).where(Visit.id == visit.id)
    plan = await steps.draft(world)
    row = next(row for row in await steps.rows_of(plan) if row.visit == visit.id)
    assert (row.change, row.start) == ("keep", visit.planned_start)


async def test_what_somebody_moved_since_the_draft_was_made_is_left_alone(world: World) -> None:
    visit = await steps.visit(world, start=steps.at(steps.monday(2), "10:00"))
    plan = await steps.draft(world)
    row = next(row for row in await steps.rows_of(plan) if row.visit == visit.id)
    await VisitPlanRow.update(start=row.due_from + timedelta(hours=33), change="move", by_hand=True).where(
        VisitPlanRow.id == row.id
    )
    moved = steps.at(steps.monday(2) + timedelta(days=2), "11:00")
    await reschedule(world["manager"], visit.id, moved, now())
    counts = await publishing.publish(world["manager"], plan.id, now())
    assert (await steps.fresh(visit.id)).planned_start == moved
    assert counts["left"] >= 1


async def test_a_home_for_two_gets_a_fit_second_person_of_the_same_side(world: World) -> None:
    await steps.task(world, two=True)
    plan = await steps.draft(world)
    rows = await steps.rows_of(plan)
    assert rows and {row.partner for row in rows} == {world.carers["cleaner"]}


async def test_a_home_for_two_without_a_second_person_goes_back_to_planning(world: World) -> None:
    task = await steps.task(world, two=True)
    await Carer.update(active=False).where(Carer.id == world.carers["cleaner"])
    plan = await steps.draft(world)
    assert {row.reason for row in await steps.rows_of(plan)} == {"no_partner"}
    counts = await publishing.publish(world["manager"], plan.id, now())
    assert counts["returned"] == 1
    assert await refusing.of_task(task.id) == ("no_partner",)


async def test_a_carer_on_leave_has_no_visit_and_the_reason_goes_back_to_planning(world: World) -> None:
    task = await steps.task(world)
    await CarerLeave(
        id=uuid4(), carer=world.carers["nurse"], starts_on=today(), ends_on=today() + timedelta(days=60), kind="sick",
        status="approved",
    ).save()  # fmt: skip
    plan = await steps.draft(world)
    rows = await steps.rows_of(plan)
    assert rows and all(row.start is None for row in rows)
    assert json.loads(plan.conflicts)
    await publishing.publish(world["manager"], plan.id, now())
    refusals = await refusing.open_refusals(world["dispatcher"])
    assert [each.assignment for each in refusals] == [task.id]
    assert set(refusals[0].rules) & {"leave", "carer_windows"}
    assert await Message.count().where(Message.user == world["dispatcher"].me, Message.kind == "no_calendar") == 1
    assert await refusing.open_refusals(world["outsider"]) == []


async def test_a_refusal_is_settled_when_a_later_calendar_has_a_place(world: World) -> None:
    task = await steps.task(world)
    leave = CarerLeave(
        id=uuid4(), carer=world.carers["nurse"], starts_on=today(), ends_on=today() + timedelta(days=60), kind="sick",
        status="approved",
    )  # fmt: skip
    await leave.save()
    await publishing.publish(world["manager"], (await steps.draft(world)).id, now())
    await leave.remove()
    await publishing.publish(world["manager"], (await steps.draft(world)).id, now())
    refusal = await CalendarRefusal.objects().get(CalendarRefusal.assignment == task.id)
    assert refusal is not None and refusal.settled_how == "planned"


async def test_a_volunteer_is_never_planned_for_more_than_eight_hours_a_week(world: World) -> None:
    for _ in range(6):
        await steps.task(world, "volunteer", minutes=120)
    plan = await steps.draft(world, "dispatcher")
    weeks: dict[int, int] = {}
    for row in await steps.rows_of(plan):
        if row.start is not None:
            week = rules.day_of(row.start).isocalendar().week
            weeks[week] = weeks.get(week, 0) + row.minutes
    assert weeks and max(weeks.values()) <= 480
    assert any(row.start is None for row in await steps.rows_of(plan))


async def test_a_plan_belongs_to_its_side(world: World) -> None:
    await steps.task(world)
    plan = await steps.draft(world)
    for name, error in (("other_manager", NotYours), ("dispatcher", NotYours), ("officer", NotAllowed)):
        with pytest.raises(error):
            await publishing.publish(world[name], plan.id, now())
        with pytest.raises(error):
            await drafting.cancel(world[name], plan.id, now())
    with pytest.raises(NotYours):
        await drafting.start(world["other_manager"], plan.id, today() + timedelta(days=1), 5, now())


async def test_one_side_makes_one_plan_at_a_time_and_a_repeat_is_the_same_plan(world: World) -> None:
    await steps.task(world)
    first, key = today() + timedelta(days=1), uuid4()
    assert await drafting.start(world["manager"], key, first, 5, now()) == key
    assert await drafting.start(world["manager"], key, first, 5, now()) == key
    with pytest.raises(Refused):
        await drafting.start(world["manager"], uuid4(), first, 5, now())
    with pytest.raises(FormError):
        await drafting.start(world["manager"], uuid4(), today(), 5, now())
    await drafting.cancel(world["manager"], key, now())
    assert await VisitPlan.count() == 1


async def test_a_carer_without_any_time_gets_no_place_and_the_rule_is_named(world: World) -> None:
    await steps.task(world)
    async with transaction():
        await Availability.delete().where(Availability.carer == world.carers["nurse"])
    plan = await steps.draft(world)
    assert {row.reason for row in await steps.rows_of(plan)} == {"carer_windows"}


async def test_leave_that_came_in_since_the_draft_leaves_its_visits_out(world: World) -> None:
    await steps.task(world)
    plan = await steps.draft(world)
    day = rules.day_of((await steps.rows_of(plan))[0].start)
    await CarerLeave(
        id=uuid4(), carer=world.carers["nurse"], starts_on=day, ends_on=day, kind="sick", status="approved"
    ).save()
    counts = await publishing.publish(world["manager"], plan.id, now())
    assert counts["left"] == 1
    assert day not in {rules.day_of(visit.planned_start) for visit in await Visit.objects()}


async def test_nobody_is_planned_after_the_end_of_a_qualification(world: World) -> None:
    await steps.task(world, service="daily_care", visits=8)
    last = today() + timedelta(days=12)
    await Qualification.update(expires_on=last).where(
        Qualification.carer == world.carers["nurse"], Qualification.code == "H"
    )
    rows = await steps.rows_of(await steps.draft(world))
    placed = [rules.day_of(row.start) for row in rows if row.start is not None]
    assert placed and max(placed) <= last
    assert {row.reason for row in rows if row.start is None} == {"not_fit"}


async def test_a_volunteer_of_a_registered_body_is_still_planned_by_the_station(world: World) -> None:
    await Carer.update(organization=world.other_organization).where(Carer.id == world.carers["volunteer"])
    await Carer.update(organization=world.other_organization).where(Carer.id == world.carers["other_volunteer"])
    await steps.task(world, "volunteer", two=True)
    rows = await steps.rows_of(await steps.draft(world, "dispatcher"))
    assert rows and all(row.start is not None and row.partner is not None for row in rows)
