"""The pages of settlement: what each side sees, reads and does."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from bangfu.settlement import batch_rules
from bangfu.settlement.pay_tables import PayeeAccount, PaymentBatch
from bangfu.shared.clock import now, today
from tests.settlement import settlement_steps as steps
from tests.support import Visitor, World

pytestmark = pytest.mark.database
Visit = Callable[[Any], Any]


async def test_a_claim_walks_through_the_pages_of_four_people_and_the_bank(world: World, visit: Visit) -> None:
    statement, _ = await steps.made(world, 3, "good", states={2: "disputed"})
    (claim,) = await steps.claims_of(statement.id)
    manager: Visitor = await visit("manager")
    own = f"/my-settlements/{statement.id}"
    page = (await manager.get(own)).text
    assert "48.50" in page
    assert "24.25" in page
    assert "2</a> ×" in page
    answer = await manager.post(f"{own}/claims/{claim.id}/claim", {"invoice": "FP-1"})
    assert answer.status_code == 422
    said_claim = {"invoice": "FP-1", "agreed": "yes", "amount": "48.50", "version": str(claim.version)}
    assert '<input type="hidden" name="amount" value="48.50">' in page
    for seen in ({"amount": "72.75"}, {"version": "0"}, {"amount": "", "version": ""}):
        assert (await manager.post(f"{own}/claims/{claim.id}/claim", {**said_claim, **seen})).status_code == 409
    assert (await manager.post(f"{own}/claims/{claim.id}/claim", said_claim)).status_code == 303
    one = f"/settlements/{statement.id}"
    bureau: Visitor = await visit("bureau")
    assert "FP-1" in (await bureau.get(one)).text
    assert (await bureau.post(f"{one}/claims/{claim.id}/return", {})).status_code == 422
    assert (await bureau.post(f"{one}/claims/{claim.id}/review")).status_code == 303
    lead: Visitor = await visit("lead")
    assert (await lead.post(f"{one}/claims/{claim.id}/approve")).status_code == 303
    finance: Visitor = await visit("finance")
    said = {"key": str(uuid4()), "holder": "春晖", "bank": "测试银行", "account_number": "9912345678901234"}
    assert (await finance.post(f"/payees/organization/{world.organization}", {**said, "bank": ""})).status_code == 422
    assert (await finance.post(f"/payees/organization/{world.organization}", said)).status_code == 303
    account = await PayeeAccount.objects().first()
    assert account is not None
    assert (await finance.post(f"/payees/accounts/{account.id}/decide", {"decision": "confirm"})).status_code == 409
    assert (await bureau.post(f"/payees/accounts/{account.id}/decide", {"decision": "confirm"})).status_code == 303
    accounts = (await finance.get("/payees")).text
    assert "1234" in accounts
    assert "9912345678901234" not in accounts
    queue = (await finance.get("/payments")).text
    assert claim.number in queue
    assert 'name="claims"' in queue
    assert (await finance.post("/payments/batches", {"key": str(uuid4())})).status_code == 422
    made = await finance.post("/payments/batches", {"key": str(uuid4()), "claims": str(claim.id)})
    assert made.status_code == 303
    batch = await PaymentBatch.objects().first()
    assert batch is not None
    file = await finance.get(f"/payments/batches/{batch.id}/file")
    assert "9912345678901234" in file.content.decode("utf-8-sig")
    assert "9912345678901234" not in (await finance.get(f"/payments/batches/{batch.id}")).text
    said_bank = "\n".join([",".join(batch_rules.ANSWER), f"{batch.number},1,成功,,{today()},B-1"])
    sent = await finance.post(
        f"/payments/batches/{batch.id}/answer", files={"answer": ("answer.csv", said_bank.encode())}
    )
    assert sent.status_code == 303
    assert (await steps.claim_row(claim.id)).status == "paid"
    answer = await finance.post(f"{one}/claims/{claim.id}/reconcile", {"bank_reference": "B-1"})
    assert answer.status_code == 303
    for path in ("/settlements", f"{one}/visits?verdict=paid", f"/contracts/{statement.subject}/settlement", one):
        assert (await bureau.get(path)).status_code == 200


async def test_amounts_have_no_field_on_any_page(world: World, visit: Visit) -> None:
    statement, _ = await steps.made(world, 1)
    await steps.approved(world, statement.id)
    for who, path in (("finance", "/payments"), ("finance", f"/settlements/{statement.id}"),
                      ("manager", f"/my-settlements/{statement.id}")):  # fmt: skip
        text = (await (await visit(who)).get(path)).text
        assert "24.25" in text
        assert 'name="amount"' not in text


async def test_visits_behind_a_figure_are_listed_with_the_reason_why_others_do_not_count(
    world: World, visit: Visit
) -> None:
    statement, _ = await steps.made(world, 3, states={1: "rejected", 2: "disputed"})
    bureau = await visit("bureau")
    page = (await bureau.get(f"/settlements/{statement.id}/visits?verdict=unpaid")).text
    assert page.count("25.00") == 1
    assert "未通过核实" in page or "Rejected" in page


async def test_terms_of_a_contract_are_noted_and_confirmed_on_its_page(world: World, visit: Visit) -> None:
    contract = await steps.contract_of(world.organization)
    path = f"/contracts/{contract.id}/settlement"
    bureau, lead = await visit("bureau"), await visit("lead")
    said = {"key": str(uuid4()), "code": "late_interest", "basis": "daily", "value": "0.04"}
    assert (await bureau.post(f"{path}/clauses", {**said, "value": "x"})).status_code == 422
    assert (await bureau.post(f"{path}/clauses", said)).status_code == 303
    assert (await lead.post(f"{path}/clauses/{said['key']}/decide", {"decision": "confirm"})).status_code == 303
    assert "0.04%" in (await lead.get(path)).text
    assert now() is not None
