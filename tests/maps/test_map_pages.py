"""The map: everything that it draws stands in a list; nobody is shown nearer than a kilometre."""

import dataclasses
import json
from datetime import datetime, time, timedelta

import pytest

from bangfu.accounts.tables import User
from bangfu.maps import queries
from bangfu.needs.tables import Need
from bangfu.providers.tables import Carer
from bangfu.shared.clock import SHANGHAI, today
from bangfu.visits.tables import Visit
from tests.planning.making import make_need
from tests.support import FOREIGN_VILLAGE, HOME, TOWN, World
from tests.visits.visit_steps import planned

pytestmark = pytest.mark.database
BOX = "118,30,122,33"


async def marks(browser, layer: str = "waiting", zoom: int = 12, **more: str) -> list[list[float]]:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    answer = await browser.get(f"/map/points.json?layer={layer}&zoom={zoom}&box={BOX}{extra}")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)["marks"]


async def test_the_list_has_the_numbers_of_the_map_and_each_opens_its_needs(visit, world: World) -> None:
    for _ in range(3):
        await make_need(world)
    await make_need(world, priority="urgent")
    await make_need(world, status="in_service")
    await make_need(world, division=FOREIGN_VILLAGE)
    browser = await visit("bureau")
    page = (await browser.get("/map")).text
    assert f'href="/needs?status=waiting&amp;division={TOWN}&amp;service="' in page
    (town,) = [place for place in await queries.places("990101", "") if place.code == TOWN]
    assert (town.waiting, town.urgent, town.served) == (4, 1, 1)
    listed = (await browser.get(f"/needs?status=waiting&division={TOWN}")).text
    rows = await Need.raw(
        "SELECT number FROM need WHERE division LIKE {} AND status IN ('confirmed', 'matching')", f"{TOWN}%"
    )
    assert len(rows) == town.waiting and all(row["number"] in listed for row in rows)
    assert sum(mark[2] for mark in await marks(browser)) == town.waiting
    assert sum(mark[3] for mark in await marks(browser)) == town.urgent
    assert sum(mark[2] for mark in await marks(browser, "served")) == 1
    assert sum(mark[2] for mark in await marks(browser, service="tutoring")) == 0


async def test_points_are_gathered_and_never_nearer_than_a_square(visit, world: World) -> None:
    await make_need(world)
    (mark,) = await marks(await visit("bureau"), zoom=18)
    assert mark[:2] != [HOME[0], HOME[1]]
    assert abs(mark[0] - HOME[0]) <= 0.005 + 1e-9 and abs(mark[1] - HOME[1]) <= 0.005 + 1e-9
    near = await Need.raw("SELECT household FROM need LIMIT 1")
    await Need.raw("UPDATE household SET lat = lat + 0.002 WHERE id = {}", near[0]["household"])
    await make_need(world)
    assert sum(mark[2] for mark in await marks(await visit("bureau"), zoom=5)) == 2
    assert len(await marks(await visit("bureau"), zoom=5)) == 1


async def test_the_village_list_of_a_town_and_the_way_back_up(visit, world: World) -> None:
    await make_need(world)
    browser = await visit("bureau")
    page = (await browser.get(f"/map?area={TOWN}")).text
    assert "柳树村" in page and 'href="/map?area=990101&' in page
    assert "Show the larger area" not in (await browser.get("/map?area=990101")).text


async def test_a_carers_reach_and_day_stand_in_the_list_too(visit, world: World) -> None:
    carer, start = world.carers["nurse"], datetime.combine(today(), time(10), SHANGHAI)
    made = [await planned(world, "nurse", start + timedelta(hours=hours), minutes=60) for hours in (0, 3, 5)]
    await Visit.update({Visit.status: "cancelled"}).where(Visit.id == made[2].id)
    browser = await visit("bureau")
    page = (await browser.get(f"/map?carer={carer}&day={start.date().isoformat()}")).text
    name = (await Carer.objects().get(Carer.id == carer)).name
    assert name in page and "10:00–11:00" in page and "13:00–14:00" in page and "15:00" not in page
    assert "欧***" in page and "秀英" not in page and "17号" not in page
    assert '"way": [{' in page.replace("&#34;", '"')
    other = (await browser.get(f"/map?carer={carer}&day={start.date() + timedelta(days=1)}")).text
    assert "10:00–11:00" not in other


