"""Payments in batches: a file for the bank, and what the bank answers (DOMAIN.md 4.4, 8.9).

Finance puts approved claims with a confirmed account into a batch. What the bank paid is paid; what it sent back waits
for another account and another batch. The same answer read twice changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.settlement import batch_rules, claiming, payees, paying, rules, telling
from bangfu.settlement.batch_rules import Answer, AnswerFaultError, Payment
from bangfu.settlement.pay_tables import BankAnswer, BatchItem, PayeeAccount, PaymentBatch
from bangfu.settlement.tables import Claim
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an answer of the bank brought."""

    paid: int
    returned: int
    known: bool = False
    """It was loaded before: nothing changed."""


async def make(actor: Actor, key: UUID, claims: Collection[UUID], at: datetime) -> UUID:
    """A batch of approved claims of one kind (transfers, or subsidies to cards); the same key is the same batch.

    Returns:
        The batch.

    Raises:
        FormError: for no claim at all.
        NotYours, NotAllowed: of another area, for other roles.
        Refused: for a claim that is not approved, is in a batch, has no confirmed account, or may not be paid by this
            person; the sentence names it.
    """
    if not actor.has("finance_officer"):
        raise NotAllowed
    if not claims:
        raise FormError({"claims": (N_("Please choose at least one claim."), {})})
    for claim in sorted(claims):
        await claiming.look_for_doubts(actor, claim, at)
    async with transaction():
        known = await PaymentBatch.objects().get(PaymentBatch.id == key)
        if known is not None:
            if known.made_by != actor.user:
                raise NotYours
            return key
        rows = [await _ready(actor, claim) for claim in sorted(claims)]
        if len({row.agreement is not None for row, _ in rows}) > 1:
            raise Refused(N_("Transfers and subsidies to cards go into batches of their own."))
        if len({row.division[:6] for row, _ in rows}) > 1:
            raise Refused(N_("A batch is one county's: choose claims of one county."))
        rows.sort(key=lambda pair: (pair[0].due_on or civil_date(at), pair[0].number))
        number, division = await fresh_number(PaymentBatch), rows[0][0].division[:6]
        card = rows[0][0].agreement is not None
        payments = [_payment(place, row, account) for place, (row, account) in enumerate(rows, 1)]
        batch = PaymentBatch(
            id=key, number=number, division=division, card=card, items=len(rows), made_by=actor.me, made_at=at,
            total=sum(row.amount for row, _ in rows),
            file_hash=batch_rules.hash_of(batch_rules.file_of(number, card, payments)),
        )  # fmt: skip
        await batch.save()
        for place, (row, account) in enumerate(rows, 1):
            await BatchItem(
                id=uuid4(), batch=key, place=place, claim=row.id, account=account.id, amount=row.amount
            ).save()
            await Claim.update(
                {Claim.batch: key, Claim.account: account.id, Claim.bank_return: "", Claim.version: row.version + 1}
            ).where(Claim.id == row.id)
        await audit.record(
            actor, "payment_batch.made", "payment_batch", key, division=division,
            data={"number": number, "items": len(rows), "total": str(batch.total), "hash": batch.file_hash}, at=at,
        )  # fmt: skip
        return key


async def _ready(actor: Actor, claim: UUID) -> tuple[Claim, PayeeAccount]:
    held, step = await claiming.entered(actor, claim, "pay")
    row = held.claim
    if step is None or row.batch is not None:
        raise Refused(N_("Claim {number} is in a batch or paid already."), number=row.number)
    if row.amount <= 0:
        raise Refused(N_("Claim {number} comes to nothing: record it as paid by hand."), number=row.number)
    kind, payee = ("agreement", row.agreement) if row.agreement else ("organization", row.organization)
    account = await payees.account_of(kind, payee) if payee else None
    if account is None:
        raise Refused(N_("Claim {number}: the payee has no confirmed account yet."), number=row.number)
    return row, account


def _payment(place: int, row: Claim, account: PayeeAccount) -> Payment:
    said = payees.unsealed(account)
    return Payment(place, said.holder, said.number, said.bank, row.amount, row.number)


async def batch_for(actor: Actor, batch: UUID) -> PaymentBatch:
    """A batch of the actor's area.

    Raises:
        NotYours: for any other.
    """
    found = await PaymentBatch.objects().get(PaymentBatch.id == batch)
    if found is None or not actor.sees(found.division.ljust(12, "0")):
        raise NotYours
    return found


async def file_for(actor: Actor, batch: UUID, at: datetime) -> tuple[str, bytes]:
    """The name and the bytes of the bank's file; who took it is recorded. It is made anew and must have its hash.

    Raises:
        NotAllowed: for everybody but finance: it holds account numbers.
        Refused: if what it is made of has changed.
    """
    row = await batch_for(actor, batch)
    if not actor.has("finance_officer"):
        raise NotAllowed
    items = await BatchItem.raw(
        "SELECT i.place, i.amount, i.account, c.number FROM payment_item i JOIN settlement_claim c ON c.id = i.claim"
        " WHERE i.batch = {} ORDER BY i.place",
        batch,
    )
    payments = []
    for item in items:
        account = await PayeeAccount.objects().get(PayeeAccount.id == item["account"])
        assert account is not None  # noqa: S101 (a reference keeps it)
        said = payees.unsealed(account)
        payments.append(Payment(item["place"], said.holder, said.number, said.bank, item["amount"], item["number"]))
    content = batch_rules.file_of(row.number, row.card, payments)
    if batch_rules.hash_of(content) != row.file_hash:
        raise Refused(N_("The file of this batch is not what it was when it was made. Do not send it to the bank."))
    async with transaction():
        await audit.record(
            actor, "payment_batch.file_read", "payment_batch", batch, division=row.division,
            data={"number": row.number, "hash": row.file_hash}, at=at,
        )  # fmt: skip
    return f"{row.number}.csv", content


