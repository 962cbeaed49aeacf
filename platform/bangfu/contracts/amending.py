"""Supplementary contracts (DOMAIN.md 4.3, 8.6): propose, agree, check, approve, sign, publish; or refuse, withdraw.

Each verb is one transaction; locks are taken in the order funds, contract, amendment, lines. What an amendment adds is
committed by the approval and can be ordered from the publication on; what it takes away leaves the line and the
commitments in the moment of publication, so that the same money is never promised twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.budgets import actions as budgets
from bangfu.contracts import amendment_rules as rules
from bangfu.contracts.amending_applying import apply_lines, give_back_added, rooms_of
from bangfu.contracts.amending_reading import AMENDABLE, changes_of, problems_of, shares_of
from bangfu.contracts.amendment_rules import Change, Problem
from bangfu.contracts.life_sealing import seal
from bangfu.contracts.life_tables import Amendment, AmendmentLine
from bangfu.contracts.life_telling import tell_bureau, tell_person, tell_supplier
from bangfu.contracts.moves import check_sees, locked, locked_with_funds, tell
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to change: visits per line (`changes`), or the wording of one term; and why."""

    key: UUID
    kind: str
    reason: str
    changes: Mapping[UUID, int]
    term: str = ""
    wording: str = ""


def side_of(actor: Actor, contract: Contract) -> str:
    """The side for which a person acts.

    Raises:
        NotYours: for a manager of another organisation, and outside of the contract's county.
    """
    if actor.has("provider_manager"):
        if actor.organization != contract.supplier:
            raise NotYours
        return "supplier"
    check_sees(actor, contract)
    return "buyer"


async def propose(actor: Actor, contract: UUID, wish: Proposal, at: datetime) -> UUID:
    """Put an amendment before the other side and finance. The same key is the same amendment.

    Raises:
        NotAllowed: for others than an officer of the bureau or the supplier's manager.
        Refused: if the contract is not in force, or another amendment of it waits.
        FormError: for changes that do not fit their lines.
    """
    async with transaction():
        row = await locked(contract)
        side = side_of(actor, row)
        if not actor.has(*rules.PROPOSERS):
            raise NotAllowed
        known = await Amendment.objects().get(Amendment.id == wish.key)
        if known is not None:
            if known.contract != contract or known.proposed_by != actor.user:
                raise NotYours
            return wish.key
        await _check_open(row)
        changes = await _changes(contract, wish)
        amount, added = rules.totals(changes)
        number = 1 + await Amendment.count().where(Amendment.contract == contract)
        own: dict[str, Any] = {f"{side}_agreed_by": actor.user, f"{side}_agreed_at": at}
        await Amendment(
            id=wish.key, contract=contract, number=number, kind=wish.kind, amount=amount, added=added, term=wish.term,
            wording=wish.wording, reason_enc=seal("contract_amendment", "reason_enc", wish.key, wish.reason),
            proposed_side=side, proposed_by=actor.me, proposed_at=at, **own,
        ).save()  # fmt: skip
        for change in changes:
            await AmendmentLine(
                id=uuid4(), amendment=wish.key, line=change.line, units=change.units, amount=change.amount
            ).save()
        data = {"amendment": number, "kind": wish.kind, "amount": str(amount), "added": str(added)}
        await tell(actor, row, "amendment_proposed", at, data=data)
        await _tell_proposed(row, wish, side, number)
    return wish.key


async def _check_open(row: Contract) -> None:
    if row.status not in AMENDABLE:
        raise Refused(N_("Only a contract that is in force can be amended."))
    waiting = Amendment.status.is_in(sorted(rules.WAITING))
    if await Amendment.exists().where((Amendment.contract == row.id) & waiting):
        raise Refused(N_("Another amendment of this contract is under way; conclude it first."))


async def _changes(contract: UUID, wish: Proposal) -> list[Change]:
    if wish.kind == "terms":
        if wish.term not in rules.TERMS or not wish.wording.strip():
            raise FormError({"wording": (N_("Please choose the term and write its new wording."), {})})
        return []
    rooms = await rooms_of(contract)
    changes = [
        Change(line, units, units * rooms[line].unit_price if line in rooms else Decimal(0))
        for line, units in sorted(wish.changes.items())
        if units
    ]
    if not changes:
        raise FormError({"": (N_("Please change at least one line."), {})})
    faults = rules.line_problems(changes, rooms)
    if faults:
        raise FormError({f"units_{fault.line or ''}": (fault.message, fault.params) for fault in faults})
    return changes


async def _tell_proposed(row: Contract, wish: Proposal, side: str, number: int) -> None:
    path = f"/amendments/{wish.key}"
    if wish.kind == "terms" and side == "buyer":
        await tell_supplier(row, "amendment_to_agree", path, amendment=number)
    elif wish.kind == "terms":
        await tell_bureau(row, "amendment_to_agree", path, "bureau_officer", amendment=number)
    await tell_bureau(row, "amendment_to_check", path, "finance_officer", amendment=number)


