"""Pages of draws: the two holders' forms, the contract's draw, and what everybody sees without an account."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bangfu.oversight import draw_round_routes, draw_script
from tests.oversight import draw_steps as steps
from tests.support import World

SCRIPT = Path(draw_script.__file__).read_bytes()
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The clock of the pages stands after the month's end."""

    def move(at: datetime) -> None:
        monkeypatch.setattr(draw_round_routes, "now", lambda: at)

    return move


async def test_both_holders_go_through_their_pages_and_everybody_repeats_the_draw(world: World, visit, later) -> None:
    await steps.pool(world)
    row = await steps.opened()
    nobody, address = await visit(None), f"/draws/{row.id}"
    for name in ("bureau", "auditor"):
        page = (await (await visit(name)).get(address)).text
        assert 'name="hash"' in page
        assert 'name="secret"' not in page
        answer = await (await visit(name)).post(
            f"{address}/commit", {"key": str(uuid4()), "hash": steps.hashed(steps.SECRETS[name])}
        )
        assert answer.status_code == 303
    shown = (await nobody.get(f"/draws/public/{row.id}")).text
    assert all(steps.hashed(secret) in shown for secret in steps.SECRETS.values())
    assert "测试bureau" not in shown
    assert (await nobody.get(f"/draws/public/{row.id}/result.json")).status_code == 404

    await steps.served(world, 11)
    await steps.draw_clock.look_after(steps.month_end())
    later(steps.month_end())
    for name in ("auditor", "bureau"):
        answer = await (await visit(name)).post(f"{address}/reveal", {"secret": steps.SECRETS[name]})
        assert answer.status_code == 303
    result = json.loads((await nobody.get(f"/draws/public/{row.id}/result.json")).content)
    assert draw_script.difference(result) == ""
    lists = json.loads((await nobody.get(f"/draws/public/{row.id}/lists.json")).content)
    assert lists["draws"][0]["rows"] == result["draws"][0]["rows"]
    shown = (await nobody.get(f"/draws/public/{row.id}")).text
    assert all(steps.SECRETS[side] in shown for side in ("bureau", "auditor"))
    assert all(chosen[0] in shown for chosen in result["draws"][0]["chosen"])
    one = (await (await visit("auditor")).get(f"/draws/lists/{(await steps.the_list(row)).id}")).text
    assert "河东街道" in one
    assert "测试second_officer" in one or "测试assessor" in one or "测试second_bureau" in one


async def test_a_wrong_secret_comes_back_as_a_fault_without_the_secret(world: World, visit, later) -> None:
    row = await steps.closed(world, 2)
    later(steps.month_end())
    answer = await (await visit("bureau")).post(f"/draws/{row.id}/reveal", {"secret": steps.AUDITOR})
    assert answer.status_code == 422
    assert "does not have the SHA-256" in answer.text
    assert steps.AUDITOR not in answer.text


async def test_no_page_log_or_audit_shows_a_secret_before_both_are_in(
    world: World, visit, later, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    row = await steps.closed(world, 2)
    later(steps.month_end())
    await (await visit("bureau")).post(f"/draws/{row.id}/reveal", {"secret": steps.BUREAU})
    for name in ("bureau", "auditor", "lead", "officer", None):
        browser = await visit(name)
        for address in ("/draws", f"/draws/{row.id}", "/draws/public", f"/draws/public/{row.id}", "/inbox", "/audit"):
            assert steps.BUREAU not in (await browser.get(address)).text
    assert steps.BUREAU not in caplog.text


async def test_a_township_reads_its_countys_draws_and_another_county_does_not(world: World, visit) -> None:
    row = await steps.closed(world, 2)
    assert (await (await visit("officer")).get(f"/draws/{row.id}")).status_code == 200
    assert (await (await visit("outside_officer")).get(f"/draws/{row.id}")).status_code == 404
    assert (await (await visit("city_bureau")).get(f"/draws/{row.id}")).status_code == 200
    assert (await (await visit("admin")).get("/draws")).status_code == 404


async def test_the_bureau_keeps_the_pool(world: World, visit) -> None:
    bureau = await visit("bureau")
    assert (await bureau.get("/draws/pool")).status_code == 200
    for name in ("second_officer", "manager"):
        answer = await bureau.post("/draws/pool", {"county": steps.COUNTY, "inspector": str(world[name].me)})
        assert answer.status_code == (303 if name == "second_officer" else 422)
    page = (await bureau.get("/draws/pool")).text
    assert "测试second_officer" in page
    city = await visit("city_bureau")
    assert (await city.get("/draws/pool?county=990101000000")).status_code == 200
    assert (await bureau.get("/draws/pool?county=990102000000")).status_code == 404


async def test_the_script_is_the_very_file_that_the_portal_runs(visit, world: World) -> None:
    answer = await (await visit(None)).get("/draws/draw.py")
    assert answer.content == SCRIPT


async def test_the_start_page_says_whose_hash_is_missing(world: World, visit) -> None:
    await steps.opened()
    page = (await (await visit("auditor")).get("/")).text
    assert f"Give the hash of your secret for the draw {steps.this_month():%B %Y}" in page


async def test_lists_of_draws_put_what_is_to_be_done_first_and_can_be_narrowed(world: World, visit) -> None:
    row = await steps.drawn(world, 3)
    nobody, bureau = await visit(None), await visit("bureau")
    for page, address in ((nobody, "/draws/public"), (bureau, "/draws")):
        every = (await page.get(address)).text
        drawn = (await page.get(f"{address}?state=drawn&county={steps.COUNTY}")).text
        going = (await page.get(f"{address}?state=going")).text
        assert f"{address}/{row.id}" in every and f"{address}/{row.id}" in drawn
        assert f"{address}/{row.id}" not in going
        assert f"{address}/{row.id}" not in (await page.get(f"{address}?county=990999000000")).text
    assert "No draw fits." in (await bureau.get("/draws?county=990999000000")).text
    assert f"{date(row.year, row.month, 1):%B %Y}" in drawn


async def test_a_month_that_ends_at_midnight_takes_hashes_until_the_minute_before(world: World, visit) -> None:
    row = await steps.opened()
    shown = (await (await visit("bureau")).get(f"/draws/{row.id}")).text
    last = steps.month_end() - timedelta(minutes=1)
    assert f"{last:%Y-%m-%d} 23:59" in shown


async def test_once_both_hashes_stand_the_round_no_longer_says_that_it_waits_for_them(world: World, visit) -> None:
    row = await steps.opened()
    assert "Waits for hashes" in (await (await visit("bureau")).get(f"/draws/{row.id}")).text
    await steps.committed(world, row)
    shown = (await (await visit("bureau")).get(f"/draws/{row.id}")).text
    assert "Both hashes given" in shown and "Waits for hashes" not in shown
