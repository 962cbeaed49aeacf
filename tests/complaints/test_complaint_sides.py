"""The organisation's page, identities behind a reason, discipline inspection, and errors that a side reports itself."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bangfu.complaints import deciding, discipline, handling, own, queries
from bangfu.complaints.routing import About
from bangfu.complaints.tables import Complaint, ComplaintHandover
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.shared.clock import now
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.tables import AuditEvent
from tests.complaints import complaint_steps as steps
from tests.support import World
from tests.visits import visit_steps

QUESTION = "请说明上周三为何没有上门，并附当天排班。"
SECRETS = (steps.NAME, steps.NAME[0] + "**", "19900001234", "199****1234", steps.FACTS)


@pytest.mark.parametrize("more", [{}, {"confidential": True}, {"name": "", "phone": ""}])
async def test_an_organisation_never_learns_who_complained(world: World, visit: Any, more: dict[str, Any]) -> None:
    complaint = await steps.investigating(world, **more)
    manager = await visit("manager")
    assert (await manager.get(f"/my-complaints/{complaint}")).status_code == 404, "before it is asked"
    await handling.ask(world["officer"], complaint, QUESTION, 3, now())
    pages = [
        (await manager.get(path)).text for path in ("/my-complaints", f"/my-complaints/{complaint}", "/", "/inbox")
    ]
    assert QUESTION in pages[1]
    for secret in SECRETS:
        assert not [page for page in pages if secret in page], secret
    assert (await manager.get(f"/complaints/{complaint}")).status_code == 404
    rival = await visit("other_manager")
    assert (await rival.get(f"/my-complaints/{complaint}")).status_code == 404
    assert (await rival.post(f"/my-complaints/{complaint}/answer", {"text": "说明"})).status_code == 404


async def test_its_answer_with_a_file_is_the_hearing_of_its_side(world: World, visit: Any) -> None:
    complaint = await steps.investigating(world)
    await handling.ask(world["officer"], complaint, QUESTION, 3, now())
    assert await own.waiting(world["manager"]) == 1
    manager = await visit("manager")
    files = {"file": ("排班.pdf", b"%PDF-1.4 test", "application/pdf")}
    answer = await manager.post(
        f"/my-complaints/{complaint}/answer", {"text": "护理员临时生病", "key": str(uuid4())}, files=files
    )
    assert answer.status_code == 303
    assert await own.waiting(world["manager"]) == 0
    entries = await queries.entries_of(complaint)
    assert [(one.side, one.code, one.text) for one in entries] == [("target", "own_page", "护理员临时生病")]
    officer = await visit("officer")
    taken = await officer.get(f"/complaints/{complaint}/files/{entries[0].id}")
    assert taken.content == b"%PDF-1.4 test"
    own_copy = await manager.get(f"/my-complaints/{complaint}/files/{entries[0].file}")
    assert own_copy.content == taken.content
    await handling.hear(world["officer"], complaint, "complainant", "phone", "说明", now(), uuid4())
    await handling.add_evidence(world["officer"], complaint, "site", "现场", None, now(), uuid4())
    await deciding.decide(world["officer"], complaint, "partly", "理由", now())
    with pytest.raises(Refused):
        await own.answer(world["manager"], complaint, "再说", None, now(), uuid4())


async def test_who_complained_is_masked_until_a_reason_is_given_and_every_look_is_on_record(
    world: World, visit: Any
) -> None:
    complaint = await steps.accepted(world)
    officer = await visit("officer")
    page = (await officer.get(f"/complaints/{complaint}")).text
    assert "测**" in page
    assert steps.NAME not in page
    assert (await officer.post(f"/complaints/{complaint}/identity", {"reason": ""})).status_code == 422
    assert steps.NAME in (await officer.post(f"/complaints/{complaint}/identity", {"reason": "contact"})).text
    events = AuditEvent.count().where(AuditEvent.action == "complaint.identity_shown")
    assert await events == 1
    entered = (await (await visit("coordinator")).get(f"/complaints/{complaint}")).text
    assert steps.FACTS not in entered
    assert "测**" not in entered


async def from_12388(world: World) -> Any:
    return await steps.received(
        world, by="auditor", channel="12388", channel_number="12388-2026-77", intake="report", kind="fee_demand"
    )


async def test_of_what_came_from_12388_only_the_auditor_sees_who_reported(world: World, visit: Any) -> None:
    complaint = await from_12388(world)
    await steps.accepted(world, "bureau", complaint=complaint)
    for name in ("bureau", "lead"):
        browser = await visit(name)
        assert steps.FACTS in (await browser.get(f"/complaints/{complaint}")).text
        assert "测**" not in (await browser.get(f"/complaints/{complaint}")).text
        assert (await browser.post(f"/complaints/{complaint}/identity", {"reason": "contact"})).status_code == 403
    auditor = await visit("auditor")
    assert steps.NAME in (await auditor.post(f"/complaints/{complaint}/identity", {"reason": "review"})).text


async def test_only_the_auditor_makes_the_file_for_discipline_inspection_and_it_proves_itself(
    world: World, visit: Any
) -> None:
    complaint = await from_12388(world)
    key, at = uuid4(), now()
    for name in ("bureau", "lead", "officer", "admin"):
        with pytest.raises(NotAllowed):
            await discipline.hand_over(world[name], uuid4(), [complaint], "clue", False, at)
        browser = await visit(name)
        assert (
            await browser.post("/complaints/discipline/hand-over", {"complaints": str(complaint)})
        ).status_code == 403
        assert (await browser.get("/complaints/discipline")).status_code == 404
    with pytest.raises(FormError):
        await discipline.hand_over(world["auditor"], key, [], "clue", False, at)
    for _ in range(2):
        await discipline.hand_over(world["auditor"], key, [complaint], "clue", False, at)
    named = uuid4()
    await discipline.hand_over(world["auditor"], named, [complaint], "asked", True, at)
    auditor = await visit("auditor")
    plain, full = [
        (await auditor.get(f"/complaints/discipline/files/{each}")).content for each in (key, named)
    ]  # fmt: skip
    row = await ComplaintHandover.objects().get(ComplaintHandover.id == key)
    assert row is not None
    assert hashlib.sha256(plain).hexdigest() == row.sha256
    assert steps.NAME not in _text(plain)
    assert steps.NAME in _text(full)
    assert _checked(plain) == 1
    assert await ComplaintHandover.count() == 2
    assert await AuditEvent.count().where(AuditEvent.action == "complaint.handed_over") == 2
    await steps.accepted(world, "bureau", complaint=complaint)
    page = (await (await visit("bureau")).get(f"/complaints/{complaint}")).text
    assert "Complaint accepted" in page
    assert "handed to discipline inspection" not in page, "the handler is not warned"


def _text(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return "".join(opened.read(name).decode() for name in opened.namelist())


def _checked(archive: bytes) -> int:
    """The sums hold, and both files tell the same; how many complaints they hold."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for line in opened.read("SHA256SUMS.txt").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(opened.read(name)).hexdigest() == digest
        rows = list(csv.DictReader(io.StringIO(opened.read("complaints.csv").decode("utf-8-sig"))))
        documents = json.loads(opened.read("complaints.json"))
    assert [one["number"] for one in rows] == [one["number"] for one in documents]
    assert rows[0]["facts"] == documents[0]["facts"] == steps.FACTS
    return len(rows)


