"""A volunteer takes an open task, serves it and is thanked: verified, confirmed, certified, checked by anybody."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bangfu.shared.clock import now
from tests.browser.conftest import PHONE, Portal, faults_of
from tests.browser.test_door_offline import fill_record, press
from tests.support import HOME, World
from tests.volunteers import volunteer_steps as steps

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def furnish(world: World) -> str:
    """A task that is open for tomorrow, near an experienced volunteer."""
    await steps.experienced(world, "volunteer")
    return str(await steps.opened(world, 1))


async def test_from_the_open_task_to_the_certificate_that_anybody_checks(portal: Portal) -> None:
    visit = await _takes(portal)
    await _serves(portal, visit)
    await _is_verified(portal, visit)
    await _is_confirmed(portal)
    number = await _is_certified(portal)
    await _is_checked(portal, number)


async def _send(page: Page, button: str) -> None:
    async with page.expect_navigation():
        await page.click(button)


async def _row(portal: Portal, query: str, *values: object) -> Any:
    return (await portal.asked(query, *values))[0]


async def _takes(portal: Portal) -> str:
    page = await portal.person("volunteer", phone=True)
    await page.goto("/open-tasks")
    await _send(page, f'main .task-actions a[href="/open-tasks/{portal.made}"]')
    await expect(page.locator("main")).not_to_contain_text("组17号")
    assert await faults_of(page) == []
    await _send(page, f'form[action="/open-tasks/{portal.made}/take"] button')
    await expect(page.locator("main")).to_contain_text("I cannot come")
    await page.context.close()
    return str((await _row(portal, "SELECT visit FROM open_slot WHERE task = $1::uuid", portal.made))["visit"])


async def _serves(portal: Portal, visit: str) -> None:
    """The planned day has come: checked in at the home, forty minutes, a record."""
    await portal.asked(
        "UPDATE visit SET planned_start = $2::timestamptz, planned_end = $2::timestamptz + interval '30 minutes',"
        " window_start = $2::timestamptz, window_end = $2::timestamptz, due_from = $2::timestamptz - interval"
        " '12 hours', due_until = $2::timestamptz + interval '12 hours' WHERE id = $1::uuid",
        visit, now() - timedelta(minutes=2),
    )  # fmt: skip
    page = await portal.person("volunteer", phone=True)
    await page.context.grant_permissions(["geolocation"], origin=portal.url)
    await page.context.set_geolocation({"latitude": HOME[0] + 0.0003, "longitude": HOME[1], "accuracy": 12})
    await page.goto(f"/my-visits/{visit}")
    async with page.expect_navigation():
        await press(page, "arrive")
    await portal.asked(
        "UPDATE visit SET started_at = started_at - interval '40 minutes', planned_start = planned_start"
        " - interval '40 minutes', planned_end = planned_end - interval '30 minutes' WHERE id = $1::uuid",
        visit,
    )  # fmt: skip
    await fill_record(page)
    async with page.expect_navigation():
        await press(page, "finish")
    await page.goto("/my-hours")
    await expect(page.locator("main")).to_contain_text("Recorded")
    await page.context.close()


async def _is_verified(portal: Portal, visit: str) -> None:
    page = await portal.person("officer")
    await page.goto(f"/visits/{visit}")
    form = f'form[action="/visits/{visit}/verify"]'
    for reason in await page.locator(f"{form} select").all():
        await reason.select_option(index=1)
    await _send(page, f"{form} button")
    await page.context.close()
    found = await _row(portal, "SELECT status FROM visit WHERE id = $1::uuid", visit)
    assert found["status"] == "verified"


async def _is_confirmed(portal: Portal) -> None:
    page = await portal.person("dispatcher")
    await page.goto("/volunteer-hours")
    await _send(page, "main table tbody a[href^='/volunteer-hours/'] >> nth=0")
    await _send(page, "main form[action$='/confirm'] button")
    await expect(page.locator("main")).to_contain_text("Confirmed")
    await page.context.close()


async def _is_certified(portal: Portal) -> str:
    page = await portal.person("dispatcher")
    await page.goto(f"/volunteers/{portal.world.carers['volunteer']}")
    await page.click("details:has(form[action$='/certificates']) summary")
    await page.fill("input[name=responsible]", "测试负责人")
    await _send(page, "form[action$='/certificates'] button[type=submit]")
    assert await faults_of(page) == []
    await page.context.close()
    return str((await _row(portal, "SELECT number FROM volunteer_certificate"))["number"])


async def _is_checked(portal: Portal, number: str) -> None:
    context = await portal.chromium.new_context(viewport=PHONE, base_url=portal.url, is_mobile=True)
    page = await context.new_page()
    await page.goto(f"/verify-certificate?number={number}")
    for name, shown in (("别人", False), ("员volunteer", True)):
        await page.fill("input[name=name]", name)
        await _send(page, "form[action='/verify-certificate'] button[type=submit]")
        assert ("0.7" in await page.locator("main").inner_text()) == shown
    await context.close()
