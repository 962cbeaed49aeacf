"""The pages of the check: who sees what, and what a decision does."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.contracts.queries import burn_of
from bangfu.errors import Refused
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from bangfu.verification import clock, policy
from bangfu.verification.tables import VisitDispute, VisitExplanation, VisitPolicy
from bangfu.visits.tables import Visit, VisitFlag
from tests.support import World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def flag_of(visit: Visit, flag: str) -> VisitFlag:
    found = await VisitFlag.objects().get((VisitFlag.visit == visit.id) & (VisitFlag.flag == flag))
    assert found is not None
    return found


def key_of(page: str) -> str:
    return re.search(r'name="key" value="([^"]+)"', page).group(1)


async def test_an_officer_reads_why_a_visit_is_flagged_clears_the_flag_and_verifies(world: World, visit) -> None:
    done = await steps.submitted(world, distance_m=420)
    officer = await visit("officer")
    page = await officer.get(f"/visits/{done.id}")
    assert "420 m from the registered home; up to 300 m count as there." in page.text
    flag = await flag_of(done, "geo_far")
    bare = await officer.post(f"/visits/{done.id}/verify", {})
    assert bare.status_code == 422
    assert "Please choose a reason." in bare.text
    for _ in range(2):
        sent = await officer.post(f"/visits/{done.id}/verify", {f"reason_{flag.id}": "location_drift"})
        assert sent.headers["Location"] == f"/visits/{done.id}"
    told = (await officer.get(f"/visits/{done.id}")).text
    assert "Location drifted" in told
    assert "location_drift" not in told, "the timeline words its reasons"
    found = await steps.visit(done.id)
    assert (found.status, found.decided_by, found.payable) == ("verified", world["officer"].user, True)
    assert (await flag_of(done, "geo_far")).status == "cleared"


async def test_the_list_shows_what_waits_with_its_deadline_and_filters_by_flag(world: World, visit) -> None:
    far = await steps.submitted(world, distance_m=420)
    plain = await steps.submitted(world, start=now() - timedelta(hours=3))
    officer = await visit("officer")
    every, some = await officer.get("/verification"), await officer.get("/verification?flag=geo_far")
    assert far.number in every.text
    assert plain.number in every.text
    assert far.number in some.text
    assert plain.number not in some.text
    assert (
        await officer.get("/verification?state=nonsense&carer=x&month=2026-99&device='&clock=abcd")
    ).status_code == 200


async def test_several_visits_with_one_flag_are_cleared_after_a_preview(world: World, visit) -> None:
    start = now() - timedelta(hours=8)
    done = [await steps.submitted(world, start=start + timedelta(hours=n), distance_m=400) for n in range(2)]
    other = await steps.submitted(world, start=start + timedelta(hours=4), distance_m=400, lasts=5)
    officer, chosen = await visit("officer"), [str(each.id) for each in (*done, other)]
    shown = await officer.post("/verification/preview", {"flag": "geo_far", "visit": chosen})
    assert "another flag is open" in shown.text
    assert shown.text.count('name="visit"') == 2
    assert (await steps.visit(done[0].id)).status == "flagged", "a preview decides nothing"
    assert "bound method" not in shown.text, "an empty remark stays empty"
    again = await officer.post("/verification/clear", {"flag": "geo_far", "visit": chosen, "text": "Called both."})
    assert again.status_code == 422
    assert "Called both.</textarea>" in again.text, "what was typed is kept"
    await officer.post("/verification/clear", {"flag": "geo_far", "visit": chosen, "reason": "location_drift"})
    assert [(await steps.visit(each.id)).status for each in (*done, other)] == ["verified", "verified", "flagged"]
    assert (await flag_of(other, "geo_far")).status == "open", "what is not verified keeps its flags"


async def test_a_rejected_visit_loses_its_money_and_the_organisation_reads_why(world: World, visit) -> None:
    done = await steps.submitted(world)
    officer, manager = await visit("officer"), await visit("manager")
    await officer.post(
        f"/visits/{done.id}/reject", {"reject_reason": "not_delivered", "reject_text": "邻居说当天没人来。"}
    )
    found = await steps.visit(done.id)
    assert (found.status, found.booked) == ("rejected", "taken_back")
    assert (await burn_of([done.contract_line]))[done.contract_line].delivered.units == 0
    page = await manager.get(f"/verification/own/{done.id}")
    assert "邻居说当天没人来。" in page.text
    assert done.number in (await manager.get("/verification/own?state=rejected")).text


async def test_an_organisation_explains_a_flag_once_and_the_officer_reads_it(world: World, visit) -> None:
    done = await steps.submitted(world, distance_m=420)
    flag = await flag_of(done, "geo_far")
    manager, rival = await visit("manager"), await visit("other_manager")
    path = f"/verification/own/{done.id}"
    assert (await rival.get(path)).status_code == 404
    assert (await rival.post(f"{path}/flags/{flag.id}/explain", {"text": "x"})).status_code == 404
    key = key_of((await manager.get(path)).text)
    assert (await manager.post(f"{path}/flags/{flag.id}/explain", {"key": key, "text": " "})).status_code == 422
    for _ in range(2):
        await manager.post(f"{path}/flags/{flag.id}/explain", {"key": key, "text": "老人当天在村卫生室。"})
    assert await VisitExplanation.count() == 1
    officer = await visit("officer")
    assert "老人当天在村卫生室。" in (await officer.get(f"/visits/{done.id}")).text


async def test_who_served_or_sent_the_record_is_told_that_somebody_else_checks_it(world: World, visit) -> None:
    done = await steps.submitted(world)
    await Visit.update(submitted_by=world["officer"].user).where(Visit.id == done.id)
    officer, second = await visit("officer"), await visit("second_officer")
    refused = await officer.post(f"/visits/{done.id}/verify", {})
    assert refused.status_code == 409
    assert "You sent this record yourself" in refused.text
    assert (await second.post(f"/visits/{done.id}/verify", {})).status_code == 303


async def test_a_record_that_nobody_has_approved_is_not_verified_by_anybody(world: World, visit) -> None:
    done = await steps.submitted(world)
    await Visit.update(approval="waiting").where(Visit.id == done.id)
    refused = await (await visit("officer")).post(f"/visits/{done.id}/verify", {})
    assert refused.status_code == 409
    assert await clock.look_after(now() + timedelta(days=30)) == 0


async def test_a_visit_without_a_flag_verifies_itself_after_five_working_days(world: World) -> None:
    done = await steps.submitted(world)
    assert await clock.look_after(now() + timedelta(days=3)) == 0
    assert await clock.look_after(now() + timedelta(days=12)) == 1
    found = await steps.visit(done.id)
    assert (found.status, found.decided_by, found.booked) == ("verified", None, "verified")


async def test_a_doubt_needs_a_second_officer_to_reject_and_may_be_withdrawn_by_the_first(world: World, visit) -> None:
    done = await steps.submitted(world)
    await clock.look_after(now() + timedelta(days=12))
    bureau = await visit("bureau")
    key = key_of((await bureau.get(f"/visits/{done.id}")).text)
    form = {"key": key, "dispute_reason": "complaint", "dispute_text": "老人说没人来。"}
    for _ in range(2):
        assert (await bureau.post(f"/visits/{done.id}/dispute", form)).status_code == 303
    assert (await steps.visit(done.id)).status == "disputed"
    assert await VisitDispute.count() == 1
    reject = {"outcome": "reject", "decision_reason": "forged", "decision_text": "不实"}
    assert (await bureau.post(f"/visits/{done.id}/decide", reject)).status_code == 409
    upheld = {"outcome": "uphold", "decision_text": "电话核实，确有服务。"}
    for _ in range(2):
        assert (await bureau.post(f"/visits/{done.id}/decide", upheld)).status_code == 303
    assert (await steps.visit(done.id)).status == "verified"


async def test_words_about_findings_are_shown_once_for_a_reason_to_who_may_read_health(world: World, visit) -> None:
    key = uuid4()
    words = encrypt("血压高，头晕。", f"visit_record:findings_enc:{key}")
    done = await steps.submitted(world, record={"id": key, "findings_enc": words, "confirmation": "signature"})
    officer, dispatcher = await visit("officer"), await visit("dispatcher")
    assert "血压高" not in (await officer.get(f"/visits/{done.id}")).text
    assert (await officer.post(f"/visits/{done.id}/words", {})).status_code == 422
    assert "血压高" in (await officer.post(f"/visits/{done.id}/words", {"why": "verify"})).text
    assert (await dispatcher.post(f"/visits/{done.id}/words", {"why": "verify"})).status_code == 403


async def test_thresholds_are_entered_by_one_and_published_by_another(world: World, visit) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    page = (await bureau.get("/verification/thresholds/new")).text
    values = dict(re.findall(r'name="(\w+)" value="(\d+)"', page))
    form = {**values, "key": key_of(page), "prefix": "990101", "valid_from": today().isoformat(), "source": "文件"}
    wrong = await bureau.post("/verification/thresholds/new", {**form, "short_percent": "101"})
    assert wrong.status_code == 422
    for _ in range(2):
        await bureau.post("/verification/thresholds/new", {**form, "far_m": "200"})
    kept = await VisitPolicy.objects().first()
    assert await VisitPolicy.count() == 1
    assert (await bureau.post(f"/verification/thresholds/{kept.id}/publish")).status_code == 403
    with pytest.raises(Refused):
        await policy.publish(world["lead"], kept.id, now() + timedelta(days=2))
    assert (await lead.post(f"/verification/thresholds/{kept.id}/publish")).status_code == 303
    done = await steps.submitted(world, distance_m=201)
    assert json.loads((await flag_of(done, "geo_far")).detail) == {"metres": 201, "most": 200}


async def test_anomalies_open_the_visits_behind_each_figure(world: World, visit) -> None:
    first = await steps.submitted(world, record={"device": "d" * 64})
    second = await steps.submitted(world, "rival", record={"device": "d" * 64})
    auditor = await visit("auditor")
    page = await auditor.get("/verification/anomalies")
    assert page.status_code == 200
    href = re.search(r'href="(/verification\?[^"]*device=d+[^"]*)"', page.text).group(1).replace("&amp;", "&")
    shown = (await auditor.get(href)).text
    assert first.number in shown
    assert second.number in shown
    csv = await auditor.get("/verification/anomalies.csv")
    assert csv.status_code == 200
    assert "dddddd" in csv.text
