"""Volunteers' pages: every page of every reader opens, forms keep what was typed, nothing foreign is shown."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import NotYours
from bangfu.shared.clock import now, today
from bangfu.volunteers import certifying, hours
from bangfu.volunteers.certifying import Issue
from bangfu.volunteers.hours_tables import Certificate, VolunteerService
from tests.support import World
from tests.volunteers import volunteer_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def certificate(world: World) -> Certificate:
    """A certificate over a confirmed visit."""
    await steps.experienced(world, "other_volunteer")
    start = (now() - timedelta(hours=10)).replace(second=0, microsecond=0)
    service = await steps.recorded(world, "volunteer", start=start, partner=world.carers["other_volunteer"])
    await hours.confirm(world["dispatcher"], service.id, now())
    new = Issue(uuid4(), world.carers["volunteer"], today() - timedelta(days=30), today(), "测试负责人", "13900000088")
    await certifying.issue(world["dispatcher"], new, now())
    return await Certificate.objects().get(Certificate.id == new.id)


async def test_every_page_opens_for_its_readers(world: World, visit) -> None:
    paper = await certificate(world)
    task = await steps.opened(world, 3)
    me = world.carers["volunteer"]
    service = (await hours.VolunteerService.objects().first()).id
    pages = {
        "volunteer": ["/open-tasks", f"/open-tasks/{task}", "/my-hours", "/my-hours/record/csv",
                      "/my-hours/record/xlsx",
                      f"/my-hours/certificates/{paper.id}/paper"],
        "dispatcher": ["/volunteer-tasks", f"/volunteer-tasks/{task}", "/volunteer-hours",
                       f"/volunteer-hours/{service}",
                       "/volunteer-hours?state=all", "/volunteers", f"/volunteers/{me}", "/volunteer-certificates",
                       "/volunteer-activities/new", f"/volunteer-certificates/{paper.id}/paper",
                       f"/volunteers/{me}/record/csv"],
        "bureau": ["/volunteers", f"/volunteers/{me}", "/volunteer-certificates", "/volunteer-rules"],
        "manager": ["/volunteers", "/volunteer-hours", "/volunteer-tasks"],
        None: ["/volunteer-stars", "/verify-certificate"],
    }  # fmt: skip
    for name, paths in pages.items():
        reader = await visit(name)
        for path in paths:
            answer = await reader.get(path)
            assert answer.status_code == 200, f"{name} {path}"


async def test_before_taking_a_volunteer_reads_no_home(world: World, visit) -> None:
    await steps.experienced(world, "volunteer")
    task = await steps.opened(world, 3)
    page = (await (await visit("volunteer")).get(f"/open-tasks/{task}")).text
    assert "柳树村" in page
    for secret in ("欧阳", "组17号", "13900000017", "31.78"):
        assert secret not in page


async def test_a_dispatcher_opens_a_visit_and_a_volunteer_takes_it(world: World, visit) -> None:
    await steps.experienced(world, "volunteer")
    need, station, key = await steps.free_need(), await visit("dispatcher"), str(uuid4())
    start = f"{(steps.at_ten(4) + timedelta(hours=8)):%Y-%m-%dT%H:%M}"
    form = {"need": str(need.id), "key": key, "minutes": "30", "start0": "soon"}
    refused = await station.post("/volunteer-tasks", form)
    assert refused.status_code == 422
    assert 'value="soon"' in refused.text
    for _ in range(2):
        assert (await station.post("/volunteer-tasks", {**form, "start0": start})).status_code == 303
    volunteer = await visit("volunteer")
    assert key in (await volunteer.get("/open-tasks")).text
    for _ in range(2):
        assert (await volunteer.post(f"/open-tasks/{key}/take")).status_code == 303
    assert len(await steps.visits_of(key)) == 1
    assert (await (await visit("other_volunteer")).get(f"/open-tasks/{key}")).status_code == 404


async def test_anybody_checks_a_certificate_by_number_and_name_and_learns_no_more(world: World, visit) -> None:
    paper, nobody = await certificate(world), await visit(None)
    wrong = await nobody.post("/verify-certificate", {"number": paper.number, "name": "别人"})
    assert wrong.status_code == 422
    assert "0.5" not in wrong.text
    known = (await nobody.post("/verify-certificate", {"number": paper.number, "name": "员volunteer"})).text
    assert re.search(r"0\.5", known)
    assert "13900000088" not in known
    await certifying.revoke(world["dispatcher"], paper.id, "wrong_content", now())
    known = (await nobody.post("/verify-certificate", {"number": paper.number, "name": "员volunteer"})).text
    assert "已撤销" in known or "Revoked" in known


async def test_a_new_certificate_replaces_only_one_of_the_same_volunteer(world: World) -> None:
    paper = await certificate(world)
    other = world.carers["other_volunteer"]
    found = await VolunteerService.objects().get(VolunteerService.carer == other)
    await hours.confirm(world["dispatcher"], found.id, now())
    new = Issue(uuid4(), other, today() - timedelta(days=30), today(), "测试负责人", "", replaces=paper.id)
    with pytest.raises(NotYours):
        await certifying.issue(world["dispatcher"], new, now())
    assert (await Certificate.objects().get(Certificate.id == paper.id)).status == "issued"


async def test_tries_at_the_public_check_are_limited(world: World, visit) -> None:
    nobody = await visit(None)
    codes = [
        (await nobody.post("/verify-certificate", {"number": "ZM-000001", "name": f"人{each}"})).status_code
        for each in range(52)
    ]
    assert (codes[0], codes[-1]) == (422, 429)


async def test_the_record_is_masked_for_organisers_whole_for_the_volunteer_and_with_a_reason_for_the_bureau(
    world: World, visit
) -> None:
    await certificate(world)
    path = f"/volunteers/{world.carers['volunteer']}/record"
    masked = (await (await visit("dispatcher")).get(f"{path}/csv")).content.decode("utf-8-sig")
    assert "员*********" in masked
    assert "员volunteer" not in masked
    own = (await (await visit("volunteer")).get("/my-hours/record/csv")).content.decode("utf-8-sig")
    assert "员volunteer" in own
    bureau = await visit("bureau")
    assert (await bureau.post(path, {"kind": "csv", "reason": ""})).status_code == 422
    whole = await bureau.post(path, {"kind": "csv", "reason": "上报核对"})
    assert "员volunteer" in whole.content.decode("utf-8-sig")
    assert (await (await visit("dispatcher")).post(path, {"kind": "csv", "reason": "x"})).status_code == 403
