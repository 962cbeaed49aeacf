"""What inspectors report, the second name, attempts on different days, and what follows for visit and provider."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.oversight import check_clock, check_facts, check_hooks, check_reporting
from bangfu.oversight.check_tables import CheckAttempt, CheckInspector, SpotCheck
from bangfu.oversight.draw_tables import FullCheck
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from bangfu.verification import deciding, disputing
from bangfu.verification.tables import VisitDispute
from bangfu.visits.tables import VisitFlag
from tests.oversight import check_steps as steps
from tests.support import World
from tests.visits import visit_steps

pytestmark = pytest.mark.usefixtures("database")
ONSITE = {"method": "onsite", "confirmation": "refused", "confirmation_reason": "unwilling"}


async def test_by_phone_one_result_is_enough_and_the_provider_is_told(world: World) -> None:
    check = await steps.made(world)
    first = (await steps.inspectors(world, check))[0]
    check = await steps.report(first, check, result="pass", reason="", remarks="")
    assert (check.status, check.result, check.done_by) == ("notified", "pass", first.user)
    told = await Message.raw("SELECT \"user\" FROM message WHERE kind = 'check_pass'")
    assert [row["user"] for row in told] == [world["manager"].me]
    task = await SupervisionTask.objects().get(SupervisionTask.subject == check.id)
    assert task is not None and task.status == "cancelled"
    assert (await visit_steps.visit(check.visit)).status == "verified"


async def test_on_site_the_second_inspector_puts_the_name_to_it_and_never_the_first_one_alone(world: World) -> None:
    check = await steps.made(world)
    first, second = await steps.inspectors(world, check)
    check = await steps.report(first, check, **ONSITE)
    assert (check.status, (await visit_steps.visit(check.visit)).status) == ("assigned", "verified")
    with pytest.raises(Refused, match="yourself"):
        await check_reporting.confirm(first, check.id, now())
    with pytest.raises(NotYours):
        await check_reporting.confirm(world["assessor"], check.id, now())
    await check_reporting.confirm(second, check.id, now())
    assert (await steps.check(check.id)).status == "notified"
    names = await CheckInspector.objects().where(CheckInspector.check == check.id)
    assert all(one.confirmed_at for one in names)


async def test_two_confirmations_at_once_leave_one_result(world: World) -> None:
    check = await steps.made(world)
    first, second = await steps.inspectors(world, check)
    await steps.report(first, check, **ONSITE)
    await asyncio.gather(*(check_reporting.confirm(second, check.id, now()) for _ in range(4)))
    steps_taken = await AuditEvent.raw(
        "SELECT action FROM audit_event WHERE subject = {} AND action IN ('check.done', 'check.notified')",
        str(check.id),
    )
    assert sorted(row["action"] for row in steps_taken) == ["check.done", "check.notified"]
    assert await VisitDispute.count() == 1


async def test_two_results_at_once_from_both_inspectors_leave_the_first_one(world: World) -> None:
    check = await steps.made(world)
    both = await steps.inspectors(world, check)
    sent = await asyncio.gather(*(steps.report(each, check, **ONSITE) for each in both), return_exceptions=True)
    assert sorted(type(each).__name__ for each in sent) == ["Refused", "SpotCheck"]


async def test_a_result_that_the_second_one_does_not_share_goes_back_and_is_mended(world: World) -> None:
    check = await steps.made(world)
    first, second = await steps.inspectors(world, check)
    await steps.report(first, check, **ONSITE)
    with pytest.raises(FormError):
        await check_reporting.give_back(second, check.id, " ", now())
    await check_reporting.give_back(second, check.id, "不是十分钟，是二十分钟", now())
    check = await steps.check(check.id)
    assert (check.status, check.result, check.sent_at, "二十" in check.returned_enc) == ("assigned", "", None, False)
    await steps.report(second, check, **{**ONSITE, "result": "pass", "reason": "", "remarks": ""})
    await check_reporting.confirm(first, check.id, now())
    assert (await steps.check(check.id)).result == "pass"


async def test_a_failure_disputes_a_verified_visit_and_no_inspector_decides_on_it(world: World) -> None:
    check = await steps.failed(world)
    visit = await visit_steps.visit(check.visit)
    assert (visit.status, visit.status_reason) == ("disputed", "shorter")
    inspectors = [one.inspector for one in await CheckInspector.objects()]
    bureau = next(one for one in world.cast.values() if one.user in inspectors and one.has("bureau_officer"))
    with pytest.raises(Refused, match="drawn to check"):
        await disputing.decide(bureau, visit.id, "uphold", "", "看过", now())
    with pytest.raises(Refused, match="not final yet"):
        await disputing.decide(world["bureau"], visit.id, "reject", "shorter", "核实", now())


async def test_after_the_time_to_object_another_officer_rejects_the_visit_and_its_money_comes_back(
    world: World,
) -> None:
    check = await steps.failed(world, reason="forged")
    late = check.appeal_until + timedelta(minutes=1)
    assert await check_clock.look_after(late) == 1
    await disputing.decide(world["bureau"], check.visit, "reject", "forged", "虚假记录", late)
    visit = await visit_steps.visit(check.visit)
    assert (visit.status, visit.booked, visit.status_reason) == ("rejected", "taken_back", "forged")


async def test_a_failure_of_a_visit_that_nobody_has_verified_flags_it_for_the_township(world: World) -> None:
    check = await steps.failed(world, await visit_steps.submitted(world))
    visit = await visit_steps.visit(check.visit)
    flag = await VisitFlag.objects().get(VisitFlag.visit == visit.id)
    assert visit.status == "flagged" and flag is not None and flag.flag == "by_hand"
    assert not await deciding.verify_by_clock(visit.id, now())


async def test_a_forged_record_orders_the_full_check_and_tells_who_listens(world: World) -> None:
    heard: list[str] = []

    def listen(event: str) -> None:
        async def hook(_actor: object, row: SpotCheck, _at: object) -> None:
            heard.append(f"{event}:{row.reason}")

        check_hooks.after(event, hook)

    for event in ("failed", "forged"):
        listen(event)
    check = await steps.failed(world, reason="forged")
    assert heard == ["failed:forged", "forged:forged"]
    visit = await visit_steps.visit(check.visit)
    orders = await FullCheck.objects()
    assert [(one.carer, one.contract) for one in orders] == [(visit.carer, check.contract)]


async def test_three_tries_on_one_day_are_one_and_three_days_end_the_check(world: World) -> None:
    visit = await steps.verified(world)
    check = await steps.made(world, visit)
    first, second = await steps.inspectors(world, check)
    at = now()
    key = uuid4()
    for who, again in ((first, key), (first, key), (second, uuid4())):
        assert await check_reporting.attempt(who, again, check.id, "phone", at) == 1
    assert await CheckAttempt.count() == 2
    assert await check_reporting.attempt(second, uuid4(), check.id, "onsite", at + timedelta(days=1)) == 2
    assert (await steps.check(check.id)).status == "assigned"
    assert await check_reporting.attempt(first, uuid4(), check.id, "phone", at + timedelta(days=2)) == 3
    check = await steps.check(check.id)
    assert (check.status, check.result, check.notified_at) == ("redrawn", "unreachable", None)
    with pytest.raises(Refused):
        await check_reporting.attempt(first, uuid4(), check.id, "phone", at + timedelta(days=3))


async def test_who_is_not_drawn_reports_and_tries_nothing(world: World) -> None:
    check = await steps.made(world)
    for who in ("officer", "bureau", "assessor", "manager"):
        with pytest.raises(NotYours):
            await steps.report(world[who], check)
        with pytest.raises(NotYours):
            await check_reporting.attempt(world[who], uuid4(), check.id, "phone", now())


async def test_the_facts_of_a_quarter_show_open_checks_without_their_result(world: World) -> None:
    check = await steps.made(world)
    year, quarter = quarter_of(civil_date((await visit_steps.visit(check.visit)).planned_start))
    first, second = await steps.inspectors(world, check)
    await steps.report(first, check, **{**ONSITE, "result": "pass", "reason": "", "remarks": ""})
    facts = await check_facts.checks_of(check.contract, year, quarter)
    assert [(fact.id, fact.result, fact.status) for fact in facts] == [(check.id, "", "assigned")]
    assert await check_facts.confirmed_visits(check.contract, year, quarter) == set()
    await check_reporting.confirm(second, check.id, now())
    assert await check_facts.confirmed_visits(check.contract, year, quarter) == {check.visit}
    assert await check_facts.checks_of(check.contract, year - 1, quarter) == []
