"""Funds, budget items and the ledger of commitments (DOMAIN.md 4.3). Money is CNY."""

from decimal import Decimal

from piccolo.columns import UUID, Boolean, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Fund(Table, tablename="fund"):
    """One source of money of one county in one year; its row lock orders the approvals that draw on it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12, index=True)
    """The county, 12 digits."""
    year = Integer()
    source = Varchar(24)
    total = Numeric(digits=(16, 2), null=True, default=None)
    """The year's whole fund as it was confirmed; not set for a future year that nobody has decided on yet."""
    cap_share = Numeric(digits=(5, 4), null=True, default=None)
    """Which share of the total may be spent on purchases: 0.02 of the special assistance fund; none elsewhere."""
    basis = Varchar(200, default="")
    """The paper that sets the total: its title and number."""
    entered_by = UUID(null=True, default=None)
    confirmed_by = UUID(null=True, default=None)
    proposal = UUID(null=True, default=None)
    """The entry of `fund_total` that waits for its confirmation."""
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class FundTotal(Table, tablename="fund_total"):
    """One step of a total's history: proposed with its paper, then confirmed or refused; never changed or deleted."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    fund = UUID(index=True)
    kind = Varchar(12)
    """proposed, confirmed, refused."""
    proposal = UUID(index=True)
    """The step that this one answers; its own id for a proposal."""
    amount = Numeric(digits=(16, 2))
    basis = Varchar(200, default="")
    reason = Text(default="")
    recorded_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())


class BudgetItem(Table, tablename="budget_item"):
    """One item of a fund's budget: no contract without one that covers it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    fund = UUID(index=True)
    code = Varchar(32)
    name = Varchar(120)
    purpose = Text(default="")
    amount = Numeric(digits=(14, 2), default=Decimal("0.00"))
    active = Boolean(default=True)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class Commitment(Table, tablename="commitment"):
    """One entry of the ledger of commitments: money of an item promised to a contract's line (+) or given back (-);
    nothing is ever changed or deleted."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    item = UUID(index=True)
    fund = UUID(index=True)
    contract = UUID(index=True)
    line = UUID(index=True)
    kind = Varchar(12)
    """committed or released."""
    amount = Numeric(digits=(14, 2))
    subject = UUID(index=True)
    """What caused it: the contract, an amendment, the closing; each commits and releases once per line and item."""
    override_reason = Text(default="")
    """Why a future year without a total was approved all the same; the bureau's lead only."""
    recorded_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())
