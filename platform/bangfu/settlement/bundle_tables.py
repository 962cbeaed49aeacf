"""Papers of a settlement that anybody can check by their code: which paper it is, and what it came to."""

from decimal import Decimal

from piccolo.columns import UUID, Integer, Numeric, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class SettlementPaper(Table, tablename="settlement_paper"):
    """One state of a statement that was put on paper. Append-only (a trigger sees to it): the same state has one code,
    a later state another one, and the older paper stays known as what it was."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(20, unique=True)
    """Drawn at random: 12 of 32 letters, 60 bits."""
    statement = UUID(index=True)
    number = Varchar(48)
    """Of the contract (or the agreement), as the facts say it."""
    year = Integer()
    quarter = Integer()
    revision = Integer()
    total = Numeric(digits=(14, 2), default=Decimal("0.00"))
    held = Numeric(digits=(14, 2), default=Decimal("0.00"))
    bundle_hash = Varchar(64)
    """SHA-256 of the bundle's MANIFEST."""
    made_at = Timestamptz(default=TimestamptzNow())
