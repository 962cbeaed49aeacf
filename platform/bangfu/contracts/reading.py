"""Reads about contracts, always inside what the actor may see.

The bureau, finance and the auditor see the contracts of their area; a township those of its county; an organisation's
manager its own, from the moment that they wait for its signature.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.contracts.tables import Contract, ContractLine, ContractNote, ContractParty, LineFunding, LineQuota
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.like import containing
from bangfu.shared.permissions import TOWNSHIP, allows

SUPPLIER_SEES: Final = (
    "approved", "signed", "published", "active", "suspended", "accepting", "closed", "terminated",
)  # fmt: skip
_CONTRACT = (
    "SELECT c.*, coalesce(b.name, '') AS buyer_name, s.name AS supplier_name, s.uscc AS supplier_uscc,"
    " coalesce(d.name, '') AS division_name, coalesce(u1.display_name, '') AS drafted_name,"
    " coalesce(u2.display_name, '') AS checked_name, coalesce(u3.display_name, '') AS submitted_name,"
    " coalesce(u4.display_name, '') AS approved_name, coalesce(u5.display_name, '') AS manager_name,"
    " coalesce(u6.display_name, '') AS supplier_checked_name, count(*) OVER () AS rows_in_all FROM contract c"
    " JOIN organization s ON s.id = c.supplier LEFT JOIN organization b ON b.id = c.buyer"
    " LEFT JOIN division d ON d.code = c.division LEFT JOIN app_user u1 ON u1.id = c.drafted_by"
    " LEFT JOIN app_user u2 ON u2.id = c.checked_by LEFT JOIN app_user u3 ON u3.id = c.submitted_by"
    " LEFT JOIN app_user u4 ON u4.id = c.approved_by LEFT JOIN app_user u5 ON u5.id = c.manager"
    " LEFT JOIN app_user u6 ON u6.id = c.supplier_checked_by"
)
_AREA = "c.division LIKE {}"
_COUNTY = "{} LIKE rtrim(c.division, '0') || '%'"
_OWN = "c.supplier = {} AND c.status = ANY({}::varchar[])"


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract as pages show it; `terms` is what it states, `status_text` why it is in its state."""

    id: UUID
    number: str
    kind: str
    project: str
    method: str
    division: str
    division_name: str
    scope: tuple[str, ...]
    buyer: UUID | None
    buyer_name: str
    supplier: UUID
    supplier_name: str
    supplier_uscc: str
    status: str
    award_on: date | None
    signed_on: date | None
    published_on: date | None
    filed_on: date | None
    starts_on: date
    ends_on: date
    multi_year: bool
    multi_year_reason: str
    total: Decimal
    pay_period: str
    perf_share: Decimal
    advance_share: Decimal
    bond_share: Decimal
    bond_form: str
    payment_days: int
    acceptance_days: int
    spot_check_share: Decimal
    scoring: str
    terms: Mapping[str, Any]
    data_annex: bool
    subcontracting: str
    supplier_checked_on: date | None
    supplier_checked_by: UUID | None
    supplier_checked_name: str
    plan_item: UUID | None
    drafted_by: UUID | None
    drafted_name: str
    edited_by: tuple[UUID, ...]
    handed_on_at: datetime | None
    checked_by: UUID | None
    checked_name: str
    submitted_by: UUID | None
    submitted_name: str
    approved_by: UUID | None
    approved_name: str
    manager: UUID | None
    manager_name: str
    status_reason: str
    status_text: str
    notice_title: str
    imported: bool
    closed_at: datetime | None
    keep_until: date | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class PartyView:
    """Who signs, what it has to do, and when who signed for it."""

    id: UUID
    role: str
    organization: UUID
    name: str
    uscc: str
    division: str
    duties: str
    signatory: str
    signed_on: date | None
    recorded_name: str


