"""From an approved item to the draft of a contract: the contract keeps the item that it came from."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from bangfu.contracts import drafting
from bangfu.contracts.drafting import Draft, LineDraft, PartyDraft
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.purchasing.queries import ItemView, PlanView
from bangfu.purchasing.tables import PurchaseItem
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


@dataclass(frozen=True, slots=True)
class Order:
    """What is ordered of an item: from whom, how many units at which price (CNY), from when until when."""

    supplier: UUID
    buyer: UUID | None
    units: int
    unit_price: Decimal
    starts_on: date
    ends_on: date

    @property
    def amount(self) -> Decimal:
        return self.units * self.unit_price


async def draft_contract(actor: Actor, key: UUID, plan: PlanView, item: ItemView, order: Order, at: datetime) -> UUID:
    """A contract in draft with one line of the item's service, paid from its budget item. The same key again is the
    same draft.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of that county.
        Refused: before the list is approved, or after it is closed.
        FormError: for a price outside of the band, more units than the item has left, or a term outside of the year.
    """
    if not actor.sees(plan.division):
        raise NotYours
    if not actor.has("bureau_officer"):
        raise NotAllowed
    parties = [PartyDraft("buyer", order.buyer)] if order.buyer else []
    made = Draft(
        division=plan.division, number="", kind="procurement", project=f"{plan.year}年{item.name}",
        starts_on=order.starts_on, ends_on=order.ends_on, parties=[*parties, PartyDraft("supplier", order.supplier)],
        terms=_terms(item), columns={"plan_item": item.id},
    )  # fmt: skip
    line = LineDraft(
        item.service, item.fund_source, order.unit_price, order.units, order.amount,
        fundings={item.budget_item: order.amount} if item.budget_item else {},
    )  # fmt: skip
    async with transaction():
        _check(plan, item, order, item.units - await _drafted(item.id, key))
        contract = await drafting.draft(actor, key, made, at)
        await drafting.put_line(actor, contract, uuid5(key, "line"), line, at)
        await audit.record(
            actor, "purchase_plan.contract_drafted", "purchase_plan", plan.id, division=plan.division, at=at,
            data={"contract": str(contract), "service": item.service, "units": order.units},
        )  # fmt: skip
    return contract


async def _drafted(item: UUID, but: UUID) -> int:
    """Units of the item in contracts other than `but`; the item is locked, so that two drafts follow each other."""
    await PurchaseItem.raw("SELECT 1 FROM purchase_item WHERE id = {} FOR NO KEY UPDATE", item)
    rows = await PurchaseItem.raw(
        "SELECT coalesce(sum(l.max_units), 0)::int AS units FROM contract_line l JOIN contract c ON c.id = l.contract"
        " WHERE c.plan_item = {} AND c.id <> {} AND c.status <> 'void'",
        item, but,
    )  # fmt: skip
    found: int = rows[0]["units"]
    return found


def _check(plan: PlanView, item: ItemView, order: Order, left: int) -> None:
    if plan.status != "approved":
        raise Refused(N_("Contracts are drafted from an approved purchase list."))
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    if not item.price_low <= order.unit_price <= item.price_high:
        faults["unit_price"] = (
            N_("The approved band is {low} to {high} yuan."),
            {"low": f"{item.price_low:,.2f}", "high": f"{item.price_high:,.2f}"},
        )
    if order.units > left:
        faults["units"] = (
            N_("The approved list has {units} units of this item, {left} of them are in no contract yet."),
            {"units": item.units, "left": max(0, left)},
        )
    if not date(plan.year, 1, 1) <= order.starts_on <= order.ends_on <= date(plan.year, 12, 31):
        faults["ends_on"] = (N_("The term lies inside the list's year, {year}."), {"year": plan.year})
    if faults:
        raise FormError(faults)


def _terms(item: ItemView) -> dict[str, str]:
    """What the item says already; the officer completes the draft."""
    return {
        "content": "\n".join(part for part in (item.content, item.scope) if part),
        "quantity": f"{item.units}",
        "duties": "\n".join(part for part in (item.provider, item.mechanism) if part),
        "quality": item.safeguards,
    }
