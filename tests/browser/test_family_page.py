"""The household's page in a browser: without script, on a small phone, with twice the type, without a fault."""

import pytest
from playwright.async_api import Page, expect

from bangfu.visits.tables import Visit
from tests.browser.conftest import Portal, faults_of
from tests.family import family_steps as steps
from tests.support import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
SMALL = {"width": 320, "height": 700}


async def furnish(world: World) -> tuple[str, str]:
    """A home with a visit to come and one that took place."""
    past = await steps.done(world)
    coming = await steps.coming(world)
    await Visit.update(household=coming.household).where(Visit.id == past.id)
    card = await steps.printed(world, coming.household)
    return card.code, card.pin


async def _fits(page: Page) -> None:
    await page.wait_for_load_state()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    low = "els => els.filter(e => e.getBoundingClientRect().height < 48).map(e => e.outerHTML.slice(0, 80))"
    assert await page.eval_on_selector_all(".family .btn, .family .tel", low) == []


async def test_without_script_on_a_small_phone(portal: Portal) -> None:
    code, pin = portal.made
    context = await portal.chromium.new_context(viewport=SMALL, java_script_enabled=False, base_url=portal.url)
    page = await context.new_page()
    page.set_default_timeout(15000)
    await page.goto(f"/home#{code}")
    await page.fill('input[name="code"]', code)
    await page.fill('input[name="pin"]', pin)
    await page.click('main button[type="submit"]')
    await expect(page.locator("h1")).to_have_text("上门安排")
    assert code not in page.url
    await _fits(page)
    await page.click('button[value="away"]')
    await expect(page.locator("main")).to_contain_text("您已答复")
    await page.click('a[href^="/home/change"]')
    await _fits(page)
    await page.click('main button[type="submit"]')
    await expect(page.locator("h1")).to_have_text("社工站已收到")
    await page.goto("/home")
    await page.click('a[href^="/home/stars"]')
    await _fits(page)
    await page.check('input[name="stars"][value="5"]')
    await page.click('main button[type="submit"]')
    await expect(page.locator("#last")).to_contain_text("您已打分")
    await page.click('a[href="/home/complain"]')
    await _fits(page)
    await page.click('form[action="/home/out"] button')
    await expect(page.locator("main")).to_contain_text("已退出")
    await context.close()


async def test_the_code_of_the_qr_leaves_the_address_and_no_page_has_a_fault(portal: Portal) -> None:
    code, pin = portal.made
    context = await portal.chromium.new_context(viewport=SMALL, base_url=portal.url)
    page = await context.new_page()
    page.set_default_timeout(15000)
    await page.goto(f"/home#{code}")
    await expect(page.locator('input[name="code"]')).to_have_value(code)
    assert code not in page.url
    assert await faults_of(page) == []
    await page.fill('input[name="pin"]', pin)
    await page.click('main button[type="submit"]')
    await expect(page.locator("h1")).to_have_text("上门安排")
    change = await page.get_attribute('a[href^="/home/change"]', "href")
    for path in ("/home", "/home/complain", "/home/kept", change or ""):
        await page.goto(path)
        assert await faults_of(page) == [], path
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
    await context.close()
