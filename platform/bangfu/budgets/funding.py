"""Funds and their items: the finance officer enters totals and items, the bureau's lead confirms totals (4.3, 8.11).

One transaction each, with the fund locked. A total counts once somebody else has confirmed it; every step of it stays
in `fund_total`. A total is a fact from a paper and may be corrected, also to less than before: the cap may then lie
below what is committed (the meter says by how much, and nothing more is committed); it never lies below the items.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from asyncpg import UniqueViolationError

from bangfu.accounts.queries import users_with
from bangfu.budgets import rules
from bangfu.budgets.actions import TAKEN_OVER, open_fund
from bangfu.budgets.tables import BudgetItem, Fund, FundTotal
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.division_codes import DivisionLevel, division_level
from bangfu.shared.files import Looked, keep

BASIS = "fund_total"
"""The type of row that a basis paper belongs to."""


async def add_fund(actor: Actor, county: str, year: int, source: str, at: datetime) -> UUID:
    """The fund of a county, a year and a source; the one that exists where there is one.

    Raises:
        NotYours: for a place outside of the actor's scope, or that is no county.
        NotAllowed: by role.
    """
    if not actor.sees(county) or division_level(county) > DivisionLevel.DISTRICT:
        raise NotYours
    _check_editor(actor)
    async with transaction():
        known = await Fund.exists().where(Fund.division == county, Fund.year == year, Fund.source == source)
        fund = await open_fund(actor, county, year, source, at)
        if not known:
            await _note(actor, "fund.opened", fund, county, at, data={"year": year, "source": source})
    return fund


async def propose_total(
    actor: Actor, key: UUID, fund: UUID, amount: Decimal, basis: str, scan: Looked | None, at: datetime
) -> None:
    """Enter the year's total with the paper that sets it; it waits for the lead. The same key again changes nothing.

    Raises:
        NotYours, NotAllowed: by area and role.
        FormError: for a total below the fund's items.
    """
    async with transaction():
        row = await _locked(actor, fund)
        _check_editor(actor)
        if await _is_own(actor, key, fund):
            return
        await _check_covers(fund, amount)
        await _step(FundTotal(id=key, kind="proposed", proposal=key, amount=amount, basis=basis), actor, fund, at)
        if scan is not None:
            await keep(actor, BASIS, key, "basis", scan, at)
        await Fund.update(proposal=key, version=row["version"] + 1).where(Fund.id == fund)
        data = {"total": str(amount), "before": str(row["total"] or "")}
        await _note(actor, "fund.total_entered", fund, row["division"], at, data=data)
        await _tell(await users_with("bureau_lead", row["division"]), "fund_total_entered", row)


async def confirm_total(actor: Actor, fund: UUID, proposal: UUID, at: datetime) -> None:
    """The total that was entered counts from now on. A repeat changes nothing.

    Raises:
        NotYours: by area.
        NotAllowed: by role, and for whoever entered it.
        Refused: if another total was entered meanwhile, or it lies below the fund's items.
    """
    async with transaction():
        row, entered = await _answered(actor, fund, proposal, "confirmed")
        if entered is None:
            return
        try:
            await _check_covers(fund, entered["amount"])
        except FormError as error:
            message, params = error.fields["total"]
            raise Refused(message, **params) from None
        answer = FundTotal(
            id=uuid4(), kind="confirmed", proposal=proposal, amount=entered["amount"], basis=entered["basis"]
        )
        await _step(answer, actor, fund, at)
        await Fund.update(
            total=entered["amount"], basis=entered["basis"], entered_by=entered["recorded_by"],
            confirmed_by=actor.user, proposal=None, version=row["version"] + 1,
        ).where(Fund.id == fund)  # fmt: skip
        data = {"total": str(entered["amount"]), "before": str(row["total"] or "")}
        await _note(actor, "fund.total_confirmed", fund, row["division"], at, data=data)
        await _tell([entered["recorded_by"]], "fund_total_confirmed", row)


async def refuse_total(actor: Actor, fund: UUID, proposal: UUID, reason: str, at: datetime) -> None:
    """The total that was entered does not count; its author hears why. Raises as `confirm_total`."""
    async with transaction():
        row, entered = await _answered(actor, fund, proposal, "refused")
        if entered is None:
            return
        answer = FundTotal(
            id=uuid4(), kind="refused", proposal=proposal, amount=entered["amount"], basis=entered["basis"],
            reason=reason,
        )  # fmt: skip
        await _step(answer, actor, fund, at)
        await Fund.update(proposal=None, version=row["version"] + 1).where(Fund.id == fund)
        await _note(actor, "fund.total_refused", fund, row["division"], at, reason=reason)
        await _tell([entered["recorded_by"]], "fund_total_refused", row)


async def add_item(actor: Actor, key: UUID, fund: UUID, values: Mapping[str, Any], at: datetime) -> UUID:
    """A budget item: code, name, purpose, amount. The same key again is the same item.

    Raises:
        NotYours, NotAllowed: by area and role.
        FormError: for a code that the fund has already, or items that come to more than its total.
    """
    try:
        async with transaction():
            row = await _locked(actor, fund)
            _check_editor(actor)
            known = await BudgetItem.objects().get(BudgetItem.id == key)
            if known is not None:
                if known.fund != fund:
                    raise NotYours
                return key
            _check_code(values["code"])
            await _check_room(row, values["amount"])
            await BudgetItem(id=key, fund=fund, created_by=actor.user, created_at=at, **values).save()
            await _note(actor, "fund.item_added", fund, row["division"], at, data=_numbers(values))
    except UniqueViolationError:
        raise FormError({"code": (N_("This fund has an item with this code already."), {})}) from None
    return key


async def change_item(
    actor: Actor, fund: UUID, item: UUID, version: int, values: Mapping[str, Any], at: datetime
) -> None:
    """Change an item; its amount never falls below what is committed from it.

    Raises:
        NotYours, NotAllowed: by area and role.
        Refused: if somebody changed it meanwhile, and for the item of contracts that were taken over.
        FormError: by the fund's total, what is committed, or a code that is taken.
    """
    try:
        async with transaction():
            row = await _locked(actor, fund)
            _check_editor(actor)
            found = await _item(fund, item)
            if found["version"] != version:
                raise Refused(N_("Somebody changed this item meanwhile. Look at the page, then decide again."))
            if found["code"] == TAKEN_OVER:
                raise Refused(N_("This item holds the contracts of the first lists; it follows them by itself."))
            _check_code(values["code"])
            if values["amount"] < found["committed"]:
                message = N_("{committed} yuan are committed from this item; its amount cannot be less.")
                raise FormError({"amount": (message, {"committed": rules.shown(found["committed"])})})
            await _check_room(row, values["amount"] - found["amount"])
            await BudgetItem.update(**values, version=version + 1).where(BudgetItem.id == item)
            data = {**_numbers(values), "before": str(found["amount"])}
            await _note(actor, "fund.item_changed", fund, row["division"], at, data=data)
    except UniqueViolationError:
        raise FormError({"code": (N_("This fund has an item with this code already."), {})}) from None


def _numbers(values: Mapping[str, Any]) -> dict[str, object]:
    return {"code": values["code"], "amount": str(values["amount"]), "active": values.get("active", True)}


def _check_code(code: str) -> None:
    """The code of the contracts that were taken over is the portal's own: that item grows by itself."""
    if code == TAKEN_OVER:
        raise FormError({"code": (N_("This fund has an item with this code already."), {})})


