"""Tables of payment: whose account money goes to, what is handed to the bank, and what the bank answered."""

from decimal import Decimal

from piccolo.columns import UUID, Boolean, Date, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class PayeeAccount(Table, tablename="payee_account"):
    """One account of an organisation (public account) or of an agreement's caregiver (一卡通): entered by one person,
    confirmed by another. Columns ending in `_enc` hold ciphertext; the number leaves them only into the bank's file."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    """organization or agreement."""
    payee = UUID(index=True)
    division = Varchar(12, index=True)
    holder_enc = Text(default="")
    bank_enc = Text(default="")
    number_enc = Text(default="")
    tail = Varchar(4, default="")
    """The last four digits, for pages."""
    status = Varchar(12, default="entered", index=True)
    """entered, confirmed, refused, replaced or returned (the bank sent money back)."""
    entered_by = UUID()
    entered_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class PaymentBatch(Table, tablename="payment_batch"):
    """One file for the bank. What it holds never changes; the file is made anew from it, byte for byte."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    division = Varchar(12, index=True)
    card = Boolean(default=False)
    """Subsidies to 一卡通 accounts; else transfers to organisations."""
    items = Integer()
    total = Numeric(digits=(14, 2), default=Decimal("0.00"))
    file_hash = Varchar(64, default="")
    status = Varchar(12, default="made", index=True)
    """made, or answered once the bank has answered for every item."""
    made_by = UUID()
    made_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class BatchItem(Table, tablename="payment_item"):
    """One payment of a batch and what the bank answered."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    batch = UUID(index=True)
    place = Integer()
    claim = UUID(index=True)
    account = UUID()
    amount = Numeric(digits=(14, 2))
    result = Varchar(12, default="")
    """"" until the bank answers; paid or returned."""
    reason = Varchar(24, default="")
    reference = Varchar(64, default="")
    paid_on = Date(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)


class BankAnswer(Table, tablename="bank_answer"):
    """One file of the bank's answers; the same file read twice changes nothing."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    batch = UUID(index=True)
    sha256 = Varchar(64)
    paid = Integer(default=0)
    returned = Integer(default=0)
    loaded_by = UUID()
    loaded_at = Timestamptz(default=TimestamptzNow())
