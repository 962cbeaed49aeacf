"""Volunteers' services, the ledger of their minutes, stars, certificates and what order 67 asks to keep."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class VolunteerActivity(Table, tablename="volunteer_activity"):
    """A group activity outside of homes: its participants are services of its own."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    title = Varchar(80)
    content = Varchar(200, default="")
    target = Varchar(80, default="")
    place = Varchar(80, default="")
    division = Varchar(12, index=True)
    organization = UUID(null=True, default=None, index=True)
    starts_at = Timestamptz(default=None)
    ends_at = Timestamptz(default=None)
    in_charge = Varchar(64, default="")
    recorded_by = UUID()
    recorded_at = Timestamptz(default=TimestamptzNow())


class VolunteerService(Table, tablename="volunteer_service"):
    """What one volunteer did once: a visit (named or accompanying) or a group activity. Minutes are whole."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    visit = UUID(null=True, default=None, index=True)
    activity = UUID(null=True, default=None, index=True)
    part = Varchar(8, default="server")
    """server or partner of a visit, or member of an activity."""
    division = Varchar(12, index=True)
    organization = UUID(null=True, default=None, index=True)
    service = Varchar(24, default="")
    started_at = Timestamptz(default=None)
    ended_at = Timestamptz(default=None)
    excluded = Integer(default=0)
    """Minutes inside of the span that do not count: travel, training, waiting."""
    status = Varchar(12, default="recorded", index=True)
    minutes = Integer(default=0)
    """What counts of it now; the sum of its entries."""
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
    due_at = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reason = Varchar(24, default="")
    version = Integer(default=1)


class HoursEntry(Table, tablename="volunteer_hours"):
    """One entry of the ledger of minutes; append-only: a correction is an entry of its own."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    service = UUID(index=True)
    day = Date()
    kind = Varchar(12)
    """counted, recounted (another service of the day changed), corrected or taken_back."""
    minutes = Integer()
    """Signed."""
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())


class HoursChange(Table, tablename="volunteer_hours_change"):
    """A correction of a service as it stood and as it stands; append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    service = UUID(index=True)
    reason = Varchar(24)
    text_enc = Text(default="")
    old_start = Timestamptz(default=None)
    old_end = Timestamptz(default=None)
    old_excluded = Integer()
    new_start = Timestamptz(default=None)
    new_end = Timestamptz(default=None)
    new_excluded = Integer()
    changed_by = UUID(null=True, default=None)
    changed_at = Timestamptz(default=TimestamptzNow())


class StarAward(Table, tablename="star_award"):
    """A level of stars on its way: made public for five working days, then awarded (DOMAIN.md 7)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    division = Varchar(12)
    stars = Integer()
    minutes = Integer()
    status = Varchar(12, default="published")
    public_until = Timestamptz(default=None)
    proposed_by = UUID()
    proposed_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reason = Varchar(24, default="")


class Certificate(Table, tablename="volunteer_certificate"):
    """A certificate of service: what it says is sealed as it was issued."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    carer = UUID(index=True)
    division = Varchar(12)
    organization = UUID(null=True, default=None)
    minutes = Integer()
    content_enc = Text()
    status = Varchar(12, default="issued")
    issued_by = UUID()
    issued_at = Timestamptz(default=TimestamptzNow())
    replaces = UUID(null=True, default=None)
    revoked_by = UUID(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    revoke_reason = Varchar(24, default="")


class VolunteerNote(Table, tablename="volunteer_note"):
    """Commendation, appraisal, warning, correction, or bar of a volunteer; a suspended organisation (record only)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(null=True, default=None, index=True)
    organization = UUID(null=True, default=None, index=True)
    division = Varchar(12)
    kind = Varchar(16)
    title = Varchar(80, default="")
    day = Date()
    until = Date(null=True, default=None)
    """The last day of a bar (one to three years) or a suspension."""
    granter = Varchar(80, default="")
    grade = Varchar(12, default="")
    """Of an appraisal."""
    by_recipient = Boolean(default=False)
    text_enc = Text(default="")
    details = JSONB(default="{}")
    recorded_by = UUID()
    recorded_at = Timestamptz(default=TimestamptzNow())


class BroughtRecord(Table, tablename="volunteer_brought"):
    """What another portal kept of a volunteer, taken from its file: shown and passed on, never counted here."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    sha256 = Varchar(64)
    """Of what the file says; the same file is taken once."""
    content_enc = Text(default="")
    entries = Integer(default=0)
    brought_by = UUID(null=True, default=None)
    brought_at = Timestamptz(default=TimestamptzNow())
