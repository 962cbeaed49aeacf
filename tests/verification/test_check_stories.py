"""What a decision means for money and for neighbours, who is told, what two people at once leave."""

import asyncio
import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bangfu.contracts.tables import ContractLine
from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.households.tables import Household, Person
from bangfu.messages.tables import Message
from bangfu.providers.tables import Qualification
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from bangfu.verification import clock, deciding, flagging
from bangfu.verification.deciding import Cleared
from bangfu.verification.todo import todo
from bangfu.visits.tables import Visit, VisitFlag, VisitProof
from tests.support import World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def cleared(visit: Visit, reason: str = "asked_household") -> dict:
    return {flag.id: Cleared(reason) for flag in await deciding.open_flags(visit.id)}


async def test_a_later_overlap_on_a_verified_visit_is_shown_and_told_and_moves_nothing(world: World) -> None:
    first = await steps.submitted(world)
    await deciding.verify(world["officer"], first.id, {}, now())
    await steps.submitted(world, start=first.planned_start + timedelta(minutes=10))
    found = await steps.visit(first.id)
    assert (found.status, found.booked) == ("verified", "verified")
    assert [flag.flag for flag in await deciding.open_flags(first.id)] == ["overlap"]
    told = await Message.raw('SELECT DISTINCT u.username FROM message m JOIN app_user u ON u.id = m."user"'
                             " WHERE m.kind = 'visit_flag_late' ORDER BY 1")  # fmt: skip
    assert [row["username"] for row in told] == ["bureau", "city_bureau", "officer", "second_bureau", "second_officer"]
    flag = (await deciding.open_flags(first.id))[0]
    await deciding.clear(world["officer"], first.id, flag.id, Cleared("plan_changed"), now())
    assert await deciding.open_flags(first.id) == []


async def test_a_verified_visit_with_a_gap_counts_as_delivered_and_is_never_paid(world: World) -> None:
    await Qualification.update(expires_on=today() - timedelta(days=1)).where(
        (Qualification.carer == world.carers["nurse"]) & (Qualification.code == "H")
    )
    visit = await steps.submitted(world, qualifications=json.dumps([["H"]]))
    await deciding.verify(world["officer"], visit.id, await cleared(visit), now())
    found = await steps.visit(visit.id)
    assert (found.status, found.payable, found.unpayable_reason) == ("verified", False, "cred_gap")


async def test_a_visit_paid_from_the_assistance_fund_needs_the_agreement_of_a_dispersed_person(world: World) -> None:
    task = await steps.accepted(world)
    await Household.update(support_mode="dispersed").where(Household.id == task.household)
    await ContractLine.update(fund_source="special_assistance_fund").where(ContractLine.id == task.contract_line)
    visit = await steps.submitted(world, task=task)
    await deciding.verify(world["officer"], visit.id, {}, now())
    found = await steps.visit(visit.id)
    assert (found.status, found.payable, found.unpayable_reason) == ("verified", False, "no_agreement")


async def test_a_visit_after_the_recipients_death_is_flagged(world: World) -> None:
    task = await steps.accepted(world)
    await Person.raw(
        "INSERT INTO person_leaving (id, household, person, reason, left_on, status_before, recorded_at)"
        " SELECT gen_random_uuid(), household, id, 'died', {}, 'active', now() FROM person WHERE household = {}",
        today() - timedelta(days=2), task.household,
    )  # fmt: skip
    visit = await steps.submitted(world, task=task)
    assert [flag.flag for flag in await deciding.open_flags(visit.id)] == ["after_event"]


async def test_the_task_of_a_flagged_visit_has_five_working_days_and_ends_with_the_decision(world: World) -> None:
    visit = await steps.submitted(world, distance_m=500)
    task = await SupervisionTask.objects().get(SupervisionTask.subject == visit.id)
    assert (task.kind, task.unit, task.status) == ("visit.check", "township", "forwarded")
    waiting = await todo(world["officer"], now())
    assert [count.count for count in waiting.counts] == [1]
    await deciding.verify(world["officer"], visit.id, await cleared(visit), now())
    assert (await SupervisionTask.objects().get(SupervisionTask.subject == visit.id)).status == "cancelled"


async def test_two_officers_at_once_leave_one_decision(world: World) -> None:
    visit = await steps.submitted(world, distance_m=500)
    results = await asyncio.gather(
        deciding.verify(world["officer"], visit.id, await cleared(visit), now()),
        deciding.reject(world["second_officer"], visit.id, "forged", "没有人来过。", now()),
        return_exceptions=True,
    )
    found = await steps.visit(visit.id)
    refused = [each for each in results if isinstance(each, BaseException)]
    assert [type(each) for each in refused] == [Refused]
    assert found.status in {"verified", "rejected"}
    assert found.booked == ("verified" if found.status == "verified" else "taken_back")


async def test_who_serves_or_works_elsewhere_decides_nothing(world: World) -> None:
    visit = await steps.submitted(world, distance_m=500)
    reasons = await cleared(visit)
    for name, error in (("outside_officer", NotYours), ("dispatcher", NotAllowed), ("bureau", NotAllowed)):
        with pytest.raises(error):
            await deciding.verify(world[name], visit.id, reasons, now())


async def test_who_took_down_an_arrival_does_not_check_the_visit(world: World) -> None:
    done = await steps.submitted(world)
    await VisitProof(
        id=uuid4(), visit=done.id, side="in", method="phone_from_home", at=done.started_at,
        entered_by=world["officer"].user,
    ).save()  # fmt: skip
    with pytest.raises(Refused):
        await deciding.verify(world["officer"], done.id, {}, now())


async def test_the_clock_flags_what_has_come_up_since_instead_of_verifying(world: World) -> None:
    visit = await steps.submitted(world)
    await Qualification.update(status="rejected").where(Qualification.carer == world.carers["nurse"])
    await Visit.raw("UPDATE need SET qualifications = '[[\"C5\"]]' WHERE id = {}", visit.need)
    assert await clock.look_after(now() + timedelta(days=12)) == 0
    found = await steps.visit(visit.id)
    assert (found.status, found.payable) == ("flagged", False)


async def test_a_cleared_overlap_opens_again_only_for_another_visit(world: World) -> None:
    first = await steps.submitted(world)
    await steps.submitted(world, start=first.planned_start + timedelta(minutes=10))
    await deciding.verify(world["officer"], first.id, await cleared(first), now())
    kept = await VisitFlag.objects().get((VisitFlag.visit == first.id) & (VisitFlag.flag == "overlap"))
    again = await flagging.put(first.id, "overlap", json.loads(kept.detail), "default", now())
    assert not again
    assert await flagging.put(first.id, "overlap", {"other": "another", "number": "X", "minutes": 1}, "default", now())


async def test_rejecting_takes_the_money_back_once(world: World) -> None:
    visit = await steps.submitted(world, distance_m=500)
    for _ in range(2):
        await deciding.reject(world["officer"], visit.id, "not_delivered", "没有来。", now())
    rows = await Visit.raw(
        "SELECT sum(units) AS units, sum(amount) AS amount FROM contract_movement"
        " WHERE line = {} AND kind = 'delivered'",
        visit.contract_line,
    )
    assert (rows[0]["units"], rows[0]["amount"]) == (0, Decimal("0.00"))
