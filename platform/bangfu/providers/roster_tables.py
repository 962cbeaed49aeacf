"""When people are not there as usual, the secret addresses of calendars, and who signs up as a volunteer."""

from piccolo.columns import UUID, Array, Bytea, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class CarerDay(Table, tablename="carer_day"):
    """One day that differs from the week: not there (no span), or there in a span instead. Taken back, it stays."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    day = Date()
    start_minute = Integer(null=True, default=None)
    end_minute = Integer(null=True, default=None)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    removed_by = UUID(null=True, default=None)
    removed_at = Timestamptz(null=True, default=None)


class CarerLeave(Table, tablename="carer_leave"):
    """Leave from a day to a day, both included; only an approved one takes the carer off the roster."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    starts_on = Date()
    ends_on = Date()
    kind = Varchar(12)
    status = Varchar(12, default="requested")
    requested_by = UUID(null=True, default=None)
    requested_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    remark_enc = Text(default="")
    """Why it was refused; sealed."""
    version = Integer(default=1)


class CalendarFeed(Table, tablename="calendar_feed"):
    """A secret calendar address; only the hash of its token is kept. It counts for the account as it was then."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    token_hash = Bytea(unique=True)
    label = Varchar(40, default="")
    """What the owner calls it: my phone, the office."""
    roles = Array(base_column=Varchar(32), default=list)
    organization = UUID(null=True, default=None)
    carer = UUID(null=True, default=None)
    lang = Varchar(5, default="zh")
    created_at = Timestamptz(default=TimestamptzNow())
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class VolunteerApplication(Table, tablename="volunteer_application"):
    """Somebody who wants to become a volunteer; what they told is sealed as one text and goes when it is not needed
    any more."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(16, unique=True)
    """Drawn by chance: with the tail of the phone it opens the state of the application."""
    division = Varchar(12, index=True)
    status = Varchar(12, default="waiting")
    answers_enc = Text(default="")
    id_number_index = Varchar(64, default="", index=True)
    phone_tail_index = Varchar(64, default="")
    consent_version = Varchar(16)
    consented_at = Timestamptz(default=TimestamptzNow())
    applied_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    refusal = Varchar(24, default="")
    remark_enc = Text(default="")
    carer = UUID(null=True, default=None)
    version = Integer(default=1)