async def agree(actor: Actor, contract: UUID, amendment: UUID, at: datetime) -> None:
    """The other side agrees to new wording: terms other than quantity change only by agreement of both (8.6)."""
    async with transaction():
        row, change = await _both(contract, amendment)
        side = side_of(actor, row)
        if not actor.has(*rules.PROPOSERS):
            raise NotAllowed
        if getattr(change, f"{side}_agreed_at") is not None:
            return
        if change.status != "proposed":
            raise Refused(N_("The amendment is not open to agreement any more."))
        await _set(change, **{f"{side}_agreed_by": actor.user, f"{side}_agreed_at": at})
        await tell(actor, row, "amendment_agreed", at, data={"amendment": change.number, "side": side})
        await tell_bureau(row, "amendment_to_check", f"/amendments/{change.id}", "finance_officer",
                          amendment=change.number)  # fmt: skip


async def check(actor: Actor, contract: UUID, amendment: UUID, items: Mapping[UUID, UUID], at: datetime) -> None:
    """Finance finds it within 10 %, within its budget items and the cap.

    Args:
        items: line -> the budget item that pays what is added to it.

    Raises:
        Refused: with the first sentence that stands against it; NotAllowed for who proposed it.
    """
    async with transaction():
        row, change = await _both(contract, amendment, funds=True)
        check_sees(actor, row)
        if _repeated(actor, change, "checked", change.checked_by):
            return
        step = _step(actor, change, "check")
        if actor.user == change.proposed_by:
            raise NotAllowed(N_("Who proposed the amendment does not check it."))
        if change.kind == "terms" and not rules.signed_by_both(change.buyer_agreed_at, change.supplier_agreed_at):
            raise Refused(N_("Terms other than quantities change only when both parties have agreed."))
        for line, item in items.items():
            await AmendmentLine.update({AmendmentLine.item: item}).where(
                (AmendmentLine.amendment == change.id) & (AmendmentLine.line == line) & (AmendmentLine.units > 0)
            )
        _refuse_first(await problems_of(row, change, at))
        await _set(change, status=step.target, checked_by=actor.user, checked_at=at)
        await _told(actor, row, change, step.event, at)
        await tell_bureau(row, "amendment_to_approve", f"/amendments/{change.id}", "bureau_lead",
                          amendment=change.number)  # fmt: skip


async def approve(actor: Actor, contract: UUID, amendment: UUID, at: datetime, *, override: str = "") -> None:
    """The bureau's lead approves; the money that is added is committed in the same transaction.

    Args:
        override: why a future year without a total is approved all the same; nothing else is overridden by it.

    Raises:
        Refused: with the first sentence that stands against it; NotAllowed for who proposed or checked it.
    """
    async with transaction():
        row, change = await _both(contract, amendment, funds=True)
        check_sees(actor, row)
        if _repeated(actor, change, "approved", change.approved_by):
            return
        step = _step(actor, change, "approve")
        if actor.user in {change.proposed_by, change.checked_by}:
            raise NotAllowed(N_("Who proposed or checked the amendment does not approve it."))
        _refuse_first(await problems_of(row, change, at, cap=False))
        shares = await shares_of(change.id)
        if shares:
            await budgets.commit(actor, row.id, change.id, row.division, shares, at, override_reason=override)
        await _set(change, status=step.target, approved_by=actor.user, approved_at=at)
        await _told(actor, row, change, step.event, at, text=override)
        await tell_bureau(row, "amendment_to_sign", f"/amendments/{change.id}", "bureau_lead", amendment=change.number)
        await tell_supplier(row, "amendment_to_sign", f"/amendments/{change.id}", amendment=change.number)


async def sign(actor: Actor, contract: UUID, amendment: UUID, at: datetime, paper: Looked | None = None) -> None:
    """One party signs, with a scan of the paper if there is one; with the second signature the amendment is signed.

    Raises:
        Refused: before its approval; NotAllowed for who may not sign for a party.
    """
    async with transaction():
        row, change = await _both(contract, amendment)
        side = side_of(actor, row)
        if getattr(change, f"{side}_signed_by") == actor.user and change.status in {"approved", "signed"}:
            return
        step = _step(actor, change, "sign")
        if getattr(change, f"{side}_signed_at") is not None:
            raise Refused(N_("This party has signed already."))
        if paper is not None:
            await files.keep(actor, "contract_amendment", change.id, "signed_paper", paper, at)
        await _set(change, **{f"{side}_signed_by": actor.user, f"{side}_signed_at": at})
        await tell(actor, row, "amendment_party_signed", at, data={"amendment": change.number, "side": side})
        if rules.signed_by_both(change.buyer_signed_at, change.supplier_signed_at):
            await _set(change, status=step.target)
            await _told(actor, row, change, step.event, at)
            await tell_bureau(row, "amendment_to_publish", f"/amendments/{change.id}", "bureau_officer",
                              amendment=change.number)  # fmt: skip


