"""A purchase list from its evidence to a contract draft and the comparison at the year's end."""

import asyncio
import io
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from bangfu.budgets.actions import Share, commit
from bangfu.contracts.tables import Contract, ContractLine, LineFunding, Movement
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.purchasing import actions
from bangfu.purchasing.evidence import Evidence, evidence_of, from_json
from bangfu.purchasing.queries import plan_for
from bangfu.purchasing.tables import PurchaseItem, PurchasePlan
from bangfu.shared.clock import now, today
from tests.budgets.money import COUNTY, FAR_COUNTY, fund_of, item_of, yuan
from tests.dispatch.tasks import make_need
from tests.support import World

FULL = dict.fromkeys(("provider", "scope", "content", "mechanism", "safeguards"), "按合同执行")


def values_of(budget_item: UUID | None, **changes: object) -> dict[str, object]:
    return {
        "name": "居家照料", "service": "daily_care", "units": 1000, "price_low": yuan(50), "price_high": yuan(60),
        "fund_source": "special_assistance_fund", "budget_item": budget_item, "note": "", **FULL, **changes,
    }  # fmt: skip


async def approved_list(world: World, year: int | None = None) -> tuple[UUID, UUID, UUID]:
    """(list, item, budget item) of an approved list."""
    year = year or today().year
    budget = await item_of(await fund_of(world, 50_000_000, year=year), 100_000)
    plan, item = uuid4(), uuid4()
    await actions.draft(world["bureau"], plan, COUNTY, year, now())
    await actions.put_item(world["bureau"], plan, item, values_of(budget), today(), now())
    await actions.submit(world["bureau"], plan, now())
    await actions.approve(world["lead"], plan, now())
    return plan, item, budget


async def unserved(row: Need, reason: str, carer: UUID | None = None) -> None:
    """The need's newest match run found nobody (or somebody)."""
    run = MatchRun(id=uuid4(), number=f"M-{uuid4().hex[:8]}", division=COUNTY, status="done", finished_at=now())
    await run.save()
    await Proposal(
        id=uuid4(), run=run.id, need=row.id, household=row.household, division=row.division, service=row.service,
        priority=row.priority, carer=carer, status="proposed" if carer else "unserved", reason="" if carer else reason,
    ).save()  # fmt: skip


async def test_the_evidence_counts_needs_without_anybody_by_reason_and_town_without_households(world: World) -> None:
    needs = [await make_need() for _ in range(3)]
    service = needs[0].service
    for need in needs[:2]:
        await unserved(need, "no_capacity")
    await unserved(needs[2], "too_far")
    await unserved(needs[2], "", world.carers["nurse"])
    found = await evidence_of(COUNTY, service, today())
    assert [(row.reason, row.town, row.needs) for row in found.unserved] == [("no_capacity", "990101001", 2)], (
        "only the newest run of a need counts"
    )
    assert found.waiting_needs == 3
    assert (await evidence_of(FAR_COUNTY, service, today())).waiting_needs == 0
    assert Evidence() == from_json("{}")


async def test_a_list_needs_items_with_five_elements_and_a_budget_item_of_its_year(world: World) -> None:
    year = today().year
    budget = await item_of(await fund_of(world, 50_000_000), 100_000)
    later = await item_of(await fund_of(world, None, year=year + 1), 100_000, "SW-NEXT")
    plan, item = uuid4(), uuid4()
    await actions.draft(world["bureau"], plan, COUNTY, year, now())
    with pytest.raises(Refused, match="no item yet"):
        await actions.submit(world["bureau"], plan, now())
    with pytest.raises(FormError):
        await actions.put_item(world["bureau"], plan, item, values_of(later), today(), now())
    await actions.put_item(world["bureau"], plan, item, values_of(budget, safeguards=" "), today(), now())
    with pytest.raises(Refused, match="居家照料"):
        await actions.submit(world["bureau"], plan, now())
    await actions.put_item(world["bureau"], plan, item, values_of(budget), today(), now(), version=1)
    await actions.submit(world["bureau"], plan, now())
    with pytest.raises(Refused):
        await actions.put_item(world["bureau"], plan, item, values_of(budget), today(), now(), version=2)


