"""The money of the quarter that is over: claimed, reviewed, approved, paid in a batch, reconciled with the bank."""

import csv
import io
from datetime import datetime
from uuid import UUID

from bangfu.providers.tables import Organization
from bangfu.sample.quarter_past import HOUR, Past
from bangfu.settlement import batches, claiming, ledger, payees, paying
from bangfu.settlement.batch_rules import ANSWER
from bangfu.settlement.pay_tables import PaymentBatch
from bangfu.settlement.payees import Details
from bangfu.settlement.tables import Claim
from bangfu.shared.civil_time import civil_date


async def enter_account(past: Past) -> None:
    """The organisation's account, entered by the bureau and confirmed by finance."""
    payee = past.cast["manager"].organization
    found = await Organization.objects().get(Organization.id == payee)
    if found is None:
        return
    account, at = past.key("account"), past.begins
    said = Details(found.name, "样例银行武进支行", "990300112233440037")
    await payees.enter(past.cast["bureau"], account, "organization", found.id, said, at)
    await payees.decide(past.cast["finance"], account, True, at + 2 * HOUR)


async def pay_undisputed(past: Past, score: UUID, since: datetime) -> None:
    """What nobody disputes goes its way while the appeal is open."""
    await ledger.catch_up(since + HOUR)
    for place, claim in enumerate(await _claims(score)):
        await claiming.claim(
            past.cast["manager"], claim, f"0440020260{place + 1:02d}", True, past.working(since, 3, 14)
        )
        await claiming.review(past.cast["bureau"], claim, past.working(since, 4))
        await claiming.approve(past.cast["lead"], claim, past.working(since, 5, 14))
        await _paid(past, claim, past.working(since, 6))


async def _paid(past: Past, claim: UUID, at: datetime) -> None:
    finance, batch = past.cast["finance"], past.key("batch")
    await batches.make(finance, batch, [claim], at)
    await batches.file_for(finance, batch, at + HOUR)
    answered = past.working(at, 1, 15)
    await batches.load_answer(finance, batch, await _answer(batch, at), answered)
    await paying.reconcile(finance, claim, "样例流水2026100001", past.working(at, 2))


async def _answer(batch: UUID, at: datetime) -> bytes:
    """What the bank sends back: the one payment was made on the day of the batch."""
    row = await PaymentBatch.objects().get(PaymentBatch.id == batch)
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(ANSWER)
    out.writerow(
        [row.number if row is not None else "", 1, "成功", "", civil_date(at).isoformat(), "样例流水2026100001"]
    )
    return text.getvalue().encode()


async def claim_the_rest(past: Past, score: UUID, since: datetime) -> None:
    """What the appeal has freed is claimed and reviewed; the lead has it now."""
    await ledger.catch_up(since + HOUR)
    for place, claim in enumerate(await _claims(score)):
        await claiming.claim(past.cast["manager"], claim, f"0440020261{place + 1:02d}", True, past.working(since, 1))
        await claiming.review(past.cast["bureau"], claim, past.working(since, 2))


async def _claims(score: UUID) -> list[UUID]:
    """The open claims of a score's statement, the first part first."""
    rows = await Claim.raw(
        "SELECT c.id FROM settlement_claim c JOIN settlement_statement t ON t.id = c.statement WHERE t.score = {}"
        " AND c.status = 'open' AND c.amount > 0 ORDER BY c.part",
        score,
    )
    return [row["id"] for row in rows]
