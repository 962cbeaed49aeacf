"""Reads about amendments: what they change, what stands against them, how pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.budgets import actions as budgets
from bangfu.contracts import amendment_rules as rules
from bangfu.contracts.amending_applying import rooms_of
from bangfu.contracts.amendment_rules import Change, Problem
from bangfu.contracts.life_sealing import opened
from bangfu.contracts.life_tables import Amendment, AmendmentLine
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, NotYours
from bangfu.shared.civil_time import civil_date

AMENDABLE: Final = frozenset({"active", "suspended", "published"})
"""States of a contract that may be amended."""
NO_ITEM: Final = N_("Choose the budget item that pays what is added.")
OTHER_ITEM: Final = N_("What is added is paid by a budget item that pays for the line already.")
_NAMES = ("proposed", "buyer_agreed", "supplier_agreed", "checked", "approved", "buyer_signed", "supplier_signed",
          "published", "ended")  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of an amendment with the line's present ceilings: visits and CNY."""

    line: UUID
    service: str
    unit_price: Decimal
    units: int
    amount: Decimal
    max_units: int
    max_amount: Decimal
    item: UUID | None
    item_code: str
    item_name: str


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment as pages show it; `names` says who took each step."""

    id: UUID
    number: int
    kind: str
    status: str
    amount: Decimal
    added: Decimal
    term: str
    wording: str
    reason: str
    proposed_side: str
    proposed_by: UUID
    checked_by: UUID | None
    proposed_at: datetime
    buyer_agreed_at: datetime | None
    supplier_agreed_at: datetime | None
    checked_at: datetime | None
    approved_at: datetime | None
    buyer_signed_at: datetime | None
    supplier_signed_at: datetime | None
    published_on: date | None
    ended_reason: str
    ended_text: str
    names: dict[str, str]


async def amendments_of(contract: UUID) -> list[AmendmentView]:
    """All amendments of a contract that was fetched with its access check, the newest first."""
    return [_view(row) for row in await _rows(contract, None)]


async def amendment_for(contract: UUID, amendment: UUID) -> AmendmentView:
    """One of them.

    Raises:
        NotYours: if it is another contract's.
    """
    rows = await _rows(contract, amendment)
    if not rows:
        raise NotYours
    return _view(rows[0])


async def line_changes(amendment: UUID) -> list[LineChange]:
    """What it changes, with the lines as they are now."""
    rows = await AmendmentLine.raw(
        "SELECT a.line, l.service, l.unit_price, a.units, a.amount, l.max_units, l.max_amount, a.item,"
        " coalesce(i.code, '') AS item_code, coalesce(i.name, '') AS item_name FROM contract_amendment_line a"
        " JOIN contract_line l ON l.id = a.line LEFT JOIN budget_item i ON i.id = a.item WHERE a.amendment = {}"
        " ORDER BY l.service, l.id",
        amendment,
    )
    return [LineChange(**row) for row in rows]


async def _rows(contract: UUID, amendment: UUID | None) -> list[dict[str, Any]]:
    one = "(SELECT display_name FROM app_user u WHERE u.id = a.{0}_by) AS {0}_name"
    names = ", ".join(one.format(name) for name in _NAMES)
    rows: list[dict[str, Any]] = await Amendment.raw(
        f"SELECT a.*, {names} FROM contract_amendment a WHERE a.contract = {{}}"  # noqa: S608 (constants)
        " AND ({}::uuid IS NULL OR a.id = {}::uuid) ORDER BY a.number DESC",
        contract, amendment, amendment,
    )  # fmt: skip
    return rows


def _view(row: dict[str, Any]) -> AmendmentView:
    own = {"reason", "ended_text", "names"}
    return AmendmentView(
        **{name: row[name] for name in AmendmentView.__slots__ if name not in own},
        reason=opened("contract_amendment", "reason_enc", row["id"], row["reason_enc"]),
        ended_text=opened("contract_amendment", "ended_text_enc", row["id"], row["ended_text_enc"]),
        names={name: row[f"{name}_name"] or "" for name in _NAMES},
    )


async def problems_of(row: Contract, change: Amendment, at: datetime, *, cap: bool = True) -> list[Problem]:
    """Everything that stands against an amendment now; `cap=False` leaves the budget to the commitment itself."""
    if row.status not in AMENDABLE:
        return [Problem(N_("Only a contract that is in force can be amended."), {})]
    changes = await changes_of(change.id)
    before = await added_before(change)
    found = rules.line_problems(changes, await rooms_of(row.id))
    if (over := rules.ten_percent(await original_of(row), before, change.added)) is not None:
        found.append(over)
    if any(each.units > 0 and each.amount > 0 and each.item is None for each in changes):
        found.append(Problem(NO_ITEM, {}))
    elif await _paid_elsewhere(change.id):
        found.append(Problem(OTHER_ITEM, {}))
    elif cap and (shares := await shares_of(change.id)):
        today = civil_date(at)
        told = await budgets.problems_of(row.division, shares, today=today)
        found += [Problem(message, dict(params)) for message, params in told]
    return found


async def _paid_elsewhere(amendment: UUID) -> bool:
    """Whether what is added would be paid by an item that does not pay for its line so far: an amendment is of the same
    terms, so it keeps the source of funds (and with it the cap) and the years of the contract."""
    rows = await AmendmentLine.raw(
        "SELECT 1 FROM contract_amendment_line a WHERE a.amendment = {} AND a.units > 0 AND a.item IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM line_funding f WHERE f.line = a.line AND f.item = a.item)",
        amendment,
    )
    return bool(rows)


async def original_of(row: Contract) -> Decimal:
    """The contract's total without any amendment (CNY)."""
    rows = await Amendment.raw(
        "SELECT coalesce(sum(amount), 0) AS amount FROM contract_amendment WHERE contract = {}"
        " AND status = 'published'",
        row.id,
    )
    original: Decimal = row.total - rows[0]["amount"]
    return original


async def changes_of(amendment: UUID) -> list[Change]:
    """What an amendment changes, line by line."""
    rows = await AmendmentLine.raw(
        "SELECT line, units, amount, item FROM contract_amendment_line WHERE amendment = {} ORDER BY line", amendment
    )
    return [Change(row["line"], row["units"], row["amount"], row["item"]) for row in rows]


async def added_before(change: Amendment) -> Decimal:
    """What the contract's other amendments that count have added (CNY)."""
    rows = await Amendment.raw(
        "SELECT coalesce(sum(added), 0) AS added FROM contract_amendment WHERE contract = {} AND id <> {}"
        " AND status = ANY({}::varchar[])",
        change.contract, change.id, sorted(rules.COUNTED),
    )  # fmt: skip
    added: Decimal = rows[0]["added"]
    return added


async def shares_of(amendment: UUID) -> list[budgets.Share]:
    """What the approval of an amendment commits."""
    changes = await changes_of(amendment)
    return [budgets.Share(each.item, each.line, each.amount) for each in changes if each.item and each.amount > 0]
