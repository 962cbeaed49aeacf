"""Totals with four eyes, items, and the meter on which every number leads to what is behind it."""

import io
from decimal import Decimal
from uuid import UUID, uuid4

from PIL import Image

from bangfu.budgets.actions import Share, commit
from bangfu.budgets.queries import meter, meter_of
from bangfu.budgets.tables import BudgetItem, Fund, FundTotal
from bangfu.messages.tables import Message
from bangfu.shared.clock import now, today
from tests.budgets.money import COUNTY, FAR_COUNTY, fund_of, item_of, line_of, yuan
from tests.support import World


def paper() -> dict[str, tuple[str, bytes, str]]:
    out = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(out, "PNG")
    return {"file": ("批复.png", out.getvalue(), "image/png")}


async def test_a_total_counts_only_after_somebody_else_has_confirmed_it(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    finance, lead = await visit("finance"), await visit("lead")
    made = await finance.post(
        "/budgets/new", {"division": COUNTY, "year": str(today().year), "source": "special_assistance_fund"}
    )
    path = made.headers["location"]
    fund = UUID(path.rsplit("/", 1)[1])
    form = {"key": str(uuid4()), "total": "50,000,000.00", "basis": "测财社〔2026〕1号"}
    for _ in range(2):
        assert (await finance.post(f"{path}/total", form, files=paper())).status_code == 303
    before = await meter_of(fund)
    assert before is not None
    assert (before.total, before.cap) == (None, None)
    assert await FundTotal.count() == 1, "a double click enters one total"
    assert await Message.exists().where(Message.user == world["lead"].me, Message.kind == "fund_total_entered")
    assert (await finance.post(f"{path}/confirm", {"proposal": form["key"]})).status_code == 403
    page = await lead.get(path)
    assert "50,000,000.00" in page.text
    assert (await lead.post(f"{path}/confirm", {"proposal": str(uuid4())})).status_code == 409
    for _ in range(2):
        assert (await lead.post(f"{path}/confirm", {"proposal": form["key"]})).status_code == 303
    after = await meter_of(fund)
    assert after is not None
    assert (after.total, after.cap) == (yuan(50_000_000), yuan(1_000_000))
    assert [row["kind"] for row in await FundTotal.select(FundTotal.kind).order_by(FundTotal.at)] == [
        "proposed", "confirmed"
    ]  # fmt: skip
    scan = page.text.split("/files/")[1].split('"')[0]
    assert (await (await visit("auditor")).get(f"{path}/files/{scan}")).headers["content-type"] == "image/png"
    assert (await lead.get(f"{path}/files/{uuid4()}")).status_code == 404


async def test_a_refused_total_changes_nothing_and_says_why(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    fund, key = await fund_of(world, 1_000_000), uuid4()
    finance, lead = await visit("finance"), await visit("lead")
    form = {"key": str(key), "total": "900000", "basis": "更正"}
    assert (await finance.post(f"/budgets/{fund}/total", form)).status_code == 422, "the paper is missing"
    assert (await finance.post(f"/budgets/{fund}/total", form, files=paper())).status_code == 303
    assert (await lead.post(f"/budgets/{fund}/refuse", {"proposal": str(key), "reason": ""})).status_code == 422
    answer = {"proposal": str(key), "reason": "与批复不符"}
    assert (await lead.post(f"/budgets/{fund}/refuse", answer)).status_code == 303
    assert (await lead.post(f"/budgets/{fund}/confirm", answer)).status_code == 409
    found = await meter_of(fund)
    assert found is not None
    assert found.total == yuan(1_000_000)
    assert "与批复不符" in (await finance.get(f"/budgets/{fund}")).text


async def test_a_corrected_total_may_show_the_cap_passed_but_never_lies_below_the_items(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    fund = await fund_of(world, 50_000_000)
    item = await item_of(fund, 1_000_000)
    contract, line = await line_of(world)
    await commit(world["lead"], contract, contract, COUNTY, [Share(item, line, yuan(900_000))], now())
    finance, lead = await visit("finance"), await visit("lead")
    low = {"key": str(uuid4()), "total": "999999.99", "basis": "更正"}
    assert (await finance.post(f"/budgets/{fund}/total", low, files=paper())).status_code == 422
    form = {"key": str(uuid4()), "total": "40000000", "basis": "更正"}
    await finance.post(f"/budgets/{fund}/total", form, files=paper())
    await lead.post(f"/budgets/{fund}/confirm", {"proposal": form["key"]})
    page = await lead.get(f"/budgets?division={COUNTY}&year={today().year}")
    assert "Over the cap by 100,000.00 yuan" in page.text


async def test_items_stay_inside_the_total_and_above_what_is_committed(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    fund = await fund_of(world, 1000, source="work_budget")
    finance = await visit("finance")
    form = {"key": str(uuid4()), "code": "gz-01", "name": "社工服务", "amount": "800.00"}
    for _ in range(2):
        assert (await finance.post(f"/budgets/{fund}/items/new", form)).status_code == 303
    item = (await BudgetItem.objects().first()) or BudgetItem()
    assert (item.code, item.amount, item.active) == ("GZ-01", yuan(800), True)
    again = {**form, "key": str(uuid4())}
    assert (await finance.post(f"/budgets/{fund}/items/new", {**again, "amount": "1"})).status_code == 422, "the code"
    assert (await finance.post(f"/budgets/{fund}/items/new", {**again, "code": "GZ-02", "amount": "200.01"})
            ).status_code == 422  # fmt: skip
    for wrong in ("-1", "1.001", "x", "", "1e5", "NaN", "99999999999999999"):
        bad = await finance.post(f"/budgets/{fund}/items/new", {**again, "code": "GZ-03", "amount": wrong})
        assert bad.status_code == 422, wrong
    contract, line = await line_of(world, source="work_budget")
    await commit(world["lead"], contract, contract, COUNTY, [Share(item.id, line, yuan(500))], now())
    path = f"/budgets/{fund}/items/{item.id}"
    change = {"code": "GZ-01", "name": "社工服务", "amount": "499.99", "version": "1", "active": "yes"}
    assert (await finance.post(path, change)).status_code == 422
    assert (await finance.post(path, {**change, "amount": "500"})).status_code == 303
    assert (await finance.post(path, {**change, "amount": "600"})).status_code == 409, "somebody changed it meanwhile"
    assert (await BudgetItem.objects().get(BudgetItem.id == item.id)).amount == yuan(500)  # type: ignore[union-attr]


async def test_every_number_of_the_meter_leads_to_its_commitments_and_the_export_adds_up(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    fund = await fund_of(world, 50_000_000)
    items = [await item_of(fund, 300_000, f"SW-{n}") for n in range(2)]
    contract, line = await line_of(world)
    shares = [Share(items[0], line, yuan("1234.56")), Share(items[1], line, yuan(1000))]
    await commit(world["lead"], contract, contract, COUNTY, shares, now())
    auditor = await visit("auditor")
    page = await auditor.get("/budgets")
    assert f"/budgets/commitments?fund={fund}" in page.text
    assert "1,000,000.00" in page.text
    behind = await auditor.get(f"/budgets/commitments?fund={fund}&item={items[0]}")
    assert "1,234.56" in behind.text
    assert f"/contracts/{contract}" in behind.text
    rows = [row.split(",") for row in (await auditor.get("/budgets/export.csv")).text.lstrip("\ufeff").splitlines()[1:]]
    whole, parts = rows[0], rows[1:]
    assert Decimal(whole[7]) == sum(Decimal(part[7]) for part in parts) == yuan("2234.56")
    assert Decimal(whole[6]) - Decimal(whole[7]) == Decimal(whole[8])
    listed = await auditor.get(f"/budgets/commitments.csv?fund={fund}")
    assert len(listed.text.splitlines()) == 3


async def test_another_county_is_neither_shown_nor_changed(world: World, visit) -> None:  # type: ignore[no-untyped-def]
    away = await fund_of(world, 5_000_000, division=FAR_COUNTY)
    finance = await visit("finance")
    assert (await finance.get(f"/budgets?division={FAR_COUNTY}")).status_code == 404
    assert (await finance.get(f"/budgets/{away}")).status_code == 404
    assert (await finance.post(f"/budgets/{away}/total", {"total": "1"})).status_code == 404
    listed = await finance.get(f"/budgets/commitments?fund={away}")
    assert listed.status_code == 404
    wrong = {"division": FAR_COUNTY, "year": "2026", "source": "lottery"}
    assert (await finance.post("/budgets/new", wrong)).status_code == 422
    assert await Fund.count() == 1
    assert await meter(COUNTY, today().year) == []
