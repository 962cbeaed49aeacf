"""The yearly purchase list of a bureau and its items (PRODUCT.md row B). Money is CNY."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class PurchasePlan(Table, tablename="purchase_plan"):
    """What one county's bureau means to buy in one year; its states are in purchasing.rules."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    division = Varchar(12, index=True)
    """The county, 12 digits."""
    year = Integer()
    status = Varchar(12, default="draft", index=True)
    drafted_by = UUID(null=True, default=None)
    changed_by = UUID(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    approved_by = UUID(null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class PurchaseItem(Table, tablename="purchase_item"):
    """One service to buy: how much, at which price, from which money, for whom, and the figures that speak for it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    plan = UUID(index=True)
    name = Varchar(120)
    service = Varchar(24)
    units = Integer()
    """Visits (or cases, items) of the whole year."""
    price_low = Numeric(digits=(14, 2), default=Decimal("0.00"))
    price_high = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """The band of the price of one unit."""
    fund_source = Varchar(24)
    budget_item = UUID(null=True, default=None)
    provider = Text(default="")
    scope = Text(default="")
    content = Text(default="")
    mechanism = Text(default="")
    safeguards = Text(default="")
    """供给主体、对象范围、服务内容、运行机制、保障措施 (PRODUCT.md row D)."""
    note = Text(default="")
    evidence = JSONB(default="{}")
    """The figures as they were when the item was saved (purchasing.evidence): numbers only, no households."""
    outcome = JSONB(default="{}")
    """What came of it, kept when the list is closed: contracted, used, needs that remain (rules.Outcome)."""
    evidence_at = Timestamptz(null=True, default=None)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)
