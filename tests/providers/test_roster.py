"""Weeks, single days and leave: who enters them, who decides, what the matching then reads."""

from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.providers import roster_actions, roster_people, roster_queries
from bangfu.providers.roster import windows_for
from bangfu.providers.roster_actions import Wanted
from bangfu.providers.roster_rules import week_of
from bangfu.providers.roster_tables import CarerLeave
from bangfu.providers.tables import Availability, Carer
from bangfu.shared.clock import now, today
from tests.providers.roster_support import HEAD, accepted
from tests.support import World

MONDAY = week_of(today()) + timedelta(days=7)


def leave(first: date, days: int, kind: str = "annual") -> Wanted:
    return Wanted(uuid4(), first, first + timedelta(days=days - 1), kind)


async def _who(world: World, keeper: str, name: str) -> roster_people.Who:
    return await roster_people.person_for(world[keeper], world.carers[name], keep=True)


async def test_leave_that_a_manager_enters_takes_the_worker_out_of_the_match(world: World) -> None:
    nurse, cleaner = world.carers["nurse"], world.carers["cleaner"]
    who = await _who(world, "manager", "nurse")
    await roster_actions.ask_leave(world["manager"], who, leave(MONDAY, 28), now(), keeper=True)
    found = await windows_for([nurse, cleaner], MONDAY)
    assert (found[nurse].windows, found[nurse].minutes_share, found[nurse].days_off) == ([], Decimal(0), 28)
    assert (len(found[cleaner].windows), found[cleaner].minutes_share) == (7, Decimal(1))
    later = await windows_for([nurse], MONDAY + timedelta(days=14))
    assert later[nurse].minutes_share == Decimal("0.5")


async def test_a_social_workers_leave_counts_once_the_station_approves_and_nobody_approves_their_own(
    world: World,
) -> None:
    worker, carer = world["worker"], world.carers["social_worker"]
    who = await roster_people.myself(worker)
    wanted = leave(MONDAY, 28, "sick")
    await roster_actions.ask_leave(worker, who, wanted, now(), keeper=False)
    assert (await windows_for([carer], MONDAY))[carer].minutes_share == 1
    waiting = await roster_queries.leaves_waiting(world["dispatcher"])
    assert [each.id for each in waiting] == [wanted.key]
    with pytest.raises(NotAllowed):
        await roster_actions.decide_leave(worker, who, wanted.key, "approve", now())
    with pytest.raises(FormError):
        await roster_actions.decide_leave(world["dispatcher"], who, wanted.key, "refuse", now())
    for _ in range(2):
        await roster_actions.decide_leave(world["dispatcher"], who, wanted.key, "approve", now())
    assert (await windows_for([carer], MONDAY))[carer].windows == []
    with pytest.raises(Refused):
        await roster_actions.decide_leave(world["dispatcher"], who, wanted.key, "refuse", now(), remark="late")
    await roster_actions.decide_leave(worker, who, wanted.key, "withdraw", now())
    assert len((await windows_for([carer], MONDAY))[carer].windows) == 7
    told = [event["action"] for event in await roster_queries.history_of(carer)]
    assert told == ["carer.leave_withdrawn", "carer.leave_approved", "carer.leave_requested"]


async def test_a_volunteers_leave_needs_nobodys_word_and_is_one_leave_however_often_it_is_sent(world: World) -> None:
    who, wanted = await roster_people.myself(world["volunteer"]), leave(MONDAY, 3)
    for _ in range(2):
        await roster_actions.ask_leave(world["volunteer"], who, wanted, now(), keeper=False)
    assert [row["status"] for row in await CarerLeave.select(CarerLeave.status)] == ["approved"]
    with pytest.raises(FormError) as refused:
        await roster_actions.ask_leave(world["volunteer"], who, leave(MONDAY, 1), now(), keeper=False)
    assert set(refused.value.fields) == {"first"}


async def test_a_single_day_replaces_the_week_on_that_date_until_it_is_taken_back(world: World) -> None:
    who, actor = await _who(world, "dispatcher", "volunteer"), world["dispatcher"]
    await roster_actions.set_day(actor, who, MONDAY, [], now())
    await roster_actions.set_day(actor, who, MONDAY, [(540, 600), (840, 900)], now())
    days = await roster_queries.days_of(who.id, today())
    assert [(each["day"], each["spans"]) for each in days] == [(MONDAY, [(540, 600), (840, 900)])]
    [row] = await roster_queries.week_of([who], MONDAY)
    assert row.cells[0].spans == [(540, 600), (840, 900)] and row.cells[1].spans == [(480, 1200)]
    await roster_actions.clear_day(actor, who, days[0]["id"], now())
    [row] = await roster_queries.week_of([who], MONDAY)
    assert row.cells[0].spans == [(480, 1200)]
    with pytest.raises(FormError):
        await roster_actions.set_day(actor, who, today() - timedelta(days=1), [], now())


