"""Where a run is short: asked once, answered by the worker, shown by service and town without any household."""

import asyncio
from uuid import UUID

import pytest

from bangfu.accounts.tables import User
from bangfu.planning import child, drawing, shortage, studies, study_running
from bangfu.planning.tables import MatchRun, PlanStudy
from bangfu.providers.tables import Carer
from bangfu.shared import jobs
from bangfu.shared.clock import now
from tests.planning.making import TOWN_CODE, finished_run, make_need
from tests.planning.study_making import answer_here, work_on_study
from tests.support import World

pytestmark = pytest.mark.database


async def short_run(world: World) -> UUID:
    """Many needs for few hours: some are served, some not."""
    await Carer.update(minutes_per_week=120).where(Carer.active.eq(True))
    for _ in range(12):
        await make_need(world)
    return await finished_run(world)


async def test_the_answer_counts_who_waits_by_service_and_town_and_prices_an_hour(visit, world: World) -> None:
    run = await short_run(world)
    browser = await visit("dispatcher")
    asked = await browser.get(f"/match/{run}/shortage")
    assert "Nobody has asked yet" in asked.text
    assert (await browser.post(f"/match/{run}/shortage")).status_code == 303
    assert "study-progress" in (await browser.get(f"/match/{run}/shortage")).text
    await work_on_study()
    study = await studies.shortage_of(run)
    assert study is not None and study.status == "done"
    (service,), (town,) = study.answer["services"], study.answer["towns"]
    assert service["needs"] == town["needs"] == 12
    assert 0 < service["unserved"] == town["unserved"] < 12
    assert service["unserved_cost"] == 40_000 * service["unserved"]
    assert service["hour"] > 0
    best = study.answer["carers"][0]
    assert best["worth"] > 0 and best["checked"]["worth"] >= 0
    page = (await browser.get(f"/match/{run}/shortage")).text
    assert "Solved again" in page and "河东街道" in page and "<circle" in page
    assert "王小明" not in page and "王**" not in page and "style=" not in page
    assert f"{service['unserved']} of 12" in page
    narrowed = (await browser.get(f"/match/{run}/shortage?service=visit_check")).text
    assert f"{service['unserved']} of 12" in narrowed
    assert (await browser.get(f"/match/{run}/shortage?service=nothing")).status_code == 200


async def test_asking_twice_asks_once_and_a_failed_one_may_be_asked_again(world: World) -> None:
    run = await short_run(world)
    first = await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    assert await studies.start_shortage(world["bureau"], run, TOWN_CODE, now()) == first

    async def broken(problem: str, seconds: float, seed: int, beat: child.Beat) -> dict[str, object]:
        raise child.SolverFailed("out of memory")

    claim = await jobs.claim(["plan_study"])
    assert claim is not None
    await study_running.study(claim, asyncio.Event(), broken)
    failed = await studies.shortage_of(run)
    assert failed is not None and (failed.status, failed.error) == ("failed", "out of memory")
    second = await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    assert second != first
    assert await work_on_study() == second


async def test_the_childs_process_gives_the_same_answer(world: World) -> None:
    run = await short_run(world)
    await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    claim = await jobs.claim(["plan_study"])
    assert claim is not None
    await study_running.study(claim, asyncio.Event())
    told = await studies.shortage_of(run)
    assert told is not None and told.status == "done", told and told.error
    await PlanStudy.raw("UPDATE plan_study SET status = 'failed' WHERE id = {}", told.id)
    await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    claim = await jobs.claim(["plan_study"])
    assert claim is not None
    await study_running.study(claim, asyncio.Event(), answer_here)
    again = await studies.shortage_of(run)
    assert again is not None and again.answer == told.answer


async def test_a_worker_that_stops_gives_the_question_back(world: World) -> None:
    run = await short_run(world)
    study = await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    claim, stop = await jobs.claim(["plan_study"]), asyncio.Event()
    assert claim is not None
    stop.set()

    async def stopped(problem: str, seconds: float, seed: int, beat: child.Beat) -> dict[str, object]:
        assert not await beat(50, "search")
        raise child.Stopped

    await study_running.study(claim, stop, stopped)
    assert await work_on_study() == study


async def test_others_find_nothing(visit, world: World) -> None:
    run = await short_run(world)
    for who in ("outsider", "manager", "volunteer"):
        browser = await visit(who)
        assert (await browser.get(f"/match/{run}/shortage")).status_code == 404
        assert (await browser.post(f"/match/{run}/shortage")).status_code in {403, 404}
    assert await studies.shortage_of(run) is None


async def test_the_page_speaks_chinese(visit, world: World) -> None:
    run = await short_run(world)
    await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    await work_on_study()
    await User.update({User.lang: "zh"}).where(User.username == "dispatcher")
    page = (await (await visit("dispatcher")).get(f"/match/{run}/shortage")).text
    for said in ("短缺分析", "按影子价", "重新求解", "人员多一小时"):
        assert said in page, said


async def test_the_latest_run_of_an_area_speaks_for_a_service(world: World) -> None:
    assert await shortage.latest_of_area(world["bureau"], "990101000000") is None
    run = await short_run(world)
    assert await shortage.latest_of_area(world["bureau"], "990101000000") == (run, None)
    await studies.start_shortage(world["bureau"], run, TOWN_CODE, now())
    await work_on_study()
    found = await shortage.latest_of_area(world["bureau"], "990101000000")
    assert found is not None and found[1] is not None
    told = shortage.of_service(found[1].answer, "visit_check")
    assert told is not None and told["unserved"] > 0
    assert shortage.of_service(found[1].answer, "daily_care") is None


async def test_a_run_over_the_whole_city_speaks_for_its_county_to_who_may_read_it(world: World) -> None:
    run = await short_run(world)
    await MatchRun.update({MatchRun.division: "990100000000"}).where(MatchRun.id == run)
    assert await shortage.latest_of_area(world["city_bureau"], "990101000000") == (run, None)
    assert await shortage.latest_of_area(world["bureau"], "990101000000") is None, "a county reads no run of the city"
    assert await shortage.latest_of_area(world["city_bureau"], "990201000000") is None, "another city"


def test_towns_stand_where_they_lie_and_grow_with_what_is_missing() -> None:
    west, east = drawing.towns([(31.0, 120.0), (31.1, 120.4)], [0, 9])
    assert west.x < east.x
    assert west.y > east.y, "north is up"
    assert (west.r, east.r) == (drawing.LEAST_RADIUS, drawing.MOST_RADIUS)
    assert drawing.towns([], []) == []
    (alone,) = drawing.towns([(31.0, 120.0)], [0])
    assert (alone.x, alone.y) == (drawing.WIDTH / 2, drawing.HEIGHT / 2)


def test_names_on_the_drawing_never_cover_each_other_and_the_largest_town_keeps_its_own() -> None:
    crowded = [drawing.Mark(200, 100, 6), drawing.Mark(205, 96, 20), drawing.Mark(400, 100, 6), drawing.Mark(2, 50, 6)]
    shown = drawing.named(crowded, ["金城镇", "朱林镇", "社渚镇", "天目湖镇"])
    assert shown == [False, True, True, False], "under the largest's name, and over the edge, there is no room"
    assert drawing.named([drawing.Mark(200, 60, 6), crowded[1]], ["金城镇", "朱林镇"]) == [True, True]
