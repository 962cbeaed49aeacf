"""What an amendment does to the lines: their ceilings, the budget items that pay, the contract's total. In one go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.budgets import actions as budgets
from bangfu.budgets.tables import Commitment
from bangfu.contracts.amendment_rules import Change, Room, applied
from bangfu.contracts.life_tables import Amendment
from bangfu.contracts.queries import ledgers
from bangfu.contracts.rules import Sum, burn_of_entries
from bangfu.contracts.tables import Contract, ContractLine, LineFunding
from bangfu.shared.actor import Actor

_LINES = "SELECT id, service, unit_price, max_units, max_amount FROM contract_line WHERE contract = {} ORDER BY id"


async def rooms_of(contract: UUID, *, lock: bool = False) -> dict[UUID, Room]:
    """The lines of a contract with what is bound of them; `lock` keeps every reservation out until the transaction
    ends."""
    rows = await ContractLine.raw(_LINES + (" FOR NO KEY UPDATE" if lock else ""), contract)
    moved = await ledgers([row["id"] for row in rows])
    found = {}
    for row in rows:
        used = burn_of_entries(Sum(row["max_units"], row["max_amount"]), moved[row["id"]]).used
        found[row["id"]] = Room(
            row["id"], row["service"], row["unit_price"], row["max_units"], row["max_amount"], used.units, used.amount
        )
    return found


async def apply_lines(
    actor: Actor, row: Contract, change: Amendment, changes: Sequence[Change], rooms: Mapping[UUID, Room], at: datetime
) -> None:
    """New ceilings, what pays for them, the total or the wording; the lines are locked and the changes fit them."""
    for each in changes:
        units, amount = applied(rooms[each.line], each)
        await ContractLine.update(max_units=units, max_amount=amount).where(ContractLine.id == each.line)
        if each.amount > 0 and each.item is not None:
            await _fund(each.line, each.item, each.amount)
        elif each.amount < 0:
            await _unfund(actor, row, change, each, at)
    columns: dict[str, object] = {"total": row.total + change.amount, "version": row.version + 1, "updated_at": at}
    await Contract.update(columns).where(Contract.id == row.id)  # type: ignore[arg-type]
    if change.term:
        await Contract.raw(
            "UPDATE contract SET terms = jsonb_set(terms, ARRAY[{}::text], to_jsonb({}::text)) WHERE id = {}",
            change.term, change.wording, row.id,
        )  # fmt: skip
    row.total, row.version = row.total + change.amount, row.version + 1


async def give_back_added(
    actor: Actor, row: Contract, change: Amendment, changes: Sequence[Change], at: datetime
) -> None:
    """What the approval of an amendment committed goes back; before the approval there is nothing."""
    if change.approved_at is None:
        return
    for each in changes:
        if each.amount > 0 and each.item is not None:
            years = await Commitment.raw(
                "SELECT f.year FROM budget_item i JOIN fund f ON f.id = i.fund WHERE i.id = {}", each.item
            )
            await budgets.release(actor, row.id, change.id, each.line, each.amount, at, year=years[0]["year"])


async def _fund(line: UUID, item: UUID, amount: Decimal) -> None:
    rows = await LineFunding.raw(
        "UPDATE line_funding SET amount = amount + {} WHERE line = {} AND item = {} RETURNING id", amount, line, item
    )
    if not rows:
        await LineFunding(id=uuid4(), line=line, item=item, amount=amount).save()


async def _unfund(actor: Actor, row: Contract, change: Amendment, each: Change, at: datetime) -> None:
    """The items whose money is released pay less; where less was committed than is taken away, the latest do."""
    await budgets.release(actor, row.id, change.id, each.line, -each.amount, at)
    released = await Commitment.raw(
        "SELECT item, -sum(amount) AS amount FROM commitment WHERE subject = {} AND line = {} AND kind = 'released'"
        " GROUP BY item",
        change.id, each.line,
    )  # fmt: skip
    parts = {part["item"]: part["amount"] for part in released}
    rest = -each.amount - sum(parts.values(), Decimal(0))
    rows = await LineFunding.raw(
        "SELECT f.id, f.item, f.amount FROM line_funding f JOIN budget_item i ON i.id = f.item"
        " JOIN fund n ON n.id = i.fund WHERE f.line = {} ORDER BY n.year DESC, f.item",
        each.line,
    )
    for funding in rows:
        part = min(funding["amount"], parts.get(funding["item"], Decimal(0)))
        more = min(funding["amount"] - part, rest)
        rest -= more
        left = funding["amount"] - part - more
        if left > 0:
            await LineFunding.update(amount=left).where(LineFunding.id == funding["id"])
        else:
            await LineFunding.delete().where(LineFunding.id == funding["id"])
