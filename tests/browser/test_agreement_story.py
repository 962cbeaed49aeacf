"""A care agreement through the pages: rates, draft, seven signatures by several people, the paper, the public check."""

import re
from datetime import date

import pytest
from playwright.async_api import Page, expect

from bangfu.shared.identifiers import generate_resident_id
from tests.browser.conftest import Portal
from tests.support import VILLAGE

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
SCAN = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\ntrailer<<>>\n%%EOF"}
NAME, CAREGIVER = "测试素珍", "测试大姐"
BY_PAPER = {"county_government": "测试县长", "village": "测试村主任", "caregiver": CAREGIVER, "person": NAME}


async def test_seven_sign_and_anybody_can_check_the_paper(portal: Portal) -> None:
    await _rates_are_published(portal)
    officer = await portal.person("officer")
    household = await _a_home(portal, officer)
    agreement = await _a_draft(officer, household)
    await _paper_signatures(portal, agreement)
    await _signs_online(portal, "officer", agreement)
    await _signs_online(portal, "bureau", agreement)
    await _signs_online(portal, "manager", f"/my-agreements/{agreement.rsplit('/', 1)[1]}")
    await officer.goto(agreement)
    await expect(officer.locator("main")).to_contain_text("7 of 7 signed")
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", await officer.inner_text("main"))
    assert code is not None
    async with officer.expect_download() as paper:
        await officer.click("main a[href$='/paper']")
    assert (await paper.value).suggested_filename.endswith(".pdf")
    await _anybody_checks(portal, code.group(0))
    await officer.context.close()


async def _send(page: Page, button: str) -> None:
    async with page.expect_navigation():
        await page.click(button)


async def _rates_are_published(portal: Portal) -> None:
    bureau, lead = await portal.person("bureau"), await portal.person("lead")
    await bureau.goto("/care-rates/new")
    await bureau.fill("input[name=valid_from]", "2026-01-01")
    await bureau.fill("input[name=source]", "test paper no. 1")
    await _send(bureau, "main form.form button[type=submit]")
    for kind, amount in (("disabled_subsidy", "120.00"), ("minimum_wage", "2200.00")):
        await bureau.goto("/care-rates/bases/new")
        await bureau.check(f"input[name=kind][value={kind}]")
        await bureau.fill("input[name=amount]", amount)
        await bureau.fill("input[name=valid_from]", "2026-01-01")
        await bureau.fill("input[name=source]", "test paper no. 2")
        await _send(bureau, "main form.form button[type=submit]")
    for _ in range(3):
        await lead.goto("/care-rates")
        await _send(lead, "form[action$='/publish'] button[type=submit] >> nth=0")
    await bureau.context.close()
    await lead.context.close()


async def _a_home(portal: Portal, officer: Page) -> str:
    await officer.goto("/households/new")
    await officer.fill("input[name=name]", NAME)
    await officer.fill("input[name=id_number]", str(generate_resident_id(date(1949, 3, 8), 20)))
    await officer.select_option("select[name=division]", VILLAGE)
    await officer.fill("input[name=address]", "柳树村二组1号")
    await officer.select_option("select[name=category]", "tekun")
    await officer.select_option("select[name=support_mode]", "dispersed")
    await officer.select_option("select[name=selfcare_level]", "semi")
    await officer.check("input[name=ground][value=statutory]")
    await _send(officer, "main form.form button[type=submit] >> nth=0")
    await expect(officer).to_have_url(re.compile(r"/households/[0-9a-f-]{36}"))
    return officer.url.split("?")[0]


async def _a_draft(officer: Page, household: str) -> str:
    await officer.goto(f"{household}/agreements/new")
    await officer.check("input[name=person] >> nth=0")
    await officer.fill("input[name=caregiver_name]", CAREGIVER)
    await officer.fill("input[name=caregiver_phone]", "13900000022")
    await officer.select_option("select[name=organization]", label=await _option(officer, "organization", "春晖"))
    await officer.fill("textarea[name=wish]", "在自己家里，由大姐照料。")
    await officer.check("input[name=e_signing]")
    await officer.fill("input[name=emergency_name]", "测试侄子")
    await officer.fill("input[name=emergency_phone]", "13900000033")
    await officer.select_option("select[name=emergency_relation]", "other")
    await _send(officer, "main form.form button[type=submit]")
    await expect(officer).to_have_url(re.compile(r"/agreements/[0-9a-f-]{36}"))
    agreement = officer.url.split("?")[0]
    await _send(officer, "form[action$='/hand-out'] button[type=submit]")
    await expect(officer.locator("main")).to_contain_text("0 of 7 signed")
    return agreement


async def _option(page: Page, name: str, part: str) -> str:
    labels = await page.locator(f"select[name={name}] option").all_inner_texts()
    return next(label for label in labels if part in label)


async def _paper_signatures(portal: Portal, agreement: str) -> None:
    coordinator = await portal.person("coordinator")
    for role, signatory in BY_PAPER.items():
        await coordinator.goto(agreement)
        form = coordinator.locator(f"form:has(input[name=role][value={role}]):has(input[name=file])")
        await coordinator.locator(f"details:has(input[name=role][value={role}]) > summary").click()
        await form.locator("input[name=signatory]").fill(signatory)
        await form.locator("input[name=file]").set_input_files([SCAN])
        async with coordinator.expect_navigation():
            await form.locator("button[type=submit]").click()
        await expect(coordinator.locator("main")).to_contain_text("The signature is kept")
    await coordinator.context.close()


async def _signs_online(portal: Portal, name: str, place: str) -> None:
    page = await portal.person(name)
    await page.goto(place)
    await _send(page, "form:has(input[name=method][value=electronic]) button[type=submit]")
    await page.context.close()


async def _anybody_checks(portal: Portal, code: str) -> None:
    nobody = await portal.reader("")
    await nobody.goto(f"/verify?code={code}")
    page = await nobody.inner_text("main")
    assert re.search(r"XY-\d{6}", page)
    assert NAME not in page
    assert CAREGIVER not in page
    await nobody.close()