@dataclass(frozen=True, slots=True)
class FundingView:
    """The part of a line that one budget item pays in one year."""

    item: UUID
    code: str
    name: str
    year: int
    source: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its price, ceilings, quotas of townships, and the budget items that pay for it."""

    id: UUID
    contract: UUID | None
    organization: UUID
    service: str
    fund_source: str
    unit_price: Decimal
    max_units: int
    max_amount: Decimal
    quality_floor: int | None
    starts_on: date
    ends_on: date
    status: str
    fundings: tuple[FundingView, ...] = ()
    quotas: tuple[tuple[str, str, int], ...] = ()
    """(division prefix, its name, visits)."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """What somebody wrote with a step."""

    event: str
    code: str
    text: str
    who: str
    at: datetime


def _visible(actor: Actor) -> tuple[str, list[object]]:
    """The condition on `c` for what the actor may see, with its values."""
    if actor.has("provider_manager") and not allows(actor.roles, "contracts.read"):
        return _OWN, [actor.organization, list(SUPPLIER_SEES)]
    area: list[object] = [f"{actor.scope}%" if actor.scope else ""]
    if TOWNSHIP.isdisjoint(actor.roles):
        return _AREA, area
    return f"({_AREA} OR {_COUNTY})", [*area, actor.scope]


async def contract_for(actor: Actor, contract: UUID) -> ContractView:
    """One contract that the actor may see.

    Raises:
        NotYours: outside of the actor's division, for a manager one of another supplier or one that is still drafted.
    """
    condition, values = _visible(actor)
    rows = await Contract.raw(f"{_CONTRACT} WHERE c.id = {{}} AND {condition}", contract, *values)
    if not rows:
        raise NotYours
    return view(rows[0])


async def own_contract_for(actor: Actor, contract: UUID) -> ContractView:
    """A contract of the manager's own organisation.

    Raises:
        NotYours: for every other one.
    """
    rows = await Contract.raw(
        f"{_CONTRACT} WHERE c.id = {{}} AND {_OWN}", contract, actor.organization, list(SUPPLIER_SEES)
    )
    if not rows:
        raise NotYours
    return view(rows[0])


async def contracts_of(
    actor: Actor, filters: Mapping[str, str], limit: int, offset: int, only: list[UUID] | None = None
) -> tuple[list[ContractView], int]:
    """One page of the contracts that the actor may see, the newest first, and how many there are.

    `filters`: q (number, project, supplier), status (a state, or `open` for all that are not at their end), kind,
    supplier, division (a prefix); empty ones do not restrict. `only`: no others than these.
    """
    condition, values = _visible(actor)
    parts = [condition]
    if text := filters.get("q", "").strip():
        parts.append("(c.number ILIKE {} OR c.project ILIKE {} OR s.name ILIKE {} OR s.uscc ILIKE {})")
        values += [containing(text[:60])] * 4
    status = filters.get("status", "")
    if status == "open":
        parts.append("c.status <> ALL({}::varchar[])")
        values.append(["closed", "terminated", "void"])
    elif status:
        parts.append("c.status = {}")
        values.append(status)
    for name in ("kind", "supplier", "division"):
        if filters.get(name):
            parts.append("c.division LIKE {}" if name == "division" else f"c.{name}::text = {{}}")
            values.append(f"{filters[name]}%" if name == "division" else filters[name])
    if only is not None:
        parts.append("c.id = ANY({}::uuid[])")
        values.append(only)
    rows = await Contract.raw(
        f"{_CONTRACT} WHERE {' AND '.join(parts)} ORDER BY c.created_at DESC, c.number LIMIT {{}} OFFSET {{}}",
        *values, limit, offset,
    )  # fmt: skip
    return [view(row) for row in rows], rows[0]["rows_in_all"] if rows else 0


async def status_counts(actor: Actor) -> dict[str, int]:
    """State -> how many contracts the actor sees in it."""
    condition, values = _visible(actor)
    rows = await Contract.raw(
        f"SELECT c.status, count(*) AS n FROM contract c WHERE {condition} GROUP BY c.status",  # noqa: S608 (constants)
        *values,
    )
    return {row["status"]: row["n"] for row in rows}


async def notices(limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the public notices, the newest first: title, days, total, supplier, buyer, term."""
    rows: list[dict[str, Any]] = await Contract.raw(
        "SELECT c.notice_title AS title, c.number, c.published_on, c.signed_on, c.total, c.starts_on, c.ends_on,"
        " s.name AS supplier, coalesce(b.name, '') AS buyer, count(*) OVER () AS rows_in_all FROM contract c"
        " JOIN organization s ON s.id = c.supplier LEFT JOIN organization b ON b.id = c.buyer"
        " WHERE c.published_on IS NOT NULL AND NOT c.imported ORDER BY c.published_on DESC, c.number"
        " LIMIT {} OFFSET {}",
        limit, offset,
    )  # fmt: skip
    return rows, rows[0]["rows_in_all"] if rows else 0


