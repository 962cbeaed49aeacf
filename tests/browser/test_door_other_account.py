"""A phone that two people share: what one of them keeps for a day without a line is nothing to the other."""

import re

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Portal
from tests.browser.test_door_offline import carer, furnish, press, until
from tests.support import PASSWORD

__all__ = ["furnish"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def sign_in(page: Page, name: str) -> None:
    """On the same phone, after the session of the one before ran out (nobody signed out, nothing was wiped)."""
    await page.context.clear_cookies(path="/")
    await page.goto("/signin")
    await page.fill('input[name="username"]', name)
    await page.fill('input[name="password"]', PASSWORD)
    await page.click('main button[type="submit"]')
    await page.wait_for_url(lambda address: "/signin" not in address)


async def test_the_next_account_on_a_phone_never_sees_the_homes_that_the_one_before_kept(portal: Portal) -> None:
    page, path = await carer(portal), f"/my-visits/{portal.made[0]}"
    await page.context.set_offline(True)
    await page.goto(path)
    assert await page.locator('form[data-offline="arrive"]').count() == 1
    await page.context.set_offline(False)
    await sign_in(page, "worker")
    await page.goto("/my-visits")
    await until(page, "document.getElementById('door-drafts').getAttribute('data-day') === 'kept'")
    await page.context.set_offline(True)
    await page.goto(path)
    assert await page.locator('form[data-offline="arrive"]').count() == 0
    await page.context.close()


async def number_of(page: Page) -> str:
    """The random number of this browser."""
    found = re.search(r"bangfu-device=([0-9a-f-]{36})", await page.evaluate("document.cookie"))
    assert found is not None
    return found[1]


async def test_a_phone_stays_one_phone_whoever_signs_out_of_it(portal: Portal) -> None:
    page = await carer(portal)
    await page.goto(f"/my-visits/{portal.made[1]}")
    async with page.expect_navigation():
        await press(page, "arrive")
    first = await number_of(page)
    await page.evaluate("document.querySelector('form[action=\"/signout\"]').requestSubmit()")
    await page.wait_for_url("**/signin**")
    await sign_in(page, "worker")
    await page.goto("/my-visits")
    assert await number_of(page) == first
    await page.context.close()
