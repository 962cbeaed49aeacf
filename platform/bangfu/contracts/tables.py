"""Contracts with their parties, lines and files, and the ledger of movements to which later features post."""

from decimal import Decimal

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    Integer,
    Numeric,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Contract(Table, tablename="contract"):
    """A procurement contract or a commission contract (DOMAIN.md 4.1, 4.2); its states are in contracts.life."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(48)
    """Of one supplier; a number of older lists may stand for several contracts with different suppliers."""
    kind = Varchar(12, default="procurement")
    """procurement or commission."""
    project = Varchar(120, default="")
    method = Varchar(24, default="")
    division = Varchar(12, index=True)
    """The county (12 digits) whose bureau buys and whose funds pay; who sees the contract is decided by it."""
    scope = Array(base_column=Varchar(12), default=list)
    """Division prefixes in which it is delivered; empty means the whole county."""
    buyer = UUID(null=True, default=None, index=True)
    """Not known of a contract that came in by a list."""
    supplier = UUID(index=True)
    status = Varchar(16, default="draft", index=True)
    award_on = Date(null=True, default=None)
    signed_on = Date(null=True, default=None)
    published_on = Date(null=True, default=None)
    filed_on = Date(null=True, default=None)
    starts_on = Date()
    ends_on = Date()
    multi_year = Boolean(default=False)
    multi_year_reason = Text(default="")
    total = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """The sum of its lines' ceilings, kept with them."""
    pay_period = Varchar(12, default="quarter")
    perf_share = Numeric(digits=(5, 4), default=Decimal("0.2000"))
    advance_share = Numeric(digits=(5, 4), default=Decimal("0.0000"))
    bond_share = Numeric(digits=(5, 4), default=Decimal("0.0000"))
    bond_form = Varchar(16, default="none")
    payment_days = Integer(default=30)
    acceptance_days = Integer(default=30)
    spot_check_share = Numeric(digits=(5, 4), default=Decimal("0.1000"))
    scoring = Varchar(16, default="QS-1")
    terms = JSONB(default="{}")
    """What the contract must state: content, quality, duties, settlement, breach, confidentiality, insurance."""
    data_annex = Boolean(default=False)
    subcontracting = Varchar(12, default="none")
    """none, or consent: a part, with the buyer's written consent."""
    supplier_checked_on = Date(null=True, default=None)
    """When the lists of serious breach of trust were looked at."""
    supplier_checked_by = UUID(null=True, default=None)
    plan_item = UUID(null=True, default=None)
    """The item of the yearly purchase list that it came from."""
    drafted_by = UUID(null=True, default=None)
    edited_by = Array(base_column=UUID(), default=list)
    """Everybody who wrote the draft or its lines; none of them checks or approves it."""
    handed_on_at = Timestamptz(null=True, default=None)
    """When the draft was handed on to finance; a change takes it back."""
    checked_by = UUID(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    approved_by = UUID(null=True, default=None)
    manager = UUID(null=True, default=None)
    """The bureau's officer who looks after it."""
    status_reason = Varchar(32, default="")
    status_text_enc = Text(default="")
    notice_title = Varchar(160, default="")
    """Title of the public notice."""
    imported = Boolean(default=False)
    """In force before the portal was used: taken over by a list, without the steps of its making."""
    closed_at = Timestamptz(null=True, default=None)
    keep_until = Date(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class ContractParty(Table, tablename="contract_party"):
    """Who signs: buyer and supplier, or city bureau, county bureau and agency."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    role = Varchar(16)
    organization = UUID(index=True)
    duties = Text(default="")
    signatory = Varchar(64, default="")
    signed_on = Date(null=True, default=None)
    recorded_by = UUID(null=True, default=None)


class ContractLine(Table, tablename="contract_line"):
    """What one organisation may deliver of one service under one contract, and for how much (CNY)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(null=True, default=None, index=True)
    contract_number = Varchar(48)
    organization = UUID(index=True)
    service = Varchar(24)
    fund_source = Varchar(24, default="work_budget")
    unit_price = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """Of one visit (or one case, item)."""
    max_units = Integer()
    max_amount = Numeric(digits=(14, 2), default=Decimal("0.00"))
    quality_floor = Integer(null=True, default=None)
    """Points of the scoring standard below which the line is not paid in full."""
    starts_on = Date()
    ends_on = Date()
    status = Varchar(12, default="active")
    created_at = Timestamptz(default=TimestamptzNow())


class ContractNote(Table, tablename="contract_note"):
    """What somebody wrote with a step: why it was returned, voided or suspended; kept for good."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    event = Varchar(24)
    code = Varchar(32, default="")
    text_enc = Text(default="")
    written_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())


class LineFunding(Table, tablename="line_funding"):
    """Which budget item pays which part of a line; one row for each year that the line touches. The parts add up to
    the line's ceiling."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    line = UUID(index=True)
    item = UUID(index=True)
    amount = Numeric(digits=(14, 2))


class LineQuota(Table, tablename="line_quota"):
    """How many visits of a line a part of the area may use at most: a township's quota."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    line = UUID(index=True)
    division = Varchar(12)
    """A prefix."""
    max_units = Integer()


class Movement(Table, tablename="contract_movement"):
    """One entry of a line's ledger; `units` and `amount` are signed, nothing is ever changed or deleted."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    line = UUID(index=True)
    kind = Varchar(12)
    """reserved, released; delivered, verified, held, freed, settled come with visits and settlement."""
    units = Integer()
    amount = Numeric(digits=(14, 2), default=Decimal("0.00"))
    subject = UUID(index=True)
    """The assignment (later: the visit or statement) that the entry is for."""
    reservation = UUID(null=True, default=None, index=True)
    """The assignment whose reservation a delivery uses up; none where it is the subject itself."""
    division = Varchar(12, default="")
    """Where it is served: what counts against a township's quota."""
    at = Timestamptz(default=TimestamptzNow())


class MovementSum(Table, tablename="contract_movement_sum"):
    """Compacted sums of movements; only `movement_sums.fold` writes here. Never read it without the delta."""

    id: BigSerial = BigSerial(primary_key=True)
    line = UUID(default=None)
    kind = Varchar(12)
    units = BigInt(default=0)
    amount = Numeric(digits=(16, 2), default=Decimal("0.00"))


class MovementDelta(Table, tablename="contract_movement_delta"):
    """What was posted since the last folding; a trigger on the movements appends."""

    id: BigSerial = BigSerial(primary_key=True)
    line = UUID(default=None)
    kind = Varchar(12)
    units = BigInt(default=0)
    amount = Numeric(digits=(16, 2), default=Decimal("0.00"))