async def publish(actor: Actor, contract: UUID, amendment: UUID, at: datetime) -> None:
    """Publish it: lines, what pays for them and the contract's total change in this transaction, or nothing does.

    Raises:
        Refused: before both have signed, or where a line has meanwhile less left than is taken away.
    """
    async with transaction():
        row, change = await _both(contract, amendment, funds=True)
        check_sees(actor, row)
        if _repeated(actor, change, "published", change.published_by):
            return
        step = _step(actor, change, "publish")
        if row.status not in AMENDABLE:
            raise Refused(N_("Only a contract that is in force can be amended."))
        changes = await changes_of(change.id)
        rooms = await rooms_of(contract, lock=True)
        _refuse_first(rules.line_problems(changes, rooms))
        await apply_lines(actor, row, change, changes, rooms, at)
        await _told(actor, row, change, step.event, at)
        await _set(change, status=step.target, published_by=actor.user, published_on=civil_date(at))
        path = f"/amendments/{change.id}"
        await tell_supplier(row, "amendment_published", path, amendment=change.number)
        await tell_bureau(row, "amendment_published", path, "finance_officer", amendment=change.number)


async def refuse(actor: Actor, contract: UUID, amendment: UUID, reason: str, text: str, at: datetime) -> None:
    """Finance or the lead ends it for a reason of the list; what its approval committed is given back.

    Raises:
        FormError: without a reason, or "other" without a text; Refused after its publication.
    """
    if reason not in rules.REFUSALS:
        raise FormError({"reason": (N_("Please choose a reason."), {})})
    if reason == "other" and not text.strip():
        raise FormError({"text": (N_("Please say why in a few words."), {})})
    async with transaction():
        row, change = await _both(contract, amendment, funds=True)
        check_sees(actor, row)
        if _repeated(actor, change, "refused", change.ended_by):
            return
        step = _step(actor, change, "refuse")
        await give_back_added(actor, row, change, await changes_of(change.id), at)
        sealed = seal("contract_amendment", "ended_text_enc", change.id, text)
        await _set(change, status=step.target, ended_by=actor.user, ended_reason=reason, ended_text_enc=sealed)
        await _told(actor, row, change, step.event, at, reason=reason)
        await tell_person(
            row, "amendment_refused", change.proposed_by, of_supplier=change.proposed_side == "supplier",
            path=f"/amendments/{change.id}", amendment=change.number,
        )  # fmt: skip


async def withdraw(actor: Actor, contract: UUID, amendment: UUID, at: datetime) -> None:
    """The side that proposed it takes it back before it is checked."""
    async with transaction():
        row, change = await _both(contract, amendment)
        if side_of(actor, row) != change.proposed_side:
            raise Refused(N_("The side that proposed the amendment may withdraw it."))
        if _repeated(actor, change, "withdrawn", change.ended_by):
            return
        step = _step(actor, change, "withdraw")
        await _set(change, status=step.target, ended_by=actor.user)
        await _told(actor, row, change, step.event, at)


async def _both(contract: UUID, amendment: UUID, *, funds: bool = False) -> tuple[Contract, Amendment]:
    row = await (locked_with_funds(contract) if funds else locked(contract))
    change: Amendment | None = await (
        Amendment.objects()
        .where((Amendment.id == amendment) & (Amendment.contract == contract))
        .first()
        .lock_rows("NO KEY UPDATE")
    )
    if change is None:
        raise NotYours
    return row, change


def _repeated(actor: Actor, change: Amendment, status: str, by: UUID | None) -> bool:
    return change.status == status and by == actor.user


def _step(actor: Actor, change: Amendment, action: str) -> rules.Step:
    step = rules.AMENDMENT_MACHINE.step(change.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    return step


def _refuse_first(problems: Sequence[Problem]) -> None:
    if problems:
        raise Refused(problems[0].message, **problems[0].params)


async def _set(change: Amendment, **columns: object) -> None:
    columns["version"] = change.version + 1
    await Amendment.update(columns).where(Amendment.id == change.id)  # type: ignore[arg-type]
    for name, value in columns.items():
        setattr(change, name, value)


async def _told(
    actor: Actor, row: Contract, change: Amendment, event: str, at: datetime, *, reason: str = "", text: str = ""
) -> None:
    data = {"amendment": change.number, "amount": str(change.amount), "reason": reason}
    await tell(actor, row, f"amendment_{event}", at, data=data, text=text)
