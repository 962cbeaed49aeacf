"""Two drawn inspectors check a visit on their phones; the provider objects; an officer who did not check decides."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bangfu.oversight.check_tables import SpotCheck
from tests.browser.conftest import PHONE, Portal, faults_of
from tests.oversight import check_steps as steps
from tests.support import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def furnish(world: World) -> Any:
    """A verified visit that was drawn, with two inspectors."""
    check: SpotCheck = await steps.made(world, people=("second_officer", "city_bureau"))
    return str(check.id), [actor.username for actor in await steps.inspectors(world, check)]


async def test_from_the_phone_to_the_objection_and_its_decision(portal: Portal) -> None:
    check, (first, second) = portal.made
    await _reports(portal, check, first)
    await _confirms(portal, check, second)
    await _objects(portal, check)
    await _is_decided(portal, check)


async def _send(page: Page, selector: str) -> None:
    async with page.expect_navigation():
        await page.click(selector)


async def _status(portal: Portal, check: str) -> str:
    return str((await portal.asked("SELECT status FROM spot_check WHERE id = $1::uuid", check))[0]["status"])


async def _reports(portal: Portal, check: str, first: str) -> None:
    """Without scripts, at 320 px: a form with a gap comes back with all that was typed."""
    page = await portal.person(first, phone=True, scripts=False)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto("/my-checks")
    await _send(page, f'main a[href="/my-checks/{check}"] >> nth=0')
    await _send(page, f'form[action="/my-checks/{check}/contact"] button')
    await expect(page.locator("main")).to_contain_text("has been logged")
    form = f'form[action="/my-checks/{check}/result"]'
    await page.check(f'{form} input[name="method"][value="onsite"]')
    for name in await page.eval_on_selector_all(f'{form} input[value="met"]', "found => found.map(one => one.name)"):
        await page.check(f'{form} input[name="{name}"][value="met"]')
    await page.check(f'{form} input[name="result"][value="fail"]')
    await page.select_option(f'{form} select[name="reason"]', "shorter")
    await page.fill(f'{form} textarea[name="said"]', "来去匆匆")
    await _send(page, f'{form} button:has-text("Send the result")')
    await expect(page.locator(".error-summary")).to_contain_text("the provider reads it")
    assert await page.input_value(f'{form} textarea[name="said"]') == "来去匆匆"
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
    await page.fill(f'{form} textarea[name="remarks"]', "只停留了十分钟")
    await page.check(f'{form} input[name="confirmation"][value="refused"]')
    await page.select_option(f'{form} select[name="refused_reason"]', "unwilling")
    await _send(page, f'{form} button:has-text("Send the result")')
    assert await _status(portal, check) == "assigned"
    await page.context.close()


async def _confirms(portal: Portal, check: str, second: str) -> None:
    page = await portal.person(second, phone=True)
    assert page.viewport_size == PHONE
    await page.goto(f"/my-checks/{check}")
    await expect(page.locator("main")).to_contain_text("只停留了十分钟")
    assert await faults_of(page) == []
    await _send(page, f'form[action="/my-checks/{check}/confirm"] button')
    assert await _status(portal, check) == "notified"
    await page.context.close()


async def _objects(portal: Portal, check: str) -> None:
    page = await portal.person("manager")
    await page.goto("/my-results")
    await _send(page, f'main a[href="/my-results/{check}"]')
    await expect(page.locator("main")).not_to_contain_text("来去匆匆")
    await page.fill('textarea[name="appeal_text"]', "老人要求提前结束")
    await _send(page, f'form[action="/my-results/{check}/appeal"] button')
    assert await faults_of(page) == []
    assert await _status(portal, check) == "appealed"
    await page.context.close()


async def _is_decided(portal: Portal, check: str) -> None:
    page = await portal.person("bureau")
    await page.goto(f"/checks/{check}")
    assert await faults_of(page) == []
    form = f'form[action="/checks/{check}/decide"]'
    await page.check(f'{form} input[value="changed"]')
    await page.fill(f'{form} textarea[name="decision_text"]', "签退时间与说明一致")
    await _send(page, f"{form} button")
    await expect(page.locator("main")).to_contain_text("Changed to passed")
    found = await portal.asked(
        "SELECT s.result, v.status FROM spot_check s JOIN visit v ON v.id = s.visit WHERE s.id = $1::uuid", check
    )
    assert (found[0]["result"], found[0]["status"]) == ("pass", "verified")
    await page.context.close()