async def parties_of(contract: UUID) -> list[PartyView]:
    """The parties in the order in which a contract names them."""
    rows = await ContractParty.raw(
        "SELECT p.*, o.name, o.uscc, o.division, coalesce(u.display_name, '') AS recorded_name FROM contract_party p"
        " JOIN organization o ON o.id = p.organization LEFT JOIN app_user u ON u.id = p.recorded_by"
        " WHERE p.contract = {} ORDER BY array_position(ARRAY['city_bureau', 'county_bureau', 'buyer', 'agency',"
        " 'supplier']::varchar[], p.role)",
        contract,
    )
    return [PartyView(**{name: row[name] for name in PartyView.__slots__}) for row in rows]


async def lines_of(contract: UUID) -> list[LineView]:
    """The lines with what pays for them."""
    rows = await ContractLine.raw(
        "SELECT l.* FROM contract_line l JOIN service s ON s.code = l.service WHERE l.contract = {}"
        " ORDER BY s.sort, l.service, l.created_at",
        contract,
    )
    fundings, quotas = await _fundings(contract), await _quotas(contract)
    plain = [name for name in LineView.__slots__ if name not in ("fundings", "quotas")]
    return [
        LineView(
            **{name: row[name] for name in plain}, fundings=tuple(fundings.get(row["id"], ())),
            quotas=tuple(quotas.get(row["id"], ())),
        )
        for row in rows
    ]  # fmt: skip


async def line_for(contract: UUID, line: UUID) -> LineView:
    """One line of a contract that was fetched with its access check.

    Raises:
        NotYours: if it is another contract's.
    """
    for found in await lines_of(contract):
        if found.id == line:
            return found
    raise NotYours


async def notes_of(contract: UUID) -> list[NoteView]:
    """What was written with the contract's steps, the newest first."""
    rows = await ContractNote.raw(
        "SELECT n.*, coalesce(u.display_name, '') AS who FROM contract_note n"
        " LEFT JOIN app_user u ON u.id = n.written_by WHERE n.contract = {} ORDER BY n.at DESC, n.id LIMIT 100",
        contract,
    )
    return [
        NoteView(
            row["event"], row["code"], decrypt(row["text_enc"], f"contract_note:text_enc:{row['id']}"), row["who"],
            row["at"],
        )
        for row in rows
    ]  # fmt: skip


async def _fundings(contract: UUID) -> dict[UUID, list[FundingView]]:
    rows = await LineFunding.raw(
        "SELECT f.line, f.item, f.amount, i.code, i.name, n.year, n.source FROM line_funding f"
        " JOIN contract_line l ON l.id = f.line JOIN budget_item i ON i.id = f.item JOIN fund n ON n.id = i.fund"
        " WHERE l.contract = {} ORDER BY n.year, i.code",
        contract,
    )
    found: dict[UUID, list[FundingView]] = {}
    for row in rows:
        found.setdefault(row["line"], []).append(FundingView(**{name: row[name] for name in FundingView.__slots__}))
    return found


async def _quotas(contract: UUID) -> dict[UUID, list[tuple[str, str, int]]]:
    rows = await LineQuota.raw(
        "SELECT q.line, q.division, q.max_units, coalesce(d.name, q.division) AS name FROM line_quota q"
        " JOIN contract_line l ON l.id = q.line LEFT JOIN division d ON d.code = rpad(q.division, 12, '0')"
        " WHERE l.contract = {} ORDER BY q.division",
        contract,
    )
    found: dict[UUID, list[tuple[str, str, int]]] = {}
    for row in rows:
        found.setdefault(row["line"], []).append((row["division"], row["name"], row["max_units"]))
    return found


def view(row: Mapping[str, Any]) -> ContractView:
    """A row of the joined contract as a view."""
    own = {"scope", "terms", "edited_by", "status_text"}
    sealed = row["status_text_enc"]
    return ContractView(
        **{name: row[name] for name in ContractView.__slots__ if name not in own},
        scope=tuple(row["scope"]), edited_by=tuple(row["edited_by"]),
        terms=json.loads(row["terms"]) if isinstance(row["terms"], str) else row["terms"],
        status_text=decrypt(sealed, f"contract:status_text_enc:{row['id']}") if sealed else "",
    )  # fmt: skip
