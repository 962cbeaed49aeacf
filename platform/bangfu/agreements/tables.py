"""Care agreements with their seven parties, and the rates that a caregiver is paid by (DOMAIN.md 3.1, 4.1, 8.7)."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class CareAgreement(Table, tablename="care_agreement"):
    """The agreement on the care of one person. Columns ending in `_enc` hold ciphertext."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    household = UUID(index=True)
    person = UUID(index=True)
    division = Varchar(12)
    status = Varchar(16, default="draft")
    assessment = UUID(null=True, default=None)
    """The assessment that the level comes from; empty where the register alone knows the level."""
    selfcare_level = Varchar(12)
    support_mode = Varchar(12)
    organization = UUID(null=True, default=None, index=True)
    """The supporting institution; empty where the township station stands in for it [D]."""
    carer = UUID(null=True, default=None, index=True)
    """The caregiver, where the register of carers knows them; else they are named in `caregiver_enc`."""
    caregiver_enc = Text(default="")
    """JSON: name, phone."""
    caregiver_relation = Varchar(16, default="none")
    """What the caregiver is to the person: none, neighbour, or a near relative (rules.RELATIVES)."""
    pay_month = Numeric(digits=(14, 2), null=True, default=None)
    """What the caregiver gets a month, CNY."""
    payer = Varchar(16, default="assistance")
    rate = UUID(null=True, default=None)
    """The rate (care_rate) in force when it was drafted; the agreement keeps it."""
    rate_arithmetic = JSONB(default="{}")
    """How the rate was reckoned: base, factor, amount as text, days from which they hold."""
    emergency_enc = Text(default="")
    """JSON: name, phone, relation of whom to call."""
    wish_enc = Text(default="")
    """What the person wishes, in their own words (DOMAIN.md 4.1)."""
    starts_on = Date()
    ends_on = Date()
    triggers = Array(base_column=Varchar(16), default=list)
    """What asks for a new assessment before the end (rules.TRIGGERS)."""
    needs_guardian = Boolean(default=False)
    """A minor, or a person without capacity: a guardian signs."""
    e_signing = Boolean(default=False)
    """The parties agreed to sign electronically."""
    duties_version = Varchar(16, default="")
    document_enc = Text(default="")
    """What is signed, frozen when the paper is handed out; sealed JSON."""
    document_hash = Varchar(64, default="")
    """SHA-256 of that document; changes with every content."""
    check_code = Varchar(20, unique=True)
    guidance_enc = Text(default="")
    """What the bureau says to the draft."""
    guided_by = UUID(null=True, default=None)
    guided_at = Timestamptz(null=True, default=None)
    previous = UUID(null=True, default=None)
    reason = Varchar(12, default="first")
    """Why it was drafted: first, renewal, level, caregiver or other."""
    outdated_by = UUID(null=True, default=None)
    """An assessment with another level: the agreement is to be made anew."""
    activated_at = Timestamptz(null=True, default=None)
    ended_on = Date(null=True, default=None)
    """The last day, where it was terminated before its end."""
    end_reason = Varchar(12, default="")
    end_text_enc = Text(default="")
    ended_by_leaving = UUID(null=True, default=None)
    """The leaving that ended it: taken back together with it."""
    status_before = Varchar(16, default="")
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    revision = Integer(default=1)


class CareAgreementLine(Table, tablename="care_agreement_line"):
    """One service of an agreement: how often, how long, where."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    agreement = UUID(index=True)
    place_no = Integer(default=0)
    service = Varchar(24)
    times = Integer(default=1)
    per = Varchar(8, default="week")
    minutes = Integer(default=60)
    place = Varchar(12, default="home")


class AgreementParty(Table, tablename="agreement_party"):
    """One of the seven parties: what it has to do, what proves it, and its signature."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    agreement = UUID(index=True)
    role = Varchar(24)
    place_no = Integer(default=0)
    organization = UUID(null=True, default=None)
    name_enc = Text(default="")
    duties = Text(default="")
    evidence = Text(default="")
    method = Varchar(12, default="")
    """scan, thumbprint or electronic; empty while unsigned."""
    capacity = Varchar(12, default="self")
    signatory_enc = Text(default="")
    witness_enc = Text(default="")
    signed_by = UUID(null=True, default=None)
    """The account that signed electronically."""
    recorded_by = UUID(null=True, default=None)
    signed_at = Timestamptz(null=True, default=None)
    signed_on = Date(null=True, default=None)
    """The day on the paper."""
    signed_hash = Varchar(64, default="")
    file = UUID(null=True, default=None)


class CareBase(Table, tablename="care_base"):
    """A base amount: the subsidy of disabled elders or the minimum wage, CNY a month, from a day on."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division_prefix = Varchar(12)
    kind = Varchar(20)
    amount = Numeric(digits=(14, 2))
    valid_from = Date()
    source = Varchar(200, default="")
    """The paper that sets it, with its number."""
    status = Varchar(12, default="draft")
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)


class CareRateSheet(Table, tablename="care_rate_sheet"):
    """A version of the rates of one area; a published one never changes."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division_prefix = Varchar(12)
    valid_from = Date()
    source = Varchar(200, default="")
    status = Varchar(12, default="draft")
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)


class CareRate(Table, tablename="care_rate"):
    """One rate: a factor on a base amount for a support mode and a level."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    sheet = UUID()
    support_mode = Varchar(12)
    selfcare_level = Varchar(12)
    basis = Varchar(20)
    """The kind of base: disabled_subsidy or minimum_wage."""
    factor = Numeric(digits=(7, 4))
    """1, 2, 3 times the subsidy; 0.10, 0.25, 0.50 of the wage."""
