"""Visits, how each was proved, what was recorded, and the flags on it (DOMAIN.md 5.1, 5.2, 8.8)."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Visit(Table, tablename="visit"):
    """One dated visit of an accepted assignment. Minutes are whole; instants are UTC."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    assignment = UUID(index=True)
    need = UUID(index=True)
    household = UUID(index=True)
    division = Varchar(12, index=True)
    service = Varchar(24)
    item = Varchar(16, default="")
    item_version = Integer(null=True, default=None)
    carer = UUID(index=True)
    """The named server."""
    partner = UUID(null=True, default=None, index=True)
    """Who comes along: a home for two persons, or a volunteer's first visit."""
    carer_kind = Varchar(16)
    organization = UUID(null=True, default=None, index=True)
    contract_line = UUID(null=True, default=None, index=True)
    unit_price = Numeric(digits=(14, 2), default=Decimal("0.00"))
    status = Varchar(12, default="planned", index=True)
    status_reason = Varchar(32, default="")
    minutes = Integer()
    """The standard duration."""
    due_from = Timestamptz(default=None)
    due_until = Timestamptz(default=None)
    """The window of the frequency norm or of the need that this visit fills: from, up to but not including."""
    window_start = Timestamptz(default=None)
    window_end = Timestamptz(default=None)
    """When the household expects the start; punctual is up to the policy's tolerance outside of it."""
    planned_start = Timestamptz(default=None, index=True)
    planned_end = Timestamptz(default=None)
    fixed = Boolean(default=False)
    """An appointment that planning keeps."""
    source = Varchar(12, default="plan")
    """plan, hand, make_up, open_task or sheet."""
    plan = UUID(null=True, default=None)
    changes = Integer(default=0)
    """How often the time or the carer changed after it was published."""
    started_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    in_method = Varchar(20, default="")
    out_method = Varchar(20, default="")
    evidence = Varchar(12, default="")
    """on_spot, call, attested or afterwards: the weaker of arrival and departure."""
    distance_m = Integer(null=True, default=None)
    """The larger of both distances to the home: the verdict that stays when the points are gone."""
    place_verdict = Varchar(8, default="")
    """near, far, code or unknown."""
    submitted_at = Timestamptz(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    approval = Varchar(10, default="")
    """"" where none is needed, else waiting, approved or refused: entered afterwards (DOMAIN.md 6.6)."""
    approved_by = UUID(null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)
    """Who verified, rejected or excused it; nobody where the clock verified."""
    payable = Boolean(default=True)
    unpayable_reason = Varchar(24, default="")
    booked = Varchar(12, default="")
    """"" without a contract line or before submission, delivered, verified, taken_back, or no_room."""
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class VisitProof(Table, tablename="visit_proof"):
    """One arrival or departure as it was shown; its id is the form's key. Only the point may be forgotten later."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    side = Varchar(4)
    """in or out."""
    method = Varchar(20)
    """gps, home_code, phone_from_home, call_code, supervisor_attest, sheet or explained (nothing worked: a reason)."""
    at = Timestamptz(default=None)
    """When it happened, by the best clock there is."""
    device_at = Timestamptz(null=True, default=None)
    """The device's own clock when it was written down."""
    received_at = Timestamptz(default=TimestamptzNow())
    offline = Boolean(default=False)
    point_enc = Text(default="")
    """lat,lon in WGS-84, sealed, until the settlement is final (DOMAIN.md 9.4)."""
    crs = Varchar(8, default="")
    accuracy_m = Integer(null=True, default=None)
    distance_m = Integer(null=True, default=None)
    verdict = Varchar(8, default="unknown")
    code = UUID(null=True, default=None)
    """The home code or one-time code that was shown."""
    reason = Varchar(24, default="")
    text_enc = Text(default="")
    device = Varchar(64, default="")
    """A keyed hash of a random id that the browser keeps, to see one device of many carers."""
    entered_by = UUID(null=True, default=None)


class VisitRecord(Table, tablename="visit_record"):
    """What was done and found, one per visit; its id is the form's key, so that a draft sent twice is one record."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(unique=True)
    form = Varchar(24, default="")
    form_version = Integer(null=True, default=None)
    checklist = JSONB(default="[]")
    """[{"code", "answer": done | not_needed | not_done, "reason"}] in the form's order."""
    findings = JSONB(default="{}")
    """{safety, health, mood, food, housing, family: ok | attention | urgent}."""
    findings_enc = Text(default="")
    text_hash = Varchar(64, default="")
    """A keyed hash of the findings' words without spaces and marks, to see copied text."""
    new_needs_enc = Text(default="")
    measures_enc = Text(default="")
    remarks_enc = Text(default="")
    confirmation = Varchar(16, default="")
    """signature, thumbprint_photo, sms_code, voice, witness, unable, or "" for none."""
    confirmation_reason = Varchar(24, default="")
    confirmed_by_enc = Text(default="")
    """Who confirmed or witnessed, as told; sealed."""
    incident = UUID(null=True, default=None)
    device = Varchar(64, default="")
    device_at = Timestamptz(null=True, default=None)
    offline = Boolean(default=False)
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())


class VisitPhoto(Table, tablename="visit_photo"):
    """A picture of a visit: encoded anew, without metadata; the file is kept by shared.files."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    file = UUID()
    item = Varchar(24, default="")
    """The code of the checklist's line that it shows."""
    original = Varchar(64, index=True)
    """Keyed hash of the bytes as they came, to see the very same picture again."""
    likeness = BigInt(default=0)
    """64-bit difference hash of the picture, to see nearly the same."""
    taken_at = Timestamptz(null=True, default=None)
    added_by = UUID(null=True, default=None)
    added_at = Timestamptz(default=TimestamptzNow())


class VisitFlag(Table, tablename="visit_flag"):
    """One automatic flag (DOMAIN.md 5.2) and what a township officer made of it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    flag = Varchar(20, index=True)
    detail = JSONB(default="{}")
    """Numbers and codes that explain it; no words of people."""
    policy_version = Varchar(24, default="")
    raised_at = Timestamptz(default=TimestamptzNow())
    status = Varchar(8, default="open")
    """open, cleared or upheld."""
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reason = Varchar(24, default="")


class VisitNote(Table, tablename="visit_note"):
    """What a person wrote with a decision about a visit; sealed, beside the audit event."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    event = Varchar(24)
    code = Varchar(32, default="")
    text_enc = Text(default="")
    written_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())
