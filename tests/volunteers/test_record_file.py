"""The record of order 67 as a file for other portals: complete, checked, and back without loss."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.errors import FormError, NotAllowed
from bangfu.providers.carer_tables import TrainingRecord
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from bangfu.shared.tables import AuditEvent
from bangfu.volunteers import exporting, hours, noting, record_file
from bangfu.volunteers.activities import Activity, record
from bangfu.volunteers.hours_tables import BroughtRecord
from bangfu.volunteers.ledger import confirmed_minutes
from bangfu.volunteers.noting import Note
from bangfu.volunteers.people import volunteer_for
from tests.imports.lists import resident
from tests.support import TOWN, World
from tests.volunteers import volunteer_steps as steps

ME = resident(7)


async def _with_papers(carer: UUID) -> None:
    await Carer.update(
        name="测试愿", id_number_enc=encrypt(ME, f"carer:id_number_enc:{carer}"),
        phone_enc=encrypt("+8613812345678", f"carer:phone_enc:{carer}"),
    ).where(Carer.id == carer)  # fmt: skip


async def _a_full_record(world: World) -> UUID:
    """A visit, an activity, a course, a commendation and an appraisal."""
    me = world.carers["volunteer"]
    await _with_papers(me)
    await steps.experienced(world, "other_volunteer")
    start = (now() - timedelta(minutes=600)).replace(second=0, microsecond=0)
    service = await steps.recorded(world, "volunteer", start=start, partner=world.carers["other_volunteer"])
    await hours.confirm(world["dispatcher"], service.id, now())
    day = now() - timedelta(days=3)
    activity = Activity(
        uuid4(), "重阳节活动", "陪老人包饺子", "老人", "社区活动室", "负责人", day,
        day + timedelta(minutes=90), ["volunteer"],
    )  # fmt: skip
    await record(world["dispatcher"], activity, TOWN.ljust(12, "0"), now())
    await TrainingRecord(
        id=uuid4(), carer=me, name="急救", content="心肺复苏", hours=2.5, organiser="红十字会", held_on=today()
    ).save()
    for new in (
        Note("commendation", "优秀志愿者", today(), "民政局", text="热心"),
        Note("appraisal", "年度评价", today(), "社工站", "excellent", True),
    ):
        await noting.note(world["dispatcher"], uuid4(), me, new, now())
    return me


async def _file(actor: Actor, carer: UUID, reason: str = "转出") -> bytes:
    return await exporting.export(actor, await volunteer_for(actor, carer), "json", now(), reason=reason)


async def _again_elsewhere(world: World, carer: UUID) -> UUID:
    """The same person in a register that holds nothing else of them, as a list of carers brings them in."""
    await Carer.raw("UPDATE carer SET number = 'OLD', id_number_index = '' WHERE id = {}", carer)
    found = await Carer.raw("SELECT * FROM carer WHERE id = {}", carer)
    fresh = uuid4()
    await Carer(**{**found[0], "id": fresh, "number": "volunteer", "id_number_enc": "", "phone_enc": ""}).save()
    await _with_papers(fresh)
    for code in await Qualification.select(Qualification.code).where(Qualification.carer == carer):
        await Qualification(id=uuid4(), carer=fresh, code=code["code"], expires_on=today()).save()
    return fresh


async def test_the_file_holds_all_fields_of_the_order(world: World) -> None:
    me = await _a_full_record(world)
    made = json.loads(await _file(world["bureau"], me))
    basic, services = made["record"]["basic"], made["record"]["services"]
    assert (basic["name"], basic["document_number"], basic["contact"]) == ("测试愿", ME, "13812345678")
    assert set(basic) == {
        "name", "volunteer_number", "sex", "birth_date", "document_type", "document_number", "residence", "contact",
        "languages", "skills", "service_types", "organisation",
    }  # fmt: skip
    assert (basic["skills"], basic["service_types"]) == (["M", "T", "V"], ["visit_check"])
    activity = next(one for one in services if one["part"] == "member")
    assert (activity["name"], activity["place"], activity["target"]) == ("重阳节活动", "社区活动室", "老人")
    assert (activity["minutes"], activity["in_charge"], activity["content"]) == (90, "负责人", "陪老人包饺子")
    assert {one["minutes"] for one in services} == {30, 90}
    assert made["record"]["trainings"][0]["hours"] == 2.5
    assert made["record"]["commendations"][0]["content"] == "热心"
    assert made["record"]["appraisals"][0]["grade"] == "excellent"
    assert await _file(world["bureau"], me) == await _file(world["bureau"], me)


async def test_a_record_goes_into_an_empty_register_and_out_again_without_loss(world: World) -> None:
    me = await _a_full_record(world)
    sent = await _file(world["bureau"], me)
    fresh = await _again_elsewhere(world, me)
    assert json.loads(await _file(world["bureau"], fresh))["record"]["services"] == []
    row = await volunteer_for(world["dispatcher"], fresh)
    assert await record_file.bring(world["dispatcher"], row, sent, now())
    assert not await record_file.bring(world["dispatcher"], row, sent, now())
    assert await BroughtRecord.count() == 1
    assert await _file(world["bureau"], fresh) == sent
    assert await confirmed_minutes([fresh]) in ({}, {fresh: 0})
    kept = await BroughtRecord.raw("SELECT t::text AS kept FROM volunteer_brought t")
    assert "饺子" not in kept[0]["kept"]
    assert await AuditEvent.count().where(AuditEvent.action == "volunteer_record.brought") == 1
    for plain in (True, False):
        text = str(await exporting.lines_of(row, plain=plain))
        assert "重阳节活动" in text
    assert "热心" not in (await record_file.file_of(row, plain=False)).content.decode()


async def test_what_is_masked_changed_or_somebody_elses_is_not_taken(world: World) -> None:
    me = await _a_full_record(world)
    sent = await _file(world["bureau"], me)
    row = await volunteer_for(world["dispatcher"], me)
    masked = (await record_file.file_of(row, plain=False)).content
    assert ME not in masked.decode()
    assert "测试愿" not in masked.decode()
    changed = json.loads(sent)
    changed["record"]["services"][0]["minutes"] = 600
    odd = json.loads(sent)
    odd["record"]["services"][0]["more"] = "x"
    odd["sha256"] = record_file._check(odd["record"])
    wrong = [masked, json.dumps(changed).encode(), json.dumps(odd).encode(), b"", b"[]", b"\xff", b"[" * 100_000]
    for content in wrong:
        with pytest.raises(FormError):
            await record_file.bring(world["dispatcher"], row, content, now())
    other = await volunteer_for(world["dispatcher"], world.carers["other_volunteer"])
    with pytest.raises(FormError):
        await record_file.bring(world["dispatcher"], other, sent, now())
    with pytest.raises(NotAllowed):
        await record_file.bring(world["bureau"], row, sent, now())
    assert await BroughtRecord.count() == 0


async def test_the_page_takes_the_file_and_says_what_is_wrong(world: World, visit) -> None:
    me = await _a_full_record(world)
    sent = await _file(world["bureau"], me)
    dispatcher = await visit("dispatcher")
    here = f"/volunteers/{me}/record/bring"
    refused = await dispatcher.post(here, {}, files={"file": ("r.json", b"{}", "application/json")})
    assert refused.status_code == 422
    assert "no record of a volunteer in JSON" in refused.text
    taken = await dispatcher.post(here, {}, files={"file": ("r.json", sent, "application/json")})
    assert taken.status_code == 303
    assert "r.json" not in (await dispatcher.get(f"/volunteers/{me}")).text
    assert (await dispatcher.get(f"/volunteers/{me}/record/json")).json()["format"] == record_file.FORMAT
    assert await _file(world["bureau"], me) == sent  # what stands here already is not doubled
