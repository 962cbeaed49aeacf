"""Reads of purchase lists, within the actor's scope, and what came of their items."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.purchasing.evidence import Evidence, from_json
from bangfu.purchasing.rules import NOTHING, Outcome, band, total_band
from bangfu.purchasing.tables import PurchaseItem, PurchasePlan
from bangfu.shared.actor import Actor


@dataclass(frozen=True, slots=True)
class ContractOf:
    """A contract that was drafted from an item."""

    id: UUID
    number: str
    status: str
    supplier: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item with its evidence, its contracts and what came of it."""

    id: UUID
    plan: UUID
    name: str
    service: str
    units: int
    price_low: Decimal
    price_high: Decimal
    fund_source: str
    budget_item: UUID | None
    budget_code: str
    provider: str
    scope: str
    content: str
    mechanism: str
    safeguards: str
    note: str
    evidence: Evidence
    evidence_at: datetime | None
    version: int
    contracts: list[ContractOf]
    outcome: Outcome

    @property
    def band(self) -> tuple[Decimal, Decimal]:
        return band(self)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A list with its items."""

    id: UUID
    number: str
    division: str
    county: str
    year: int
    status: str
    drafted_by: UUID | None
    changed_by: UUID | None
    submitted_by: UUID | None
    drafter: str
    approver: str
    approved_at: datetime | None
    closed_at: datetime | None
    items: list[ItemView]

    @property
    def band(self) -> tuple[Decimal, Decimal]:
        return total_band(self.items)

    @property
    def outcome(self) -> Outcome:
        return sum((item.outcome for item in self.items), NOTHING)


async def plans(actor: Actor, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lists of the scope with their sums, the newest year first. `filters`: division, year, status."""
    if not actor.scope:
        return []
    rows: list[dict[str, Any]] = await PurchasePlan.raw(
        "SELECT p.*, d.name AS county, count(i.id) AS n, coalesce(sum(i.units * i.price_low), 0) AS low,"
        " coalesce(sum(i.units * i.price_high), 0) AS high FROM purchase_plan p JOIN division d ON d.code = p.division"
        " LEFT JOIN purchase_item i ON i.plan = p.id WHERE p.division LIKE {}"
        " AND ({}::varchar IS NULL OR p.division = {}::varchar) AND ({}::int IS NULL OR p.year = {}::int)"
        " AND ({}::varchar IS NULL OR p.status = {}::varchar) GROUP BY p.id, d.name ORDER BY p.year DESC, p.division",
        f"{actor.scope}%", *(value for name in ("division", "year", "status") for value in (filters.get(name),) * 2),
    )  # fmt: skip
    return rows


async def plan_for(actor: Actor, plan: UUID) -> PlanView:
    """A list in the actor's scope with its items.

    Raises:
        NotYours: if there is none, or it is another area's.
    """
    rows = await PurchasePlan.raw(
        "SELECT p.id, p.number, p.division, d.name AS county, p.year, p.status, p.drafted_by, p.changed_by,"
        " p.submitted_by, p.approved_at, p.closed_at, coalesce(a.display_name, '') AS drafter,"
        " coalesce(b.display_name, '') AS approver FROM purchase_plan p JOIN division d ON d.code = p.division"
        " LEFT JOIN app_user a ON a.id = p.drafted_by LEFT JOIN app_user b ON b.id = p.approved_by WHERE p.id = {}",
        plan,
    )
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return PlanView(**rows[0], items=await _items(plan, closed=rows[0]["status"] == "closed"))


async def _items(plan: UUID, *, closed: bool) -> list[ItemView]:
    rows = await PurchaseItem.raw(
        "SELECT i.*, coalesce(b.code, '') AS budget_code FROM purchase_item i"
        " LEFT JOIN budget_item b ON b.id = i.budget_item WHERE i.plan = {} ORDER BY i.created_at, i.id",
        plan,
    )
    contracts = await _contracts(plan)
    outcomes = {} if closed else await outcomes_of(plan)
    return [_item(row, contracts.get(row["id"], []), outcomes.get(row["id"])) for row in rows]


def _item(row: Mapping[str, Any], contracts: list[ContractOf], outcome: Outcome | None) -> ItemView:
    plain = {name: row[name] for name in ItemView.__slots__ if name not in {"evidence", "contracts", "outcome"}}
    kept = outcome or from_kept(row["outcome"])
    return ItemView(evidence=from_json(row["evidence"]), contracts=contracts, outcome=kept, **plain)


