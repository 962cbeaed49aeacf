"""The pages of contracts: a story through the forms, wrong input, foreign contracts, the public notices."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.contracts import reading
from bangfu.contracts.tables import Contract
from bangfu.shared.clock import today
from tests.contracts.contracting import COUNTY, TERMS, approved, bureau_of, drafted, item_of, signed, status_of
from tests.support import World


async def _form(world: World, **changed: str) -> dict[str, str]:
    typed = {
        "key": str(uuid4()), "kind": "procurement", "project": "上门照料服务", "division": COUNTY,
        "party_buyer": str(await bureau_of()), "duties_buyer": "pays", "party_supplier": str(world.organization),
        "duties_supplier": "delivers", "looked_on": today().isoformat(), "budget_funded": "no",
        "method": "open_tender", "award_on": (today() - timedelta(days=3)).isoformat(),
        "starts_on": (today() + timedelta(days=2)).isoformat(), "ends_on": (today() + timedelta(days=300)).isoformat(),
        "pay_period": "quarter", "payment_days": "30", "perf_share": "20", "advance_share": "0", "bond_share": "0",
        "bond_form": "none", "acceptance_days": "30", "subcontracting": "none", "purchasable": "yes",
        "no_handing_on": "yes", **{f"term_{name}": str(text) for name, text in TERMS.items()},
    }  # fmt: skip
    return {**typed, **changed}


async def test_an_officer_drafts_through_the_forms_and_finance_finds_it(visit, world: World) -> None:
    bureau, finance = await visit("bureau"), await visit("finance")
    form = await _form(world)
    first = await bureau.post("/contracts/new", form)
    again = await bureau.post("/contracts/new", form)
    assert first.headers["location"] == again.headers["location"] == f"/contracts/{form['key']}/lines"
    assert await Contract.count().where(Contract.imported.eq(False)) == 1
    page = f"/contracts/{form['key']}"
    assert "no service line" in (await bureau.get(page)).text
    items = {f"item_{year}": str(await item_of(year)) for year in {today().year, (today() + timedelta(days=300)).year}}
    line = {"key": str(uuid4()), "service": "meal", "fund_source": "work_budget", "unit_price": "1,60.50",
            "max_units": "100", **items}  # fmt: skip
    for _ in range(2):
        assert (await bureau.post(f"{page}/lines/new", line)).status_code == 303
    lines = await reading.lines_of(UUID(form["key"]))
    assert [str(each.max_amount) for each in lines] == ["16050.00"]
    assert sum(part.amount for part in lines[0].fundings) == lines[0].max_amount
    assert (await bureau.post(f"{page}/hand-on")).status_code == 303
    shown = (await finance.get(page)).text
    assert "Confirm the budget for 16,050.00 yuan" in shown
    assert (await finance.post(f"{page}/check")).status_code == 303


async def test_wrong_input_comes_back_with_everything_that_was_typed(visit, world: World) -> None:
    bureau = await visit("bureau")
    form = await _form(
        world, ends_on="2020-01-01", perf_share="120", project="", party_supplier=str(world.department),
        duties_buyer="<b>pays & more",
    )  # fmt: skip
    answer = await bureau.post("/contracts/new", form)
    assert answer.status_code == 422
    for said in ("The last day is before the first one.", "Please fill this in.", "from 0 to 100"):
        assert said in answer.text
    assert "&lt;b&gt;pays &amp; more" in answer.text
    assert await Contract.count().where(Contract.imported.eq(False)) == 0


async def test_a_line_with_odd_numbers_or_a_foreign_budget_item_is_refused(visit, world: World) -> None:
    key, bureau = await drafted(world), await visit("bureau")
    foreign = await item_of(today().year, division="990102000000")
    line = {"service": "psych", "fund_source": "lottery", "unit_price": "-5", "max_units": "0",
            f"item_{(today() + timedelta(days=5)).year}": str(foreign)}  # fmt: skip
    answer = await bureau.post(f"/contracts/{key}/lines/new", line)
    assert answer.status_code == 422
    assert "such as 1200.50" in answer.text
    assert "Please choose one of the list." in answer.text
    assert len(await reading.lines_of(key)) == 1
    huge = {"service": "psych", "fund_source": "lottery", "unit_price": "999999999999.99", "max_units": "1"}
    answer = await bureau.post(f"/contracts/{key}/lines/new", huge)
    assert answer.status_code == 422, "together with the other line it is more than a total can hold"
    assert "more than the portal can hold" in answer.text


async def test_a_reason_is_asked_for_and_kept(visit, world: World) -> None:
    key, lead = await approved(world), await visit("lead")
    assert (await lead.post(f"/contracts/{key}/void", {"text": " "})).status_code == 422
    assert (await lead.post(f"/contracts/{key}/void", {"text": "取消采购"})).status_code == 303
    assert "取消采购" in (await lead.get(f"/contracts/{key}/history")).text
    assert await status_of(key) == "void"


async def test_the_supplier_reads_and_signs_on_its_own_page_only(visit, world: World) -> None:
    key = await approved(world)
    manager, rival = await visit("manager"), await visit("other_manager")
    assert (await rival.get(f"/my-contracts/{key}")).status_code == 404
    assert (await rival.post(f"/my-contracts/{key}/sign", {})).status_code == 404
    assert (await manager.get(f"/contracts/{key}")).status_code == 404
    page = await manager.get(f"/my-contracts/{key}")
    assert "Sign contract" in page.text
    assert (await manager.post(f"/my-contracts/{key}/sign", {"signatory": "王某"})).status_code == 422
    for _ in range(2):
        answer = await manager.post(f"/my-contracts/{key}/sign", {"signatory": "王某", "agreed": "yes"})
        assert answer.status_code == 303
    assert "Sign contract" not in (await manager.get(f"/my-contracts/{key}")).text


async def test_a_notice_tells_everybody_title_sum_and_supplier_and_no_people(app, visit, world: World) -> None:
    key, bureau, anybody = await signed(world), await visit("bureau"), await visit(None)
    assert (await bureau.post(f"/contracts/{key}/publish", {"title": ""})).status_code == 422
    await bureau.post(f"/contracts/{key}/publish", {"title": "照料服务合同公告"})
    text = (await anybody.get("/notices/contracts")).text
    for shown in ("照料服务合同公告", "50,000.00", "春晖助老服务中心"):
        assert shown in text
    for hidden in ("王某", "李某", "测试"):
        assert hidden not in text
