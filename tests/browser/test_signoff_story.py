"""A quarter from its frozen facts to the bank through browsers: scored, published, claimed, reviewed, approved, paid,
each by another person; nobody is offered a second duty."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from bangfu.quality import freezing, life
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from tests.browser.conftest import Portal, faults_of
from tests.settlement import settlement_steps as steps
from tests.settlement.facts import window
from tests.support import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
FROZEN = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


async def furnish(world: World) -> Any:
    """The frozen quarter of four verified visits."""
    visits = await steps.visits_of(world, 4)
    windows = tuple(replace(window(n), visit=str(visit)) for n, visit in enumerate(visits))
    facts = await steps.facts_of(world, visits, windows=windows)
    contract, score = await steps.contract_of(world.organization), uuid4()
    async with transaction():
        await QuarterScore(
            id=score, kind="contract", subject=contract.id, number=contract.number, organization=world.organization,
            division=contract.division, year=2026, quarter=3, frozen_at=FROZEN,
        ).save()  # fmt: skip
        await freezing._revise(SYSTEM, score, contract.division, 1, facts, "freeze", FROZEN)
        await life.begun(score, FROZEN)
    return str(score)


async def _send(page: Page, selector: str) -> None:
    async with page.expect_navigation():
        await page.click(selector)


async def test_from_the_frozen_facts_to_the_bank_by_six_people(portal: Portal) -> None:
    score = portal.made
    await _scores(portal, score)
    await _publishes(portal, score)
    statement = str((await portal.asked("SELECT id FROM settlement_statement WHERE score = $1::uuid", score))[0]["id"])
    await _claims(portal, statement)
    for name, step in (("bureau", "review"), ("lead", "approve"), ("finance", "pay")):
        await _takes(portal, statement, name, step)
    found = await portal.asked(
        "SELECT s.confirmed_by, s.published_by, c.claimed_by, c.reviewed_by, c.approved_by, c.paid_by, c.status"
        " FROM quarter_score s JOIN settlement_statement t ON t.score = s.id JOIN settlement_claim c"
        " ON c.statement = t.id WHERE s.id = $1::uuid",
        score,
    )
    people = [value for name, value in found[0].items() if name != "status"]
    assert found[0]["status"] == "paid"
    assert None not in people
    assert len(set(people)) == 6
    await _reads(portal)


async def _scores(portal: Portal, score: str) -> None:
    """Who confirms the score is then told that another person publishes it."""
    page = await portal.person("assessor", scripts=False)
    await page.goto(f"/scores/{score}")
    await _send(page, f'form[action="/scores/{score}/confirm"] button')
    assert await page.locator(f'form[action="/scores/{score}/publish"]').count() == 0
    await page.context.close()


async def _publishes(portal: Portal, score: str) -> None:
    page = await portal.person("second_bureau")
    await page.goto("/scores/signoff")
    await page.goto(f"/scores/{score}")
    await _send(page, f'form[action="/scores/{score}/publish"] button')
    assert await faults_of(page) == []
    assert await page.locator(f'form[action="/scores/{score}/publish"]').count() == 0
    await page.context.close()


async def _claims(portal: Portal, statement: str) -> None:
    """On a phone: the amount has no field, the invoice's number and a tick are all that is given."""
    page = await portal.person("manager", phone=True)
    await page.goto("/my-settlements")
    await _send(page, f'main a[href="/my-settlements/{statement}"] >> nth=0')
    form = 'form[action$="/claim"]'
    assert await page.locator('main input:not([type="hidden"])[name*="amount"]').count() == 0
    await _send(page, f"{form} button")
    await expect(page.locator(".error-summary")).to_be_visible()
    await page.fill(f'{form} input[name="invoice"]', "FP-2026-001")
    await page.check(f'{form} input[name="agreed"]')
    await _send(page, f"{form} button")
    assert await page.locator(form).count() == 0
    await page.context.close()


async def _takes(portal: Portal, statement: str, name: str, step: str) -> None:
    """One step of the office; nothing but this step is offered, and nothing afterwards."""
    page = await portal.person(name)
    await page.goto(f"/settlements/{statement}")
    assert await faults_of(page) == []
    for other in {"review", "approve", "pay"} - {step}:
        assert await page.locator(f'form[action$="/{other}"]').count() == 0, (name, other)
    form = page.locator(f'form[action$="/{step}"]')
    assert await form.count() == 1
    await form.evaluate("form => { const more = form.closest('details'); if (more) more.open = true; }")
    async with page.expect_navigation():
        await form.locator('button[type="submit"]').click()
    assert await page.locator(f'form[action$="/{step}"]').count() == 0
    await page.context.close()


async def _reads(portal: Portal) -> None:
    """The auditor sees the names side by side; the public sees the result and no name."""
    page = await portal.reader("auditor")
    await page.goto("/scores/signoff?quarter=2026Q3")
    shown = await page.inner_text("main")
    for name in ("assessor", "second_bureau", "lead", "finance"):
        assert f"测试{name}" in shown, name
    await page.goto("/results")
    assert await page.locator('main a[href^="/results/"]').count() == 1
    assert "测试" not in await page.inner_text("main")
