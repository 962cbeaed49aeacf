"""Offers and assignments (DOMAIN.md 8.5)."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Date, DoublePrecision, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Assignment(Table, tablename="assignment"):
    """One need offered to one carer (or the organisation the carer works for) and what became of it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    need = UUID(index=True)
    household = UUID(index=True)
    division = Varchar(12, index=True)
    service = Varchar(24)
    carer_kind = Varchar(16)
    matched_carer = UUID()
    carer = UUID(index=True)
    """Who serves: the matched carer until the organisation names another."""
    organization = UUID(null=True, default=None, index=True)
    contract_line = UUID(null=True, default=None)
    status = Varchar(12, default="offered", index=True)
    priority = Varchar(8, default="general")
    visits = Integer()
    minutes = Integer()
    km = DoublePrecision(null=True, default=None)
    unit_price = Numeric(digits=(14, 2), default=Decimal("0.00"))
    alternatives = JSONB(default="[]")
    """The ranked next-best carers when the offer was made."""
    proposal = UUID(null=True, default=None)
    offered_by = UUID(null=True, default=None)
    offered_at = Timestamptz(default=TimestamptzNow())
    deadline = Timestamptz(default=TimestamptzNow())
    answered_by = UUID(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)
    answer_reason = Varchar(32, default="")
    answer_text = Text(default="")
    starts_on = Date(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    due_key = Varchar(80, default="")
    """What decides its due windows: norm or "", visits per four weeks, weekdays as bits, whether a day ends with one
    visit. Kept by triggers (visits/due_queries.py)."""
    version = Integer(default=1)
