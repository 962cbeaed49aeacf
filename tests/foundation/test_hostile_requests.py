"""What no honest browser sends: it is refused with a page, never with a fault of ours, and every answer is guarded."""

import logging

import asyncpg
import pytest
from litestar import Litestar, get

from bangfu.shared.tracing import where
from bangfu.shared.web.access import public
from tests.support import PASSWORD, World

NUL_ADDRESSES = {
    "officer": ("/needs?service=%00", "/households?category=%00", "/providers?q=%00", "/search?q=%00"),
    "admin": ("/accounts?q=%00",),
    None: ("/signin?next=%00",),
}


async def test_a_nul_in_an_address_is_no_fault_of_ours(visit, world: World) -> None:
    for name, paths in NUL_ADDRESSES.items():
        browser = await visit(name)
        assert {(await browser.get(path)).status_code for path in paths} == {400}
    officer = await visit("officer")
    assert (await officer.get("/divisions/%00")).status_code == 404
    assert (await officer.get("/static/%00")).status_code == 404


async def test_a_nul_in_a_form_is_left_out(visit, world: World) -> None:
    browser = await visit(None)
    answer = await browser.post("/signin", {"username": "dis\x00patcher", "password": PASSWORD})
    assert answer.status_code == 303


async def test_a_redirect_to_a_chinese_address_is_written_in_ascii(visit, world: World) -> None:
    browser = await visit("officer")
    answer = await browser.post("/preferences", {"lang": "zh", "next": "/needs?q=张%20三&status=all"})
    assert answer.headers["location"] == "/needs?q=%E5%BC%A0%20%E4%B8%89&status=all"
    in_place = await browser.post("/preferences", {"lang": "zh", "next": "/中"}, headers={"HX-Request": "true"})
    assert in_place.headers["hx-redirect"] == "/%E4%B8%AD"


async def test_refusals_before_any_route_carry_the_content_policy_too(visit, world: World) -> None:
    browser = await visit("officer")
    refused = [
        await browser.client.put("/needs"), await browser.client.post("/signout"),
        await browser.post("/signout", headers={"Sec-Fetch-Site": "cross-site"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in refused] == [405, 403, 403]
    for answer in refused:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_log_keeps_no_values_that_the_database_quotes(caplog: pytest.LogCaptureFixture) -> None:
    error = asyncpg.CheckViolationError("new row violates check")
    error.detail = "Failing row contains (欧阳小明, 13812345678)"
    with caplog.at_level(logging.ERROR, logger="bangfu"):
        logging.getLogger("bangfu").error("%s", where(error))
    assert "CheckViolationError" in caplog.text
    assert "欧阳" not in caplog.text
    assert "13812345678" not in caplog.text


async def test_two_changes_that_wait_for_each_other_are_no_fault_but_a_try_again(
    app: Litestar, visit, world: World
) -> None:
    @get("/test-collision", guards=[public])
    async def collide() -> None:
        raise asyncpg.DeadlockDetectedError("deadlock detected")

    app.register(collide)
    answer = await (await visit("officer")).get("/test-collision")
    assert answer.status_code == 409
    assert "Send it again" in answer.text
