"""The inspector's pages without scripts: contact on request, a wrong form keeps everything, two people on site."""

import io
from uuid import uuid4

import pytest
from PIL import Image

from bangfu.households.tables import Household
from bangfu.oversight.check_reading import compared
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.clock import now
from bangfu.shared.crypto import encrypt
from bangfu.shared.tables import AuditEvent
from tests.conftest import SignIn
from tests.oversight import check_steps as steps
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "柳树村三组17号"


async def filled(check: SpotCheck) -> dict[str, str]:
    told = await compared(check.visit, now())
    return {
        "method": "onsite", "result": "fail", "reason": "shorter", "remarks": "只停留了十分钟", "said": "来去匆匆",
        "confirmation": "refused", "refused_reason": "unwilling", **{f"line-{code}": "met" for code in told.codes},
    }  # fmt: skip


async def test_the_address_is_hidden_until_it_is_asked_for_and_gone_when_the_check_is_done(
    world: World, visit: SignIn
) -> None:
    check = await steps.made(world)
    sealed = encrypt(ADDRESS, f"household:address_enc:{check.household}")
    await Household.update(address_enc=sealed).where(Household.id == check.household)
    first = (await steps.inspectors(world, check))[0]
    page = await visit(first.username)
    assert ADDRESS not in (await page.get(f"/my-checks/{check.id}")).text
    assert ADDRESS in (await page.post(f"/my-checks/{check.id}/contact")).text
    assert await AuditEvent.exists().where(
        (AuditEvent.action == "check.contact_shown") & (AuditEvent.actor == first.user)
    )
    await steps.report(first, check)
    assert (await page.post(f"/my-checks/{check.id}/contact")).status_code == 409


async def test_a_wrong_form_keeps_everything_and_names_every_field(world: World, visit: SignIn) -> None:
    check = await steps.made(world)
    page = await visit((await steps.inspectors(world, check))[0].username)
    given = {**await filled(check), "reason": "", "refused_reason": "", "remark-met": "门口等了很久"}
    answer = await page.post(f"/my-checks/{check.id}/result", given)
    assert answer.status_code == 422
    for kept in ("只停留了十分钟", "来去匆匆", "门口等了很久"):
        assert kept in answer.text
    for field in ("reason", "refused_reason"):
        assert f'href="#f-{field}"' in answer.text
    assert (await steps.check(check.id)).sent_at is None


async def test_two_inspectors_finish_a_check_on_site_with_a_signature(world: World, visit: SignIn) -> None:
    check = await steps.made(world)
    first, second = await steps.inspectors(world, check)
    picture = io.BytesIO()
    Image.new("RGB", (60, 20), (250, 250, 250)).save(picture, "PNG")
    given = {**await filled(check), "confirmation": "signature"}
    page = await visit(first.username)
    files = {"signature_file": ("s.png", picture.getvalue(), "image/png")}
    answer = await page.post(f"/my-checks/{check.id}/result", given, files=files)
    assert answer.status_code == 303, answer.text
    other = await visit(second.username)
    shown = (await other.get(f"/my-checks/{check.id}")).text
    assert "只停留了十分钟" in shown and "Put my name to this result" in shown and f"{check.id}/files/" in shown
    assert (await other.post(f"/my-checks/{check.id}/confirm")).status_code == 303
    assert (await steps.check(check.id)).status == "notified"
    desk = await visit("bureau")
    office = (await desk.get(f"/checks/{check.id}")).text
    assert first.display_name in office and "来去匆匆" in office


async def test_foreign_checks_are_not_there_and_open_ones_hide_from_the_station(world: World, visit: SignIn) -> None:
    check = await steps.made(world)
    stranger = await visit("assessor")
    assert (await stranger.get(f"/my-checks/{check.id}")).status_code == 404
    assert (await stranger.post(f"/my-checks/{check.id}/attempt", {"key": str(uuid4())})).status_code == 404
    station = await visit("dispatcher")
    assert (await station.get(f"/checks/{check.id}")).status_code == 404
    assert check.number not in (await station.get("/checks?state=all")).text
    officer = await visit("officer")
    led = await officer.get(f"/my-checks/{check.id}")
    assert (led.status_code, led.headers["location"]) == (303, f"/checks/{check.id}")


async def test_the_office_s_lists_and_figures_show_what_was_drawn_and_passed(world: World, visit: SignIn) -> None:
    await steps.failed(world)
    check = await steps.failed(world, result="pass", reason="", remarks="")
    bureau = await visit("bureau")
    figures = (await bureau.get(f"/checks/contracts?period={check.period}")).text
    assert "C-1" in figures and "result=pass" in figures and "More than 20 % failed" in figures
    for query in ("state=told", "state=all&result=pass", f"contract={check.contract}", f"period={check.period}"):
        assert check.number in (await bureau.get(f"/checks?{query}")).text
    assert check.number not in (await bureau.get("/checks?state=appealed")).text
