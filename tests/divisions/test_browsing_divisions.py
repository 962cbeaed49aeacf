"""Divisions: browsing inside one's scope, and the points that stand in for missing coordinates."""

import pytest

from bangfu.divisions import queries
from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from tests.support import FOREIGN_VILLAGE, HOME, TOWN, VILLAGE, World


async def test_browsing_starts_at_ones_own_scope_and_goes_down(visit, world: World) -> None:
    browser = await visit("coordinator")
    start = await browser.get("/divisions")
    assert start.headers["location"] == f"/divisions/{TOWN}000"
    town = await browser.get(start.headers["location"])
    assert "柳树村" in town.text
    assert "桃园村" in town.text
    assert "石桥村" not in town.text, "it lies in another township"
    village = await browser.get(f"/divisions/{VILLAGE}")
    assert "lowest level" in village.text


@pytest.mark.parametrize("code", [f"{TOWN[:6]}000000", FOREIGN_VILLAGE, "000000000000", "x"])
async def test_what_lies_outside_ones_scope_does_not_exist(visit, world: World, code: str) -> None:
    browser = await visit("coordinator")
    assert (await browser.get(f"/divisions/{code}")).status_code == 404


async def test_volunteers_and_providers_do_not_browse(visit, world: World) -> None:
    for name in ("volunteer", "manager", "admin"):
        assert (await (await visit(name)).get("/divisions")).status_code == 404


async def test_villages_are_grouped_by_township_inside_the_scope(world: World) -> None:
    assert await queries.villages_for(world["coordinator"]) == [
        ("河东街道", [("990101001201", "柳树村"), ("990101001202", "桃园村")])
    ]
    assert [group for group, _ in await queries.villages_for(world["bureau"])] == ["河东街道", "河西街道"]
    assert await queries.villages_for(world["admin"]) == []
    assert ("990101001", "河东街道") in await queries.areas_for(world["bureau"])


async def test_a_village_without_a_point_is_placed_at_its_township(world: World) -> None:
    assert await queries.nearest_point(VILLAGE) == HOME
    await Division.update({Division.lat: None, Division.lon: None}).where(Division.code == VILLAGE)
    await Division.update({Division.lat: 31.5, Division.lon: 119.5}).where(Division.code == f"{TOWN}000")
    assert await queries.nearest_point(VILLAGE) == (31.5, 119.5)


async def test_a_division_of_another_county_is_not_handed_out(world: World) -> None:
    with pytest.raises(NotYours):
        await queries.division_for(world["officer"], FOREIGN_VILLAGE)
    with pytest.raises(NotYours):
        await queries.top_of(world["admin"])
