"""Making a purchase list: draft, items with their evidence, submit, approve by somebody else, close at the year's end.

One transaction each, with the list locked. The key of a form is the new row's id, so that a double click makes one
row; a repeat by the same person that finds the state reached changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.accounts.queries import users_with
from bangfu.budgets.queries import items_for
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.purchasing import rules
from bangfu.purchasing.evidence import as_json, evidence_of
from bangfu.purchasing.queries import as_kept, outcomes_of
from bangfu.purchasing.tables import PurchaseItem, PurchasePlan
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number


async def draft(actor: Actor, key: UUID, county: str, year: int, at: datetime) -> UUID:
    """A county's list of a year as a draft; the same key again is the same list.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of that county.
        FormError: if there is a list of this year already.
    """
    _check_officer(actor, county)
    try:
        async with transaction():
            known = await PurchasePlan.objects().get(PurchasePlan.id == key)
            if known is not None:
                if known.drafted_by != actor.user:
                    raise NotYours
                return key
            plan = PurchasePlan(
                id=key, number=await fresh_number(PurchasePlan), division=county, year=year, drafted_by=actor.user,
                changed_by=actor.user, created_at=at, updated_at=at,
            )  # fmt: skip
            await plan.save()
            await _note(actor, plan, "drafted", at, data={"year": year})
    except UniqueViolationError:
        if not await PurchasePlan.exists().where(PurchasePlan.id == key):
            raise FormError({"year": (N_("The county has a purchase list of this year already."), {})}) from None
    return key


async def put_item(
    actor: Actor, plan: UUID, item: UUID, values: Mapping[str, Any], today: date, at: datetime, *, version: int = 0
) -> None:
    """Add an item under the key `item`, or change the one that has this id and version; its evidence is computed anew.

    Raises:
        NotYours, NotAllowed: for anybody but an officer of the bureau of that county.
        Refused: if the list is no draft any more, or somebody changed the item meanwhile.
        FormError: for a budget item of another county, year or source.
    """
    async with transaction():
        row = await _locked(actor, plan)
        known = await PurchaseItem.objects().get(PurchaseItem.id == item)
        if known is not None and known.plan != plan:
            raise NotYours
        if known is not None and not version:
            return
        _check_open(actor, row)
        if version and (known is None or known.version != version):
            raise Refused(N_("Somebody changed this item meanwhile. Look at the page, then decide again."))
        await _check_budget_item(row, values)
        found = await evidence_of(row.division, values["service"], today)
        kept = {**values, "evidence": as_json(found), "evidence_at": at}
        if known is None:
            await PurchaseItem(id=item, plan=plan, created_by=actor.user, created_at=at, **kept).save()
        else:
            await PurchaseItem.update(**kept, version=version + 1).where(PurchaseItem.id == item)
        await _touch(actor, row, at)
        numbers = {
            "service": values["service"], "units": values["units"], "low": str(values["price_low"]),
            "high": str(values["price_high"]),
        }  # fmt: skip
        await _note(actor, row, "item_added" if known is None else "item_changed", at, data=numbers)


async def remove_item(actor: Actor, plan: UUID, item: UUID, at: datetime) -> None:
    """Take an item out of a draft; one that is gone stays gone. Raises as `put_item`."""
    async with transaction():
        row = await _locked(actor, plan)
        _check_open(actor, row)
        known = await PurchaseItem.objects().get((PurchaseItem.id == item) & (PurchaseItem.plan == plan))
        if known is None:
            return
        await PurchaseItem.delete().where(PurchaseItem.id == item)
        await _touch(actor, row, at)
        await _note(actor, row, "item_removed", at, data={"service": known.service, "units": known.units})


async def submit(actor: Actor, plan: UUID, at: datetime) -> None:
    """draft -> submitted; the leads hear of it.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state; without items, or with an empty element or budget item.
    """
    async with transaction():
        row = await _locked(actor, plan)
        if row.status == "submitted" and row.submitted_by == actor.user:
            return
        step = _step(actor, row, "submit")
        items = await PurchaseItem.objects().where(PurchaseItem.plan == plan)
        if not items:
            raise Refused(N_("The list has no item yet; add one before you submit it."))
        bare = [item.name for item in items if not _is_complete(item)]
        if bare:
            raise Refused(
                N_("Every item needs its five elements and a budget item. Incomplete: {names}"), names="、".join(bare)
            )
        await _move(actor, row, step, at, submitted_by=actor.user)
        await _tell(await users_with("bureau_lead", row.division), "purchase_plan_submitted", row)


async def approve(actor: Actor, plan: UUID, at: datetime) -> None:
    """submitted -> approved by a lead who had no hand in it.

    Raises:
        NotYours, NotAllowed, Refused: by area, role, own part in it, and state.
    """
    async with transaction():
        row = await _locked(actor, plan)
        if row.status == "approved" and row.approved_by == actor.user:
            return
        step = _step(actor, row, "approve")
        if actor.user in {row.drafted_by, row.changed_by, row.submitted_by}:
            raise NotAllowed(N_("You prepared this list yourself: somebody else approves it."))
        await _move(actor, row, step, at, approved_by=actor.user, approved_at=at)
        await _tell([row.submitted_by], "purchase_plan_approved", row)


async def send_back(actor: Actor, plan: UUID, reason: str, at: datetime) -> None:
    """submitted -> draft, with the reason. Raises as `approve`."""
    async with transaction():
        row = await _locked(actor, plan)
        step = _step(actor, row, "return")
        await _move(actor, row, step, at, reason=reason)
        await _tell([row.submitted_by], "purchase_plan_returned", row)


async def close(actor: Actor, plan: UUID, today: date, at: datetime) -> None:
    """approved -> closed when the year is over; what came of every item is kept with it.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state; before the year's end.
    """
    async with transaction():
        row = await _locked(actor, plan)
        if row.status == "closed":
            return
        step = _step(actor, row, "close")
        if today.year <= row.year:
            raise Refused(N_("The list is closed when its year is over, from {day} on."), day=f"{row.year + 1}-01-01")
        for item, outcome in (await outcomes_of(row.id)).items():
            await PurchaseItem.update(outcome=json.dumps(as_kept(outcome))).where(PurchaseItem.id == item)
        await _move(actor, row, step, at, closed_at=at)


def _is_complete(item: PurchaseItem) -> bool:
    return item.budget_item is not None and all(getattr(item, name).strip() for name in rules.ELEMENTS)


async def _check_budget_item(row: PurchasePlan, values: Mapping[str, Any]) -> None:
    wanted = values.get("budget_item")
    if wanted is None:
        return
    for fund, item in await items_for(row.division, row.year):
        if item.id == wanted and fund.source == values["fund_source"]:
            return
    raise FormError({"budget_item": (N_("Please choose an item of this county, year and source of funds."), {})})


def _check_officer(actor: Actor, county: str) -> None:
    if not actor.sees(county):
        raise NotYours
    if not actor.has("bureau_officer"):
        raise NotAllowed


async def _locked(actor: Actor, plan: UUID) -> PurchasePlan:
    row: PurchasePlan | None = (
        await PurchasePlan.objects().where(PurchasePlan.id == plan).first().lock_rows("NO KEY UPDATE")
    )
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


def _check_open(actor: Actor, row: PurchasePlan) -> None:
    _check_officer(actor, row.division)
    if row.status != "draft":
        raise Refused(N_("Only a draft can be changed; have the list returned first."))


def _step(actor: Actor, row: PurchasePlan, action: str) -> rules.Step:
    step = rules.MACHINE.step(row.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    return step


async def _touch(actor: Actor, row: PurchasePlan, at: datetime) -> None:
    await PurchasePlan.update(changed_by=actor.user, updated_at=at, version=row.version + 1).where(
        PurchasePlan.id == row.id
    )


async def _move(
    actor: Actor, row: PurchasePlan, step: rules.Step, at: datetime, *, reason: str = "", **columns: Any
) -> None:
    await PurchasePlan.update(status=step.target, updated_at=at, version=row.version + 1, **columns).where(
        PurchasePlan.id == row.id
    )
    before, after = {"status": row.status}, {"status": step.target}
    await _note(actor, row, step.event, at, reason=reason, before=before, after=after)


async def _note(
    actor: Actor, row: PurchasePlan, event: str, at: datetime, *, reason: str = "",
    data: Mapping[str, object] | None = None, before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    await audit.record(
        actor, f"purchase_plan.{event}", "purchase_plan", row.id, division=row.division, reason=reason, at=at,
        data=data, before=before, after=after,
    )  # fmt: skip


async def _tell(users: Sequence[UUID | None], kind: str, row: PurchasePlan) -> None:
    await send([user for user in users if user], kind, f"/purchases/{row.id}", {"number": row.number})
