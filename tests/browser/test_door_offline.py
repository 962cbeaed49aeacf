"""A carer's day on a phone: checked in by location, the line lost and found again, everything sent exactly once."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from playwright.async_api import Dialog, Page, expect

from bangfu.shared.clock import SHANGHAI, now
from tests.browser.conftest import Portal, faults_of
from tests.support import HOME, World
from tests.visits import visit_steps

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
_KEPT = """() => new Promise(done => { const r = indexedDB.open('bangfu-door'); r.onsuccess = () => {
  const t = r.result.transaction(['drafts', 'pages', 'keys']); const all = name => t.objectStore(name).getAll();
  const d = all('drafts'), p = all('pages'), k = all('keys'); t.oncomplete = () => { r.result.close(); done({
    drafts: d.result.filter(x => x.state !== 'open').length, paths: p.result.map(x => x.path), keys: k.result.length,
    open: k.result.some(key => key.extractable),
    text: d.result.concat(p.result).map(x => new TextDecoder('latin1').decode(x.sealed) + JSON.stringify(x)).join()
  }); } } })"""


async def furnish(world: World) -> list[str]:
    """Visits of today for the caregiver, each at another home: one for each test."""
    noon = datetime.combine(now().astimezone(SHANGHAI).date(), time(9), SHANGHAI)
    at = min(noon, now()) - timedelta(days=2)
    made = []
    for place in range(5):
        task = await visit_steps.accepted(world, at=at)
        made.append(await visit_steps.planned(world, task=task, start=noon + timedelta(minutes=100 * place)))
    return [str(visit.id) for visit in made]


async def until(page: Page, expression: str) -> Any:
    """Ask again until it is true; the page's content policy forbids the browser to poll by itself."""
    for _ in range(150):
        if found := await page.evaluate(expression):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(expression)


async def carer(portal: Portal) -> Page:
    """The caregiver's phone, at the home, with the day kept."""
    page = await portal.person("caregiver", phone=True)
    await page.context.grant_permissions(["geolocation"], origin=portal.url)
    await page.context.set_geolocation({"latitude": HOME[0] + 0.0003, "longitude": HOME[1], "accuracy": 12})
    await page.goto("/my-visits")
    await until(page, "navigator.serviceWorker.controller !== null")
    await until(page, "document.getElementById('door-drafts').getAttribute('data-day') === 'kept'")
    return page


async def fill_record(page: Page) -> None:
    form = page.locator('form[data-offline="finish"]')
    for tick in await form.locator('input[type=checkbox][name^="line-"]').all():
        await tick.check()
    for ok in await form.locator('input[type=radio][name^="finding-"][value=ok]').all():
        await ok.check()
    await form.locator("textarea[name=findings_text]").fill("屋里暖和，老人精神好。")
    await form.locator("input[name=confirmation][value=unable]").check()
    await form.locator("select[name=unable_reason]").select_option("bed_bound")


async def press(page: Page, kind: str) -> None:
    await page.locator(f'form[data-offline="{kind}"] button:not([type=button])').first.click()


async def state(portal: Portal, visit: str) -> dict[str, Any]:
    rows = await portal.asked(
        "SELECT v.status, v.evidence, v.place_verdict, (SELECT count(*) FROM visit_record r WHERE r.visit = v.id)"
        " AS records, (SELECT count(*) FROM visit_proof p WHERE p.visit = v.id AND p.offline) AS offline,"
        " (SELECT count(*) FROM visit_proof p WHERE p.visit = v.id) AS proofs FROM visit v WHERE v.id = $1::uuid",
        visit,
    )
    return rows[0]


async def test_a_whole_visit_without_a_line_arrives_later_and_once(portal: Portal) -> None:
    visit, page = portal.made[0], await carer(portal)
    await page.context.set_offline(True)
    await page.reload()
    await page.click(f'main a[href^="/my-visits/{visit}"] >> nth=0')
    await page.wait_for_url(f"**/my-visits/{visit}**")
    await press(page, "arrive")
    await expect(page.locator("#door-drafts-list li")).to_have_count(1)
    await expect(page.locator("#door-drafts-list")).to_contain_text("not uploaded yet")
    await fill_record(page)
    await press(page, "finish")
    await expect(page.locator("#door-drafts-list li")).to_have_count(2)
    kept = await page.evaluate(_KEPT)
    assert (kept["drafts"], kept["open"]) == (2, False)
    assert "屋里暖和" not in kept["text"]
    assert "柳树村" not in kept["text"]
    assert (await state(portal, visit))["status"] == "planned"
    assert await faults_of(page) == []
    await page.context.set_offline(False)
    await expect(page.locator("#door-drafts-list li")).to_have_count(0)
    found = await state(portal, visit)
    assert found["status"] in {"submitted", "flagged"}
    assert (found["records"], found["proofs"], found["offline"]) == (1, 2, 2)
    assert (found["evidence"], found["place_verdict"]) == ("on_spot", "near")
    kept = await page.evaluate(_KEPT)
    assert f"/my-visits/{visit}" not in kept["paths"]
    await page.context.close()


