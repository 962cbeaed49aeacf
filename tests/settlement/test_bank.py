"""The file for the bank and its answers; accounts by two people (DOMAIN.md 4.4)."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, Refused
from bangfu.settlement import batch_rules, batches, payees, paying
from bangfu.settlement.batch_rules import AnswerFaultError, Payment
from bangfu.settlement.pay_tables import BatchItem, PayeeAccount, PaymentBatch
from bangfu.shared.tables import AuditEvent
from tests.settlement import settlement_steps as steps
from tests.settlement.settlement_steps import AT
from tests.support import World

HEAD = ",".join(batch_rules.ANSWER)
MADE, TODAY = date(2026, 10, 20), date(2026, 10, 21)
AMOUNTS = {1: Decimal("1.00"), 2: Decimal("1234.50")}


def read(content: bytes) -> list[batch_rules.Answer]:
    """The answers of a batch of two payments that was made the day before."""
    return batch_rules.read_answer(content, "ZF-1", AMOUNTS, MADE, TODAY)


def test_the_bank_file_has_count_sum_and_no_formula() -> None:
    payments = [Payment(2, "=甲", "9912", "乙行", Decimal("2.50"), "QK-2"), Payment(1, "丙", "9913", "乙行",
                                                                             Decimal("1.00"), "QK-1")]  # fmt: skip
    content = batch_rules.file_of("ZF-1", False, payments)
    rows = content.decode("utf-8-sig").split("\r\n")
    assert rows[1] == "ZF-1,1,丙,9913,乙行,1.00,政府购买服务款,QK-1"
    assert rows[2].startswith("ZF-1,2,'=甲,")
    assert rows[3] == "合计,2,,,,3.50,,"
    assert batch_rules.file_of("ZF-1", False, payments[::-1]) == content


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["ZF-2,1,成功,,2026-10-20,B1"], "another batch"),
        (["ZF-1,3,成功,,2026-10-20,B1"], "not in this batch"),
        (["ZF-1,1,成功,,2026-10-20,B1", "ZF-1,1,退回,户名不符,,"], "twice"),
        (["ZF-1,1,也许,,2026-10-20,B1"], "neither"),
        (["ZF-1,1,成功,,,B1"], "day of payment"),
        (["ZF-1,1,成功,,2026-10-20,"], "reference"),
        (["ZF-1,1,成功,,2026-10-19,B1"], "not paid before"),
        (["ZF-1,1,成功,,2026-10-22,B1"], "lies ahead"),
        ([], "no answer"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(lines: list[str], message: str) -> None:
    with pytest.raises(AnswerFaultError, match=message):
        read("\n".join([HEAD, *lines]).encode())


def test_an_answer_in_the_banks_own_encoding_is_read() -> None:
    text = "\n".join([HEAD, "ZF-1,1,成功,,2026/10/20,B1", "ZF-1,2,退回,户名不符,,"])
    first, second = read(text.encode("gb18030"))
    assert (first.result, first.paid_on, first.reference) == ("paid", date(2026, 10, 20), "B1")
    assert (second.result, second.reason) == ("returned", "name_differs")


def test_an_amount_in_the_answer_must_be_the_one_that_was_asked_for() -> None:
    head = f"{HEAD},金额\nZF-1,1,成功,,2026-10-20,B1,1.00\n"
    first, second = read(f'{head}ZF-1,2,成功,,2026-10-20,B2,"1,234.50"'.encode())
    assert (first.amount, second.amount) == (AMOUNTS[1], AMOUNTS[2])
    assert [one.amount for one in read(f"{head}ZF-1,2,退回,户名不符,,,".encode())] == [AMOUNTS[1], None]
    for said, message in (("1234.49", "1,234.49 yuan, but 1,234.50"), ("一千", "no number"), ("NaN", "no number")):
        with pytest.raises(AnswerFaultError) as fault:
            read(f"{head}ZF-1,2,成功,,2026-10-20,B2,{said}".encode())
        assert message in fault.value.message.format(**fault.value.params)


async def one_batch(world: World) -> tuple[PaymentBatch, UUID, UUID]:
    """Two approved claims in a batch: (batch, first claim, second claim)."""
    first, _ = await steps.made(world, 2, "good")
    more = await steps.visits_of(world, 1)
    score = await steps.score_of(world, await steps.facts_of(world, more, quarter=4), "good")
    second = await steps.happened("published_prelim", score.id)
    claims = [(await steps.approved(world, each.id)).id for each in (first, second)]
    key = await batches.make(world["finance"], uuid4(), claims, AT)
    found = await PaymentBatch.objects().get(PaymentBatch.id == key)
    assert found is not None
    return found, claims[0], claims[1]


def answer(batch: PaymentBatch, *lines: str) -> bytes:
    """The bank's file."""
    return "\n".join([HEAD, *(f"{batch.number},{line}" for line in lines)]).encode()


