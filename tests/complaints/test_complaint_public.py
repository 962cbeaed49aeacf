"""The public page: kept form, number and code, wrong codes, throttle, words, satisfaction, opening again once."""

import re
from typing import Any

from bangfu.complaints import clock, deciding, handling
from bangfu.complaints.deciding import Reply
from bangfu.complaints.tables import Complaint, ComplaintEntry
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.complaints import complaint_steps as steps
from tests.support import World

FORM = {
    "intake": "complaint", "facts": steps.FACTS, "division": steps.PLACE, "kind": "no_show", "about": "organization",
    "about_words": "春晖", "name": steps.NAME, "phone": "19900001234",
}  # fmt: skip


def receipt_of(text: str) -> dict[str, str]:
    number, code = re.findall(r'<dd class="num[^"]*">([^<]+)</dd>', text)
    return {"number": number.strip(), "code": code.strip()}


async def test_it_is_sent_without_an_account_and_followed_by_number_and_code(world: World, visit: Any) -> None:
    nobody = await visit(None)
    page = await nobody.get("/complain")
    assert page.status_code == 200
    key = re.findall(r'name="key" value="([^"]+)"', page.text)[0]
    receipts = [receipt_of((await nobody.post("/complain", {**FORM, "key": key})).text) for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert await Complaint.count() == 1
    row = (await Complaint.objects().first()).to_dict()
    assert key not in str(row)
    assert receipts[0]["code"].replace(" ", "") not in str(row)
    state = await nobody.post("/complain/status", receipts[0])
    assert state.status_code == 200
    assert steps.NAME not in state.text
    assert steps.FACTS not in state.text


async def test_a_fault_keeps_everything_that_was_typed(world: World, visit: Any) -> None:
    nobody = await visit(None)
    for broken in ({"phone": "12"}, {"kind": ""}, {"division": "990102999000"}, {"facts": "少"}):
        answer = await nobody.post("/complain", {**FORM, **broken})
        assert answer.status_code == 422, broken
        for name, value in {**FORM, **broken}.items():
            if name in {"facts", "about_words", "name", "phone"}:
                assert value in answer.text, (broken, name)
    assert await Complaint.count() == 0


async def test_an_anonymous_one_keeps_no_name_even_if_typed(world: World, visit: Any) -> None:
    await (await visit(None)).post("/complain", {**FORM, "anonymous": "yes"})
    row = await Complaint.objects().first()
    assert row is not None
    assert (row.anonymous, row.name_enc, row.phone_enc) == (True, "", "")
    stored = str(row.to_dict()) + str(await AuditEvent.select())
    for secret in (steps.NAME, "19900001234", steps.FACTS, "春晖"):
        assert secret not in stored


async def test_a_wrong_code_shows_nothing_and_too_many_have_to_wait(world: World, visit: Any) -> None:
    receipt = await steps.sent()
    nobody = await visit(None)
    for path, more in (("status", {}), ("add", {"words": "补充"}), ("close", {"satisfied": "yes"}),
                       ("reopen", {"reopen_text": "再查"})):  # fmt: skip
        answer = await nobody.post(f"/complain/{path}", {"number": receipt.number, "code": "AAAAAAAAAA", **more})
        assert answer.status_code == 422
        assert "received" not in answer.text.lower()
    for _ in range(50):
        await nobody.post("/complain/status", {"number": "TS-999999", "code": "AAAAAAAAAA"})
    right = {"number": receipt.number, "code": receipt.code}
    assert (await nobody.post("/complain/status", right)).status_code == 429


async def test_one_address_sends_ten_in_a_quarter_of_an_hour(world: World, visit: Any) -> None:
    nobody = await visit(None)
    answers = [await nobody.post("/complain", FORM) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert steps.FACTS in answers[-1].text
    assert await Complaint.count() == 10


async def test_the_complainant_adds_words_reads_the_reply_and_has_it_opened_again_once(
    world: World, visit: Any
) -> None:
    nobody, receipt = await visit(None), await steps.sent(name="", phone="")
    right = {"number": receipt.number, "code": f" {receipt.code[:5].lower()} {receipt.code[5:]}"}
    await nobody.post("/complain/add", {**right, "words": "还有一次也没来"})
    assert await ComplaintEntry.count().where(ComplaintEntry.side == "complainant") == 1
    await steps.accepted(world, complaint=receipt.complaint)
    await handling.begin(world["officer"], receipt.complaint, now())
    await steps.hear_all(world, receipt.complaint)
    await deciding.decide(world["officer"], receipt.complaint, "substantiated", "记录一致", now())
    assert steps.REPLY not in (await nobody.post("/complain/status", right)).text
    await deciding.reply(world["officer"], receipt.complaint, Reply(steps.REPLY, "own_page"), now())
    assert steps.REPLY in (await nobody.post("/complain/status", right)).text
    assert (await nobody.post("/complain/close", {**right, "satisfied": "no"})).status_code == 200
    assert (await nobody.post("/complain/reopen", {**right, "reopen_text": "没有补上"})).status_code == 200
    row = await steps.row(receipt.complaint)
    assert (row.status, row.round) == ("investigating", 1)
    await steps.hear_all(world, receipt.complaint)
    await deciding.decide(world["officer"], receipt.complaint, "partly", "再查", now())
    await deciding.reply(world["officer"], receipt.complaint, Reply(steps.REPLY, "own_page"), now())
    await nobody.post("/complain/close", {**right, "satisfied": "yes"})
    again = await nobody.post("/complain/reopen", {**right, "reopen_text": "还要"})
    assert again.status_code == 422
    assert (await steps.row(receipt.complaint)).status == "closed"
    assert await clock.look_after(now()) == 0


async def test_an_office_that_knows_the_id_cannot_learn_the_code(world: World, visit: Any) -> None:
    receipt = await steps.sent()
    answer = await (await visit(None)).post("/complain", {**FORM, "key": str(receipt.complaint)})
    assert receipt_of(answer.text)["number"] != receipt.number
