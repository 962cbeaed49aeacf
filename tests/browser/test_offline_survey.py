"""A village aide fills in the survey without a line; the reports arrive when there is one, once."""

import asyncio

import pytest
from playwright.async_api import Dialog, Page, expect

from tests.browser.conftest import Portal, faults_of
from tests.support import PASSWORD, VILLAGE

pytestmark = pytest.mark.asyncio(loop_scope="module")

_STORED = """() => new Promise(done => { const r = indexedDB.open('bangfu-drafts'); r.onsuccess = () => {
  const t = r.result.transaction(['drafts', 'keys']); const d = t.objectStore('drafts').getAll();
  const k = t.objectStore('keys').getAll(); t.oncomplete = () => done({
    drafts: d.result.length, extractable: k.result.map(key => key.extractable),
    text: d.result.map(x => new TextDecoder('latin1').decode(x.sealed) + JSON.stringify(x)).join() }); } })"""


async def until(page: Page, expression: str) -> None:
    """Ask again until it is true; the page's content policy forbids the browser to poll by itself."""
    for _ in range(100):
        if await page.evaluate(expression):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(expression)


async def kept(page: Page) -> None:
    """The keeper has the page."""
    await page.goto("/field")
    await until(page, "navigator.serviceWorker.controller !== null")
    await until(page, "caches.match('/field').then(found => !!found)")


async def fill(page: Page, name: str) -> None:
    await page.select_option("#f-division", VILLAGE)
    await page.fill('input[name="name"]', name)
    await page.check('input[name="need_kinds"][value="care"]')
    await page.click('#field-form button[type="submit"]')


async def test_reports_that_were_filed_without_a_line_arrive_later_and_once(portal: Portal) -> None:
    page = await portal.person("coordinator", phone=True)
    await kept(page)
    await page.context.set_offline(True)
    await page.reload()
    for name in ("测离线甲", "测离线乙"):
        await fill(page, name)
        await expect(page.locator('input[name="name"]')).to_have_value("")
    await expect(page.locator("#drafts-list li")).to_have_count(2)
    stored = await page.evaluate(_STORED)
    assert stored["extractable"] == [False]
    assert "测离线" not in stored["text"]
    assert "need_kinds" not in stored["text"]
    await page.context.set_offline(False)
    await expect(page.locator("#drafts-list li")).to_have_count(0)
    await page.reload()
    await expect(page.locator("main")).to_contain_text("2 homes, 2 reports")
    assert await faults_of(page) == []
    await page.context.close()


async def test_a_draft_with_a_fault_says_so_and_can_be_corrected(portal: Portal) -> None:
    page = await portal.person("coordinator", phone=True)
    await page.goto("/field")
    await page.select_option("#f-division", VILLAGE)
    await page.fill('input[name="name"]', "测待改")
    await page.click('#field-form button[type="submit"]')
    await expect(page.locator("#drafts-list")).to_contain_text("needs a correction")
    assert await faults_of(page) == []
    await page.click('#drafts-list button:has-text("Correct")')
    await expect(page.locator('input[name="name"]')).to_have_value("测待改")
    await page.check('input[name="need_kinds"][value="medical"]')
    await page.click('#field-form button[type="submit"]')
    await expect(page.locator("#drafts-list li")).to_have_count(0)
    await page.context.close()


async def test_a_session_that_ended_keeps_the_drafts_until_the_same_person_is_back(portal: Portal) -> None:
    page = await portal.person("grid", phone=True)
    await kept(page)
    cookies = [cookie for cookie in await page.context.cookies() if cookie["name"] == "bangfu_csrf"]
    await page.context.clear_cookies()
    await page.context.add_cookies(cookies)
    await fill(page, "测换班")
    await expect(page.locator("#drafts-line")).to_contain_text("Sign in again")
    await sign_in(page, "coordinator")
    await page.goto("/field")
    await expect(page.locator("#drafts-line")).to_contain_text("another account")
    await expect(page.locator("#drafts-list li")).to_have_count(0)
    await page.context.clear_cookies()
    await sign_in(page, "grid")
    await page.goto("/field")
    await expect(page.locator("main")).to_contain_text("Nothing yet.")
    await until(page, _NONE)
    await page.reload()
    await expect(page.locator("main")).to_contain_text("1 homes, 1 reports")
    await page.context.close()


_NONE = """() => new Promise(done => { const r = indexedDB.open('bangfu-drafts'); r.onsuccess = () => {
  const d = r.result.transaction('drafts').objectStore('drafts').getAll();
  d.onsuccess = () => done(!d.result.length) } })"""


async def sign_in(page: Page, name: str) -> None:
    await page.goto("/signin")
    await page.fill('input[name="username"]', name)
    await page.fill('input[name="password"]', PASSWORD)
    await page.click('main button[type="submit"]')
    await page.wait_for_url(lambda address: "/signin" not in address)


async def test_signing_out_takes_drafts_key_and_page_away(portal: Portal) -> None:
    page = await portal.person("volunteer", phone=True)
    await kept(page)
    await page.route("**/field", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    await fill(page, "测退出")
    await expect(page.locator("#drafts-list li")).to_have_count(1)
    asked: list[str] = []

    async def accept(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    page.on("dialog", accept)
    await page.click("details.account-menu summary")
    await page.click('form[action="/signout"] button')
    await page.wait_for_url("**/signin")
    assert len(asked) == 1
    assert "not sent" in asked[0]
    await until(page, "indexedDB.databases().then(all => all.length === 0)")
    await until(page, "caches.keys().then(all => all.length === 0)")
    await page.context.close()
