"""Offering a need to a carer, or to the organisation that the carer works for (DOMAIN.md 8.5)."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import managers_of, user_of_carer
from bangfu.contracts.actions import hold_line, reserve
from bangfu.contracts.queries import Account, account_for
from bangfu.contracts.rules import ONCE, Line, reserved_visits
from bangfu.dispatch import rules
from bangfu.dispatch.co_approval import require_consent
from bangfu.dispatch.grounds import check_ground
from bangfu.dispatch.tables import Assignment
from bangfu.dispatch.timing import watch_answer
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.needs.tables import Need
from bangfu.providers.carer_rules import told_reason
from bangfu.providers.register import kept_off
from bangfu.providers.standing import barred_carers
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.database import transaction
from bangfu.shared.i18n import Word
from bangfu.shared.numbering import fresh_number


@dataclass(frozen=True, slots=True)
class OfferInput:
    """What planning (or a dispatcher) offers: visits per 4 weeks, minutes per visit, straight kilometres.

    `alternatives` are the ranked next-best carers, kept with the offer for the day it comes back.
    """

    need: UUID
    household: UUID
    division: str
    service: str
    priority: str
    carer: UUID
    visits: int
    minutes: int
    km: float | None = None
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    proposal: UUID | None = None


async def make_offer(actor: Actor, offer: OfferInput, at: datetime) -> UUID:
    """Offer a need that is in matching: assignment with deadline, reservation on the contract line, message.

    Repeating it for the same proposal (or the same open offer to the same carer) returns the first one's id.
    Every check comes before the first write, so that a caller may go on after a refusal inside its own transaction.

    Raises:
        NotAllowed: unless a dispatcher offers (no automatic dispatch: DOMAIN.md 8.4).
        NotYours: outside the dispatcher's divisions.
        Refused: if the need is not in matching, has an open assignment, the carer or the organisation cannot be asked
            on the day, the organisation runs the dispatcher's station and the township has not agreed, or it has no
            contract line for the service with enough left on it, in the township's quota and under the fund's cap.
    """
    if not actor.has("station_dispatcher"):
        raise NotAllowed
    if not actor.sees(offer.division):
        raise NotYours
    async with transaction():
        account = await hold_money(offer.carer, offer.service, at)
        need = await Need.raw("SELECT number, status, division FROM need WHERE id = {} FOR UPDATE", offer.need)
        if not need or not actor.sees(need[0]["division"]):
            raise NotYours
        if (repeated := await _open_offer(offer)) is not None:
            return repeated
        if need[0]["status"] != "matching":
            raise Refused(
                N_("Need {number} is in the state “{status}”; only a need in matching can be offered."),
                number=need[0]["number"], status=Word("need_status", need[0]["status"]),
            )  # fmt: skip
        today = civil_date(at)
        carer = await _carer(offer.carer, today)
        await require_consent(actor, offer.need, carer["organization"])
        await check_ground(offer.need, carer["kind"], at)
        assignment = uuid4()
        line, units = await _reserve(actor, assignment, carer, account, offer, at)
        return await _offer(actor, assignment, carer, offer, line, units, at)


async def hold_money(carer: UUID, service: str, at: datetime) -> Account | None:
    """The line that would pay for a carer, locked: called before the need is locked (contracts.actions)."""
    rows = await Assignment.raw("SELECT organization FROM carer WHERE id = {} AND kind = 'worker'", carer)
    if not rows or rows[0]["organization"] is None:
        return None
    account = await account_for(rows[0]["organization"], service, civil_date(at))
    if account is not None:
        await hold_line(account.line.id)
    return account


async def _open_offer(offer: OfferInput) -> UUID | None:
    rows = await Assignment.raw(
        "SELECT id, number, carer, matched_carer, proposal FROM assignment"
        " WHERE need = {} AND status IN ('offered', 'accepted', 'scheduled', 'active')",
        offer.need,
    )
    if not rows:
        return None
    if rows[0]["matched_carer"] == offer.carer and rows[0]["proposal"] == offer.proposal:
        found: UUID = rows[0]["id"]
        return found
    raise Refused(N_("This need is already offered or served: task {number}."), number=rows[0]["number"])


async def _carer(carer: UUID, today: date) -> dict[str, Any]:
    rows = await Assignment.raw("SELECT id, number, kind, organization FROM carer WHERE id = {}", carer)
    if not rows:
        raise NotYours
    found: dict[str, Any] = rows[0]
    if reason := (await barred_carers(today, [carer])).get(carer):
        why = Word("barred_reason", told_reason(reason))
        raise Refused(N_("Carer {number} cannot be asked now: {why}."), number=found["number"], why=why)
    organization = found["organization"]
    if organization is not None and (reason := (await kept_off(today, [organization])).get(organization, "")):
        why = Word("organization_barred", reason)
        raise Refused(
            N_("The organisation of carer {number} cannot be asked now: {why}."), number=found["number"], why=why
        )
    return found


async def _reserve(
    actor: Actor, assignment: UUID, carer: dict[str, Any], account: Account | None, offer: OfferInput, at: datetime
) -> tuple[Line | None, int]:
    """The line that pays and the visits reserved on it; only workers of organisations are paid."""
    if carer["kind"] != "worker":
        return None, 0
    today = civil_date(at)
    if account is None:
        raise Refused(
            N_("The organisation of carer {number} has no open contract line for {service}."),
            number=carer["number"], service=Word("service", offer.service),
        )  # fmt: skip
    unit = await Assignment.raw("SELECT unit FROM service WHERE code = {}", offer.service)
    once = bool(unit) and unit[0]["unit"] in ONCE
    units = reserved_visits(account.line, offer.visits, today, once=once)
    await reserve(
        actor, account.line.id, units, units * account.line.unit_price, assignment, at, division=offer.division
    )
    return account.line, units


async def _offer(
    actor: Actor, assignment: UUID, carer: dict[str, Any], offer: OfferInput, line: Line | None, units: int,
    at: datetime,
) -> UUID:  # fmt: skip
    number = await fresh_number(Assignment)
    deadline = rules.deadline_of(carer["kind"], offer.priority, at)
    price = line.unit_price if line else Decimal(0)
    row = Assignment(
        id=assignment, number=number, need=offer.need, household=offer.household, division=offer.division,
        service=offer.service, carer_kind=carer["kind"], matched_carer=carer["id"], carer=carer["id"],
        organization=carer["organization"] if carer["kind"] == "worker" else None,
        contract_line=line.id if line else None, status="offered", priority=offer.priority, visits=offer.visits,
        minutes=offer.minutes, km=offer.km, unit_price=price, alternatives=json.dumps(offer.alternatives, default=str),
        proposal=offer.proposal, offered_by=actor.user, offered_at=at, deadline=deadline,
    )  # fmt: skip
    await row.save()
    await audit.record(
        actor, "assignment.offered", "assignment", assignment, division=offer.division,
        data={
            "number": number, "need": offer.need, "carer": carer["number"], "service": offer.service,
            "visits": offer.visits, "deadline": deadline.isoformat(), "line": line.id if line else None,
            "reserved_visits": units, "reserved_amount": units * price, "alternatives": len(offer.alternatives),
        },
        after={"status": "offered", "version": 1, "carer": carer["id"]}, at=at,
    )  # fmt: skip
    await watch_answer(actor, row, at)
    await _tell(carer, row)
    return assignment


async def _tell(carer: dict[str, Any], row: Assignment) -> None:
    if row.carer_kind == "worker":
        users, href = await managers_of(carer["organization"]), f"/tasks/{row.id}"
    else:
        users, href = await user_of_carer(carer["id"]), f"/my-tasks/{row.id}"
    until = f"{row.deadline.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    params = {"number": row.number, "service": row.service, "deadline": until}
    await send(users, "offer", href, params, urgent=row.priority == "urgent")
