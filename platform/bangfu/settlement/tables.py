"""Tables of settlement: one statement per contract (or agreement) and quarter, its lines, its claims and payments.

Money is CNY with two decimals. No amount is ever typed in; a correction is a new line, never an edit.
"""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Date, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Statement(Table, tablename="settlement_statement"):
    """What one quarter of one contract (or one agreement's caregiver) is worth; one for each score."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    score = UUID(unique=True)
    kind = Varchar(12)
    subject = UUID(index=True)
    organization = UUID(null=True, default=None, index=True)
    carer = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    total = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """The sum of its lines, kept with them (a trigger sees to it)."""
    held = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """What its held lines come to: disputed, not lost."""
    made_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class StatementLine(Table, tablename="settlement_line"):
    """One line of the arithmetic. Append-only (a trigger sees to it)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    statement = UUID(index=True)
    place = Integer()
    kind = Varchar(16)
    """base, perf, clawback, penalty, advance, true_up, subsidy, correction or interest."""
    contract_line = UUID(null=True, default=None)
    units = Integer(default=0)
    rate = Numeric(digits=(14, 2), default=Decimal("0.00"))
    share = Numeric(digits=(5, 4), default=Decimal("1.0000"))
    factor = Numeric(digits=(7, 6), default=Decimal("1.000000"))
    amount = Numeric(digits=(14, 2))
    """Signed: what is taken off is negative."""
    status = Varchar(12, default="undisputed")
    """undisputed or held when it is written; a later line frees a held one (`frees`)."""
    frees = UUID(null=True, default=None)
    """The held line that this one frees or drops."""
    revision = Integer(default=1)
    """The revision of the score that it is computed from."""
    reason = Varchar(24, default="")
    source = UUID(null=True, default=None)
    """What it corrects or is for: a visit, a veto, an advance, an earlier line."""
    detail = JSONB(default="{}")
    made_at = Timestamptz(default=TimestamptzNow())


class Claim(Table, tablename="settlement_claim"):
    """What the provider asks to be paid of a statement: first the undisputed part, then what was held. Its states are
    in settlement.rules; its amount is the sum of its lines."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    statement = UUID(index=True)
    part = Integer(default=1)
    organization = UUID(null=True, default=None, index=True)
    division = Varchar(12, index=True)
    status = Varchar(16, default="open", index=True)
    """open (may be claimed), claimed, bureau_reviewed, lead_approved, returned, paid, reconciled."""
    amount = Numeric(digits=(14, 2))
    lines = JSONB(default="[]")
    """The ids of the statement's lines that it covers."""
    claimed_by = UUID(null=True, default=None)
    claimed_at = Timestamptz(null=True, default=None)
    invoice = Varchar(48, default="")
    """The invoice's number; its amount must equal the computed one."""
    reviewed_by = UUID(null=True, default=None)
    reviewed_at = Timestamptz(null=True, default=None)
    approved_by = UUID(null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    returned_by = UUID(null=True, default=None)
    returned_reason = Varchar(24, default="")
    text_enc = Text(default="")
    accepted_on = Date(null=True, default=None)
    """The day from which the payment term runs (DOMAIN.md 4.4, 8.9)."""
    due_on = Date(null=True, default=None)
    batch = UUID(null=True, default=None, index=True)
    paid_by = UUID(null=True, default=None)
    paid_at = Timestamptz(null=True, default=None)
    paid_on = Date(null=True, default=None)
    bank_reference = Varchar(64, default="")
    reconciled_by = UUID(null=True, default=None)
    reconciled_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())
