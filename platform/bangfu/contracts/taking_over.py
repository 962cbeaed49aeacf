"""Contracts that come in by a list: in force before the portal was used, without the steps of their making.

Their lines' money is committed at once, so that meters and the cap know of it (docs/decisions/0022).
"""

import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.budgets import actions as budgets
from bangfu.budgets.rules import year_shares
from bangfu.contracts.moves import move
from bangfu.contracts.tables import Contract, ContractLine, LineFunding
from bangfu.errors import NotAllowed, Refused
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.division_codes import pad_division

log = logging.getLogger("bangfu.contracts")
_SUMS = (
    "UPDATE contract c SET starts_on = l.first, ends_on = l.last, total = l.total, updated_at = {} FROM"
    " (SELECT contract, min(starts_on) AS first, max(ends_on) AS last, sum(max_amount) AS total FROM contract_line"
    " GROUP BY contract) l WHERE l.contract = c.id AND c.imported AND c.id = ANY({}::uuid[])"
)
_COMMITTED = (
    "SELECT l.*, c.division, coalesce((SELECT sum(m.amount) FROM commitment m WHERE m.line = l.id), 0) AS committed,"
    " EXISTS (SELECT 1 FROM commitment m WHERE m.line = l.id) AS known FROM contract_line l"
    " JOIN contract c ON c.id = l.contract WHERE c.imported AND c.status = 'active' AND c.id = ANY({}::uuid[])"
    " ORDER BY l.id"
)


def as_contract(actor: Actor, values: Mapping[str, Any], division: str, today: date, at: datetime) -> dict[str, Any]:
    """The record of a contract for the first of its lines that a list brings; sums follow with `settle`. What an
    officer brings in waits for the lead's word (8.11); only the operator's command puts contracts into force."""
    ended = values["ends_on"] < today
    waiting = {} if actor.has("system") else {"drafted_by": actor.user, "submitted_by": actor.user}
    status = "closed" if ended else "under_approval" if waiting else "active"
    return {
        **waiting,
        "id": uuid4(), "number": values["contract_number"], "kind": "procurement",
        "project": values["contract_number"], "division": pad_division(division[:6]),
        "supplier": values["organization"], "status": status,
        "starts_on": values["starts_on"], "ends_on": values["ends_on"], "imported": True, "created_at": at,
        "updated_at": at,
    }  # fmt: skip


async def settle(actor: Actor, contracts: Collection[UUID], at: datetime) -> None:
    """Term and total of imported contracts follow their lines, and so does the money that is committed for them; in
    the transaction of the list.

    Raises:
        Refused: where a known cap or total would be passed.
    """
    wanted = sorted(set(contracts))
    if not wanted:
        return
    await Contract.raw(_SUMS, at, wanted)
    if actor.has("system"):
        await Contract.raw(
            "UPDATE contract SET status = 'active' WHERE imported AND status = 'closed' AND ends_on >= {}"
            " AND closed_at IS NULL AND id = ANY({}::uuid[])",
            civil_date(at), wanted,
        )  # fmt: skip
    for line in await ContractLine.raw(_COMMITTED, wanted):
        await _commit(actor, line, at)
    waiting = "SELECT id, number, division FROM contract WHERE imported AND status = 'under_approval' AND id = ANY({})"
    for row in await Contract.raw(waiting, wanted):
        leads = await users_with("bureau_lead", row["division"])
        await send(leads, "contract_to_approve", f"/contracts/{row['id']}", {"number": row["number"]})


async def _commit(actor: Actor, line: Mapping[str, Any], at: datetime) -> None:
    contract, more = line["contract"], line["max_amount"] - line["committed"]
    if more < 0:
        await budgets.release(actor, contract, uuid4(), line["id"], -more, at)
    elif more > 0:
        shares = {year: part for year, part in year_shares(more, line["starts_on"], line["ends_on"]).items() if part}
        subject = uuid4() if line["known"] else contract
        found = await budgets.take_over(
            actor, contract, line["id"], line["division"], line["fund_source"], shares, at, subject=subject
        )
        for item, part in found.items():
            await LineFunding.raw(
                "INSERT INTO line_funding (id, line, item, amount) VALUES ({}, {}, {}, {})"
                " ON CONFLICT (line, item) DO UPDATE SET amount = line_funding.amount + excluded.amount",
                uuid4(), line["id"], item, part,
            )  # fmt: skip


async def confirm(actor: Actor, row: Contract, at: datetime) -> None:
    """The lead's word that a contract of an officer's list was in force: it counts, and its money is committed.

    The contract's row is locked by the caller.

    Raises:
        NotAllowed: unless another person than who brought it in, and a lead.
        Refused: where a known cap or total would be passed, or the contract waits for nothing.
    """
    if actor.user in {row.drafted_by, row.submitted_by}:
        raise NotAllowed
    await move(actor, row, "take_over", at, approved_by=actor.user)
    await settle(actor, [row.id], at)


async def look_after(at: datetime) -> None:
    """Commit the money of the imported contracts of an earlier version, of which no ledger knows yet; one that a cap
    refuses stays as it is and is tried again when the fund has been corrected."""
    rows = await Contract.raw(
        "SELECT DISTINCT c.id FROM contract c JOIN contract_line l ON l.contract = c.id WHERE c.imported"
        " AND c.status = 'active' AND l.max_amount > 0 AND NOT EXISTS"
        " (SELECT 1 FROM commitment m WHERE m.contract = c.id) LIMIT 200"
    )
    for row in rows:
        try:
            async with transaction():
                await settle(SYSTEM, [row["id"]], at)
        except Refused:
            log.warning("the money of contract %s cannot be committed: a cap or total is passed", row["id"])
