"""At the door, through the pages: one form sent twice is one record, two devices tell each other, nothing is lost."""

import asyncio
import json
from datetime import timedelta

import pytest

from bangfu.shared.clock import now
from bangfu.visits.tables import VisitProof, VisitRecord
from tests.dispatch.tasks import ADDRESS, NAME, kinds_told
from tests.support import World
from tests.visits import door_steps as door
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
DRAFT = {"X-Draft": "1"}
DONE = {"submitted", "flagged"}
"""A record was sent; whether something about it is flagged is not this module's question."""


async def test_a_carer_arrives_records_and_leaves_by_plain_forms(world: World, visit) -> None:
    made = await steps.planned(world)
    page = await visit("caregiver")
    listed = await page.get("/my-visits")
    assert NAME in listed.text
    assert ADDRESS in listed.text
    shown = await page.get(f"/my-visits/{made.id}")
    assert "two_person" not in shown.text
    assert "Go in pairs" in shown.text
    answer = await page.post(f"/my-visits/{made.id}/arrive", door.arriving())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my-visits/{made.id}")
    form = await page.get(f"/my-visits/{made.id}")
    assert "line-fire_gas" in form.text
    answer = await page.post(f"/my-visits/{made.id}/finish", door.finishing(new_needs="想要一根拐杖"))
    assert answer.status_code == 303, answer.text
    done = await steps.visit(made.id)
    assert done.status in DONE
    assert (done.in_method, done.out_method, done.evidence) == ("gps", "gps", "on_spot")
    assert (done.place_verdict, done.distance_m) == ("near", 0)
    assert done.submitted_by == world["caregiver"].user
    record = await VisitRecord.objects().get(VisitRecord.visit == made.id)
    assert (record.form, record.form_version, record.confirmation) == ("VC-8", 1, "voice")
    assert len(json.loads(record.checklist)) == 8
    assert "拐杖" not in record.new_needs_enc
    assert "visit_new_need" in await kinds_told(world["dispatcher"].me)
    after = await page.get(f"/my-visits/{made.id}")
    assert ADDRESS not in after.text
    assert "拐杖" not in after.text