async def load_answer(actor: Actor, batch: UUID, content: bytes, at: datetime) -> Loaded:
    """Read the bank's file: paid items are paid, returned ones wait for another account. Read twice, nothing changes.
    All of a file is loaded, or nothing of it.

    Raises:
        FormError: for a file that is not an answer to this batch, names another amount, or a day before the batch was
            made or ahead.
        Refused: if it says the opposite of an earlier answer.
    """
    row = await batch_for(actor, batch)
    if not actor.has("finance_officer"):
        raise NotAllowed
    items = await BatchItem.objects().where(BatchItem.batch == batch)
    amounts = {item.place: item.amount for item in items}
    try:
        answers = batch_rules.read_answer(content, row.number, amounts, civil_date(row.made_at), civil_date(at))
    except AnswerFaultError as fault:
        raise FormError({"answer": (fault.message, fault.params)}) from fault
    digest = batch_rules.hash_of(content)
    if await BankAnswer.exists().where((BankAnswer.batch == batch) & (BankAnswer.sha256 == digest)):
        await _settle(items, at)  # the first time may have been cut off before this
        return Loaded(0, 0, known=True)
    by_place = {item.place: item for item in items}
    async with transaction():
        await paying.hold(*(by_place[one.place].claim for one in answers if one.result == "paid"))
        await audit.hold(row.division)
        done = [await _take(actor, by_place[one.place], one, at) for one in answers]
        await _note(actor, row, digest, done, at)
    await _settle(items, at)
    return Loaded(done.count("paid"), done.count("returned"))


async def _settle(items: Sequence[BatchItem], at: datetime) -> None:
    """What follows for the visits of claims that are paid."""
    for item in items:
        claim = await Claim.objects().get(Claim.id == item.claim)
        if claim is not None and claim.status == "paid":
            await paying.settle_visits(claim.statement, at)


async def _take(actor: Actor, item: BatchItem, one: Answer, at: datetime) -> str:
    """One answer, in the transaction of the whole file; an item that was answered alike stays as it is."""
    now: Any = await BatchItem.objects().where(BatchItem.id == item.id).first().lock_rows("NO KEY UPDATE")
    if now.result:
        if now.result != one.result:
            raise Refused(N_("Payment {place} was answered differently before."), place=one.place)
        return ""
    await BatchItem.update(
        {
            BatchItem.result: one.result, BatchItem.reason: one.reason, BatchItem.reference: one.reference,
            BatchItem.paid_on: one.paid_on, BatchItem.answered_at: at,
        }
    ).where(BatchItem.id == item.id)  # fmt: skip
    if one.result == "paid":
        held, step = await claiming.entered(actor, item.claim, "pay")
        if step is not None and one.paid_on is not None:
            await paying.finish(actor, held, step, one.paid_on, at, one.reference)
    else:
        await _bounce(actor, item, one, at)
    return one.result


async def _bounce(actor: Actor, item: BatchItem, one: Answer, at: datetime) -> None:
    """lead_approved stays, but out of the batch: the account must be put right first."""
    row = await Claim.objects().where(Claim.id == item.claim).first().lock_rows("NO KEY UPDATE")
    assert row is not None  # noqa: S101 (a reference keeps it)
    reason = one.reason if one.reason in rules.BANK_REASONS else "other"
    await Claim.update(
        {Claim.batch: None, Claim.bank_return: reason, Claim.version: row.version + 1}
    ).where(Claim.id == row.id)  # fmt: skip
    if reason != "limit":
        await PayeeAccount.update({PayeeAccount.status: "returned"}).where(
            (PayeeAccount.id == item.account) & (PayeeAccount.status == "confirmed")
        )
    await audit.record(
        actor, "settlement_claim.bank_returned", "settlement_claim", row.id, division=row.division, reason=reason,
        data={"number": row.number, "place": item.place}, at=at,
    )  # fmt: skip
    await telling.tell_organization(
        row.organization, "claim_bounced", f"/my-settlements/{row.statement}", number=row.number
    )
    await telling.tell_office(
        row.division, "claim_bounced", f"/settlements/{row.statement}", "bureau_officer", number=row.number
    )


async def _note(actor: Actor, row: PaymentBatch, digest: str, done: list[str], at: datetime) -> None:
    made = await BankAnswer.raw(
        "INSERT INTO bank_answer (id, batch, sha256, paid, returned, loaded_by, loaded_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING id",
        uuid4(), row.id, digest, done.count("paid"), done.count("returned"), actor.me, at,
    )  # fmt: skip
    if not made:
        return
    open_items = await BatchItem.count().where((BatchItem.batch == row.id) & (BatchItem.result == ""))
    if not open_items:
        await PaymentBatch.update({PaymentBatch.status: "answered"}).where(PaymentBatch.id == row.id)
    await audit.record(
        actor, "payment_batch.answered", "payment_batch", row.id, division=row.division,
        data={"number": row.number, "paid": done.count("paid"), "returned": done.count("returned"),
              "hash": digest}, at=at,
    )  # fmt: skip
