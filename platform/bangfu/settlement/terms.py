"""What settlement reads of a contract: how long payment may take, the advance, who made it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bangfu.contracts.tables import Contract
from bangfu.settlement.due_rules import ACCEPTANCE_DAYS, PAYMENT_DAYS


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a contract; an agreement has the usual terms and no advance."""

    number: str
    payment_days: int = PAYMENT_DAYS
    acceptance_days: int = ACCEPTANCE_DAYS
    advance_share: Decimal = Decimal(0)
    total: Decimal = Decimal("0.00")
    ends_on: date | None = None
    makers: tuple[UUID | None, ...] = ()
    """Who wrote or changed its draft and who approved it: none of them pays (DOMAIN.md 8.11)."""


async def terms_of(kind: str, subject: UUID) -> Terms:
    """The terms of the subject of a statement (contract, agreement or advance)."""
    if kind == "agreement":
        return Terms("")
    rows = await Contract.raw("SELECT * FROM contract WHERE id = {}", subject)
    if not rows:
        return Terms("")
    row = rows[0]
    return Terms(
        row["number"], row["payment_days"], row["acceptance_days"], row["advance_share"], row["total"],
        row["ends_on"], (row["drafted_by"], row["approved_by"], *row["edited_by"]),
    )  # fmt: skip


async def late_rate_of(contract: UUID | None) -> Decimal | None:
    """The agreed daily rate of late interest, where a confirmed clause names one."""
    rows = await Contract.raw(
        "SELECT value FROM settlement_clause WHERE contract = {} AND code = 'late_interest' AND status = 'confirmed'",
        contract,
    )
    value: Decimal | None = rows[0]["value"] if rows else None
    return value
