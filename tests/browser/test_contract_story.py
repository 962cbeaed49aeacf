"""Money's way through the pages: fund, confirmed total, budget item, contract, its five signatures, in force."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from bangfu.shared.clock import today
from tests.browser.conftest import Portal

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
SCAN = {"name": "annex.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\ntrailer<<>>\n%%EOF"}
TERMS = ("content", "quantity", "quality", "price", "settlement", "duties", "breach", "confidentiality")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_contract_goes_from_the_budget_to_its_first_day(scripts: bool, portal: Portal) -> None:
    source = "work_budget" if scripts else "general_budget"
    finance = await portal.person("finance", scripts=scripts)
    fund = await _a_fund_gets_its_total(portal, finance, source, scripts)
    await _an_item(finance, fund, source)
    bureau = await portal.person("bureau", scripts=scripts)
    contract = await _a_draft(bureau, source)
    await _finance_checks(finance, contract)
    await _the_drafter_cannot_approve(bureau, contract)
    lead = await portal.person("lead", scripts=scripts)
    await _press(lead, contract, "approve")
    await expect(lead.locator("main")).to_contain_text("Approved")
    await _both_sign(portal, lead, contract, scripts)
    await _press(bureau, contract, "publish")
    await expect(bureau.locator("main")).to_contain_text("In force")
    await finance.goto(f"{fund}")
    await expect(finance.locator("main")).to_contain_text("6,000.00")
    await _the_auditor_reads_it_all(portal, contract, scripts)
    for page in (finance, bureau, lead):
        await page.context.close()


async def _send(page: Page, button: str) -> None:
    async with page.expect_navigation():
        await page.click(button)


async def _press(page: Page, contract: str, action: str) -> None:
    await page.goto(contract)
    await _send(page, f"form[action$='/{action}'] button[type=submit]")


async def _a_fund_gets_its_total(portal: Portal, finance: Page, source: str, scripts: bool) -> str:
    await finance.goto("/budgets/new")
    await finance.fill("input[name=year]", str(today().year))
    await finance.check(f"input[name=source][value={source}]")
    await _send(finance, "main form.form button[type=submit]")
    await expect(finance).to_have_url(re.compile(r"/budgets/[0-9a-f-]{36}"))
    fund = finance.url.split("?")[0]
    await finance.fill("input[name=total]", "500000.00")
    await finance.fill("input[name=basis]", "Budget of the year, no. 12")
    await finance.set_input_files("input[name=file]", files=[SCAN])
    await _send(finance, "form[action$='/total'] button[type=submit]")
    lead = await portal.person("lead", scripts=scripts)
    await lead.goto(fund)
    await _send(lead, "form[action$='/confirm'] button[type=submit]")
    await expect(lead.locator("main")).to_contain_text("500,000.00")
    await lead.context.close()
    return fund


async def _an_item(finance: Page, fund: str, source: str) -> None:
    await finance.goto(f"{fund}/items/new")
    await finance.fill("input[name=code]", f"T-{source[:4].upper()}-01")
    await finance.fill("input[name=name]", "Visits and care")
    await finance.fill("input[name=amount]", "100000.00")
    await _send(finance, "main form.form button[type=submit]")
    await expect(finance.locator("main")).to_contain_text("100,000.00")


async def _a_draft(bureau: Page, source: str) -> str:
    first, last = today(), min(today() + timedelta(days=38), today().replace(month=12, day=31))
    await bureau.goto("/contracts/new")
    await bureau.fill("input[name=project]", f"Care of the east, {source}")
    await bureau.select_option("select[name=party_buyer]", label=await _option(bureau, "party_buyer", "东区卫生健康局"))
    await bureau.select_option(
        "select[name=party_supplier]", label=await _option(bureau, "party_supplier", "春晖助老服务中心")
    )
    for role in ("buyer", "supplier"):
        await bureau.fill(f"textarea[name=duties_{role}]", "as the law says")
    await bureau.fill("input[name=looked_on]", today().isoformat())
    await bureau.check("input[name=budget_funded][value=no]")
    await bureau.select_option("select[name=method]", "below_threshold")
    await bureau.fill("input[name=award_on]", (today() - timedelta(days=3)).isoformat())
    await bureau.fill("input[name=starts_on]", first.isoformat())
    await bureau.fill("input[name=ends_on]", last.isoformat())
    for term in TERMS:
        await bureau.fill(f"textarea[name=term_{term}]", f"what is agreed on {term}")
    await bureau.check("input[name=purchasable]")
    await bureau.check("input[name=no_handing_on]")
    await _send(bureau, "main form.form button[type=submit]")
    await expect(bureau).to_have_url(re.compile(r"/contracts/[0-9a-f-]{36}/lines"))
    contract = bureau.url.rsplit("/", 1)[0]
    await bureau.goto(f"{contract}/lines/new")
    await bureau.select_option("select[name=service]", "daily_care")
    await bureau.fill("input[name=unit_price]", "60")
    await bureau.fill("input[name=max_units]", "100")
    await bureau.select_option("select[name=fund_source]", source)
    await bureau.select_option(f"select[name=item_{today().year}]", index=await _item(bureau, source))
    await _send(bureau, "main form.form button[type=submit]")
    await expect(bureau.locator("main")).to_contain_text("6,000.00")
    await bureau.goto(f"{contract}/files")
    await bureau.select_option("select[name=kind]", "data_annex")
    await bureau.set_input_files("input[name=file]", files=[SCAN])
    await _send(bureau, "main form.form button[type=submit]")
    await expect(bureau.locator("main table")).to_contain_text("annex.pdf")
    await _press(bureau, contract, "hand-on")
    return contract


async def _option(page: Page, name: str, part: str) -> str:
    labels = await page.locator(f"select[name={name}] option").all_inner_texts()
    return next(label for label in labels if part in label)


async def _item(page: Page, source: str) -> int:
    labels = await page.locator(f"select[name=item_{today().year}] option").all_inner_texts()
    return next(place for place, label in enumerate(labels) if f"T-{source[:4].upper()}-01" in label)


async def _finance_checks(finance: Page, contract: str) -> None:
    await _press(finance, contract, "check")
    await expect(finance.locator("main")).to_contain_text("Budget checked")


async def _the_drafter_cannot_approve(bureau: Page, contract: str) -> None:
    await _press(bureau, contract, "submit")
    await bureau.goto(contract)
    assert await bureau.locator("form[action$='/approve']").count() == 0


async def _both_sign(portal: Portal, lead: Page, contract: str, scripts: bool) -> None:
    manager = await portal.person("manager", scripts=scripts)
    await manager.goto(f"/my-contracts/{contract.rsplit('/', 1)[1]}")
    await manager.fill("input[name=signatory]", "测试法人")
    await manager.check("input[name=agreed]")
    await _send(manager, "form[action$='/sign'] button[type=submit]")
    await manager.context.close()
    await lead.goto(contract)
    await lead.fill("input[name=signatory]", "测试局长")
    await _send(lead, "form[action$='/sign'] button[type=submit]")
    await expect(lead.locator("main")).to_contain_text("Signed")


async def _the_auditor_reads_it_all(portal: Portal, contract: str, scripts: bool) -> None:
    auditor = await portal.person("auditor", scripts=scripts)
    for tab in ("", "/lines", "/files", "/history"):
        answer = await auditor.goto(contract + tab)
        assert answer is not None
        assert answer.status == 200
        assert await auditor.locator("main form[method=post]").count() == 0, "an auditor only reads"
    await auditor.context.close()
