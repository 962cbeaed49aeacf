"""A contract after its signature: suspended, resumed, terminated, ended, accepted, closed."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.contracts import accepting, life, life_hooks, milestones, milestones_parts
from bangfu.contracts.acceptance_rules import Finding, Member
from bangfu.contracts.accepting import Record
from bangfu.contracts.actions import reserve
from bangfu.contracts.life import Why
from bangfu.contracts.life_clock import look_after
from bangfu.contracts.life_tables import Acceptance
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.dispatch.actions import accept
from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.needs.tables import Need
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from tests.contracts.living import PAPER, committed, living
from tests.dispatch.tasks import offered
from tests.support import World

WHY = Why("quality", "连续两次抽查不合格", PAPER)
RECORD = Record(
    [Member("buyer", "周某", None, leads=True), Member("recipient", "老人代表"), Member("expert", "顾某")],
    [Finding(*each, "met") for each in (("technical", "记录"), ("service", "准时"), ("safety", "无事故"))],
    "passed", 12, 11, "大多满意，希望固定人员",
)  # fmt: skip


async def status_of(contract: UUID) -> tuple[str, set[str]]:
    rows = await Contract.raw("SELECT status, keep_until FROM contract WHERE id = {}", contract)
    lines = await ContractLine.select(ContractLine.status).where(ContractLine.contract == contract)
    return rows[0]["status"], {line["status"] for line in lines}


async def on_line(world: World, line: UUID, *, accepted: bool = False) -> UUID:
    """An offer (or a running service) that hangs on a contract's line, with its reservation."""
    task = await offered(world)
    rows = await Assignment.raw("SELECT contract_line FROM assignment WHERE id = {}", task)
    assert rows
    if accepted:
        await accept(world["manager"], task, None, now())
    await Assignment.update({Assignment.contract_line: line}).where(Assignment.id == task)
    return task


async def states(task: UUID) -> tuple[str, str]:
    rows = await Assignment.raw(
        "SELECT a.status, n.status AS need FROM assignment a JOIN need n ON n.id = a.need WHERE a.id = {}", task
    )
    return rows[0]["status"], rows[0]["need"]


async def test_suspending_ends_offers_and_hands_running_services_over_only_where_the_lead_says_so(world: World) -> None:
    made = await living(world)
    offer, running = await on_line(world, made.care), await on_line(world, made.visits, accepted=True)
    assert await life_hooks.open_tasks([made.care, made.visits]) == life_hooks.OpenTasks(1, 1)
    assert await life.suspend(world["lead"], made.contract, WHY, now(), hand_over=False) == 1
    assert await status_of(made.contract) == ("suspended", {"suspended"})
    assert await states(offer) == ("cancelled", "matching")
    assert await states(running) == ("accepted", "assigned")
    with pytest.raises(Refused, match="not open"):
        await reserve(world["dispatcher"], made.care, 1, Decimal(50), uuid4(), now())
    assert await life.suspend(world["lead"], made.contract, WHY, now(), hand_over=False) == 0, "a repeat"
    await life.resume(world["lead"], made.contract, "整改完成", now())
    assert await status_of(made.contract) == ("active", {"active"})
    assert await reserve(world["dispatcher"], made.care, 1, Decimal(50), uuid4(), now())


async def test_terminating_hands_everything_over_and_gives_the_unpromised_money_back(world: World) -> None:
    made = await living(world)
    running = await on_line(world, made.care, accepted=True)
    disputed = Why("breach", "擅自更换人员", PAPER, disputed=True)
    with pytest.raises(FormError) as told:
        await life.terminate(world["lead"], made.contract, disputed, now())
    assert set(told.value.fields) == {"heard_on"}
    heard = Why("breach", "擅自更换人员", PAPER, disputed=True, heard_on=today())
    assert await life.terminate(world["lead"], made.contract, heard, now()) == 1
    assert await status_of(made.contract) == ("terminated", {"ended"})
    assert await states(running) == ("cancelled", "matching")
    assert await committed(made.contract) == 0
    rows = await Contract.select(Contract.keep_until).where(Contract.id == made.contract)
    assert rows[0]["keep_until"].year == today().year + 15


async def test_only_the_lead_of_the_county_suspends_and_only_with_ground_words_and_notice(world: World) -> None:
    made, far = await living(world), await living(world, division="990102000000")
    with pytest.raises(NotAllowed):
        await life.suspend(world["bureau"], made.contract, WHY, now(), hand_over=True)
    with pytest.raises(NotYours):
        await life.suspend(world["lead"], far.contract, WHY, now(), hand_over=True)
    with pytest.raises(FormError) as told:
        await life.suspend(world["lead"], made.contract, Why("", "", None), now(), hand_over=True)
    assert set(told.value.fields) == {"ground", "text", "file"}


