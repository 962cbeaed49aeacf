"""What happens to a contract after its signature: amendments, milestones, sub-contracting, acceptance. Money is CNY."""

from decimal import Decimal

from piccolo.columns import UUID, Boolean, Date, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Amendment(Table, tablename="contract_amendment"):
    """A supplementary contract (DOMAIN.md 4.3, 8.6); its states are in contracts.amendment_rules."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    number = Integer()
    """Running within the contract."""
    kind = Varchar(12)
    """quantity or terms."""
    status = Varchar(12, default="proposed", index=True)
    amount = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """What the contract's total changes by: the sum of its lines' changes."""
    added = Numeric(digits=(14, 2), default=Decimal("0.00"))
    """The sum of what it adds to lines; counted against the 10 %."""
    term = Varchar(24, default="")
    """Which term it words anew; quantities leave it empty."""
    wording = Text(default="")
    reason_enc = Text(default="")
    proposed_side = Varchar(12)
    """buyer or supplier."""
    proposed_by = UUID()
    proposed_at = Timestamptz(default=TimestamptzNow())
    buyer_agreed_by = UUID(null=True, default=None)
    buyer_agreed_at = Timestamptz(null=True, default=None)
    supplier_agreed_by = UUID(null=True, default=None)
    supplier_agreed_at = Timestamptz(null=True, default=None)
    checked_by = UUID(null=True, default=None)
    checked_at = Timestamptz(null=True, default=None)
    approved_by = UUID(null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    buyer_signed_by = UUID(null=True, default=None)
    buyer_signed_at = Timestamptz(null=True, default=None)
    supplier_signed_by = UUID(null=True, default=None)
    supplier_signed_at = Timestamptz(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_on = Date(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    ended_reason = Varchar(32, default="")
    ended_text_enc = Text(default="")
    version = Integer(default=1)


class AmendmentLine(Table, tablename="contract_amendment_line"):
    """How many visits and how much money one line gets more (+) or less (-)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    amendment = UUID(index=True)
    line = UUID(index=True)
    units = Integer()
    amount = Numeric(digits=(14, 2))
    item = UUID(null=True, default=None)
    """The budget item that pays what is added; empty for what is taken away."""


class Milestone(Table, tablename="contract_milestone"):
    """What is to be reached by a day; reported by one person with evidence and confirmed by another."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    title = Varchar(120)
    side = Varchar(12, default="supplier")
    """Whose it is to do: buyer or supplier."""
    due_on = Date()
    status = Varchar(12, default="open")
    set_by = UUID()
    done_by = UUID(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    confirmed_by = UUID(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())


class Subcontract(Table, tablename="contract_subcontract"):
    """A part of a contract that the supplier gives to another organisation with the buyer's written consent."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    organization = UUID(index=True)
    part = Varchar(200)
    share = Numeric(digits=(5, 4))
    """Of the contract's total; all parts together stay below the half."""
    status = Varchar(12, default="asked")
    asked_by = UUID()
    asked_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class Acceptance(Table, tablename="contract_acceptance"):
    """The written record of one acceptance: of a year of a contract for several years, or of the whole."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    kind = Varchar(12)
    """yearly or final."""
    period = Integer(default=0)
    """Which year of the contract, from 1; 0 is the whole."""
    status = Varchar(12, default="draft")
    result = Varchar(16, default="")
    asked = Integer(default=0)
    """How many recipients were asked."""
    content = Integer(default=0)
    """How many of them were content."""
    opinions_enc = Text(default="")
    """What recipients said."""
    made_by = UUID()
    made_at = Timestamptz(default=TimestamptzNow())
    concluded_by = UUID(null=True, default=None)
    concluded_at = Timestamptz(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_on = Date(null=True, default=None)
    version = Integer(default=1)


class AcceptanceMember(Table, tablename="contract_acceptance_member"):
    """Somebody of the acceptance team; the name is sealed, for recipients sit on it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    acceptance = UUID(index=True)
    capacity = Varchar(24)
    name_enc = Text()
    account = UUID(null=True, default=None)
    """Of an office's person who has one."""
    leads = Boolean(default=False)


class AcceptanceFinding(Table, tablename="contract_acceptance_finding"):
    """One technical, service or safety standard and what was found."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    acceptance = UUID(index=True)
    aspect = Varchar(12)
    standard = Varchar(300)
    finding = Varchar(12, default="")
    remark_enc = Text(default="")