async def test_the_line_that_breaks_in_the_middle_loses_nothing_and_a_double_tap_sends_once(portal: Portal) -> None:
    visit, page = portal.made[1], await carer(portal)
    await page.goto(f"/my-visits/{visit}")
    async with page.expect_navigation():
        await press(page, "arrive")
    assert (await state(portal, visit))["status"] == "in_progress"
    await page.context.set_offline(True)
    await fill_record(page)
    await asyncio.sleep(1)
    await page.reload()
    words = page.locator('form[data-offline="finish"] textarea[name=findings_text]')
    await expect(words).to_have_value("屋里暖和，老人精神好。")
    send = page.locator('form[data-offline="finish"] button:not([type=button])').first
    await send.dblclick()
    await expect(page.locator("#door-drafts-list li")).to_have_count(1)
    await page.context.set_offline(False)
    await expect(page.locator("#door-drafts-list li")).to_have_count(0)
    found = await state(portal, visit)
    assert (found["records"], found["proofs"]) == (1, 2)
    await page.context.close()


async def test_the_second_of_two_phones_is_told_and_keeps_what_was_typed(portal: Portal) -> None:
    visit, one, two = portal.made[2], await carer(portal), await carer(portal)
    await two.context.set_offline(True)
    await two.goto(f"/my-visits/{visit}")
    await press(two, "arrive")
    await fill_record(two)
    await press(two, "finish")
    await expect(two.locator("#door-drafts-list li")).to_have_count(2)
    await one.goto(f"/my-visits/{visit}")
    async with one.expect_navigation():
        await press(one, "arrive")
    await fill_record(one)
    async with one.expect_navigation():
        await press(one, "finish")
    await two.context.set_offline(False)
    await expect(two.locator("#door-drafts-list")).to_contain_text("has been sent already")
    assert (await two.evaluate(_KEPT))["drafts"] == 2
    assert (await state(portal, visit))["records"] == 1
    await one.context.close()
    await two.context.close()


async def test_danger_is_one_tap_away_without_a_line_and_the_report_arrives(portal: Portal) -> None:
    visit, page = portal.made[4], await carer(portal)
    await page.context.set_offline(True)
    await page.goto(f"/my-visits/{visit}")
    await page.click('main a[href$="/danger"] >> nth=0')
    await page.check("input[name=kind][value=dog]")
    await page.fill("textarea[name=what]", "院里的狗没有拴。")
    await press(page, "danger")
    await expect(page.locator("#door-drafts-list li")).to_have_count(1)
    assert await faults_of(page) == []
    await page.context.set_offline(False)
    await expect(page.locator("#door-drafts-list li")).to_have_count(0)
    rows = await portal.asked("SELECT count(*) AS reports FROM visit_danger WHERE visit = $1::uuid", visit)
    assert rows[0]["reports"] == 1
    await page.context.close()


async def test_signing_out_leaves_nothing_on_the_phone(portal: Portal) -> None:
    page = await carer(portal)
    assert f"/my-visits/{portal.made[3]}" in (await page.evaluate(_KEPT))["paths"]
    asked: list[str] = []

    async def accept(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    page.on("dialog", accept)
    await page.evaluate("document.querySelector('form[action=\"/signout\"]').requestSubmit()")
    await page.wait_for_url("**/signin**")
    left = await until(page, "indexedDB.databases().then(all => ({names: all.map(one => one.name)}))")
    assert asked == []
    assert "bangfu-door" not in left["names"] or (await page.evaluate(_KEPT))["paths"] == []
    await page.context.close()


async def test_a_phone_that_does_not_tell_its_place_goes_on_with_a_reason(portal: Portal) -> None:
    visit, page = portal.made[3], await portal.person("caregiver", phone=True)
    await page.goto(f"/my-visits/{visit}")
    await press(page, "arrive")
    await expect(page.locator('form[data-offline="arrive"] input[value=explained]')).to_be_checked()
    async with page.expect_navigation():
        await press(page, "arrive")
    found = await state(portal, visit)
    assert (found["status"], found["place_verdict"]) == ("in_progress", "unknown")
    await page.context.close()
