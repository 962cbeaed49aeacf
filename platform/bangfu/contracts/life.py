"""Suspend, resume, terminate and close a contract (DOMAIN.md 8.6); what ends by the calendar stands in life_clock.

Locks: funds, contract, lines; needs and tasks follow through the hooks. People who are served never lose by it: their
needs go back to matching in the same transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from bangfu.budgets import actions as budgets
from bangfu.budgets.tables import Commitment
from bangfu.contracts import life_hooks, milestones
from bangfu.contracts.accepting import final_published
from bangfu.contracts.amending_applying import give_back_added
from bangfu.contracts.amending_reading import changes_of
from bangfu.contracts.life_tables import Amendment
from bangfu.contracts.life_telling import tell_bureau, tell_supplier
from bangfu.contracts.moves import already, check_sees, locked, locked_with_funds, move
from bangfu.contracts.queries import burn_of
from bangfu.contracts.rules import Burn
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.errors import N_, FormError, NotAllowed, Refused
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked

GROUNDS: Final = (
    "quality", "breach", "supplier_barred", "data_protection", "public_interest", "agreement", "other",
)  # fmt: skip
KEEP_MONTHS: Final = 15 * 12
"""Procurement files are kept at least 15 years after completion (政府采购法 art. 42)."""


@dataclass(frozen=True, slots=True)
class Why:
    """A ground of the list with words; the notice to the supplier as a file; a hearing where it is disputed."""

    ground: str
    text: str
    notice: Looked | None = None
    disputed: bool = False
    heard_on: date | None = None

    def check(self, at: datetime, *, hearing: bool) -> None:
        """Raise what is missing, by field.

        Raises:
            FormError: without a ground, words, the notice, or the hearing of a termination that is disputed.
        """
        faults: dict[str, tuple[str, dict[str, object]]] = {}
        if self.ground not in GROUNDS:
            faults["ground"] = (N_("Please choose the ground."), {})
        if not self.text.strip():
            faults["text"] = (N_("Please say what happened in a few words."), {})
        if self.notice is None:
            faults["file"] = (N_("Please choose the file with the notice to the supplier."), {})
        if hearing and self.disputed and self.heard_on is None:
            faults["heard_on"] = (N_("The supplier disputes it: enter the day on which it was heard."), {})
        if self.heard_on is not None and self.heard_on > civil_date(at):
            faults["heard_on"] = (N_("The hearing comes first; enter it when it has taken place."), {})
        if faults:
            raise FormError(faults)


async def suspend(actor: Actor, contract: UUID, why: Why, at: datetime, *, hand_over: bool) -> int:
    """No service is ordered from it for now. Offers without an answer end; with `hand_over` the running services end
    too, and their needs wait for another match.

    Returns:
        How many offers and services were ended.

    Raises:
        FormError: by `Why.check`; Refused: where it is not in force.
    """
    async with transaction():
        row = await locked(contract)
        if await _done(actor, row, "suspend"):
            return 0
        why.check(at, hearing=False)
        return await _stop(actor, row, "suspend", why, at, hand_over=hand_over)


async def resume(actor: Actor, contract: UUID, text: str, at: datetime) -> None:
    """It is in force again; services may be ordered."""
    async with transaction():
        row = await locked(contract)
        if await _done(actor, row, "resume"):
            return
        await move(actor, row, "resume", at, text=text)
        await tell_supplier(row, "contract_resumed", "/money")
        await tell_bureau(row, "contract_resumed", "", "bureau_officer")


async def terminate(actor: Actor, contract: UUID, why: Why, at: datetime) -> int:
    """End it before its time: everything open is handed over, what nobody was promised goes back to the budget;
    what was delivered stays committed until it is paid.

    Returns:
        How many offers and services were ended.

    Raises:
        FormError: by `Why.check`; Refused: where it is neither in force nor suspended.
    """
    async with transaction():
        row = await locked_with_funds(contract)
        if await _done(actor, row, "terminate"):
            return 0
        why.check(at, hearing=True)
        count = await _stop(actor, row, "terminate", why, at, hand_over=True, keep_until=kept_until(at))
        await milestones.drop_all(row, at)
        await _give_back_amendments(actor, row, at)
        for line, burn in (await burn_of(await lines_of(contract))).items():
            await budgets.release(actor, row.id, row.id, line, burn.left.amount, at)
        return count


async def _stop(
    actor: Actor, row: Contract, action: str, why: Why, at: datetime, *, hand_over: bool, **columns: object
) -> int:
    lines = await lines_of(row.id, lock=True)
    heard = why.heard_on.isoformat() if why.heard_on else ""
    data = {"disputed": why.disputed, "heard_on": heard, "handed_over": hand_over}
    await move(actor, row, action, at, reason=why.ground, text=why.text, data=data, **columns)
    if why.notice is not None:
        await files.keep(actor, "contract", row.id, "end_notice", why.notice, at)
    how: life_hooks.How = "suspended" if action == "suspend" else "terminated"
    count = await life_hooks.ended(actor, lines, how, hand_over, at)
    kind = f"contract_{how}"
    await tell_supplier(row, kind, "/money")
    await tell_bureau(row, kind, "", "bureau_officer", "finance_officer")
    return count


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands between a contract and its closing (CNY); nothing open means it may be closed."""

    accepted: bool
    held: Decimal
    unpaid: Decimal
    left: Decimal

    @property
    def problem(self) -> str:
        """The first sentence that stands against closing, or ""."""
        if not self.accepted:
            return N_("The acceptance is not published yet.")
        return N_("Money is still held back; settle or free it first.") if self.held else ""