async def test_an_auditor_does_not_hand_over_what_the_complaint_hides_from_them(world: World) -> None:
    hidden = await steps.received(world, by="bureau", about=About("staff", staff=world["auditor"].me))
    with pytest.raises(NotYours):
        await discipline.hand_over(world["auditor"], uuid4(), [hidden], "clue", False, now())


@pytest.mark.parametrize("name", ["manager", "caregiver", "officer"])
async def test_an_error_that_a_side_reports_itself_is_marked_and_counted_apart(
    world: World, visit: Any, name: str
) -> None:
    done = await visit_steps.submitted(world)
    form = {"kind": "quality", "facts": "当天少做了两项，第二天已补做。", "visit_number": done.number}
    if name == "officer":
        del form["visit_number"]
    browser = await visit(name)
    answer = await browser.post("/self-report", form)
    assert answer.status_code == 200
    row = await Complaint.objects().first()
    assert row is not None
    assert row.self_reported
    assert row.target == ("staff" if name == "officer" else "visit")
    assert row.level == ("bureau" if name == "officer" else "township")
    assert world[name].me in row.excluded
    handler = "bureau" if name == "officer" else "second_officer"
    await steps.accepted(world, handler, complaint=row.id)
    await handling.begin(world[handler], row.id, now())
    await handling.add_evidence(world[handler], row.id, "visit_record", "记录一致", None, now(), uuid4())
    await deciding.decide(world[handler], row.id, "substantiated", "情况属实，已补做", now())
    found = await queries.figures(world["lead"], row.entered_at)
    assert [(one["result"], one["found"], one["self_reported"]) for one in found] == [("substantiated", 0, 1)]
    listed = await (await visit("lead")).get("/complaints?show=all")
    assert "Reported by the side itself" in listed.text


