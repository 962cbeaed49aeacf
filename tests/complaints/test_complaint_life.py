"""A complaint from the desk to its end: clocks, guards, two people at once, silence, opening again, the score."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.complaints import clock, deciding, facts, handling, hooks, intake
from bangfu.complaints.deciding import Reply
from bangfu.complaints.handling import Set
from bangfu.complaints.routing import About
from bangfu.complaints.tables import Complaint, ComplaintEntry
from bangfu.contracts.tables import Contract
from bangfu.errors import FormError, NotAllowed, Refused
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import SHANGHAI, civil_date
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from tests.complaints import complaint_steps as steps
from tests.support import World
from tests.visits import visit_steps

MONDAY = datetime(2026, 11, 16, 10, tzinfo=SHANGHAI)


async def open_clocks(complaint: UUID) -> dict[str, datetime]:
    rows = await SupervisionTask.raw(
        "SELECT kind, due_at FROM supervision_task WHERE subject = {} AND closed_at IS NULL AND status <> 'dropped'",
        complaint,
    )
    return {row["kind"]: row["due_at"].astimezone(SHANGHAI) for row in rows}


async def test_a_minor_complaint_has_two_working_days_to_be_accepted_and_ten_to_be_replied(world: World) -> None:
    complaint = await steps.received(world, at=MONDAY)
    assert {kind: due.date() for kind, due in (await open_clocks(complaint)).items()} == {
        "complaint.accept": date(2026, 11, 18)
    }
    await handling.accept(world["officer"], complaint, Set("minor"), MONDAY)
    assert {kind: due.date() for kind, due in (await open_clocks(complaint)).items()} == {
        "complaint.close": date(2026, 11, 30)
    }


async def test_a_complaint_set_to_major_is_closed_within_five_working_days(world: World) -> None:
    complaint = await steps.accepted(world, at=MONDAY, set_severity="major")
    assert (await open_clocks(complaint))["complaint.close"].date() == date(2026, 11, 23)


async def test_a_critical_one_asks_for_contact_in_two_hours_and_a_plan_in_a_day(world: World) -> None:
    complaint = await steps.received(world, at=MONDAY, kind="harm")
    clocks = await open_clocks(complaint)
    assert clocks["complaint.contact"] == MONDAY + timedelta(hours=2)
    assert clocks["complaint.plan"] == MONDAY + timedelta(hours=24)
    await handling.accept(world["officer"], complaint, Set("critical"), MONDAY)
    await handling.contacted(world["officer"], complaint, "contact", "已通话", MONDAY, uuid4())
    await handling.contacted(world["officer"], complaint, "plan", "今天入户查看", MONDAY, uuid4())
    assert set(await open_clocks(complaint)) == {"complaint.close"}


async def test_a_petition_has_sixty_days_and_one_extension_of_thirty_by_the_lead(world: World) -> None:
    complaint = await steps.received(world, at=MONDAY)
    await handling.accept(world["officer"], complaint, Set("minor", petition=True), MONDAY)
    assert (await steps.row(complaint)).close_due == MONDAY + timedelta(days=60)
    for name in ("officer", "bureau"):
        with pytest.raises(NotAllowed):
            await deciding.extend(world[name], complaint, "需要鉴定", MONDAY)
    await deciding.extend(world["lead"], complaint, "需要鉴定", MONDAY)
    assert (await steps.row(complaint)).close_due == MONDAY + timedelta(days=90)
    with pytest.raises(Refused, match="one extension"):
        await deciding.extend(world["lead"], complaint, "还需要", MONDAY)


async def test_the_right_route_is_told_and_nothing_runs_any_more(world: World) -> None:
    complaint = await steps.received(world)
    with pytest.raises(FormError):
        await handling.route(world["officer"], complaint, "transfer", "", "", now())
    await handling.route(world["officer"], complaint, "transfer", "court", "请向人民法院起诉", now())
    assert (await steps.row(complaint)).status == "transferred"
    assert await open_clocks(complaint) == {}
    with pytest.raises(Refused):
        await handling.accept(world["officer"], complaint, Set("minor"), now())


async def test_nothing_is_decided_before_both_sides_are_heard_on_evidence(world: World) -> None:
    officer, at = world["officer"], now()
    complaint = await steps.investigating(world)
    for said in ("complainant", "target"):
        with pytest.raises(Refused, match="heard"):
            await deciding.decide(officer, complaint, "partly", "理由", at)
        await handling.hear(officer, complaint, said, "talk", "说明", at, uuid4())
    with pytest.raises(Refused, match="evidence"):
        await deciding.decide(officer, complaint, "partly", "理由", at)
    await handling.add_evidence(officer, complaint, "witness", "邻居看见", None, at, uuid4())
    await deciding.decide(officer, complaint, "partly", "理由", at)
    assert (await steps.row(complaint)).result == "partly"


async def test_an_organisation_that_lets_its_time_pass_counts_as_heard(world: World) -> None:
    officer = world["officer"]
    complaint = await steps.investigating(world, at=MONDAY)
    await handling.hear(officer, complaint, "complainant", "phone", "说明", MONDAY, uuid4())
    await handling.add_evidence(officer, complaint, "site", "现场没有人", None, MONDAY, uuid4())
    await handling.ask(officer, complaint, "请说明周三为何没有上门", 3, MONDAY)
    with pytest.raises(Refused, match="other side"):
        await deciding.decide(officer, complaint, "substantiated", "理由", MONDAY + timedelta(days=3))
    await deciding.decide(officer, complaint, "substantiated", "理由", MONDAY + timedelta(days=4))


async def test_only_an_anonymous_complainant_can_be_written_down_as_unreachable(world: World) -> None:
    named = await steps.investigating(world)
    with pytest.raises(FormError):
        await handling.hear(world["officer"], named, "complainant", "unreachable", "", now(), uuid4())
    nameless = await steps.investigating(world, name="", phone="")
    await handling.hear(world["officer"], nameless, "complainant", "unreachable", "", now(), uuid4())


async def test_a_question_is_answered_without_a_trial_and_never_counts(world: World) -> None:
    complaint = await steps.investigating(world, intake="consult", kind="", about=About())
    with pytest.raises(FormError):
        await deciding.decide(world["officer"], complaint, "substantiated", "理由", now())
    await deciding.decide(world["officer"], complaint, "answered", "已解释政策", now())
    contract = (await Contract.objects().first()).id
    assert await facts.decided_in("contract", contract, date(2020, 1, 1), date(2040, 1, 1)) == []


async def test_the_reply_is_short_says_to_whom_it_was_read_and_silence_closes_it(world: World) -> None:
    officer = world["officer"]
    complaint = await steps.decided(world, at=MONDAY)
    for bad in (Reply("", "written"), Reply("字" * 80, "written"), Reply(steps.REPLY, "read_aloud")):
        with pytest.raises(FormError):
            await deciding.reply(officer, complaint, bad, MONDAY)
    await deciding.reply(officer, complaint, Reply(steps.REPLY, "read_aloud", "本人"), MONDAY)
    read = await ComplaintEntry.select(ComplaintEntry.written_by).where(ComplaintEntry.kind == "read_aloud")
    assert [one["written_by"] for one in read] == [officer.user]
    assert await clock.look_after(datetime(2026, 11, 30, 20, tzinfo=SHANGHAI)) == 0
    assert await clock.look_after(datetime(2026, 12, 1, 1, tzinfo=SHANGHAI)) == 1
    row = await steps.row(complaint)
    assert (row.status, row.closed_how, row.satisfied) == ("closed", "silence", "")


async def test_it_is_opened_again_once_and_both_sides_are_heard_anew(world: World) -> None:
    officer = world["officer"]
    complaint = await steps.closed(world)
    await deciding.reopen(officer, complaint, "没有补上服务", now())
    assert (await steps.row(complaint)).status == "investigating"
    with pytest.raises(Refused, match="other side"):
        await deciding.decide(officer, complaint, "substantiated", "理由", now())
    await steps.hear_all(world, complaint)
    await deciding.decide(officer, complaint, "substantiated", "理由", now())
    await deciding.reply(officer, complaint, Reply(steps.REPLY, "written"), now())
    await deciding.close(officer, complaint, "yes", now())
    with pytest.raises(Refused, match="once"):
        await deciding.reopen(officer, complaint, "还要再来", now())


async def test_thirty_one_days_later_it_stays_closed(world: World) -> None:
    complaint = await steps.closed(world, at=MONDAY)
    with pytest.raises(Refused, match="30 days"):
        await deciding.reopen(world["officer"], complaint, "没有补上", MONDAY + timedelta(days=31))


async def test_two_officers_at_once_leave_one_handler(world: World) -> None:
    for _ in range(4):
        complaint = await steps.received(world)
        names = ("officer", "second_officer", "bureau", "officer")
        answers = await asyncio.gather(
            *(handling.accept(world[name], complaint, Set("minor"), now()) for name in names), return_exceptions=True
        )
        row = await steps.row(complaint)
        winners = {world[name].user for name, each in zip(names, answers, strict=True) if each is None}
        assert winners == {row.handler}
        events = AuditEvent.count().where(
            (AuditEvent.subject == str(complaint)) & (AuditEvent.action == "complaint.accepted")
        )
        assert await events == 1


async def test_only_the_handler_goes_on_and_may_give_it_away(world: World) -> None:
    complaint = await steps.investigating(world)
    with pytest.raises(NotAllowed, match="Somebody else"):
        await handling.hear(world["second_officer"], complaint, "target", "talk", "说明", now(), uuid4())
    with pytest.raises(NotAllowed):
        await handling.give(world["second_officer"], complaint, world["second_officer"].me, now())
    await handling.give(world["officer"], complaint, world["second_officer"].me, now())
    await handling.hear(world["second_officer"], complaint, "target", "talk", "说明", now(), uuid4())
    owners = await SupervisionTask.raw(
        "SELECT owner FROM supervision_task WHERE subject = {} AND kind = 'complaint.close' AND closed_at IS NULL"
        " AND status <> 'dropped'",
        complaint,
    )
    assert [one["owner"] for one in owners] == [world["second_officer"].user]


async def test_the_same_form_twice_is_one_complaint_and_one_entry(world: World) -> None:
    key, form = uuid4(), uuid4()
    for _ in range(2):
        await intake.enter(world["coordinator"], key, steps.told(), now())
    first, again = [
        await intake.enter_with_receipt(world["manager"], form, steps.told(channel="portal"), now()) for _ in range(2)
    ]
    assert first == again
    assert await Complaint.count() == 2
    complaint = await steps.investigating(world)
    for _ in range(2):
        await handling.hear(world["officer"], complaint, "target", "talk", "说明", now(), key)
    assert await ComplaintEntry.count().where(ComplaintEntry.complaint == complaint) == 1


async def test_the_same_public_form_five_times_at_once_is_one_complaint_with_one_receipt(world: World) -> None:
    form = uuid4()
    told = steps.told(channel="portal")
    receipts = await asyncio.gather(*(intake.enter_with_receipt(SYSTEM, form, told, now()) for _ in range(5)))
    assert len(set(receipts)) == 1
    assert await Complaint.count() == 1


async def test_the_score_hears_of_what_is_linked_to_the_contract_and_of_nothing_else(world: World) -> None:
    visit = await visit_steps.submitted(world)
    of_visit = await steps.decided(
        world, kind="harm", about=About("visit", visit=visit.id), set_severity="critical", at=now()
    )
    await steps.decided(world, result="unsubstantiated")
    await steps.decided(world, about=About("organization", organization=world.other_organization))
    line = await Contract.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    today = civil_date(now())
    found = await facts.decided_in("contract", line[0]["contract"], today, today)
    assert sorted((one.severity, one.result) for one in found) == [
        ("major", "substantiated"), ("minor", "unsubstantiated"),
    ]  # fmt: skip
    assert {one.id for one in found if one.visit == visit.id} == {of_visit}
    assert await facts.decided_in("contract", line[0]["contract"], today + timedelta(days=1), date(2040, 1, 1)) == []
    await deciding.reply(world["officer"], of_visit, Reply(steps.REPLY, "written"), now())
    await deciding.close(world["officer"], of_visit, "no", now())
    await deciding.reopen(world["officer"], of_visit, "再查", now())
    again = await facts.decided_in("contract", line[0]["contract"], today, today)
    assert {(one.id, one.result) for one in again} == {(one.id, one.result) for one in found}, (
        "until it is decided anew"
    )


async def test_other_features_hear_of_a_decision_in_its_transaction(world: World) -> None:
    heard: list[tuple[str, str]] = []

    async def listen(_actor: Actor, row: Complaint, _at: datetime) -> None:
        heard.append((row.kind, row.result))

    hooks.after("decided", listen)
    try:
        await steps.decided(world, kind="fraud")
    finally:
        hooks._AFTER["decided"].remove(listen)
    assert heard == [("fraud", "substantiated")]


async def test_the_database_keeps_the_record_and_the_handler_apart(world: World, database: str) -> None:
    complaint = await steps.heard(world)
    excluded = (await steps.row(complaint)).excluded
    connection = await asyncpg.connect(database)
    try:
        for statement in (
            "DELETE FROM complaint_entry",
            "UPDATE complaint_entry SET code = 'x'",
            "DELETE FROM complaint",
        ):
            with pytest.raises(asyncpg.RaiseError):
                await connection.execute(statement)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("UPDATE complaint SET handler = $1 WHERE id = $2", excluded[0], complaint)
    finally:
        await connection.close()