async def test_a_form_that_is_posted_twice_at_once_is_one_arrival_and_one_record(world: World, visit) -> None:
    made = await steps.planned(world)
    page = await visit("caregiver")
    for path, form in (("arrive", door.arriving()), ("finish", door.finishing())):
        answers = await asyncio.gather(*(page.post(f"/my-visits/{made.id}/{path}", form) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {303}
    assert await VisitProof.count().where(VisitProof.visit == made.id) == 2
    assert await VisitRecord.count().where(VisitRecord.visit == made.id) == 1


async def test_a_second_device_is_told_and_what_was_typed_stays(world: World, visit) -> None:
    made = await steps.planned(world)
    page = await visit("caregiver")
    await page.post(f"/my-visits/{made.id}/arrive", door.arriving())
    again = await page.post(f"/my-visits/{made.id}/arrive", door.arriving())
    assert again.status_code == 409
    assert "checked in already" in again.text
    await page.post(f"/my-visits/{made.id}/finish", door.finishing(findings_text="第一台"))
    second = await page.post(f"/my-visits/{made.id}/finish", door.finishing(findings_text="第二台手机上写的"))
    assert second.status_code == 409
    assert "第二台手机上写的" in second.text
    draft = await page.post(f"/my-visits/{made.id}/finish", door.finishing(), headers=DRAFT)
    assert draft.status_code == 409
    assert "sent already" in draft.json()["told"]


async def test_drafts_get_the_same_answers_as_documents(world: World, visit) -> None:
    made = await steps.planned(world)
    page = await visit("caregiver")
    bad = await page.post(f"/my-visits/{made.id}/arrive", door.arriving(lat=""), headers=DRAFT)
    assert bad.status_code == 422
    assert list(bad.json()["faults"]) == ["method"]
    form = door.arriving()
    for _ in range(2):
        answer = await page.post(f"/my-visits/{made.id}/arrive", form, headers=DRAFT)
        assert (answer.status_code, answer.json()) == (200, {"state": "done"})
    foreign = await visit("other_caregiver")
    assert (await foreign.post(f"/my-visits/{made.id}/finish", {}, headers=DRAFT)).status_code == 404


async def test_gaps_are_named_and_nothing_typed_is_lost(world: World, visit) -> None:
    made = await steps.started(world)
    page = await visit("caregiver")
    form = door.finishing(**{"line-food": "", "finding-mood": "attention", "confirmation": "", "remarks": "狗很凶"})
    answer = await page.post(f"/my-visits/{made.id}/finish", form)
    assert answer.status_code == 422
    assert all(f'href="#f-{name}"' in answer.text for name in ("line-food", "findings_text", "confirmation"))
    assert "狗很凶" in answer.text
    form |= {"why-food": "not_needed:family", "findings_text": "话很少", "confirmation": "unable"}
    answer = await page.post(f"/my-visits/{made.id}/finish", {**form, "unable_reason": "bed_bound"})
    assert answer.status_code == 303, answer.text
    record = await VisitRecord.objects().get(VisitRecord.visit == made.id)
    assert {"code": "food", "answer": "not_needed", "reason": "family"} in json.loads(record.checklist)
    assert (record.confirmation, record.confirmation_reason) == ("unable", "bed_bound")


async def test_a_wrong_pin_and_a_wrong_hour_never_block(world: World, visit) -> None:
    made = await steps.planned(world, start=now() + timedelta(minutes=50))
    page = await visit("caregiver")
    answer = await page.post(f"/my-visits/{made.id}/arrive", door.arriving(**door.FAR))
    assert answer.status_code == 303
    await page.post(f"/my-visits/{made.id}/finish", door.finishing(**door.EXPLAINED))
    done = await steps.visit(made.id)
    assert done.status in DONE
    assert (done.evidence, done.place_verdict) == ("attested", "far")
    assert done.distance_m > 2000


async def test_a_visit_of_another_day_asks_for_a_word(world: World, visit) -> None:
    made = await steps.planned(world, start=now() + timedelta(days=2))
    page = await visit("caregiver")
    answer = await page.post(f"/my-visits/{made.id}/arrive", door.arriving(other_day=""))
    assert answer.status_code == 422
    assert "other_day" in answer.text
    assert (await page.post(f"/my-visits/{made.id}/arrive", door.arriving())).status_code == 303


async def test_a_draft_that_waited_keeps_the_time_of_the_device(world: World, visit) -> None:
    made = await steps.planned(world, start=now() - timedelta(minutes=50))
    page = await visit("caregiver")
    began, left = now() - timedelta(minutes=45), now() - timedelta(minutes=12)
    await page.post(f"/my-visits/{made.id}/arrive", door.arriving(device_at=began.isoformat(), offline="1"))
    form = door.finishing(device_at=left.isoformat(), offline="1", device="11111111-2222-4333-8444-555555555555")
    await page.post(f"/my-visits/{made.id}/finish", form)
    done = await steps.visit(made.id)
    assert (done.started_at, done.ended_at) == (began, left)
    assert done.submitted_at - left > timedelta(minutes=11)
    record = await VisitRecord.objects().get(VisitRecord.visit == made.id)
    assert record.offline
    assert "11111111" not in record.device


async def test_somebody_else_and_who_comes_along_record_nothing(world: World, visit) -> None:
    made = await steps.planned(world, "volunteer", partner=world.carers["other_volunteer"])
    along = await visit("other_volunteer")
    shown = await along.get(f"/my-visits/{made.id}")
    assert shown.status_code == 200
    assert f"/my-visits/{made.id}/arrive" not in shown.text
    assert (await along.post(f"/my-visits/{made.id}/arrive", door.arriving())).status_code == 403
    stranger = await visit("caregiver")
    assert (await stranger.get(f"/my-visits/{made.id}")).status_code == 404
    assert (await stranger.post(f"/my-visits/{made.id}/finish", {})).status_code == 404


async def test_a_volunteer_sees_family_name_and_title_and_never_the_phone(world: World, visit) -> None:
    made = await steps.planned(world, "volunteer")
    page = await visit("volunteer")
    for path in ("/my-visits", f"/my-visits/{made.id}"):
        shown = (await page.get(path)).text
        assert NAME not in shown
        assert "13900000017" not in shown
        assert ADDRESS in shown
