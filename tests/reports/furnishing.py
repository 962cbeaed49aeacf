"""Something of every figure inside the county, something beside it outside."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.agreements.tables import CareAgreement
from bangfu.budgets.tables import Commitment
from bangfu.children.tables import ChildFile
from bangfu.contracts.tables import Contract, Movement
from bangfu.households.tables import Household, Person
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.reports import view
from bangfu.reports.asking import Asked
from bangfu.settlement.pay_tables import BatchItem, PaymentBatch
from bangfu.shared.civil_time import quarter_of
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from bangfu.visits.tables import Visit
from tests.budgets.money import fund_of, item_of, line_of
from tests.complaints.complaint_steps import closed, received
from tests.planning.making import make_household, make_need
from tests.quality import life_steps
from tests.settlement.settlement_steps import account, claims_of, made, score_of
from tests.support import FOREIGN_VILLAGE, NEAR_VILLAGE, TOWN, World
from tests.visits.visit_steps import planned, submitted


def asked(world: World, who: str = "bureau", area: str = "", first: date | None = None) -> Asked:
    actor = world[who]
    return Asked(actor, area or actor.scope, first or view.first_day("", today()), now())


async def _task(**more: Any) -> None:
    await SupervisionTask(
        id=uuid4(), number=f"T-{uuid4().hex[:8]}", kind="by_hand", subject_type="by_hand", subject=uuid4(),
        **{"division": f"{TOWN}201", "due_at": now() + timedelta(days=3), **more},
    ).save()  # fmt: skip


async def _agreed(home: UUID) -> None:
    """The recipient of this home has an agreement in force."""
    [row] = await Person.raw("SELECT id FROM person WHERE household = {}", home)
    await CareAgreement(
        id=uuid4(), number="XY-1", household=home, person=row["id"], division=f"{TOWN}201", status="active",
        selfcare_level="semi", support_mode="dispersed", check_code=uuid4().hex[:14], duties_version="2026-1",
        starts_on=today() - timedelta(days=9), ends_on=today() + timedelta(days=90), document_hash="0" * 64,
        activated_at=now() - timedelta(days=9),
    ).save()  # fmt: skip


async def _scored_and_paid(world: World, contract: UUID) -> None:
    """A published score of this quarter, and two payments of which the bank returned one."""
    row = await Contract.objects().get(Contract.id == contract)
    assert row is not None
    await score_of(world, life_steps.facts(row, "good", quarter_of(today())))
    statement, _visits = await made(world)
    [claim, *_more] = await claims_of(statement.id)
    batch, payee = uuid4(), await account(world)
    await PaymentBatch(
        id=batch, number="ZF-1", division=row.division, items=2, total=Decimal("75.50"), made_by=world["finance"].me,
        made_at=now(), file_hash="0" * 64, status="answered",
    ).save()  # fmt: skip
    for place, result in enumerate(("paid", "returned"), start=1):
        await BatchItem(
            id=uuid4(), batch=batch, place=place, claim=claim.id, account=payee, amount=Decimal("37.75"),
            result=result, reason="" if result == "paid" else "other", paid_on=today() if result == "paid" else None,
            answered_at=now(),
        ).save()  # fmt: skip


async def furnish(world: World) -> World:
    """Something of every figure inside the county, something beside it outside."""
    served = await make_household()
    await make_need(world, household=served, status="in_service", service="tutoring")
    await make_need(world, household=served, status="assigned")
    waiting = await make_need(world, division=NEAR_VILLAGE, priority="urgent")
    await make_need(world, household=served)
    await make_need(world, division=FOREIGN_VILLAGE)
    alone = await make_household(support_mode="dispersed")
    await Household.raw("UPDATE household SET category = 'tekun' WHERE id = {}", alone)
    for home, assisted in ((alone, True), (served, False)):
        person = Person(
            id=uuid4(), household=home, name="王小明", is_head=True, assisted=assisted, birth_date=date(2016, 5, 1)
        )
        await person.save()
        await ChildFile(
            id=uuid4(), household=home, person=person.id, division=f"{TOWN}201",
            color="red" if assisted else "blue", color_since=today(), review_on=today(),
        ).save()  # fmt: skip
    run = MatchRun(
        id=uuid4(), number="R-1", division=f"{TOWN}000", status="done", finished_at=now() - timedelta(hours=1)
    )
    await run.save()
    await Proposal(
        id=uuid4(), run=run.id, need=waiting, household=served, division=NEAR_VILLAGE, service="visit_check",
        priority="urgent", reason="too_far", cost_parts=json.dumps({}), checks="[]",
    ).save()  # fmt: skip
    made = [await submitted(world), await planned(world, "rival"), await planned(world, "cleaner")]
    await Visit.update({Visit.status: "missed"}).where(Visit.id == made[1].id)
    await Visit.update({Visit.status: "verified"}).where(Visit.id == made[2].id)
    await Visit.raw("UPDATE visit SET planned_start = now(), planned_end = now() + interval '1 hour'")
    fund = await fund_of(world, "1000000")
    item = await item_of(fund, "20000")
    contract, line = await line_of(world)
    for amount in ("1200.50", "-200.25"):
        await Commitment(
            id=uuid4(), item=item, fund=fund, contract=contract, line=line, subject=uuid4(),
            kind="committed" if amount[0] != "-" else "released", amount=Decimal(amount),
        ).save()  # fmt: skip
    for kind in ("delivered", "verified"):
        await Movement(
            id=uuid4(), line=line, kind=kind, units=2, amount=Decimal("120.00"), subject=uuid4(), division=f"{TOWN}201"
        ).save()
    await _agreed(alone)
    await _scored_and_paid(world, contract)
    await received(world)
    await closed(world)
    await _task()
    await _task(due_at=now() - timedelta(days=1))
    await _task(status="cancelled", settled_event="done", closed_at=now())
    await _task(status="cancelled", settled_event="done", closed_at=now(), due_at=now() - timedelta(days=1))
    await _task(division=FOREIGN_VILLAGE)
    return world
