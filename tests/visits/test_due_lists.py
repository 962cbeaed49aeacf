"""The live lists: what is due, at risk or missed, for whom; the same states as the rules give."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.needs.deciding import resume_need, suspend_need
from bangfu.needs.tables import Need
from bangfu.providers.roster_tables import CarerLeave
from bangfu.providers.tables import Carer
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.visits import due_pauses, moves
from bangfu.visits.due import windows_of
from bangfu.visits.due_queries import Wanted, counts, due_list, total
from bangfu.visits.due_tables import ServicePause
from bangfu.visits.tables import Visit
from tests.support import FOREIGN_VILLAGE, World
from tests.visits import visit_steps as steps
from tests.visits.test_due_windows import begun, on_norm

pytestmark = pytest.mark.usefixtures("database")


async def listed(world: World, name: str, shown: str = "week", at=None, **filters):
    wanted, at = Wanted(filters.pop("view", "scope"), shown, **filters), at or now()
    rows = await due_list(world[name], wanted, at, 50, 0)
    assert (await total(world[name], wanted, at)).value == len(rows)
    return rows


def noon(day, hours: int = 12):
    return day_span(day)[0] + timedelta(hours=hours)


def monday(weeks: int = 0):
    return today() - timedelta(days=today().weekday()) + timedelta(weeks=weeks)


async def test_a_weekly_visit_is_due_this_week_for_the_office_the_organisation_and_the_carer_and_nobody_else(
    world: World,
) -> None:
    task = await begun(await steps.accepted(world))
    for name, view in (("officer", "scope"), ("bureau", "scope"), ("manager", "organization"), ("caregiver", "own")):
        assert [(row.assignment, row.state) for row in await listed(world, name, view=view)] == [(task.id, "due")]
    for name, view in (
        ("outside_officer", "scope"), ("other_manager", "organization"), ("other_caregiver", "own"),
        ("manager", "scope"),
    ):  # fmt: skip
        assert await listed(world, name, view=view) == []


@pytest.mark.parametrize(
    "status", ["planned", "in_progress", "submitted", "missed", "excused", "rejected", "cancelled"]
)
async def test_the_list_says_of_a_window_what_the_rules_say(world: World, status: str) -> None:
    task = await begun(await steps.accepted(world))
    at = noon(monday(), 60)
    visit = await steps.planned(world, task=task, start=at + timedelta(hours=3))
    started = visit.planned_start if status not in {"planned", "missed", "cancelled", "excused"} else None
    await Visit.update(status=status, started_at=started).where(Visit.id == visit.id)
    ruled = (await windows_of([task.id], civil_date(at), civil_date(at), at))[task.id]
    (row,) = await listed(world, "officer", at=at)
    assert [(row.due_from, row.due_until, row.state)] == [(each.start, each.end, each.state) for each in ruled]


async def test_a_norms_month_is_not_due_before_its_last_week(world: World) -> None:
    task = await begun(await steps.accepted(world, visits=1), 200)
    await on_norm(task)
    assert await listed(world, "officer", at=noon(monday().replace(day=4))) == [] or monday().replace(day=4).day > 7
    last = (monday().replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    ends_in_week = await listed(world, "officer", at=noon(last))
    assert [row.assignment for row in ends_in_week if row.due_until == day_span(last)[1]] in ([task.id], [])
    missed = await listed(world, "officer", "missed", at=noon(last + timedelta(days=2)))
    assert [(row.assignment, row.due_until) for row in missed] == [(task.id, day_span(last)[1])]


async def test_a_window_that_passed_without_a_visit_is_missed_until_a_reason_is_confirmed(world: World) -> None:
    task = await begun(await steps.accepted(world), 12)
    later = noon(monday(1), 1)
    missed = await listed(world, "officer", "missed", at=later)
    assert [row.assignment for row in missed].count(task.id) == len(missed) >= 1
    n = (await counts(world["officer"], "scope", later)).value
    assert n["missed"] == len(missed)


async def test_what_may_be_missed_this_week_stands_in_the_list_of_risks_with_its_reason(world: World) -> None:
    saturday = noon(monday() + timedelta(days=5))
    bare = await begun(await steps.accepted(world))
    assert [(row.assignment, row.risk) for row in await listed(world, "officer", "risk", at=saturday)] == [
        (bare.id, "unplanned")
    ]
    visit = await steps.planned(world, task=bare, start=saturday + timedelta(hours=24))
    assert [row.risk for row in await listed(world, "officer", "risk", at=saturday)] == ["last_day"]
    assert [row.risk for row in await listed(world, "officer", "risk", at=saturday + timedelta(hours=25))] == ["late"]
    await CarerLeave(
        id=uuid4(), carer=visit.carer, starts_on=civil_date(visit.planned_start), kind="sick", status="approved",
        ends_on=civil_date(visit.planned_start),
    ).save()  # fmt: skip
    assert [row.risk for row in await listed(world, "officer", "risk", at=saturday)] == ["carer_away"]


async def test_a_day_without_a_record_and_a_visit_without_an_end_are_at_risk(world: World) -> None:
    wednesday = noon(monday() + timedelta(days=2))
    task = await begun(await steps.accepted(world))
    visit = await steps.planned(world, task=task, start=wednesday)
    assert [row.risk for row in await listed(world, "officer", "risk", at=wednesday + timedelta(hours=20))] == [
        "day_over"
    ]
    async with transaction():
        await moves.move(world["caregiver"], await moves.locked(visit.id), "start", wednesday, started_at=wednesday)
    assert await listed(world, "officer", "risk", at=wednesday + timedelta(hours=20)) == []
    assert [row.risk for row in await listed(world, "officer", "risk", at=wednesday + timedelta(hours=25))] == ["stuck"]


async def test_a_barred_carer_puts_the_planned_visit_at_risk(world: World) -> None:
    task = await begun(await steps.accepted(world))
    at = noon(monday(), 8)
    visit = await steps.planned(world, task=task, start=at + timedelta(hours=24))
    assert await listed(world, "officer", "risk", at=at) == []
    await Carer.update(active=False).where(Carer.id == visit.carer)
    assert [row.risk for row in await listed(world, "officer", "risk", at=at)] == ["carer_away"]


async def test_filters_narrow_the_list(world: World) -> None:
    task = await begun(await steps.accepted(world))
    assert len(await listed(world, "officer", service=task.service, state="due", organization=task.organization)) == 1
    assert await listed(world, "officer", service="meal") == []
    assert await listed(world, "officer", division=FOREIGN_VILLAGE) == []
    assert await listed(world, "officer", state="planned") == []


async def test_a_service_that_rests_owes_nothing_from_the_suspension_until_it_is_resumed(world: World) -> None:
    due_pauses.register()
    task = await begun(await steps.accepted(world))
    await Need.update(status="assigned").where(Need.id == task.need)
    await suspend_need(world["worker"], task.need, "hospital", "住院", today() + timedelta(days=30), now())
    ahead = monday(2)
    assert await windows_of([task.id], ahead, ahead) == {task.id: []}
    assert await listed(world, "officer", at=noon(ahead)) == []
    await resume_need(world["worker"], task.need, now() + timedelta(days=1))
    pause = await ServicePause.objects().get(ServicePause.need == task.need)
    assert pause.ended_at is not None
    assert [each.state for each in (await windows_of([task.id], ahead, ahead))[task.id]] == ["ahead"]


async def test_an_ended_task_owes_nothing_afterwards(world: World) -> None:
    task = await begun(await steps.accepted(world))
    await Assignment.update(status="completed", ended_at=noon(monday(-1))).where(Assignment.id == task.id)
    assert await listed(world, "officer") == []
