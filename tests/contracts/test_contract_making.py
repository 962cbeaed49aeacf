"""From the draft to a contract in force, by the people whose turn it is (DOMAIN.md 8.6)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.budgets.tables import Commitment
from bangfu.contracts import drafting, making, reading, signing
from bangfu.contracts.tables import Contract, ContractLine, ContractNote
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.rules import TERMINAL
from bangfu.supervision.tables import SupervisionTask
from tests.contracts.contracting import (
    PDF,
    approved,
    draft_of,
    drafted,
    in_force,
    line_of,
    signed,
    status_of,
    submitted,
)
from tests.support import World


async def committed(contract: UUID) -> Decimal:
    rows = await Commitment.raw("SELECT coalesce(sum(amount), 0) AS n FROM commitment WHERE contract = {}", contract)
    return Decimal(rows[0]["n"])


async def test_a_contract_goes_from_the_draft_into_force(world: World) -> None:
    key = await in_force(world)
    row = await reading.contract_for(world["auditor"], key)
    assert (row.status, row.total) == ("active", Decimal("50000.00"))
    assert (row.drafted_name, row.checked_name, row.approved_name) == ("测试bureau", "测试finance", "测试lead")
    assert await committed(key) == Decimal("50000.00")
    lines = await ContractLine.select(ContractLine.status).where(ContractLine.contract == key)
    assert [line["status"] for line in lines] == ["active"]
    events = await AuditEvent.select(AuditEvent.action).where(AuditEvent.subject == str(key)).order_by(AuditEvent.id)
    assert [event["action"] for event in events][-4:] == [
        "contract.signed", "contract.file_added", "contract.published", "contract.activated",
    ]  # fmt: skip


async def test_an_unfinished_draft_is_not_handed_on_and_says_what_is_missing(world: World) -> None:
    key = await drafting.draft(world["bureau"], uuid4(), await draft_of(world), now())
    with pytest.raises(Refused, match="no service line"):
        await making.hand_on(world["bureau"], key, now())
    assert await status_of(key) == "draft"


async def test_finance_checks_only_what_was_handed_on_and_a_change_takes_it_back(world: World) -> None:
    key = await drafted(world)
    with pytest.raises(Refused, match="not handed on"):
        await making.check_budget(world["finance"], key, now())
    await making.hand_on(world["bureau"], key, now())
    await drafting.change(world["bureau"], key, await draft_of(world, project="改名"), now())
    with pytest.raises(Refused, match="not handed on"):
        await making.check_budget(world["finance"], key, now())


async def test_what_changed_since_the_page_was_opened_is_not_approved(world: World) -> None:
    key = await submitted(world)
    seen = (await reading.contract_for(world["lead"], key)).version
    with pytest.raises(Refused, match="changed since"):
        await making.approve(world["lead"], key, now(), version=seen - 1)
    await making.approve(world["lead"], key, now(), version=seen)
    assert await status_of(key) == "approved"


async def test_a_draft_that_was_handed_on_can_be_sent_back_with_a_reason(world: World) -> None:
    key = await drafted(world)
    await making.hand_on(world["bureau"], key, now())
    await making.send_back(world["finance"], key, "缺少测算依据", now())
    notes = await reading.notes_of(key)
    assert [(note.event, note.text) for note in notes] == [("sent_back", "缺少测算依据")]
    event = await AuditEvent.objects().get(AuditEvent.action == "contract.sent_back")
    assert event is not None
    assert "缺少" not in str(event.data) + event.reason


async def test_returned_contracts_are_taken_up_again_and_checked_anew(world: World) -> None:
    key = await submitted(world)
    await making.give_back(world["lead"], key, "价格过高", now())
    row = await reading.contract_for(world["bureau"], key)
    assert (row.status, row.status_text, row.checked_by) == ("returned", "价格过高", None)
    with pytest.raises(Refused, match="Only a draft"):
        await drafting.change(world["bureau"], key, await draft_of(world), now())
    await making.revise(world["bureau"], key, now())
    with pytest.raises(Refused, match="not handed on"):
        await making.check_budget(world["finance"], key, now())


async def test_void_releases_what_was_committed(world: World) -> None:
    key = await approved(world)
    assert await committed(key) == Decimal("50000.00")
    await making.void(world["lead"], key, "项目取消", now())
    await making.void(world["lead"], key, "项目取消", now())
    assert await committed(key) == 0
    assert await status_of(key) == "void"
    with pytest.raises(Refused):
        await making.approve(world["lead"], key, now())


async def test_a_repeat_by_the_same_person_changes_nothing(world: World) -> None:
    key = await submitted(world)
    for _ in range(2):
        await making.approve(world["lead"], key, now())
    assert await Commitment.count().where(Commitment.contract == key) == len((await reading.lines_of(key))[0].fundings)
    assert await AuditEvent.count().where(AuditEvent.action == "contract.approved") == 1


async def test_only_who_has_the_turn_may_take_a_step(world: World) -> None:
    key = await drafted(world)
    for wrong in ("finance", "lead", "auditor", "officer"):
        with pytest.raises(NotAllowed if world[wrong].sees("990101000000") else NotYours):
            await making.hand_on(world[wrong], key, now())
    await making.hand_on(world["bureau"], key, now())
    for wrong in ("bureau", "lead"):
        with pytest.raises(NotAllowed):
            await making.check_budget(world[wrong], key, now())


async def test_who_wrote_in_the_draft_neither_checks_nor_approves_whatever_the_role_now(world: World) -> None:
    key = await drafted(world)
    await making.hand_on(world["bureau"], key, now())
    promoted = replace(world["bureau"], roles=frozenset({"finance_officer"}))
    with pytest.raises(NotAllowed, match="drafted"):
        await making.check_budget(promoted, key, now())
    await making.check_budget(world["finance"], key, now())
    await making.submit(world["bureau"], key, now())
    for person in ("bureau", "finance"):
        with pytest.raises(NotAllowed):
            await making.approve(replace(world[person], roles=frozenset({"bureau_lead"})), key, now())


@pytest.mark.database
async def test_the_database_itself_keeps_the_people_apart(world: World) -> None:
    key = await submitted(world)
    for column, person in (("checked_by", "bureau"), ("approved_by", "bureau"), ("approved_by", "finance")):
        with pytest.raises(asyncpg.CheckViolationError):
            await Contract.raw(f"UPDATE contract SET {column} = {{}} WHERE id = {{}}", world[person].me, key)
    with pytest.raises(asyncpg.CheckViolationError):
        await Contract.raw("UPDATE contract SET status = 'active', approved_by = NULL WHERE id = {}", key)


async def test_signing_needs_both_sides_and_each_its_own_people(world: World) -> None:
    key = await approved(world)
    with pytest.raises(NotYours):
        await signing.sign(world["other_manager"], key, "supplier", "某", today(), now())
    with pytest.raises(NotAllowed):
        await signing.sign(world["manager"], key, "buyer", "某", today(), now())
    with pytest.raises(NotAllowed):
        await signing.sign(world["lead"], key, "supplier", "某", today(), now())
    await signing.sign(world["manager"], key, "supplier", "王某", today(), now())
    await signing.sign(world["manager"], key, "supplier", "另一人", today(), now())
    assert await status_of(key) == "approved"
    with pytest.raises(FormError):
        await signing.sign(world["lead"], key, "buyer", "李某", today() + timedelta(days=1), now())
    await signing.sign(world["lead"], key, "buyer", "李某", today(), now())
    parties = await reading.parties_of(key)
    assert [(party.role, party.signatory) for party in parties] == [("buyer", "李某"), ("supplier", "王某")]
    assert await status_of(key) == "signed"


async def test_after_thirty_days_from_the_award_nobody_signs(world: World) -> None:
    key = await approved(world, columns={"award_on": today() - timedelta(days=20)})
    with pytest.raises(Refused, match="30 days"):
        await signing.sign(world["manager"], key, "supplier", "王某", today(), now() + timedelta(days=11))


async def test_signing_publishing_and_filing_are_watched_and_settled(world: World) -> None:
    key = await approved(world)

    async def open_kinds() -> set[str]:
        rows = await SupervisionTask.raw(
            "SELECT kind FROM supervision_task WHERE subject = {} AND status <> ALL({}::varchar[])",
            key,
            sorted(TERMINAL),
        )
        return {row["kind"] for row in rows}

    assert await open_kinds() == {"contract.sign"}
    await signing.sign(world["manager"], key, "supplier", "王某", today(), now())
    await signing.sign(world["lead"], key, "buyer", "李某", today(), now())
    assert await open_kinds() == {"contract.publish", "contract.file"}
    await signing.publish(world["bureau"], key, "公告", now())
    await signing.file_copy(world["bureau"], key, today(), now())
    assert await open_kinds() == set()
    assert (await reading.contract_for(world["bureau"], key)).filed_on == today()


async def test_it_comes_into_force_on_its_first_day_and_only_with_the_annex(world: World) -> None:
    key = await signed(world)
    await signing.publish(world["bureau"], key, "公告", now())
    await signing.look_after(now())
    assert await status_of(key) == "published"
    later = now() + timedelta(days=6)
    await signing.look_after(later)
    await signing.look_after(later)
    assert await status_of(key) == "published"
    told = await Message.select(Message.user).where(Message.kind == "contract_not_started")
    officers = {world[name].me for name in ("bureau", "second_bureau", "city_bureau")}
    assert (len(told), {row["user"] for row in told}) == (3, officers), "each officer once a day"
    await drafting.add_file(world["bureau"], key, "data_annex", PDF, later)
    assert await status_of(key) == "active"


async def test_the_number_is_taken_once_and_a_double_click_makes_one_draft(world: World) -> None:
    made = await draft_of(world, number="CZ-2026-77")
    key = uuid4()
    assert {await drafting.draft(world["bureau"], key, made, now()) for _ in range(2)} == {key}
    with pytest.raises(FormError):
        await drafting.draft(world["bureau"], uuid4(), made, now())
    with pytest.raises(FormError):  # a line of an imported list has it
        await drafting.draft(world["bureau"], uuid4(), await draft_of(world, number="C-1"), now())
    fresh = await drafting.draft(world["bureau"], uuid4(), await draft_of(world), now())
    assert (await reading.contract_for(world["bureau"], fresh)).number.startswith("HT-")


async def test_lines_are_added_changed_and_removed_and_the_total_follows(world: World) -> None:
    key = await drafted(world)
    row = await reading.contract_for(world["bureau"], key)
    line = (await reading.lines_of(key))[0]
    more = await line_of(row.starts_on, row.ends_on, service="psych", price="120.00", units=10)
    second = uuid4()
    for _ in range(2):
        await drafting.put_line(world["bureau"], key, second, more, now())
    assert (await reading.contract_for(world["bureau"], key)).total == Decimal("51200.00")
    with pytest.raises(FormError):
        await drafting.put_line(world["bureau"], key, uuid4(), more, now())
    await drafting.remove_line(world["bureau"], key, line.id, now())
    assert (await reading.contract_for(world["bureau"], key)).total == Decimal("1200.00")
    other = await drafted(world)
    with pytest.raises(NotYours):
        await drafting.put_line(world["bureau"], other, second, more, now())


async def test_each_sees_the_contracts_that_are_theirs(world: World) -> None:
    draft, agreed = await drafted(world), await approved(world)
    for name in ("bureau", "lead", "finance", "auditor", "officer", "dispatcher"):
        assert (await reading.contract_for(world[name], draft)).id == draft
    for name in ("outsider", "outside_officer", "other_manager"):
        with pytest.raises(NotYours):
            await reading.contract_for(world[name], agreed)
    assert (await reading.contract_for(world["manager"], agreed)).id == agreed
    with pytest.raises(NotYours):
        await reading.contract_for(world["manager"], draft)
    rows, total = await reading.contracts_of(world["manager"], {}, 10, 0)
    assert agreed in {row.id for row in rows}
    assert total == len(rows)


async def test_what_was_written_cannot_be_changed(world: World) -> None:
    key = await submitted(world)
    await making.give_back(world["finance"], key, "请补充", now())
    with pytest.raises(asyncpg.RestrictViolationError):
        await ContractNote.raw("UPDATE contract_note SET code = 'x'")
    with pytest.raises(asyncpg.RestrictViolationError):
        await ContractNote.raw("DELETE FROM contract_note")
