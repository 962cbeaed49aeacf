"""The whole story, once per role: recorded, confirmed, matched, published, accepted; with scripts and without."""

import re
from datetime import date

import pytest
from playwright.async_api import Page, expect

from bangfu.shared.identifiers import generate_resident_id
from tests.browser.conftest import Portal
from tests.support import VILLAGE

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False

WISHES = [
    ("daily_care", "f", "needs help with cooking and washing"),
    ("psych", "", "has been alone since the loss of her husband"),
    ("wish", "m", "would like to visit the old school once more"),
]
"""Service, required sex and reason: one for the organisation, one for the social worker, one for the volunteer."""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_need_goes_from_the_station_to_an_accepted_assignment(scripts: bool, portal: Portal) -> None:
    needs = await _station_worker_records(portal, scripts)
    await _township_officer_confirms(portal, scripts, needs)
    await _an_outsider_finds_nothing(portal, needs[0])
    await _dispatcher_matches_and_publishes(portal, scripts)
    await _manager_accepts(portal, scripts)
    await _accepts_on_a_phone(portal, scripts, "worker", "Psychological support")
    await _accepts_on_a_phone(portal, scripts, "other_volunteer", "Wishes and festival care")
    await _the_station_sees_that_somebody_comes(portal, scripts, needs)


async def _station_worker_records(portal: Portal, scripts: bool) -> list[str]:
    page = await portal.person("coordinator", scripts=scripts)
    await page.goto("/households/new")
    await page.click("main form.form button[type=submit] >> nth=0")
    await expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
    await page.fill("input[name=name]", "测试桂花")
    number = generate_resident_id(date(1951, 3, 8), 20 if scripts else 40)
    await page.fill("input[name=id_number]", str(number))
    await page.fill("input[name=phone]", "13900000001")
    await page.select_option("select[name=division]", VILLAGE)
    await page.fill("input[name=address]", "柳树村一组7号")
    await page.select_option("select[name=category]", "dibao")
    await page.check("input[name=ground][value=consent]")
    await page.fill("input[name=giver]", "测试桂花")
    await page.select_option("select[name=method]", index=1)
    await page.fill("input[name=given_on]", "2026-11-02")
    await page.click("main form.form button[type=submit] >> nth=0")
    await expect(page).to_have_url(re.compile(r"/households/[0-9a-f-]{36}"))
    assert "测试桂花" not in await page.inner_text("main"), "the name is masked"
    household = page.url
    needs = [await _record_need(page, household, *wish) for wish in WISHES]
    await page.context.close()
    return needs


async def _record_need(page: Page, household: str, service: str, sex: str, reason: str) -> str:
    await page.goto(f"/needs/new?household={household.rsplit('/', 1)[1].split('?')[0]}")
    await page.select_option("select[name=service]", service)
    await page.fill("input[name=visits]", "4")
    await page.fill("input[name=minutes]", "60")
    await page.fill("textarea[name=reason]", reason)
    await page.fill("input[name=hours]", "Mon-Fri 08:00-18:00")
    if sex:
        await page.check(f'input[name=sex_rule][value="required:{sex}"]')
    await page.click('button[name=do][value="submit"]')
    await expect(page).to_have_url(re.compile(r"/needs/[0-9a-f-]{36}"))
    return page.url.split("?")[0]


async def _township_officer_confirms(portal: Portal, scripts: bool, needs: list[str]) -> None:
    page = await portal.person("officer", scripts=scripts)
    for need in needs:
        await page.goto(need)
        await page.check("input[name=consent] >> nth=0")
        await page.click("form[action$='/confirm'] button[type=submit]")
        await expect(page.locator("main")).to_contain_text("Need confirmed")
    await page.context.close()


async def _an_outsider_finds_nothing(portal: Portal, need: str) -> None:
    page = await portal.person("outsider")
    answer = await page.goto(need)
    assert answer is not None
    assert answer.status == 404
    await page.context.close()


async def _dispatcher_matches_and_publishes(portal: Portal, scripts: bool) -> None:
    page = await portal.person("dispatcher", scripts=scripts)
    await page.goto("/match/new")
    await page.fill("input[name=time_limit]", "5")
    await page.click("main form.form button[type=submit]")
    await expect(page).to_have_url(re.compile(r"/match/[0-9a-f-]{36}"))
    run = page.url.split("?")[0]
    for _ in range(60):
        if await page.locator("#bulk").count():
            break
        await page.wait_for_timeout(1000)
        if not scripts:
            await page.goto(run)
    await page.goto(run)
    await page.click("#bulk button[type=submit]")
    await page.click("main form[method=post] button[type=submit] >> nth=0")
    await page.goto(f"{run}/publish")
    await page.click("main form[method=post] button[type=submit] >> nth=0")
    await expect(page.locator("main")).to_contain_text(re.compile("published|dispatched|offer", re.IGNORECASE))
    await page.context.close()


async def _manager_accepts(portal: Portal, scripts: bool) -> None:
    page = await portal.person("manager", scripts=scripts)
    await page.goto("/tasks")
    await page.click("main table a >> nth=0")
    assert "柳树村一组" not in await page.inner_text("main"), "no address before acceptance"
    await page.click("form[action$='/accept'] button[type=submit]")
    await expect(page.locator("main")).to_contain_text("Accepted")
    await page.context.close()


async def _accepts_on_a_phone(portal: Portal, scripts: bool, name: str, service: str) -> None:
    page = await portal.person(name, phone=True, scripts=scripts)
    await page.goto("/my-tasks")
    answer = page.locator("form[action$='/accept'] button[type=submit]")
    await page.locator("main .task-card", has_text=service).filter(has=answer).first.locator(answer).click()
    await expect(page.locator("main, .flashes").first).to_contain_text(re.compile("accept", re.IGNORECASE))
    await page.context.close()


async def _the_station_sees_that_somebody_comes(portal: Portal, scripts: bool, needs: list[str]) -> None:
    page = await portal.person("coordinator", scripts=scripts)
    for need in needs:
        await page.goto(need)
        await expect(page.locator("main")).to_contain_text("Assigned")
    await page.context.close()