async def _contracts(plan: UUID) -> dict[UUID, list[ContractOf]]:
    rows = await PurchaseItem.raw(
        "SELECT c.plan_item, c.id, c.number, c.status, coalesce(o.name, '') AS supplier FROM contract c"
        " JOIN purchase_item i ON i.id = c.plan_item LEFT JOIN organization o ON o.id = c.supplier WHERE i.plan = {}"
        " ORDER BY c.created_at",
        plan,
    )
    found: dict[UUID, list[ContractOf]] = {}
    for row in rows:
        found.setdefault(row["plan_item"], []).append(
            ContractOf(row["id"], row["number"], row["status"], row["supplier"])
        )
    return found


async def outcomes_of(plan: UUID) -> dict[UUID, Outcome]:
    """Item -> planned, contracted, used, and needs that wait now.

    Contracted is what the ledger of commitments holds for the item's contracts in the list's year, and the units that
    go with it (all of a line that costs nothing); used is what was delivered in that year.
    """
    rows = await PurchaseItem.raw(
        "WITH line AS (SELECT c.plan_item, l.id, l.max_units, l.max_amount, p.year,"
        " coalesce((SELECT sum(k.amount) FROM commitment k JOIN fund f ON f.id = k.fund WHERE k.line = l.id"
        " AND f.year = p.year), 0) AS held,"
        " coalesce((SELECT sum(m.units) FROM contract_movement m WHERE m.line = l.id AND m.kind = 'delivered'"
        " AND extract(year FROM m.at AT TIME ZONE 'Asia/Shanghai') = p.year), 0)::int AS used_units,"
        " coalesce((SELECT sum(m.amount) FROM contract_movement m WHERE m.line = l.id AND m.kind = 'delivered'"
        " AND extract(year FROM m.at AT TIME ZONE 'Asia/Shanghai') = p.year), 0) AS used_amount"
        " FROM contract_line l JOIN contract c ON c.id = l.contract JOIN purchase_item i ON i.id = c.plan_item"
        " JOIN purchase_plan p ON p.id = i.plan WHERE i.plan = {}"
        " AND c.status NOT IN ('draft', 'budget_checked', 'under_approval', 'returned', 'void'))"
        " SELECT i.id, i.units, i.units * i.price_high AS amount,"
        " coalesce(sum(CASE WHEN line.max_amount > 0 THEN trunc(line.max_units * line.held / line.max_amount)"
        " ELSE line.max_units END), 0)::int AS contracted_units, coalesce(sum(line.held), 0) AS contracted_amount,"
        " coalesce(sum(line.used_units), 0)::int AS used_units, coalesce(sum(line.used_amount), 0) AS used_amount,"
        " (SELECT count(*) FROM need n JOIN purchase_plan p ON p.id = i.plan"
        " WHERE n.division LIKE left(p.division, 6) || '%' AND n.service = i.service"
        " AND n.status IN ('confirmed', 'matching'))::int AS unserved"
        " FROM purchase_item i LEFT JOIN line ON line.plan_item = i.id WHERE i.plan = {} GROUP BY i.id",
        plan, plan,
    )  # fmt: skip
    return {
        row["id"]: Outcome(
            row["units"], row["amount"], row["contracted_units"], row["contracted_amount"], row["used_units"],
            row["used_amount"], row["unserved"],
        )
        for row in rows
    }  # fmt: skip


def as_kept(outcome: Outcome) -> dict[str, object]:
    """As it is kept with an item; money as text."""
    return {name: str(value) if isinstance(value := getattr(outcome, name), Decimal) else value
            for name in Outcome.__slots__}  # fmt: skip


def from_kept(kept: Any) -> Outcome:
    """As it was kept; nothing where nothing was."""
    plain = dict(json.loads(kept) if isinstance(kept, str) else kept)
    if not plain:
        return NOTHING
    whole = {name: int(plain[name]) for name in Outcome.__slots__ if not name.endswith("amount")}
    money = {name: Decimal(plain[name]) for name in Outcome.__slots__ if name.endswith("amount")}
    return Outcome(**whole, **money)  # type: ignore[arg-type]


async def to_approve(actor: Actor) -> list[dict[str, Any]]:
    """Lists in the scope that wait for somebody who did not prepare them."""
    if not actor.scope:
        return []
    rows: list[dict[str, Any]] = await PurchasePlan.raw(
        "SELECT p.id, p.number, p.year, p.updated_at, d.name AS county FROM purchase_plan p"
        " JOIN division d ON d.code = p.division WHERE p.status = 'submitted' AND p.division LIKE {}"
        " AND p.submitted_by IS DISTINCT FROM {} ORDER BY p.updated_at",
        f"{actor.scope}%", actor.user,
    )  # fmt: skip
    return rows
