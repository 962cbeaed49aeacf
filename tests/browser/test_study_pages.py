"""Re-plans and shortages in a browser: drawings beside tables, no fault, nothing wider than a small phone."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from bangfu.planning import hooks, replanning, studies
from bangfu.planning.deciding import approve
from bangfu.planning.publishing import publish
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now
from tests.browser.conftest import PHONE, Portal, faults_of
from tests.planning.making import TOWN_CODE, finished_run, make_need, proposals_of
from tests.planning.study_making import work_on_study
from tests.support import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def furnish(world: World) -> Any:
    """A published run whose carers are nearly full, with both questions to it answered."""
    hooks.register()
    await Carer.update(minutes_per_week=260).where(Carer.active.eq(True))
    for priority in ("urgent", "key", "edge", "general") * 6:
        await make_need(world, priority=priority)
    run = await finished_run(world)
    served = [p for p in await proposals_of(run) if p["carer"]]
    await approve(world["dispatcher"], run, [p["id"] for p in served], now())
    await publish(world["dispatcher"], run, now())
    await studies.start_shortage(world["dispatcher"], run, TOWN_CODE, now())
    await work_on_study()
    # Others make room for an urgent need; who serves nothing but the least pressing leaves them to nobody.
    ill = next(p["carer"] for p in served if p["priority"] == "urgent")
    event = {"code": "carer_ill", "carer": str(ill)}
    study = await replanning.ask(world["dispatcher"], uuid4(), [event], now(), fixed="none", keep_served=False)
    await work_on_study()
    return str(run), str(study)


async def _fits(page: Page) -> None:
    assert await faults_of(page) == []
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways at {width} px"
    await page.set_viewport_size(PHONE)
    assert await faults_of(page, without=("color-contrast",)) == []


async def test_where_it_is_short(portal: Portal) -> None:
    run, _ = portal.made
    page = await portal.person("dispatcher")
    await page.goto(f"/match/{run}/shortage")
    await expect(page.locator(".drawing svg circle").first).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Solved again")
    await _fits(page)
    await page.context.close()


async def test_the_curve_and_the_choice_of_a_point(portal: Portal) -> None:
    _, study = portal.made
    page = await portal.person("dispatcher")
    await page.goto(f"/match/replans/{study}")
    await expect(page.locator(".drawing polyline.first")).to_be_attached()
    await _fits(page)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.locator(".drawing svg a").first.click()
    await expect(page).to_have_url(f"{portal.url}/match/replans/{study}?point=0#point")
    await page.goto("/match/replans/new?event=line_shrinks")
    await _fits(page)
    await page.goto("/match/replans")
    await _fits(page)
    await page.goto(f"/match/replans/{study}")
    async with page.expect_navigation():
        await page.locator('form[action$="/choose"] button').click()
    await expect(page.locator("main")).to_contain_text("Replaces")
    assert await faults_of(page) == []
    await page.context.close()