async def test_a_contract_ends_by_the_clock_is_accepted_published_and_closed(world: World) -> None:
    made = await living(world, ends=today() - timedelta(days=1))
    await on_line(world, made.care)
    assert await look_after(now()) == 1
    assert await look_after(now()) == 0, "a second look changes nothing"
    assert await status_of(made.contract) == ("accepting", {"ended"})
    assert await SupervisionTask.exists().where(SupervisionTask.kind == "contract.acceptance")
    with pytest.raises(Refused, match="acceptance"):
        await life.close(world["finance"], made.contract, "", now())
    await accepted(world, made.contract)
    assert await life.close(world["finance"], made.contract, "", now()) == 9000
    assert await status_of(made.contract) == ("closed", {"ended"})
    assert await committed(made.contract) == 0
    assert await life.close(world["finance"], made.contract, "", now()) == 0
    task = await SupervisionTask.select(SupervisionTask.status).where(SupervisionTask.kind == "contract.acceptance")
    assert task[0]["status"] == "cancelled", "the deadline is settled by the publication"


async def accepted(world: World, contract: UUID) -> UUID:
    record = await accepting.begin(world["bureau"], contract, "final", 0, now())
    await accepting.write(world["bureau"], contract, record, RECORD, None, now())
    await accepting.conclude(world["bureau"], contract, record, now())
    await accepting.publish(world["bureau"], contract, record, now())
    return record


async def test_an_acceptance_is_not_concluded_before_it_is_complete_and_never_changes_once_published(
    world: World,
) -> None:
    made = await living(world, "accepting", ends=today() - timedelta(days=1))
    record = await accepting.begin(world["bureau"], made.contract, "final", 0, now())
    thin = Record(RECORD.team[:2], RECORD.findings[:2], "passed", 0, 0, "")
    await accepting.write(world["bureau"], made.contract, record, thin, None, now())
    with pytest.raises(FormError) as told:
        await accepting.conclude(world["bureau"], made.contract, record, now())
    assert set(told.value.fields) == {"team", "findings", "asked", "opinions"}
    assert await accepted(world, made.contract) == record
    with pytest.raises(Refused):
        await accepting.write(world["bureau"], made.contract, record, thin, None, now())
    with pytest.raises(asyncpg.RestrictViolationError):
        await Acceptance.update(result="failed").where(Acceptance.id == record)
    plain = await Acceptance.raw("SELECT opinions_enc FROM contract_acceptance WHERE id = {}", record)
    assert "满意" not in plain[0]["opinions_enc"]


async def test_a_year_of_a_contract_for_several_years_is_watched_while_it_goes_on(world: World) -> None:
    made = await living(
        world, starts=today() - timedelta(days=400), ends=today() + timedelta(days=600), multi_year=True
    )
    assert await look_after(now()) == 0
    assert await SupervisionTask.count().where(SupervisionTask.kind == "contract.acceptance") == 1
    with pytest.raises(Refused):
        await accepting.begin(world["bureau"], made.contract, "yearly", 2, now())
    record = await accepting.begin(world["bureau"], made.contract, "yearly", 1, now())
    await accepting.write(world["bureau"], made.contract, record, RECORD, None, now())
    await accepting.conclude(world["bureau"], made.contract, record, now())
    await accepting.publish(world["bureau"], made.contract, record, now())
    assert await look_after(now()) == 0
    assert (await status_of(made.contract))[0] == "active"


async def test_80_and_95_percent_of_a_line_are_told_once_to_both_sides(world: World) -> None:
    made = await living(world)
    await reserve(world["dispatcher"], made.care, 80, Decimal(4000), uuid4(), now())
    await look_after(now())
    await look_after(now())
    await reserve(world["dispatcher"], made.care, 16, Decimal(800), uuid4(), now())
    await look_after(now())
    await look_after(now())
    told = await Message.raw(
        "SELECT kind, count(*) AS n FROM message WHERE \"user\" = ANY({}::uuid[]) AND kind LIKE 'contract_line%'"
        " GROUP BY kind ORDER BY kind",
        [world["bureau"].me, world["manager"].me],
    )
    assert [(row["kind"], row["n"]) for row in told] == [("contract_line_80", 2), ("contract_line_95", 2)]