async def test_nobody_keeps_the_times_of_other_peoples_carers(world: World) -> None:
    for keeper, name in (
        ("manager", "rival"), ("manager", "volunteer"), ("dispatcher", "nurse"), ("outsider", "volunteer"),
        ("officer", "volunteer"), ("bureau", "nurse"),
    ):  # fmt: skip
        with pytest.raises(NotYours):
            await roster_people.person_for(world[keeper], world.carers[name], keep=True)
    seen, total = await roster_people.people(world["manager"], 25, 0)
    assert ([who.number for who in seen], total) == (["cleaner", "nurse"], 2)
    seen, _ = await roster_people.people(world["officer"], 25, 0)
    assert {who.kind for who in seen} == {"social_worker", "volunteer"}


async def test_weekly_times_are_changed_on_a_page_that_names_the_weekday_of_a_fault(world: World, visit) -> None:
    manager = await visit("manager")
    path = f"/roster/{world.carers['nurse']}"
    wrong = {"d0_0_from": "08:00", "d0_0_to": "12:00", "d0_1_from": "11:00", "d0_1_to": "15:00", "d2_0_from": "09:00"}
    answer = await manager.post(f"{path}/week", wrong)
    assert answer.status_code == 422 and 'value="15:00"' in answer.text
    assert "Wed: please enter both times" in answer.text
    answer = await manager.post(f"{path}/week", {**wrong, "d2_0_to": "10:00"})
    assert answer.status_code == 422 and "Mon: two spans overlap." in answer.text
    answer = await manager.post(f"{path}/week", {"d0_0_from": "08:00", "d0_0_to": "00:00"})
    assert answer.headers["location"] == path
    rows = await Availability.raw("SELECT * FROM availability WHERE carer = {}", world.carers["nurse"])
    assert [(row["weekday"], row["start_minute"], row["end_minute"]) for row in rows] == [(0, 480, 1440)]
    assert "Weekly times changed" in (await manager.get(path)).text


async def test_the_roster_shows_tasks_without_the_household_and_what_falls_on_a_day_off(world: World, visit) -> None:
    await accepted(world.carers["nurse"], [[0, 480, 720], [2, 480, 720]])
    who = await _who(world, "manager", "nurse")
    await roster_actions.ask_leave(world["manager"], who, leave(MONDAY, 1, "sick"), now(), keeper=True)
    shown = await (await visit("manager")).get(f"/roster?week={MONDAY}")
    assert shown.status_code == 200 and "A-000009" in shown.text and "2 visits a week" in shown.text
    assert HEAD not in shown.text and "H-A" not in shown.text
    assert "1 task has times here" in shown.text and f"/roster?week={MONDAY + timedelta(days=7)}" in shown.text
    for odd in ("9999-12-31", "0001-01-01", "x", ""):
        assert (await (await visit("manager")).get(f"/roster?week={odd}")).status_code == 200


async def test_what_kind_of_leave_it_is_stays_between_the_person_and_the_keeper(world: World, visit) -> None:
    who = await _who(world, "dispatcher", "social_worker")
    await roster_actions.ask_leave(world["dispatcher"], who, leave(today(), 2, "sick"), now(), keeper=True)
    path = f"/roster/{who.id}"
    assert "Sick leave" in (await (await visit("dispatcher")).get(path)).text
    officer = await (await visit("officer")).get(path)
    assert officer.status_code == 200 and "Sick leave" not in officer.text and "leave" in officer.text
    assert "Sick leave" in (await (await visit("worker")).get("/my-times")).text


async def test_a_volunteer_enters_own_times_without_script(world: World, visit) -> None:
    volunteer = await visit("volunteer")
    answer = await volunteer.post("/my-times/days", {"day": str(MONDAY), "there": "no"})
    assert answer.headers["location"] == "/my-times"
    bad = {"first": str(MONDAY + timedelta(days=3)), "last": str(MONDAY), "kind": "annual"}
    answer = await volunteer.post("/my-times/leaves", bad)
    assert answer.status_code == 422 and "The last day lies before the first." in answer.text
    answer = await volunteer.post("/my-times/leaves", {**bad, "last": str(MONDAY + timedelta(days=4))})
    assert answer.status_code == 303
    page = (await volunteer.get("/my-times")).text
    assert "Approved" in page and "not there" in page


async def test_the_times_of_five_thousand_carers_are_read_in_three_queries(world: World) -> None:
    rows = await Carer.raw(
        "INSERT INTO carer SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'number',"
        " 'x' || n))).* FROM carer c, generate_series(1, 5000) n WHERE c.id = {} RETURNING id",
        world.carers["cleaner"],
    )
    carers = [row["id"] for row in rows]
    await Availability.raw(
        "INSERT INTO availability (id, carer, weekday, start_minute, end_minute) SELECT gen_random_uuid(), c, d, 480,"
        " 1020 FROM unnest({}::uuid[]) c, generate_series(0, 4) d",
        carers,
    )
    begun = perf_counter()
    found = await windows_for(carers, MONDAY)
    assert len(found) == 5000 and len(found[carers[7]].windows) == 5
    assert perf_counter() - begun < 5