async def test_nobody_reports_for_a_visit_of_another_side(world: World, visit: Any) -> None:
    done = await visit_steps.submitted(world)
    form = {"kind": "quality", "facts": "当天少做了两项，已补做。", "visit_number": done.number}
    assert (await (await visit("other_manager")).post("/self-report", form)).status_code == 422


async def test_the_desk_takes_one_in_with_links_that_it_may_see(world: World, visit: Any) -> None:
    done = await visit_steps.submitted(world)
    form = {
        "intake": "complaint", "channel": "12345", "channel_number": "12345-88", "facts": steps.FACTS,
        "division": steps.PLACE, "kind": "no_show", "target": "visit", "visit_number": done.number, "key": str(uuid4()),
        "name": steps.NAME, "phone": "19900001234",
    }  # fmt: skip
    desk = await visit("coordinator")
    assert (await desk.post("/complaints/new", {**form, "visit_number": "TF-424242"})).status_code == 422
    assert (await desk.post("/complaints/new", form)).status_code == 303
    row = await Complaint.objects().first()
    assert row is not None
    assert (row.visit, row.channel_number, row.entered_by) == (done.id, "12345-88", world["coordinator"].me)
    outside = await visit("outside_coordinator")
    assert (await outside.post("/complaints/new", {**form, "key": str(uuid4())})).status_code == 422


async def test_the_whole_way_goes_through_the_pages(world: World, visit: Any) -> None:
    complaint = await steps.received(world)
    officer = await visit("officer")
    one = f"/complaints/{complaint}"
    for step, form in (
        ("accept", {"severity": "minor", "kind": "no_show"}),
        ("begin", {}),
        ("hear", {"side": "complainant", "complainant_way": "phone", "complainant_text": "没有来"}),
        ("hear", {"side": "target", "target_way": "talk", "target_text": "排班漏了"}),
        ("evidence", {"evidence_kind": "visit_record", "evidence_text": "没有签到"}),
        ("decide", {"result": "substantiated", "reasons": "记录一致"}),
        ("reply", {"reply": steps.REPLY, "reply_way": "read_aloud", "read_to": "本人"}),
        ("read-aloud", {"read_to": "女儿"}),
        ("close", {"satisfied": "no"}),
        ("reopen", {"reopen_text": "没有补上"}),
    ):
        answer = await officer.post(f"{one}/{step}", form)
        assert answer.status_code == 303, (step, answer.text[-3000:])
        assert (await officer.get(one)).status_code == 200
    paper = await officer.get(f"{one}/reply")
    assert steps.REPLY in paper.text
    assert (await officer.get("/complaints?show=mine")).text.count(str(complaint)) == 1


async def test_a_decision_that_comes_too_early_keeps_the_typed_reasons_and_says_what_is_missing(
    world: World, visit
) -> None:
    complaint, browser = await steps.investigating(world), await visit("officer")
    answer = await browser.post(
        f"/complaints/{complaint}/decide", {"result": "substantiated", "reasons": "签到记录显示没有人去。"}
    )
    assert answer.status_code == 409
    assert "签到记录显示没有人去。" in answer.text
    assert (await steps.row(complaint)).status == "investigating"


async def test_a_critical_complaint_says_until_when_it_is_contacted_and_planned(world: World, visit) -> None:
    complaint = await steps.received(world, kind="harm", severity="critical")
    entered = (await steps.row(complaint)).entered_at
    shown = (await (await visit("officer")).get(f"/complaints/{complaint}")).text
    for what, hours in (("Contact", 2), ("Plan", 24)):
        assert f"{what} until {shown_time(entered + timedelta(hours=hours))}" in shown


async def test_what_waits_for_discipline_inspection_counts_until_it_is_handed_over(world: World) -> None:
    auditor, at = world["auditor"], now()
    complaint = await steps.received(world, kind="fraud")
    assert await discipline.not_handed_over(auditor) == 1
    await discipline.hand_over(auditor, uuid4(), [complaint], "clue", False, at)
    assert await discipline.not_handed_over(auditor) == 0
    assert await discipline.handed_over() == {complaint}
