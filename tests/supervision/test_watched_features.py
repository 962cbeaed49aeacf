"""Needs and offers under supervision: watched when they begin, settled by their own event; and the calendar."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from bangfu.dispatch import actions as dispatch
from bangfu.dispatch.expiring import expire_due
from bangfu.needs import deciding
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.working_calendar import SpecialDay
from bangfu.supervision.calendar import current_calendar, load_defaults, store_year
from bangfu.supervision.calendar_actions import replace_year
from bangfu.supervision.tables import CalendarYear, SupervisionTask, WorkingDay
from tests.dispatch.tasks import offered
from tests.needs.test_need_pages import confirmed, ground_of, need_of, state
from tests.support import World


async def task(kind: str, subject: UUID) -> SupervisionTask:
    found = await SupervisionTask.objects().where(
        (SupervisionTask.kind == kind) & (SupervisionTask.subject == subject)
    ).first()  # fmt: skip
    assert found is not None
    return found


async def test_a_submitted_need_is_watched_until_somebody_decides(world: World, visit) -> None:
    need = await need_of(await visit("coordinator"))
    watched, row = await task("need.confirm", need), await state(need)
    assert (watched.due_at, watched.unit, watched.household) == (row.due_at, "township", row.household)
    assert row.number in (await (await visit("officer")).get("/supervision")).text
    await deciding.confirm_need(world["officer"], need, UUID(await ground_of(need)), now())
    assert (await task("need.confirm", need)).settled_event == "need.confirmed"


async def test_an_urgent_need_runs_in_plain_hours_and_a_rejection_settles_it_too(world: World, visit) -> None:
    need = await need_of(await visit("coordinator"), urgent="yes")
    assert (await task("need.confirm", need)).by_hours
    await deciding.reject_need(world["officer"], need, "不符合条件", now())
    assert (await task("need.confirm", need)).settled_event == "need.rejected"


async def test_a_cancelled_need_is_dropped(world: World, visit) -> None:
    need = await need_of(await visit("coordinator"))
    await deciding.cancel_need(world["officer"], need, "moved", "", now())
    assert (await task("need.confirm", need)).status == "dropped"


async def test_a_suspension_is_watched_to_its_end(world: World, visit) -> None:
    need = await confirmed(visit)
    await Need.update({Need.status: "in_service"}).where(Need.id == need)
    at = now()
    await deciding.suspend_need(world["worker"], need, "hospital", "", (at + timedelta(days=9)).date(), at)
    watched = await task("need.resume", need)
    assert (watched.unit, watched.role, watched.due_at) == ("station", "social_worker", (await state(need)).due_at)
    await deciding.resume_need(world["worker"], need, at)
    assert (await task("need.resume", need)).status == "cancelled"


async def test_an_offer_is_watched_for_its_organisation_until_the_answer(world: World) -> None:
    assignment = await offered(world)
    watched = await task("offer.answer", assignment)
    assert (watched.organization, watched.by_hours, watched.status) == (world.organization, True, "forwarded")
    assert (watched.due_at - watched.clock_from) in {timedelta(hours=24), timedelta(hours=2)}
    await dispatch.accept(world["manager"], assignment, None, now())
    assert (await task("offer.answer", assignment)).settled_event == "assignment.accepted"


async def test_a_volunteers_offer_is_the_volunteers_own_and_a_cancelled_one_is_dropped(world: World) -> None:
    assignment = await offered(world, "volunteer")
    assert (await task("offer.answer", assignment)).owner == world["volunteer"].user
    await dispatch.cancel(world["dispatcher"], assignment, "wrong_match", "", now())
    assert (await task("offer.answer", assignment)).status == "dropped"


async def test_an_offer_that_ran_out_is_settled_by_that_event(world: World) -> None:
    assignment = await offered(world, at=now() - timedelta(days=4))
    await expire_due(now())
    assert (await task("offer.answer", assignment)).settled_event == "assignment.expired"


async def test_the_published_years_are_loaded_once_and_what_a_person_entered_stays(world: World) -> None:
    await load_defaults()
    years = {row.year: row for row in await CalendarYear.objects()}
    assert {2025, 2026} <= set(years)
    assert not years[2026].provisional
    own = [SpecialDay(date(2026, 10, 1), False)]
    await replace_year(world["bureau"], 2026, own, now())
    await load_defaults()
    assert (
        await WorkingDay.count().where((WorkingDay.day >= date(2026, 1, 1)) & (WorkingDay.day < date(2027, 1, 1))) == 1
    )
    calendar = await current_calendar()
    assert calendar.is_working_day(date(2026, 10, 2))
    assert not calendar.is_working_day(date(2025, 10, 2))


async def test_a_provisional_year_of_the_program_gives_way_to_its_published_one(world: World) -> None:
    await store_year(2025, [SpecialDay(date(2025, 1, 1), False, True)], provisional=True, loaded_by=None)
    await load_defaults()
    assert not (await current_calendar()).is_working_day(date(2025, 10, 1))


async def test_a_replaced_year_moves_no_due_date_that_was_told(world: World, visit) -> None:
    need = await need_of(await visit("coordinator"))
    before = (await task("need.confirm", need)).due_at
    year = before.year
    days = [SpecialDay(date(year, before.month, day), False) for day in range(1, 28)]
    assert await replace_year(world["bureau"], year, days, now()) == 1
    assert (await task("need.confirm", need)).due_at == before


async def test_a_year_is_one_years_days_and_the_bureaus_to_enter(world: World) -> None:
    with pytest.raises(ValueError, match="one year"):
        await replace_year(world["bureau"], 2028, [SpecialDay(date(2029, 1, 1), False)], datetime.now().astimezone())
