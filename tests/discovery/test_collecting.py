"""Taking in a report: who may, what it needs, and that it is taken in once."""

import asyncio
from uuid import uuid4

import pytest

from bangfu.discovery.actions import collect
from bangfu.discovery.tables import Report
from bangfu.errors import FormError, NotAllowed, NotYours
from bangfu.messages.tables import Message
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.discovery.reporting import facts, file_report, row
from tests.support import FOREIGN_VILLAGE, TOWN, VILLAGE, World

pytestmark = pytest.mark.database


async def test_a_report_is_sealed_numbered_and_given_to_the_dispatcher(world: World) -> None:
    report = await row(await file_report(world["grid"]))
    assert report.number.startswith("XS-")
    assert (report.status, report.reporter, report.restricted) == ("collected", world["grid"].user, False)
    stored = " ".join(str(value) for value in report.to_dict().values())
    assert not any(word in stored for word in ("甘测试", "19900000077", "热饭", "3组9号"))
    inbox = await Message.objects().where(Message.kind == "report_next")
    assert {message.user for message in inbox} == {world["dispatcher"].user}
    event = await AuditEvent.objects().where(AuditEvent.subject == str(report.id)).first()
    assert event is not None
    assert event.action == "report.collected"
    assert "甘" not in event.data


async def test_the_same_key_is_the_same_report_also_when_sent_twice_at_once(world: World) -> None:
    key = uuid4()
    sent = [collect(world["volunteer"], key, facts(source="volunteer"), now()) for _ in range(4)]
    assert set(await asyncio.gather(*sent)) == {key}
    assert await Report.count() == 1
    with pytest.raises(NotYours):
        await collect(world["grid"], key, facts(), now())


async def test_the_system_files_for_the_hotline_and_it_is_no_more_than_collected(world: World) -> None:
    told = facts(source="hotline", hotline_kind="help", division=TOWN.ljust(12, "0"), reporter_name="来电人")
    key = uuid4()
    for _ in range(2):
        assert await collect(SYSTEM, key, told, now()) == key
    assert (await row(key)).status == "collected"
    compared = await collect(SYSTEM, uuid4(), facts(source="data_comparison"), now())
    assert (await row(compared)).reporter is None


@pytest.mark.parametrize("name", ["officer", "dispatcher", "bureau", "liaison", "auditor", "admin", "manager"])
async def test_who_does_not_report_is_refused(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        await file_report(world[name])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("division", {"division": FOREIGN_VILLAGE}),
        ("division", {"division": "990101001000"}),
        ("source", {"source": "data_comparison"}),
        ("source", {"source": "rumour"}),
        ("need_kinds", {"need_kinds": ()}),
        ("need_kinds", {"need_kinds": ("cash",)}),
        ("name", {"name": "", "phone": "", "address": ""}),
        ("hotline_kind", {"hotline_kind": "help"}),
        ("hotline_kind", {"source": "hotline"}),
        ("seen", {"source": "hotline", "hotline_kind": "complaint", "seen": ""}),
    ],
)
async def test_what_is_missing_or_unknown_is_named_by_its_field(world: World, field: str, changes: dict) -> None:
    with pytest.raises(FormError) as refused:
        await file_report(world["grid"], **changes)
    assert set(refused.value.fields) == {field}
    assert await Report.count() == 0


async def test_a_place_alone_is_enough(world: World) -> None:
    report = await row(await file_report(world["grid"], name="", phone="", address="", lat=31.78, lon=119.95))
    assert (report.name_index, report.phone_index) == ("", "")
    assert report.division == VILLAGE


@pytest.mark.parametrize(("kind", "restricted"), [("complaint", True), ("report", True), ("help", False)])
async def test_complaints_and_accusations_go_to_the_bureau_first(world: World, kind: str, restricted: bool) -> None:
    report = await row(await file_report(world["coordinator"], source="hotline", hotline_kind=kind))
    assert report.restricted is restricted
    told = {message.user for message in await Message.objects().where(Message.kind == "report_next")}
    assert told == {
        world[name].user for name in (("bureau", "second_bureau", "city_bureau") if restricted else ("dispatcher",))
    }
