"""What becomes of a visit that did not come: the clock, reasons and the township's word, making up (DOMAIN.md 8.8)."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.visits import checks, due_clock, due_excuses, moves
from bangfu.visits.due import windows_of
from bangfu.visits.due_excuses import Reason
from bangfu.visits.due_make_up import make_up, room_of
from bangfu.visits.due_rules import FOUR_WEEKS, period_of
from bangfu.visits.due_tables import VisitExcuse
from bangfu.visits.making import reschedule
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps as steps
from tests.visits.test_due_windows import begun

pytestmark = pytest.mark.usefixtures("database")


def monday(weeks: int = 0) -> datetime:
    """Monday noon."""
    return day_span(today() - timedelta(days=today().weekday()) + timedelta(weeks=weeks))[0] + timedelta(hours=12)


async def planned(world: World, start: datetime, carer: str = "nurse") -> Visit:
    """A visit planned for the window in which it starts."""
    task = await begun(await steps.accepted(world, carer))
    day = civil_date(start)
    (window,) = [w for w in (await windows_of([task.id], day, day))[task.id] if w.start <= start < w.end]
    made = await steps.planned(world, carer, task=task, start=start)
    await Visit.update(due_from=window.start, due_until=window.end).where(Visit.id == made.id)
    return await steps.visit(made.id)


async def missed(world: World, start: datetime, carer: str = "nurse") -> Visit:
    """A visit that the clock called missed."""
    visit = await planned(world, start, carer)
    await due_clock.look_after(visit.due_until + timedelta(hours=24))
    return await steps.visit(visit.id)


async def state(visit: Visit, at: datetime) -> list[str]:
    day = civil_date(visit.due_from)
    return [each.state for each in (await windows_of([visit.assignment], day, day, at))[visit.assignment]]


async def told(world: World, name: str) -> list[str]:
    return [row["kind"] for row in await Message.select(Message.kind).where(Message.user == world[name].me)]


def reason(visit: Visit, code: str = "recipient_absent_hospital", text: str = "住院一周", key=None) -> Reason:
    return Reason(key or uuid4(), visit.due_from, code, text)


@pytest.mark.parametrize(("hours", "status"), [(0, "planned"), (23.9, "planned"), (24, "missed")])
async def test_a_visit_is_missed_a_day_after_its_window_and_who_is_concerned_is_told(
    world: World, hours: float, status: str
) -> None:
    visit = await planned(world, monday(-2))
    await due_clock.look_after(visit.due_until + timedelta(hours=hours))
    assert (await steps.visit(visit.id)).status == status
    kinds = [(await told(world, name)).count("visit_missed") for name in ("manager", "caregiver")]
    assert kinds == ([1, 1] if status == "missed" else [0, 0])
    assert ("visit_missed_station" in await told(world, "dispatcher")) is (status == "missed")


async def test_inside_of_its_window_a_visit_whose_day_is_over_is_told_of_once_and_can_be_moved(world: World) -> None:
    visit = await planned(world, monday())
    tomorrow = visit.planned_start + timedelta(hours=24)
    for _ in range(2):
        await due_clock.look_after(tomorrow)
    assert (await told(world, "manager")).count("visit_day_over") == 1
    assert await reschedule(world["manager"], visit.id, tomorrow + timedelta(hours=5), tomorrow)


async def test_a_visit_without_an_end_is_told_after_a_day_and_missed_after_three(world: World) -> None:
    visit = await planned(world, monday(-2))
    start = visit.due_until - timedelta(hours=2)
    await Visit.update(status="in_progress", started_at=start).where(Visit.id == visit.id)
    for hours, status in ((25, "in_progress"), (71, "in_progress"), (72, "missed")):
        await due_clock.look_after(start + timedelta(hours=hours))
        assert (await steps.visit(visit.id)).status == status
    assert (await told(world, "caregiver")).count("visit_unfinished") == 1


async def test_a_confirmed_reason_excuses_the_missed_visit_and_its_window(world: World) -> None:
    visit = await missed(world, monday(-2))
    key = await due_excuses.ask(world["manager"], visit.assignment, reason(visit), now())
    assert await state(visit, now()) == ["missed"]
    await due_excuses.decide(world["officer"], key, confirm=True, text="", at=now())
    found = await steps.visit(visit.id)
    assert (found.status, found.status_reason, await state(visit, now())) == (
        "excused", "recipient_absent_hospital", ["excused"],
    )  # fmt: skip
    assert "excuse_asked" in await told(world, "officer")
    assert "excuse_confirmed" in await told(world, "manager")


async def test_a_refused_reason_leaves_the_visit_missed_and_another_may_be_given(world: World) -> None:
    visit = await missed(world, monday(-2))
    key = await due_excuses.ask(world["caregiver"], visit.assignment, reason(visit), now())
    with pytest.raises(FormError):
        await due_excuses.decide(world["officer"], key, confirm=False, text=" ", at=now())
    await due_excuses.decide(world["officer"], key, confirm=False, text="住院是下一周", at=now())
    assert (await steps.visit(visit.id)).status == "missed"
    assert await due_excuses.ask(world["caregiver"], visit.assignment, reason(visit), now())


async def test_a_reason_ahead_calls_the_planned_visit_off_and_the_window_owes_nothing(world: World) -> None:
    visit = await planned(world, monday(1))
    key = await due_excuses.ask(world["manager"], visit.assignment, reason(visit, "disaster", "暴雪封路"), now())
    await due_excuses.decide(world["officer"], key, confirm=True, text="同意", at=now())
    assert ((await steps.visit(visit.id)).status, await state(visit, now())) == ("cancelled", ["excused"])


async def test_nobody_of_the_serving_side_decides_and_nobody_speaks_for_anothers_task(world: World) -> None:
    visit = await missed(world, monday(-2))
    for name in ("other_manager", "other_caregiver", "volunteer", "outside_coordinator"):
        with pytest.raises(NotYours):
            await due_excuses.ask(world[name], visit.assignment, reason(visit), now())
    key = await due_excuses.ask(world["coordinator"], visit.assignment, reason(visit), now())
    for name, error in (("manager", NotYours), ("outside_officer", NotYours), ("coordinator", NotAllowed),
                        ("dispatcher", NotAllowed), ("bureau", NotAllowed)):  # fmt: skip
        with pytest.raises(error):
            await due_excuses.decide(world[name], key, confirm=True, text="", at=now())


async def test_the_same_form_sent_twice_is_one_reason_and_a_window_has_one_that_stands(world: World) -> None:
    visit = await missed(world, monday(-2))
    given = reason(visit)
    for _ in range(2):
        assert await due_excuses.ask(world["manager"], visit.assignment, given, now()) == given.key
    with pytest.raises(FormError):
        await due_excuses.ask(world["caregiver"], visit.assignment, reason(visit), now())
    with pytest.raises(NotYours):
        await due_excuses.ask(world["caregiver"], visit.assignment, given, now())
    await due_excuses.take_back(world["manager"], given.key, now())
    assert await due_excuses.ask(world["caregiver"], visit.assignment, reason(visit), now())


async def test_no_reason_counts_for_a_time_in_which_a_visit_took_place(world: World) -> None:
    visit = await missed(world, monday(-2))
    key = await due_excuses.ask(world["manager"], visit.assignment, reason(visit), now())
    await Visit.update(status="submitted", started_at=visit.planned_start).where(Visit.id == visit.id)
    with pytest.raises(Refused):
        await due_excuses.decide(world["officer"], key, confirm=True, text="", at=now())
    with pytest.raises(FormError):
        await due_excuses.ask(world["manager"], visit.assignment, reason(visit), now())


@pytest.mark.database
async def test_two_officers_who_decide_at_once_leave_one_decision(world: World) -> None:
    visit = await missed(world, monday(-2))
    key = await due_excuses.ask(world["manager"], visit.assignment, reason(visit), now())
    results = await asyncio.gather(
        due_excuses.decide(world["officer"], key, confirm=True, text="", at=now()),
        due_excuses.decide(world["second_officer"], key, confirm=False, text="不符", at=now()),
        return_exceptions=True,
    )
    assert [type(each) for each in results if isinstance(each, Exception)] == [Refused]
    row = await VisitExcuse.objects().get(VisitExcuse.id == key)
    assert ((await steps.visit(visit.id)).status == "excused") is (row.status == "confirmed")


@pytest.fixture
def any_hour() -> Iterator[None]:
    """The rules of the calendar left out: these tests are about the period, not about hours and partners."""
    kept, checks.CHECKS[:] = list(checks.CHECKS), []
    yield
    checks.CHECKS[:] = kept


def first_of_period() -> datetime:
    """Noon of the first day of the four weeks that run."""

    return day_span(period_of(FOUR_WEEKS, today())[0])[0] + timedelta(hours=12)


@pytest.mark.usefixtures("any_hour")
async def test_a_make_up_visit_inside_the_same_period_stands_for_the_window_that_was_missed(world: World) -> None:
    first = first_of_period()
    visit = await missed(world, first)
    at = visit.due_until + timedelta(hours=26)
    until = await room_of(visit, at)
    assert until == first - timedelta(hours=12) + timedelta(days=28)
    start = at + timedelta(days=2)
    for _ in range(2):
        await make_up(world["manager"], visit.id, start, at, carer=world.carers["cleaner"])
    found = await steps.visit(visit.id)
    assert (found.status, found.source, found.carer, found.planned_start, found.due_from, found.due_until) == (
        "planned", "make_up", world.carers["cleaner"], start, visit.due_from, until,
    )  # fmt: skip
    assert await state(found, at) == ["planned"]
    own_week = (await windows_of([visit.assignment], civil_date(start), civil_date(start), at))[visit.assignment]
    assert "planned" not in [each.state for each in own_week]
    assert await reschedule(world["manager"], visit.id, start + timedelta(hours=1), at)


@pytest.mark.usefixtures("any_hour")
async def test_a_visit_is_not_made_up_in_another_period_in_the_past_or_by_others(world: World) -> None:
    visit = await missed(world, first_of_period())
    at = visit.due_until + timedelta(hours=26)
    until = await room_of(visit, at)
    for start in (at - timedelta(minutes=1), until, until + timedelta(days=1)):
        with pytest.raises(FormError):
            await make_up(world["manager"], visit.id, start, at)
    for name in ("other_manager", "officer", "volunteer"):
        with pytest.raises(NotYours):
            await make_up(world[name], visit.id, at + timedelta(days=1), at)
    with pytest.raises(NotYours):
        await make_up(world["manager"], visit.id, at + timedelta(days=1), at, carer=world.carers["rival"])
    with pytest.raises(Refused):
        await make_up(world["manager"], visit.id, until + timedelta(days=2), until + timedelta(days=1))


async def test_the_rules_of_the_calendar_hold_for_a_make_up_visit_too(world: World) -> None:
    visit = await missed(world, first_of_period())
    at = visit.due_until + timedelta(hours=26)
    with pytest.raises(FormError, match="correct") as refused:
        await make_up(world["manager"], visit.id, at + timedelta(days=1), at)
    assert "start" in refused.value.fields
    assert (await steps.visit(visit.id)).status == "missed"


@pytest.mark.usefixtures("any_hour")
async def test_a_volunteer_makes_up_for_the_own_visit(world: World) -> None:
    visit = await missed(world, first_of_period(), "volunteer")
    at = visit.due_until + timedelta(hours=26)
    await make_up(world["volunteer"], visit.id, at + timedelta(days=1), at)
    assert (await steps.visit(visit.id)).status == "planned"


@pytest.mark.usefixtures("any_hour")
async def test_a_made_up_visit_that_takes_place_fills_the_old_window_only(world: World) -> None:
    visit = await missed(world, first_of_period())
    at = visit.due_until + timedelta(hours=26)
    start = at + timedelta(days=1)
    await make_up(world["manager"], visit.id, start, at)
    async with transaction():
        await moves.move(world["caregiver"], await moves.locked(visit.id), "start", start, started_at=start)
    task = await Assignment.objects().get(Assignment.id == visit.assignment)
    first, last = civil_date(visit.due_from), civil_date(start)
    await Visit.update(status="submitted").where(Visit.id == visit.id)
    windows = (await windows_of([task.id], first, last, start))[task.id]
    assert [each.filled_by for each in windows if each.filled_by] == [visit.id]
    assert windows[0].filled_by == visit.id or windows[0].optional
