"""A ledger is looked at, made, printed and checked by a stranger; a household's sheet from its page."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.ledgers import issuing
from bangfu.ledgers.definitions import standing
from bangfu.shared.clock import now
from tests.browser.conftest import Portal, faults_of
from tests.complaints import complaint_steps
from tests.ledgers.test_ledger_figures import contacts, hours, work
from tests.ledgers.test_ledgers import YEAR, wanted
from tests.quality import life_steps
from tests.support import VILLAGE, World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def furnish(world: World) -> dict[str, Any]:
    """Visits of two providers, hours, contacts with a child, a score, a complaint; one ledger made."""
    visits = await work(world)
    await hours(world)
    await contacts(world)
    await life_steps.published(world)
    await complaint_steps.decided(world, division=VILLAGE)
    own = next(each for each in visits if each.division == VILLAGE)
    key = await issuing.issue(world["officer"], wanted(world["officer"]), uuid4(), now())
    made: UUID = own.household
    return {"home": made, "issue": key, "code": (await issuing.issue_for(world["officer"], key)).code}


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_ledger_reads_well_and_fits(portal: Portal, lang: str) -> None:
    page = await portal.person("officer", lang=lang)
    paths = [f"/ledgers/{key}?period={YEAR}" for key in standing() if key != "household_sheet"]
    home = portal.made["home"]
    for path in ["/ledgers", *paths, f"/households/{home}/ledger", f"/ledgers/issues/{portal.made['issue']}"]:
        await page.goto(path)
        assert await faults_of(page) == [], path
        assert "undefined" not in await page.inner_text("main")
    await page.context.close()


async def test_the_sheet_is_reached_from_the_household_and_made(portal: Portal) -> None:
    page = await portal.person("officer", lang="zh")
    await page.goto(f"/households/{portal.made['home']}")
    await page.click("text=一户一档")
    await page.wait_for_url("**/ledgers/household_sheet*")
    await page.click("main button:has-text('生成')")
    await page.wait_for_url("**/ledgers/issues/*")
    assert "与本台账一致" in await page.inner_text("main") or "完全一致" in await page.inner_text("main")
    async with page.expect_download() as waiting:
        await page.click("text=PDF")
    assert (await waiting.value).suggested_filename.endswith(".pdf")
    await page.context.close()


async def test_a_stranger_checks_the_code(portal: Portal) -> None:
    page = await portal.reader("")
    await page.goto("/ledgers/check")
    await page.fill("input[name=code]", portal.made["code"])
    await page.click("main form button")
    await page.wait_for_url("**/ledgers/check?code=*")
    told = await page.inner_text("main")
    assert "与本台账完全一致" in told
    assert "TF-" not in told
    assert await faults_of(page) == []
    await page.close()