async def test_whoever_had_a_hand_in_it_does_not_approve_it(world: World) -> None:
    plan, _, _ = await approved_list(world)
    await actions.approve(world["lead"], plan, now())
    row = await PurchasePlan.objects().get(PurchasePlan.id == plan)
    assert row is not None
    assert (row.status, row.approved_by) == ("approved", world["lead"].me)
    other = uuid4()
    await actions.draft(world["bureau"], other, COUNTY, today().year + 1, now())
    with pytest.raises(Refused):
        await actions.approve(world["lead"], other, now())
    await PurchasePlan.update(status="submitted", submitted_by=world["lead"].me).where(PurchasePlan.id == other)
    with pytest.raises(NotAllowed):
        await actions.approve(world["lead"], other, now())
    with pytest.raises(NotYours):
        await actions.draft(world["bureau"], uuid4(), FAR_COUNTY, 2027, now())


async def test_two_lists_of_one_year_and_two_changes_of_one_item_leave_one(world: World) -> None:
    drafts = [actions.draft(world["bureau"], uuid4(), COUNTY, 2030, now()) for _ in range(4)]
    made = await asyncio.gather(*drafts, return_exceptions=True)
    assert sum(isinstance(each, UUID) for each in made) == 1
    assert sum(isinstance(each, FormError) for each in made) == 3
    plan, item = next(each for each in made if isinstance(each, UUID)), uuid4()
    await actions.put_item(world["bureau"], plan, item, values_of(None), today(), now())
    changes = await asyncio.gather(
        *(
            actions.put_item(world["bureau"], plan, item, values_of(None, units=n), today(), now(), version=1)
            for n in (1, 2)
        ),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in changes) == ["NoneType", "Refused"]