@pytest.mark.database
async def test_what_the_bank_paid_is_paid_and_what_it_returned_needs_another_account(world: World) -> None:
    account = await steps.account(world)
    batch, first, second = await one_batch(world)
    assert (batch.items, batch.total) == (2, Decimal("72.75"))
    name, content = await batches.file_for(world["finance"], batch.id, AT)
    assert name == f"{batch.number}.csv"
    assert b"9912345678901234" in content
    assert batch_rules.hash_of(content) == batch.file_hash
    said = answer(batch, "1,成功,,2026-10-20,B-1", "2,退回,户名不符,,")
    assert await batches.load_answer(world["finance"], batch.id, said, AT) == batches.Loaded(1, 1)
    assert (await batches.load_answer(world["finance"], batch.id, said, AT)).known
    states = sorted([(await steps.claim_row(each)).status for each in (first, second)])
    assert states == ["lead_approved", "paid"]
    bounced = next(row for row in [await steps.claim_row(first), await steps.claim_row(second)] if row.batch is None)
    assert bounced.bank_return == "name_differs"
    row = await PayeeAccount.objects().get(PayeeAccount.id == account)
    assert row is not None
    assert row.status == "returned"
    with pytest.raises(Refused, match="no confirmed account"):
        await batches.make(world["finance"], uuid4(), [bounced.id], AT)
    await steps.account(world)
    again = await batches.make(world["finance"], uuid4(), [bounced.id], AT)
    assert (await steps.claim_row(bounced.id)).batch == again
    assert await BatchItem.count().where(BatchItem.result == "paid") == 1


@pytest.mark.database
async def test_a_claim_in_a_batch_cannot_be_put_into_another_or_paid_by_hand(world: World) -> None:
    await steps.account(world)
    _batch, first, _ = await one_batch(world)
    with pytest.raises(Refused):
        await batches.make(world["finance"], uuid4(), [first], AT)
    with pytest.raises(Refused, match="with the bank"):
        await paying.pay(world["finance"], first, date(2026, 10, 20), AT)


@pytest.mark.database
async def test_an_account_is_entered_by_one_confirmed_by_another_and_never_shown(world: World) -> None:
    key, said = uuid4(), payees.Details("春晖", "测试银行", "9912 3456 7890 1234")
    with pytest.raises(FormError):
        await payees.enter(world["bureau"], uuid4(), "organization", world.organization,
                           payees.Details("", "", "12a"), AT)  # fmt: skip
    with pytest.raises(NotAllowed):
        await payees.enter(world["lead"], key, "organization", world.organization, said, AT)
    await payees.enter(world["bureau"], key, "organization", world.organization, said, AT)
    with pytest.raises(Refused):
        await payees.decide(world["bureau"], key, True, AT)
    await payees.decide(world["finance"], key, True, AT)
    row = await PayeeAccount.objects().get(PayeeAccount.id == key)
    assert row is not None
    assert (row.tail, row.status) == ("1234", "confirmed")
    assert "9912" not in row.number_enc
    rows = await AuditEvent.raw("SELECT data::text AS data FROM audit_event WHERE action LIKE 'payee_account%'")
    assert rows
    assert not any("1234" in each["data"] for each in rows)


@pytest.mark.database
async def test_only_finance_makes_batches_and_takes_the_file(world: World) -> None:
    await steps.account(world)
    batch, _, _ = await one_batch(world)
    with pytest.raises(NotAllowed):
        await batches.make(world["lead"], uuid4(), [uuid4()], AT)
    with pytest.raises(NotAllowed):
        await batches.file_for(world["lead"], batch.id, AT)
    with pytest.raises(FormError):
        await batches.make(world["finance"], uuid4(), [], AT)


@pytest.mark.database
async def test_one_bad_row_of_an_answer_loads_nothing_of_it(world: World) -> None:
    await steps.account(world)
    batch, first, second = await one_batch(world)
    wrong = answer(batch, "1,成功,,2026-10-20,B-1,48.50", "2,成功,,2026-10-20,B-2,24.26").replace(
        HEAD.encode(), f"{HEAD},金额".encode()
    )
    early = answer(batch, "1,成功,,2026-10-20,B-1", "2,成功,,2026-10-19,B-2")
    for content in (wrong, early):
        with pytest.raises(FormError):
            await batches.load_answer(world["finance"], batch.id, content, AT)
    said = answer(batch, "1,退回,户名不符,,", "2,成功,,2026-10-20,B-2")
    await batches.load_answer(world["finance"], batch.id, answer(batch, "2,退回,超出限额,,"), AT)
    with pytest.raises(Refused, match="differently"):
        await batches.load_answer(world["finance"], batch.id, said, AT)
    assert {(await steps.claim_row(each)).status for each in (first, second)} == {"lead_approved"}
    assert await BatchItem.count().where(BatchItem.result == "") == 1
