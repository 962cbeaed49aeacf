"""The due windows of real tasks: from the need, from a norm, with pauses, through reads of the database."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bangfu.catalogue.tables import NormProposal, ServiceNorm
from bangfu.dispatch.tables import Assignment
from bangfu.needs.tables import Need
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.clock import now, today
from bangfu.visits.due import free_window, windows_of
from tests.support import World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
MONDAY = date(2026, 11, 16)


async def begun(task, days_ago: int = 60):
    """The task, accepted so long ago."""
    await Assignment.update(answered_at=now() - timedelta(days=days_ago)).where(Assignment.id == task.id)
    return task


async def on_norm(task, times: int = 1, period: str = "month", visits: int = 1) -> str:
    """Let the task's need rest on a norm that a worker accepted as it is."""
    code = f"norm_{uuid4().hex[:8]}"
    await ServiceNorm(
        id=uuid4(), code=code, service="visit_check", target="elder", times=times, period=period, status="published",
        valid_from=date(2025, 1, 1),
    ).save()  # fmt: skip
    proposal = NormProposal(
        id=uuid4(), household=task.household, division=task.division, service="visit_check", norm=code,
        fingerprint="f", decision="accepted", need=task.need, visits=visits,
    )  # fmt: skip
    await proposal.save()
    await Need.update(origin="norm", proposal=proposal.id, visits=visits).where(Need.id == task.need)
    return code


async def test_a_need_of_four_visits_in_four_weeks_is_due_each_week(world: World) -> None:
    task = await begun(await steps.accepted(world))
    found = (await windows_of([task.id], today(), today()))[task.id]
    assert [(window.end - window.start).days for window in found] == [7]
    assert (found[0].state, found[0].basis) == ("due", "need")
    assert found == (await windows_of([task.need], today(), today()))[task.id]


async def test_an_accepted_norm_makes_its_own_windows_and_a_changed_one_the_needs(world: World) -> None:
    task = await begun(await steps.accepted(world, visits=1))
    code = await on_norm(task)
    month = (await windows_of([task.id], MONDAY, MONDAY))[task.id]
    assert [(civil_date(each.start), civil_date(each.end), each.basis) for each in month] == [
        (date(2026, 11, 1), date(2026, 12, 1), code)
    ]
    await Need.update(visits=2).where(Need.id == task.need)
    assert {each.basis for each in (await windows_of([task.id], MONDAY, MONDAY))[task.id]} == {"need"}


async def test_a_planned_visit_takes_its_window_and_a_cancelled_one_gives_it_back(world: World) -> None:
    task = await begun(await steps.accepted(world))
    visit = await steps.planned(world, task=task)
    assert await free_window(task.id, visit.planned_start) is None
    await type(visit).update(status="cancelled").where(type(visit).id == visit.id)
    free = await free_window(task.id, visit.planned_start)
    assert free is not None and free.start <= visit.planned_start < free.end


async def test_a_visit_that_took_place_fills_the_window_of_its_start(world: World) -> None:
    task = await begun(await steps.accepted(world))
    visit = await steps.submitted(world, task=task)
    day = civil_date(visit.started_at)
    found = (await windows_of([task.id], day, day))[task.id]
    assert [each.filled_by for each in found if each.state == "filled"] == [visit.id]


async def test_an_offer_that_nobody_accepted_owes_nothing(world: World) -> None:
    task = await steps.accepted(world)
    await Assignment.update(answered_at=None).where(Assignment.id == task.id)
    assert await windows_of([task.id], today(), today()) == {}


async def test_nothing_is_due_before_a_task_begins(world: World) -> None:
    task = await steps.accepted(world)
    await Assignment.update(starts_on=today() + timedelta(days=30)).where(Assignment.id == task.id)
    assert (await windows_of([task.id], today(), today()))[task.id] == []
    assert await free_window(task.id, day_span(today() + timedelta(days=31))[0]) is not None
