"""From a signal to a served need: filed on a phone without a line, confirmed, matched by the next run, accepted."""

import re

import pytest
from playwright.async_api import Page, expect

from bangfu.shared.clock import today
from tests.browser.conftest import Portal
from tests.browser.test_offline_survey import kept
from tests.support import VILLAGE

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
NAME = "甘测试"


async def test_a_report_filed_without_a_line_becomes_a_need_that_the_next_run_serves(portal: Portal) -> None:
    await _the_aide_files_it_without_a_line(portal)
    report = await _the_dispatcher_compares(portal)
    await _the_officer_visits(portal, report)
    need = await _the_station_records_household_and_need(portal, report)
    await _the_officer_confirms(portal, need)
    await _the_next_run_serves_it(portal, need)


async def _the_aide_files_it_without_a_line(portal: Portal) -> None:
    page = await portal.person("coordinator", phone=True)
    await kept(page)
    await page.context.set_offline(True)
    await page.reload()
    await page.select_option("#f-division", VILLAGE)
    await page.fill("input[name=name]", NAME)
    await page.fill("input[name=address]", "柳树村三组2号")
    await page.check('input[name=need_kinds][value="care"]')
    await page.fill("textarea[name=seen]", "独居，行走困难，做不了饭")
    await page.click("#field-form button[type=submit]")
    await expect(page.locator("#drafts-list")).to_contain_text("not sent yet")
    await page.context.set_offline(False)
    await expect(page.locator("#drafts-list li")).to_have_count(0)
    await page.context.close()


async def _the_dispatcher_compares(portal: Portal) -> str:
    page = await portal.person("dispatcher")
    await page.goto("/discovery?step=collected")
    await page.click("main table a >> nth=0")
    await expect(page).to_have_url(re.compile(r"/discovery/[0-9a-f-]{36}"))
    report = page.url.split("?")[0]
    assert NAME not in await page.inner_text("main"), "the name is masked"
    await page.goto(f"{report}/compare")
    await page.check("input[name=household][value=new]")
    await page.click("form[action$='/match'] button[type=submit]")
    await page.context.close()
    return report


async def _the_officer_visits(portal: Portal, report: str) -> None:
    page = await portal.person("officer")
    await page.goto(report)
    form = page.locator("form[action$='/visit']")
    await form.locator("input[name=visited_on]").fill(today().isoformat())
    await form.locator("select[name=met]").select_option("self")
    await form.locator("textarea[name=findings]").fill("独居，不能做饭")
    await form.locator("input[name=result][value=confirmed]").check()
    await form.locator("button[type=submit]").click()
    await expect(page.locator("main")).to_contain_text("Verified")
    await page.context.close()


async def _the_station_records_household_and_need(portal: Portal, report: str) -> str:
    page = await portal.person("coordinator")
    await page.goto(f"{report}/household")
    await page.click('summary:has-text("Without a resident ID")')
    await page.select_option("select[name=id_type]", "none")
    await page.fill("input[name=birth_date]", "1945-03-15")
    await page.check("input[name=sex][value=f]")
    await page.fill("[name=no_document_reason]", "补办中")
    await page.select_option("select[name=division]", VILLAGE)
    await page.select_option("select[name=category]", "tekun")
    await page.check("input[name=ground][value=statutory]")
    await _send(page, "/household")
    await expect(page).to_have_url(report)
    await page.goto(f"{report}/need")
    await page.select_option("select[name=service]", "daily_care")
    await page.fill("textarea[name=reason]", "needs help with cooking and washing")
    await _send(page, "/need")
    await expect(page).to_have_url(re.compile(r"/needs/[0-9a-f-]{36}"))
    need = page.url.split("?")[0]
    await page.context.close()
    return need


async def _send(page: Page, path: str) -> None:
    await page.locator(f"form[action$='{path}'] button[type=submit]").first.click()
    await page.wait_for_load_state()


async def _the_officer_confirms(portal: Portal, need: str) -> None:
    page = await portal.person("officer")
    await page.goto(need)
    await page.check("input[name=consent] >> nth=0")
    await page.click("form[action$='/confirm'] button[type=submit]")
    await expect(page.locator("main")).to_contain_text("Need confirmed")
    await page.context.close()


async def _the_next_run_serves_it(portal: Portal, need: str) -> None:
    page = await portal.person("dispatcher")
    await page.goto("/match/new")
    await page.fill("input[name=time_limit]", "5")
    await page.click("main form.form button[type=submit]")
    await expect(page).to_have_url(re.compile(r"/match/[0-9a-f-]{36}"))
    run = page.url.split("?")[0]
    await page.locator("#bulk").wait_for(timeout=60_000)
    await page.goto(run)
    await expect(page.locator("main")).to_contain_text("Daily care")
    await page.click("#bulk button[type=submit]")
    await page.click("main form[method=post] button[type=submit] >> nth=0")
    await page.goto(f"{run}/publish")
    await page.click("main form[method=post] button[type=submit] >> nth=0")
    await page.context.close()
    manager = await portal.person("manager")
    await manager.goto("/tasks")
    if await manager.locator("main table a").count() == 0:
        await manager.context.close()
        manager = await portal.person("other_manager")
        await manager.goto("/tasks")
    await manager.click("main table a >> nth=0")
    await manager.click("form[action$='/accept'] button[type=submit]")
    await expect(manager.locator("main")).to_contain_text("Accepted")
    await manager.context.close()
    page = await portal.person("coordinator")
    await page.goto(need)
    await expect(page.locator("main")).to_contain_text("Assigned")
    await page.context.close()
