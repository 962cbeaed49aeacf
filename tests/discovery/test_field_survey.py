"""The survey by village: each home once, however often a draft is sent, with a report or with nothing needed."""

from uuid import uuid4

import pytest

from bangfu.discovery import field
from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.field_tables import FieldEntry
from bangfu.discovery.tables import Report
from bangfu.errors import FormError, NotYours
from bangfu.shared.clock import now
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

HOME = ReportFacts("aide", VILLAGE, ("care",), name="测阿婆", address="3组12号", seen="独居，行走困难")


async def test_a_home_in_need_becomes_a_report_and_is_counted(world: World) -> None:
    key = uuid4()
    number = await field.enter(world["coordinator"], key, "report", HOME, now())
    report = await Report.objects().get(Report.id == key)
    assert report is not None
    assert (report.number, report.status, report.source) == (number, "collected", "aide")
    await field.enter(world["coordinator"], uuid4(), "nothing", ReportFacts("aide", VILLAGE), now())
    assert await field.tally(world["coordinator"], now()) == [("柳树村", 2, 1)]


async def test_a_draft_that_is_sent_again_is_the_same_home(world: World) -> None:
    key = uuid4()
    numbers = {await field.enter(world["grid"], key, "report", HOME, now()) for _ in range(3)}
    assert len(numbers) == 1
    assert (await FieldEntry.count(), await Report.count()) == (1, 1)
    with pytest.raises(NotYours):
        await field.enter(world["coordinator"], key, "report", HOME, now())


async def test_a_fault_stores_neither_the_home_nor_the_report(world: World) -> None:
    for facts in (ReportFacts("aide", FOREIGN_VILLAGE, ("care",), name="测某"), ReportFacts("aide", VILLAGE)):
        with pytest.raises(FormError):
            await field.enter(world["coordinator"], uuid4(), "report", facts, now())
    with pytest.raises(FormError):
        await field.enter(world["coordinator"], uuid4(), "nothing", ReportFacts("aide", "990101001"), now())
    assert (await FieldEntry.count(), await Report.count()) == (0, 0)


async def test_the_page_works_without_scripts_and_keeps_the_village(visit) -> None:
    browser = await visit("grid")
    sent = {"key": str(uuid4()), "division": VILLAGE, "outcome": "report", "name": "测阿婆", "need_kinds": "care"}
    done = await browser.post("/field", sent)
    assert done.status_code == 303
    page = (await browser.get(done.headers["location"])).text
    assert f'<option value="{VILLAGE}" selected>' in page
    assert "柳树村: 1 homes, 1 reports" in page
    assert "测阿婆" not in page
    faulty = await browser.post("/field", {**sent, "key": str(uuid4()), "need_kinds": "", "phone": "12"})
    assert faulty.status_code == 422
    assert "测阿婆" in faulty.text, "nothing that was typed is lost"


async def test_a_draft_is_answered_with_a_small_document(visit) -> None:
    browser = await visit("coordinator")
    ready = (await browser.get("/field/ready")).json()
    assert ready["token"]
    sent = {"key": str(uuid4()), "division": VILLAGE, "outcome": "report", "name": "测阿婆", "need_kinds": "care"}
    headers = {"X-Draft": "1", "X-CSRF-Token": ready["token"]}
    done = await browser.client.post("/field", data=sent, headers=headers)
    assert (done.status_code, set(done.json())) == (200, {"number"})
    faulty = await browser.client.post("/field", data={**sent, "key": str(uuid4()), "division": ""}, headers=headers)
    assert (faulty.status_code, set(faulty.json()["faults"])) == (422, {"division"})
    refused = await browser.client.post("/field", data=sent, headers={"X-Draft": "1"})
    assert refused.status_code == 403, "a draft without the token of this site"


async def test_signing_out_clears_the_phone(visit) -> None:
    browser = await visit("grid")
    answer = await browser.post("/signout")
    assert '"storage"' in answer.headers["clear-site-data"]
