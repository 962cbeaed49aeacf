"""Searching people: by name, pinyin, whole number or phone tail; never by a part of an ID, never outside the scope."""

import pytest

from bangfu.households import searching
from bangfu.households.tables import Household
from tests.households.household_support import ID_NUMBER, PHONE, record
from tests.support import World

pytestmark = pytest.mark.database


REMEMBERED = (
    "欧阳", "小明", "阳小", "ouyang", "oyxm", "OUYANGXIAO", ID_NUMBER, PHONE, PHONE[-4:], "138 1234 5678", "HH-000001",
    "hh-000001",
)  # fmt: skip


@pytest.mark.parametrize("query", REMEMBERED)
async def test_a_person_is_found_by_what_people_remember(visit, world: World, query: str) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    assert [hit.household for hit in await searching.search(world["officer"], query)] == [household]
    page = await coordinator.post("/search", {"q": query})
    assert f"/households/{household}" in page.text
    assert "欧阳小明" not in page.text.replace(f'value="{query}"', "")


@pytest.mark.parametrize("query", ["", "明小", ID_NUMBER[:10], ID_NUMBER[6:], "12345", "5679", "%", "_", "zhang"])
async def test_parts_of_an_id_and_wrong_guesses_find_nobody(visit, world: World, query: str) -> None:
    await record(await visit("coordinator"))
    assert await searching.search(world["coordinator"], query) == []


@pytest.mark.parametrize("query", ["欧阳", ID_NUMBER, PHONE[-4:], "HH-000001"])
async def test_the_search_ends_at_the_border_of_ones_area(visit, world: World, query: str) -> None:
    household = await record(await visit("coordinator"))
    outsider = await visit("outsider")
    assert str(household) not in (await outsider.post("/search", {"q": query})).text
    assert await searching.search(world["admin"], query) == []
    assert len(await searching.search(world["bureau"], query)) == 1


async def test_an_id_number_in_the_address_is_not_searched_and_providers_do_not_search(visit, world: World) -> None:
    household = await record(await visit("coordinator"))
    officer = await visit("officer")
    by_url = await officer.get(f"/search?q={ID_NUMBER}")
    assert str(household) not in by_url.text
    assert "in the field above" in by_url.text
    assert str(household) in (await officer.get("/search?q=欧阳")).text
    for name in ("manager", "volunteer", "admin"):
        browser = await visit(name)
        assert (await browser.get("/search")).status_code == 404
        assert (await browser.post("/search", {"q": "欧阳"})).status_code == 403


async def test_the_frames_search_box_posts_so_that_no_address_keeps_a_number(visit, world: World) -> None:
    start = (await (await visit("officer")).get("/")).text
    assert 'action="/search" method="post"' in start
    assert await Household.count() == 0
