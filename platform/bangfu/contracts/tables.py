"""Contract lines and the ledger of movements to which later features post."""

from decimal import Decimal

from piccolo.columns import UUID, Date, Integer, Numeric, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class ContractLine(Table, tablename="contract_line"):
    """What one organisation may deliver of one service under one contract, and for how much (CNY)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract_number = Varchar(48)
    organization = UUID(index=True)
    service = Varchar(24)
    fund_source = Varchar(24, default="work_budget")
    unit_price = Numeric(digits=(14, 2), default=Decimal("0.00"))
    max_units = Integer()
    max_amount = Numeric(digits=(14, 2), default=Decimal("0.00"))
    starts_on = Date()
    ends_on = Date()
    status = Varchar(12, default="active")
    created_at = Timestamptz(default=TimestamptzNow())


class Movement(Table, tablename="contract_movement"):
    """One entry of a line's ledger; `units` and `amount` are signed, nothing is ever changed or deleted."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    line = UUID(index=True)
    kind = Varchar(12)
    """reserved or released here; delivered and settled come with visits and settlement."""
    units = Integer()
    amount = Numeric(digits=(14, 2), default=Decimal("0.00"))
    subject = UUID(index=True)
    """The assignment (later: the visit or statement) that the entry is for."""
    at = Timestamptz(default=TimestamptzNow())
