"""From a need that nobody serves to a what-if run beside its parent: in place by script, as pages without."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Portal, faults_of
from tests.planning.making import finished_run, make_household, make_need, proposals_of
from tests.support import HOME, World, make_carer

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def furnish(world: World) -> Any:
    """A run with two lawyers: the near one is full, a farther one goes 3 km at most; somebody is left out."""
    await make_carer("near", "social_worker", None, codes=("L",), minutes_per_week=100, max_km=8.0)
    world.carers["far"] = await make_carer("far", "social_worker", None, codes=("L",), lat=HOME[0] + 0.045, max_km=3.0)
    await make_need(world, qualifications=[["L"]], priority="urgent")
    await make_need(world, qualifications=[["L"]], priority="general")
    await make_need(world, qualifications=[["L"]], household=await make_household(lat=HOME[0] + 0.045))
    await make_need(world)
    run = await finished_run(world)
    far = str(world.carers["far"])
    rows = {str(p["carer"] or ""): str(p["id"]) for p in await proposals_of(run)}
    return str(run), rows[far], rows[""]


async def _fits(page: Page) -> None:
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways at {width} px"
    await page.set_viewport_size(PHONE)
    assert await faults_of(page, without=("color-contrast",)) == []


async def test_from_the_row_to_the_what_if_beside_its_parent(portal: Portal) -> None:
    run, _, left = portal.made
    page = await portal.person("dispatcher")
    await page.goto(f"/match/{run}?show=unserved")
    await page.click(f"#open-{left}")
    await page.click(f"#why-{left} a")
    panel = page.locator(f"#why-{left} .whole-plan")
    await expect(panel).to_contain_text("checked by solving again")
    assert await faults_of(page) == []
    async with page.expect_navigation():
        await panel.locator('button:has-text("what-if")').first.click()
    await expect(page.locator("main")).to_contain_text("a calculation only")
    await expect(page.locator("#changes")).to_be_visible(timeout=60000)
    await expect(page.locator("main")).to_contain_text("The need would be served by")
    assert await page.locator('a[href$="/publish"]').count() == 0
    assert await faults_of(page) == []
    await _fits(page)
    await page.goto("/match")
    await expect(page.locator("main table")).to_contain_text("What-if")
    assert await faults_of(page) == []
    await page.context.close()


async def test_why_a_carer_reads_without_scripts_on_a_phone(portal: Portal) -> None:
    run, served, _ = portal.made
    page = await portal.person("dispatcher", phone=True, scripts=False, lang="zh")
    await page.goto(f"/match/{run}/proposals/{served}")
    await page.click(f"#why-{served} a")
    await expect(page.locator("main h1")).to_contain_text("为什么")
    await expect(page.locator(".whole-plan")).to_contain_text("换成其他人员")
    await page.set_viewport_size({"width": 320, "height": 700})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.context.close()


async def test_two_runs_are_chosen_and_compared(portal: Portal) -> None:
    run, _, _ = portal.made
    page = await portal.person("dispatcher", lang="zh")
    await page.goto("/match/compare")
    assert await faults_of(page) == []
    await page.select_option('select[name="a"]', run)
    await page.select_option('select[name="b"]', run)
    async with page.expect_navigation():
        await page.click("main form button")
    await expect(page.locator("main")).to_contain_text("两次匹配中每项需求的人员都相同")
    assert await faults_of(page) == []
    await _fits(page)
    await page.context.close()