def _check_editor(actor: Actor) -> None:
    if not actor.has("finance_officer"):
        raise NotAllowed


async def _locked(actor: Actor, fund: UUID) -> dict[str, Any]:
    rows = await Fund.raw("SELECT * FROM fund WHERE id = {} FOR NO KEY UPDATE", fund)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found


async def _item(fund: UUID, item: UUID) -> dict[str, Any]:
    rows = await BudgetItem.raw(
        "SELECT i.*, coalesce((SELECT sum(c.amount) FROM commitment c WHERE c.item = i.id), 0) AS committed"
        " FROM budget_item i WHERE i.id = {} AND i.fund = {}",
        item, fund,
    )  # fmt: skip
    if not rows:
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found


async def _planned(fund: UUID) -> Decimal:
    rows = await BudgetItem.raw("SELECT coalesce(sum(amount), 0) AS amount FROM budget_item WHERE fund = {}", fund)
    found: Decimal = rows[0]["amount"]
    return found


async def _check_covers(fund: UUID, total: Decimal) -> None:
    planned = await _planned(fund)
    if total < planned:
        message = N_("The items of this fund come to {items} yuan; the total cannot be less. Lower the items first.")
        raise FormError({"total": (message, {"items": rules.shown(planned)})})


async def _check_room(row: Mapping[str, Any], more: Decimal) -> None:
    if row["total"] is None or more <= 0:
        return
    room = row["total"] - await _planned(row["id"])
    if more > room:
        message = N_("The fund's total leaves {room} yuan for this; its items never come to more than the total.")
        raise FormError({"amount": (message, {"room": rules.shown(max(Decimal(0), room))})})


async def _answered(
    actor: Actor, fund: UUID, proposal: UUID, kind: str
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The fund and the entered total that is to be answered; None for it where this person has answered so already."""
    row = await _locked(actor, fund)
    if not actor.has("bureau_lead"):
        raise NotAllowed
    steps = await FundTotal.raw("SELECT * FROM fund_total WHERE fund = {} AND proposal = {}", fund, proposal)
    if any(step["kind"] == kind and step["recorded_by"] == actor.user for step in steps):
        return row, None
    if row["proposal"] != proposal:
        raise Refused(N_("This total was answered, or another one was entered meanwhile. Look at the page again."))
    entered = next(step for step in steps if step["kind"] == "proposed")
    if entered["recorded_by"] == actor.user:
        raise NotAllowed(N_("You entered this total yourself: somebody else confirms it."))
    return row, entered


async def _is_own(actor: Actor, key: UUID, fund: UUID) -> bool:
    rows = await FundTotal.raw("SELECT fund, recorded_by FROM fund_total WHERE id = {}", key)
    if rows and (rows[0]["fund"] != fund or rows[0]["recorded_by"] != actor.user):
        raise NotYours
    return bool(rows)


async def _step(step: FundTotal, actor: Actor, fund: UUID, at: datetime) -> None:
    step.fund, step.recorded_by, step.at = fund, actor.user, at
    await step.save()


async def _note(
    actor: Actor, event: str, fund: UUID, county: str, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    await audit.record(actor, event, "fund", fund, division=county, reason=reason, at=at, data=data)


async def _tell(users: list[UUID], kind: str, row: Mapping[str, Any]) -> None:
    await send(users, kind, f"/budgets/{row['id']}", {"fund_source": row["source"], "year": row["year"]})