async def test_an_approved_item_becomes_a_contract_draft_inside_its_band_and_units(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    plan, item, budget = await approved_list(world)
    bureau = await visit("bureau")
    path = f"/purchases/{plan}/items/{item}/contract"
    form = {
        "key": str(uuid4()), "supplier": str(world.organization), "units": "600", "unit_price": "55.00",
        "starts_on": today().isoformat(), "ends_on": f"{today().year}-12-31",
    }  # fmt: skip
    for field, wrong in (
        ("unit_price", "60.01"), ("unit_price", "49.99"), ("units", "1001"), ("units", "0"), ("units", "x"),
        ("ends_on", f"{today().year + 1}-01-01"), ("supplier", str(uuid4())), ("supplier", ""),
    ):  # fmt: skip
        assert (await bureau.post(path, {**form, field: wrong})).status_code == 422, (field, wrong)
    assert not await Contract.exists().where(Contract.plan_item == item)
    for _ in range(2):
        answer = await bureau.post(path, form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/contracts/{form['key']}")
    contract = await Contract.objects().get(Contract.plan_item == item)
    assert contract is not None
    assert (contract.status, contract.total) == ("draft", yuan(33_000))
    line = await ContractLine.objects().get(ContractLine.contract == contract.id)
    assert line is not None
    funding = await LineFunding.objects().get(LineFunding.line == line.id)
    assert funding is not None
    assert (line.max_units, funding.item, funding.amount) == (600, budget, yuan(33_000))
    over = await bureau.post(path, {**form, "key": str(uuid4()), "units": "401"})
    assert over.status_code == 422
    assert "400 of them" in over.text
    assert str(contract.number) in (await bureau.get(f"/purchases/{plan}")).text


async def test_the_comparison_adds_up_and_stays_as_it_was_when_the_list_was_closed(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    year = today().year - 1
    plan, item, budget = await approved_list(world, year)
    contract = uuid4()
    term = {"starts_on": today().replace(year=year, month=1, day=1), "ends_on": today().replace(year=year, month=12,
                                                                                               day=31)}  # fmt: skip
    await Contract(
        id=contract, number="HT-X", division=COUNTY, supplier=world.organization, plan_item=item, status="active",
        imported=True, total=yuan(30_000), **term,
    ).save()  # fmt: skip
    line = ContractLine(
        id=uuid4(), contract=contract, contract_number="HT-X", organization=world.organization, service="daily_care",
        fund_source="special_assistance_fund", unit_price=yuan(50), max_units=600, max_amount=yuan(30_000), **term,
    )  # fmt: skip
    await line.save()
    await commit(world["lead"], contract, contract, COUNTY, [Share(budget, line.id, yuan(30_000))], now())
    await Movement(
        id=uuid4(), line=line.id, kind="delivered", units=200, amount=yuan(10_000), subject=uuid4(),
        at=now().replace(year=year, day=1),
    ).save()  # fmt: skip
    outcome = (await plan_for(world["auditor"], plan)).outcome
    assert (outcome.planned_units, outcome.contracted_units, outcome.used_units) == (1000, 600, 200)
    assert (outcome.planned_amount, outcome.contracted_amount, outcome.used_amount) == (
        yuan(60_000), yuan(30_000), yuan(10_000)
    )  # fmt: skip
    await actions.close(world["bureau"], plan, today(), now())
    await actions.close(world["bureau"], plan, today(), now())
    await Movement(
        id=uuid4(), line=line.id, kind="delivered", units=1, amount=yuan(50), subject=uuid4(),
        at=now().replace(year=year, day=1),
    ).save()  # fmt: skip
    assert (await plan_for(world["auditor"], plan)).outcome == outcome
    auditor = await visit("auditor")
    rows = [row.split(",") for row in (await auditor.get(f"/purchases/{plan}/comparison/csv")).text.splitlines()]
    assert Decimal(rows[-1][5]) == sum(Decimal(row[5]) for row in rows[1:-1]) == yuan(30_000)
    book = CalamineWorkbook.from_filelike(io.BytesIO((await auditor.get(f"/purchases/{plan}/export/xlsx")).content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert Decimal(str(sheet[-1][6])) == sum(Decimal(str(row[6])) for row in sheet[1:-1]) == yuan(60_000)
    assert (await auditor.get(f"/purchases/{plan}/export/pdf")).status_code == 404


async def test_a_list_is_not_closed_before_its_year_is_over(world: World) -> None:
    plan, _, _ = await approved_list(world)
    with pytest.raises(Refused, match="when its year is over"):
        await actions.close(world["bureau"], plan, today(), now())


async def test_the_pages_take_wrong_input_double_posts_and_other_counties(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    bureau, lead, auditor = await visit("bureau"), await visit("lead"), await visit("auditor")
    form = {"key": str(uuid4()), "division": COUNTY, "year": "2027"}
    assert (await bureau.post("/purchases/new", {**form, "division": FAR_COUNTY})).status_code == 422
    assert (await bureau.post("/purchases/new", {**form, "year": "20x7"})).status_code == 422
    for _ in range(2):
        assert (await bureau.post("/purchases/new", form)).status_code == 303
    path = f"/purchases/{form['key']}"
    item = {
        "key": str(uuid4()), "name": "照料", "service": "daily_care", "units": "100", "price_low": "50",
        "price_high": "60.00", "fund_source": "lottery", **FULL,
    }  # fmt: skip
    for field, wrong in (("units", "0"), ("units", "1.5"), ("price_high", "49"), ("price_low", "-1"), ("service", "x"),
                         ("fund_source", ""), ("name", ""), ("budget_item", "no")):  # fmt: skip
        assert (await bureau.post(f"{path}/items/new", {**item, field: wrong})).status_code == 422, (field, wrong)
    for _ in range(2):
        assert (await bureau.post(f"{path}/items/new", item)).status_code == 303
    assert await PurchaseItem.count() == 1
    assert (await bureau.get(f"{path}/items/new?service=daily_care")).status_code == 200
    assert (await bureau.post(f"{path}/submit")).status_code == 409, "the budget item is missing"
    assert (await lead.post(f"{path}/approve")).status_code == 409
    for reader in (bureau, lead, auditor):
        assert (await reader.get(path)).status_code == 200
        assert (await reader.get(f"{path}/comparison")).status_code == 200
        assert (await reader.get("/purchases?status=draft")).text.count(path) == 1
    assert (await auditor.post(f"{path}/submit")).status_code == 403
    assert (await bureau.post(f"{path}/items/{item['key']}/remove")).status_code == 303
    assert await PurchaseItem.count() == 0
    far = PurchasePlan(id=uuid4(), number="CG-FAR", division=FAR_COUNTY, year=2027)
    await far.save()
    for reader in (bureau, lead, auditor):
        assert (await reader.get(f"/purchases/{far.id}")).status_code == 404
    assert (await bureau.post(f"/purchases/{far.id}/submit")).status_code == 404