async def test_what_was_delivered_and_not_paid_is_written_off_with_a_reason_only(world: World) -> None:
    made = await living(world, "accepting", ends=today() - timedelta(days=1))
    await ContractLine.raw(
        "INSERT INTO contract_movement (id, line, kind, units, amount, subject, at) VALUES"
        " (gen_random_uuid(), {}, 'delivered', 2, 100, gen_random_uuid(), now())", made.care,
    )  # fmt: skip
    await accepted(world, made.contract)
    with pytest.raises(FormError) as told:
        await life.close(world["finance"], made.contract, " ", now())
    assert "write_off" in told.value.fields
    await life.close(world["finance"], made.contract, "两次服务未留记录，双方确认不再支付", now())
    assert (await status_of(made.contract))[0] == "closed"


async def test_a_milestone_is_reported_with_evidence_by_its_side_and_confirmed_by_another(world: World) -> None:
    made = await living(world)
    key = await milestones.set_milestone(
        world["bureau"], made.contract, uuid4(), "首月服务报告", "supplier", today() - timedelta(days=1), now()
    )
    shown = await milestones.milestones_of(made.contract)
    assert milestones.next_of(shown) == shown[0]
    assert shown[0].overdue(today())
    with pytest.raises(NotAllowed):
        await milestones.report(world["bureau"], made.contract, key, PAPER, now())
    with pytest.raises(NotYours):
        await milestones.report(world["other_manager"], made.contract, key, PAPER, now())
    with pytest.raises(FormError):
        await milestones.report(world["manager"], made.contract, key, None, now())
    await milestones.report(world["manager"], made.contract, key, PAPER, now())
    await milestones.report(world["manager"], made.contract, key, PAPER, now())
    own = await milestones.set_milestone(world["bureau"], made.contract, uuid4(), "培训", "buyer", today(), now())
    await milestones.report(world["bureau"], made.contract, own, PAPER, now())
    with pytest.raises(NotAllowed, match="does not judge"):
        await milestones.confirm(world["bureau"], made.contract, own, now())
    await milestones.give_back(world["lead"], made.contract, own, "签到表缺页", now())
    await milestones.confirm(world["bureau"], made.contract, key, now())
    assert [each.status for each in await milestones.milestones_of(made.contract)] == ["confirmed", "open"]


async def test_the_key_of_another_contracts_milestone_opens_nothing(world: World) -> None:
    made, other, key = await living(world), await living(world), uuid4()
    day = today() + timedelta(days=30)
    await milestones.set_milestone(world["bureau"], made.contract, key, "培训完成", "supplier", day, now())
    with pytest.raises(NotYours):
        await milestones.set_milestone(world["bureau"], other.contract, key, "培训完成", "supplier", day, now())


async def test_a_part_is_given_to_others_only_with_written_consent_and_never_the_half(world: World) -> None:
    made = await living(world, subcontracting="consent")
    other = world.other_organization

    async def ask(share: str, to: UUID = other) -> UUID:
        return await milestones_parts.ask(
            world["manager"], made.contract, uuid4(), to, "助浴", Decimal(share), PAPER, now()
        )

    with pytest.raises(FormError):
        await ask("0.5")
    with pytest.raises(FormError):
        await ask("0.2", world.organization)
    part = await ask("0.2")
    with pytest.raises(FormError):
        await milestones_parts.consent(world["lead"], made.contract, part, None, now())
    await milestones_parts.consent(world["lead"], made.contract, part, PAPER, now())
    assert (await milestones_parts.parts_of(made.contract))[0].status == "consented"
    none = await living(world)
    with pytest.raises(Refused, match="excludes"):
        await milestones_parts.ask(world["manager"], none.contract, uuid4(), other, "助浴", Decimal("0.1"), None, now())


@pytest.mark.database
async def test_a_termination_and_reservations_at_once_leave_nothing_reserved_on_an_ended_line(world: World) -> None:
    made = await living(world)
    takes = [reserve(world["dispatcher"], made.care, 1, Decimal(50), uuid4(), now()) for _ in range(6)]
    ending = life.terminate(world["lead"], made.contract, WHY, now())
    answers = await asyncio.gather(*takes, ending, return_exceptions=True)
    assert answers[-1] == 0
    assert all(each is True or isinstance(each, Refused) for each in answers[:-1]), answers
    taken = sum(each is True for each in answers[:-1])
    assert await committed(made.contract) == taken * 50, "what was promised before stays committed"
    assert await Need.count() == 0
