"""Tables of settlement: one statement per contract (or agreement) and quarter, its lines, its claims and payments.

Money is CNY with two decimals. No amount is ever typed in; a correction is a new line, never an edit.
"""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Date, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Statement(Table, tablename="settlement_statement"):
    """What one quarter of one contract (or one agreement's caregiver) is worth; one for each score. A contract's
    advance has a statement of its own, without a score (kind `advance`, quarter 0)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    score = UUID(null=True, default=None, unique=True)
    kind = Varchar(12)
    """contract, agreement or advance (the subject is a contract)."""
    subject = UUID(index=True)
    organization = UUID(null=True, default=None, index=True)
    carer = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    total = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """The sum of its undisputed lines, kept with them (a trigger sees to it)."""
    held = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """What its held lines come to that no later line frees: disputed, not lost (a trigger sees to it)."""
    stage = Varchar(12, default="preliminary")
    """preliminary, appealed or final: how far the score is that it follows."""
    revision = Integer(default=1)
    """The revision of the score that its lines add up to."""
    review = Varchar(8, default="")
    """Of a caregiver's 差: waiting, applied (nothing is paid) or spared; the township decides. Of a contract's 差:
    freed, once it was rectified."""
    reviewed_by = UUID(null=True, default=None)
    reviewed_at = Timestamptz(null=True, default=None)
    review_text_enc = Text(default="")
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
    """What it is for: an adjustment, an advance's statement, a claim that was paid late, a visit."""
    detail = JSONB(default="{}")
    """What the arithmetic of a line needs beyond its columns: {"of", "was", "now", "units_was", "units_now"} of a
    correction, {"months"} of a subsidy, {"days", "daily", "amount"} of interest, {"parts"} of a clawback."""
    made_at = Timestamptz(default=TimestamptzNow())


class Claim(Table, tablename="settlement_claim"):
    """What the provider asks to be paid of a statement: first the undisputed part, then what was held. Its states are
    in settlement.rules; its amount is the sum of its lines."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    statement = UUID(index=True)
    part = Integer(default=1)
    kind = Varchar(12, default="quarter")
    """quarter, freed (what was held), correction, advance, interest or subsidy."""
    contract = UUID(null=True, default=None, index=True)
    agreement = UUID(null=True, default=None)
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
    returned_at = Timestamptz(null=True, default=None)
    returned_reason = Varchar(24, default="")
    text_enc = Text(default="")
    accepted_on = Date(null=True, default=None)
    """The day from which the payment term runs (DOMAIN.md 4.4, 8.9)."""
    due_on = Date(null=True, default=None)
    account = UUID(null=True, default=None)
    """The payee's account that the bank was told."""
    batch = UUID(null=True, default=None, index=True)
    bank_return = Varchar(24, default="")
    """Why the bank sent it back last; "" again once it goes into another batch."""
    paid_by = UUID(null=True, default=None)
    paid_at = Timestamptz(null=True, default=None)
    paid_on = Date(null=True, default=None)
    bank_reference = Varchar(64, default="")
    reconciled_by = UUID(null=True, default=None)
    reconciled_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())


class SettledVisit(Table, tablename="settlement_visit"):
    """A visit in the one statement that it belongs to, for good: so none is ever paid twice."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(unique=True)
    statement = UUID(index=True)
    contract_line = UUID(null=True, default=None)
    rate = Numeric(digits=(14, 2), default=Decimal("0.00"))
    verdict = Varchar(12)
    """paid (it counts), held, unpaid, open, or clawed_back."""
    reason = Varchar(24, default="")
    revision = Integer(default=1)
    updated_at = Timestamptz(default=TimestamptzNow())


class Clause(Table, tablename="settlement_clause"):
    """One term of a contract that money follows from, noted from its text by one person and confirmed by another:
    an agreed penalty, or the agreed rate of late interest. It never changes; another one takes its place."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    code = Varchar(24)
    """missed_visit, late_record, staff_change, reporting, other or late_interest."""
    basis = Varchar(12)
    """per_unit (CNY for each), percent (of the quarter's base and performance part) or daily (share a day)."""
    value = Numeric(digits=(12, 6))
    status = Varchar(12, default="noted")
    """noted, confirmed, refused or replaced."""
    noted_by = UUID()
    noted_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class Adjustment(Table, tablename="settlement_adjustment"):
    """What is to be taken off beyond the quarter's own arithmetic: a penalty, units clawed back, what a new revision
    or the year-end shows to be paid too much. Its amount is computed; a line of an open claim takes it up."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    """penalty, clawback, revision or true_up."""
    contract = UUID(index=True)
    """The contract (or agreement) whose next payment it is taken off."""
    statement = UUID(index=True)
    """The statement that it is about."""
    clause = UUID(null=True, default=None)
    units = Integer(default=0)
    amount = Numeric(digits=(14, 2))
    """Below zero."""
    parts = JSONB(default="[]")
    """[{"of", "line", "rate", "units", "amount"}]: what it takes off each line's figures."""
    visits = JSONB(default="[]")
    reason = Varchar(24, default="")
    text_enc = Text(default="")
    status = Varchar(12, default="proposed", index=True)
    """proposed, approved, refused, taken (a line has it) or repaid."""
    proposed_by = UUID(null=True, default=None)
    """Nobody: a new revision of the score, or the year-end."""
    proposed_at = Timestamptz(default=TimestamptzNow())
    approved_by = UUID(null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    line = UUID(null=True, default=None)
    """The statement line that takes it off."""
    repaid_by = UUID(null=True, default=None)
    repaid_on = Date(null=True, default=None)
    bank_reference = Varchar(64, default="")
    version = Integer(default=1)
