"""From the draft to a contract in force (DOMAIN.md 8.6): hand on, check, submit, approve, sign, publish, activate.

Every action locks the contract's row, checks the person, the state and the rules of `check_rules`, and changes state,
money, deadlines and messages in one transaction. A repeat by the same person changes nothing.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.budgets import actions as budgets
from bangfu.contracts import judging, reading, taking_over
from bangfu.contracts.deadlines import last_day_to_sign, watch_until
from bangfu.contracts.moves import already, check_sees, locked, locked_with_funds, move, tell
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.errors import N_, NotAllowed, Refused, for_second_duty
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision

STALE: Final = N_("The contract was changed since you opened the page. Look at it again, then decide.")


async def hand_on(actor: Actor, contract: UUID, at: datetime) -> None:
    """Hand a complete draft on to the finance officer.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: by the first rule that it does not meet, or if it is no draft.
    """
    async with transaction():
        row = await _for(actor, contract, "bureau_officer")
        if row.status != "draft":
            raise Refused(N_("Only a draft is handed on to finance."))
        if row.handed_on_at is not None:
            return
        await judging.require(row, civil_date(at))
        await Contract.update({Contract.handed_on_at: at, Contract.updated_at: at}).where(Contract.id == contract)
        await tell(actor, row, "handed_on", at, data={"total": str(row.total)})
        await _say(await users_with("finance_officer", row.division), "contract_to_check", row)


async def send_back(actor: Actor, contract: UUID, text: str, at: datetime) -> None:
    """Finance gives a draft back before checking its budget, with the reason.

    Raises:
        NotYours, NotAllowed: for anybody but a finance officer of its county.
        Refused: if it was not handed on.
    """
    async with transaction():
        row = await _for(actor, contract, "finance_officer")
        if row.status != "draft" or row.handed_on_at is None:
            raise Refused(N_("This draft was not handed on to finance."))
        await Contract.update({Contract.handed_on_at: None, Contract.version: row.version + 1}).where(
            Contract.id == contract
        )
        await tell(actor, row, "sent_back", at, text=text)
        await _say(_officers(row), "contract_returned", row)


async def check_budget(actor: Actor, contract: UUID, at: datetime, *, version: int | None = None) -> None:
    """Finance finds the budget covering: every rule of the draft holds (DOMAIN.md 4.3).

    Args:
        version: the version that the person saw; None: whatever stands there.

    Raises:
        NotYours, NotAllowed: for anybody but a finance officer of its county, and for who wrote in the draft.
        Refused: by a rule, if it was not handed on, or changed since.
    """
    async with transaction():
        row = await _for(actor, contract, "finance_officer")
        if await already(actor, row, "check_budget"):
            return
        _apart(actor, row, "check_contract", N_("Who drafted the contract cannot check its budget."))
        if row.status == "draft":
            if row.handed_on_at is None:
                raise Refused(N_("This draft was not handed on to finance."))
            _same(row, version)
            await judging.require(row, civil_date(at))
        await move(actor, row, "check_budget", at, data={"total": str(row.total)}, checked_by=actor.me)
        await _say(_officers(row), "contract_to_submit", row)


async def submit(actor: Actor, contract: UUID, at: datetime) -> None:
    """Submit a checked contract to the bureau's lead.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of its county.
        Refused: from another state.
    """
    async with transaction():
        row = await _for(actor, contract, "bureau_officer")
        if await already(actor, row, "submit"):
            return
        await move(actor, row, "submit", at, submitted_by=actor.me)
        await _say(await users_with("bureau_lead", row.division), "contract_to_approve", row)


async def approve(
    actor: Actor, contract: UUID, at: datetime, *, override_reason: str = "", version: int | None = None
) -> None:
    """Approve a contract and commit its money in the same transaction: the cap is checked under the funds' locks.

    Args:
        override_reason: why a future year whose fund has no total yet is approved all the same; nothing else.
        version: the version that the person saw; None: whatever stands there.

    Raises:
        NotYours, NotAllowed: for anybody but the lead of its county; for who drafted, submitted or checked it.
        Refused: by a rule, a budget item, the cap, from another state, or if it was changed since.
    """
    async with transaction():
        row = await _for(actor, contract, "bureau_lead", funds=True)
        if await already(actor, row, "approve"):
            return
        sentence = N_("Who drafted or submitted the contract cannot approve it.")
        _apart(actor, row, "approve_contract", sentence, row.submitted_by)
        if actor.me == row.checked_by:
            sentence = N_("Who checked the budget of the contract cannot approve it.")
            raise for_second_duty(NotAllowed(sentence), "approve_contract")
        if row.imported:
            if not await already(actor, row, "take_over"):
                await taking_over.confirm(actor, row, at)
            return
        if row.status == "under_approval":
            _same(row, version)
            await judging.require(row, civil_date(at))
            shares = judging.shares_of(await reading.lines_of(contract))
            await budgets.commit(actor, contract, contract, row.division, shares, at, override_reason=override_reason)
        data = {"total": str(row.total), "override": bool(override_reason)}
        await move(actor, row, "approve", at, text=override_reason, data=data, approved_by=actor.me)
        await _watch_signing(actor, row, at)
        signers = {*await managers_of(row.supplier), *await users_with("bureau_lead", row.division)}
        await _say(signers, "contract_to_sign", row)


async def give_back(actor: Actor, contract: UUID, text: str, at: datetime) -> None:
    """Finance or the lead returns a contract with a reason; it is checked anew afterwards.

    Raises:
        NotYours, NotAllowed: for everybody else.
        Refused: from another state.
    """
    async with transaction():
        row = await _for(actor, contract, "finance_officer", "bureau_lead")
        if await already(actor, row, "return"):
            return
        await move(actor, row, "return", at, text=text, handed_on_at=None, checked_by=None, submitted_by=None)
        await _say(_officers(row), "contract_returned", row)


async def revise(actor: Actor, contract: UUID, at: datetime) -> None:
    """Take a returned contract up again: it is a draft.

    Raises:
        NotYours, NotAllowed, Refused: as for every move.
    """
    async with transaction():
        row = await _for(actor, contract, "bureau_officer")
        if await already(actor, row, "revise"):
            return
        await move(actor, row, "revise", at, handed_on_at=None)


async def void(actor: Actor, contract: UUID, text: str, at: datetime) -> None:
    """The lead gives a contract up before it is signed; what it has committed is released.

    Raises:
        NotYours, NotAllowed, Refused: as for every move.
    """
    async with transaction():
        row = await _for(actor, contract, "bureau_lead", funds=True)
        if await already(actor, row, "void"):
            return
        await move(actor, row, "void", at, text=text)
        for line in await ContractLine.select(ContractLine.id).where(ContractLine.contract == contract):
            await budgets.release(actor, contract, contract, line["id"], None, at)
        await supervision.drop(actor, "contract.sign", contract, at, reason=row.number)
        await _say(_officers(row), "contract_void", row)


async def _for(actor: Actor, contract: UUID, *roles: str, funds: bool = False) -> Contract:
    row = await (locked_with_funds if funds else locked)(contract)
    check_sees(actor, row)
    if not actor.has(*roles):
        raise NotAllowed
    return row


def _apart(actor: Actor, row: Contract, duty: str, sentence: str, *others: UUID | None) -> None:
    """Raises NotAllowed for who wrote the draft (DOMAIN.md 8.11)."""
    if actor.me in {row.drafted_by, *row.edited_by, *others}:
        raise for_second_duty(NotAllowed(sentence), duty)


def _same(row: Contract, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Refused(STALE)


def _officers(row: Contract) -> list[UUID]:
    return [user for user in {row.drafted_by, row.manager} if user is not None]


async def _say(users: Collection[UUID], kind: str, row: Contract) -> None:
    own = await managers_of(row.supplier) if kind in {"contract_to_sign", "contract_active"} else []
    await send([user for user in users if user not in own], kind, f"/contracts/{row.id}", {"number": row.number})
    await send([user for user in users if user in own], kind, f"/my-contracts/{row.id}", {"number": row.number})


async def _watch_signing(actor: Actor, row: Contract, at: datetime) -> None:
    """Signed within 30 days of the award notice (DOMAIN.md 4.3)."""
    if row.award_on is not None:
        await watch_until(actor, row, "contract.sign", last_day_to_sign(row.award_on), at, role="bureau_lead")
