"""The provider takes the bundle and has a fresh Python check it; a stranger checks the paper's code (PRODUCT.md N6)."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bangfu.settlement.bundle_files import CHECKER
from bangfu.settlement.bundle_making import report_of
from bangfu.settlement.bundle_reading import statement_for
from tests.browser.conftest import Portal, faults_of
from tests.quality.life_steps import AT
from tests.settlement.bundle_steps import statement
from tests.support import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False


async def furnish(world: World) -> dict[str, Any]:
    """A published quarter with its statement and a printed report."""
    key = await statement(world)
    row = await statement_for(world["bureau"], key)
    report = await report_of(world["bureau"], row, AT)
    return {"statement": key, "code": report.code, "number": row["contract_number"], "hash": report.bundle_hash}


async def test_the_provider_takes_the_bundle_and_a_fresh_python_says_equal(portal: Portal, tmp_path: Path) -> None:
    page = await portal.person("manager", lang="zh")
    await page.goto(f"/my-settlements/{portal.made['statement']}")
    async with page.expect_download() as waiting:
        await page.click("text=结算核验包")
    place = tmp_path / "bundle.zip"
    await (await waiting.value).save_as(place)
    run = [sys.executable, "-I", "-S", str(CHECKER), str(place)]
    done = subprocess.run(run, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60, check=False)  # noqa: ASYNC221
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "equal"), done.stdout + done.stderr
    await page.context.close()


async def test_a_stranger_checks_the_code_of_the_paper(portal: Portal) -> None:
    page = await portal.reader("")
    await page.goto("/check")
    await page.fill('input[name="code"]', portal.made["code"].lower())
    await page.click("main form button[type=submit]")
    shown = await page.inner_text("main")
    assert portal.made["number"] in shown
    assert portal.made["hash"] in shown
    for width in (1280, 390, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await faults_of(page) == []
    await page.goto("/check/2222-2222-2222")
    assert "没有这个核验码" in await page.inner_text("main")
    assert await faults_of(page) == []