async def closing_of(contract: UUID) -> Closing:
    """What stands between a contract and its closing."""
    burns = list((await burn_of(await lines_of(contract))).values())
    return Closing(
        await final_published(contract),
        sum((burn.held.amount for burn in burns), Decimal(0)),
        sum((burn.delivered.amount - burn.settled.amount for burn in burns), Decimal(0)),
        sum((_free(burn) for burn in burns), Decimal(0)),
    )


async def close(actor: Actor, contract: UUID, write_off: str, at: datetime) -> Decimal:
    """Finance closes it after the acceptance is published and the last payment made; what is left goes back to the
    budget. What was delivered and not paid needs a reason for which it is written off.

    Returns:
        What was released (CNY).

    Raises:
        Refused: by `Closing.problem`; FormError: without the reason; NotAllowed: for who drafted or approved it.
    """
    async with transaction():
        row = await locked_with_funds(contract)
        if await _done(actor, row, "close"):
            return Decimal(0)
        if actor.user in {row.drafted_by, row.approved_by}:
            raise NotAllowed(N_("Who drafted or approved the contract does not close it."))
        lines = await lines_of(contract, lock=True)
        state = await closing_of(contract)
        if row.status == "accepting" and state.problem:
            raise Refused(state.problem)
        if row.status == "accepting" and state.unpaid and not write_off.strip():
            text = N_("{amount} yuan were delivered and not paid; say why nothing more is paid.")
            raise FormError({"write_off": (text, {"amount": f"{state.unpaid:,.2f}"})})
        reason = "written_off" if state.unpaid else ""
        await move(actor, row, "close", at, reason=reason, text=write_off, closed_at=at, keep_until=kept_until(at))
        back = await _give_back_amendments(actor, row, at)
        burns = await burn_of(lines)
        parts = [await budgets.release(actor, row.id, row.id, line, _free(burns[line]), at) for line in lines]
        await tell_supplier(row, "contract_closed", "/money")
        return sum(parts, back)


async def _give_back_amendments(actor: Actor, row: Contract, at: datetime) -> Decimal:
    """What amendments committed that were approved and can be published no more; refusing them gives nothing back
    a second time."""
    before = await _committed(row.id)
    waiting = (Amendment.contract == row.id) & Amendment.status.is_in(["approved", "signed"])
    for change in await Amendment.objects().where(waiting).order_by(Amendment.number):
        await give_back_added(actor, row, change, await changes_of(change.id), at)
    return before - await _committed(row.id)


async def _committed(contract: UUID) -> Decimal:
    rows = await Commitment.raw("SELECT coalesce(sum(amount), 0) AS n FROM commitment WHERE contract = {}", contract)
    found: Decimal = rows[0]["n"]
    return found


def _free(burn: Burn) -> Decimal:
    """What closing gives back of a line: everything that was not paid."""
    return burn.ceiling.amount - burn.settled.amount


def kept_until(at: datetime) -> date:
    """Until when the files are kept."""
    return add_months(civil_date(at), KEEP_MONTHS)


async def lines_of(contract: UUID, *, lock: bool = False) -> list[UUID]:
    """The lines of a contract in the order of their ids; `lock` keeps reservations out."""
    text = "SELECT id FROM contract_line WHERE contract = {} ORDER BY id"
    rows = await ContractLine.raw(text + (" FOR NO KEY UPDATE" if lock else ""), contract)
    return [row["id"] for row in rows]


async def _done(actor: Actor, row: Contract, action: str) -> bool:
    check_sees(actor, row)
    return await already(actor, row, action)