async def test_areas_of_others_are_not_there(visit, world: World) -> None:
    await make_need(world, division=FOREIGN_VILLAGE)
    officer = await visit("officer")
    for path in ("/map?area=990102", "/map?area=9901", f"/map/points.json?area=990102&layer=waiting&zoom=9&box={BOX}",
                 "/map/towns.json?area=990102"):  # fmt: skip
        assert (await officer.get(path)).status_code == 404, path
    assert await marks(officer) == []
    for who in ("manager", "volunteer", "coordinator"):
        assert (await (await visit(who)).get("/map")).status_code == 404


@pytest.mark.parametrize("query", ["box=1&layer=waiting&zoom=9", f"layer=secrets&zoom=9&box={BOX}",
                                   f"layer=waiting&zoom=x&box={BOX}", f"layer=waiting&zoom=9&box={BOX},7"])  # fmt: skip
async def test_odd_windows_are_refused(visit, world: World, query: str) -> None:
    assert (await (await visit("bureau")).get(f"/map/points.json?{query}")).status_code == 400
    for odd in ("area=99%27", "layer=x&service=%3Cb%3E&carer=1&day=32", "area="):
        assert (await (await visit("bureau")).get(f"/map?{odd}")).status_code in {200, 404}


async def test_the_operators_outlines_are_shaded_by_what_waits(visit, world: World, tmp_path) -> None:
    await make_need(world)
    browser = await visit("bureau")
    assert "data-towns" not in (await browser.get("/map")).text
    ring = [[[119.9, 31.7], [120.0, 31.7], [120.0, 31.8], [119.9, 31.7]]]
    file = tmp_path / "towns.json"
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": ring}}
        for code in (TOWN, "990102001")
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    state = browser.app.state if hasattr(browser, "app") else None
    state = state or browser._transport.app.state
    before = state.settings
    state.settings = dataclasses.replace(before, boundaries=file)
    try:
        assert "data-towns" in (await browser.get("/map")).text
        found = json.loads((await browser.get("/map/towns.json")).text)
    finally:
        state.settings = before
    (drawn,) = found["features"]
    assert drawn["properties"] == {"code": TOWN, "name": "河东街道", "step": 5}
    assert drawn["geometry"]["coordinates"] == [ring]


async def test_the_page_speaks_chinese(visit, world: World) -> None:
    await User.update({User.lang: "zh"}).where(User.username == "bureau")
    page = (await (await visit("bureau")).get("/map")).text
    for said in ("地图", "未满足的需求", "服务半径", "直线距离"):
        assert said in page, said


async def test_a_need_without_a_place_is_said_and_the_window_names_no_home(visit, world: World) -> None:
    await make_need(world)
    browser = await visit("bureau")
    assert "no place on the map" not in (await browser.get("/map")).text
    found = await queries.extent("990101", "waiting", "")
    (south, west), (north, east) = found.corners
    assert all(abs(value * 100 - round(value * 100)) < 1e-6 for value in (south, west, north, east)), "whole squares"
    assert south <= HOME[0] <= north and west <= HOME[1] <= east and found.unplaced == 0
    await Need.raw("UPDATE household SET lat = NULL, lon = NULL")
    assert (await queries.extent("990101", "waiting", "")) == queries.Extent((), 1)
    assert "1 need has no place on the map yet" in (await browser.get("/map")).text
    assert await queries.extent("990101", "carers", "") == queries.Extent((), 0)
