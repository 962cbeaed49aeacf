"""The tables of outreach: who is due a service and has none, who was asked, and the quarterly lists."""

from piccolo.columns import UUID, Boolean, Date, Integer, Real, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class OutreachRow(Table, tablename="outreach_row"):
    """A person for whom a norm makes a service due and no open need answers it; made anew by `refreshing`."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    service = Varchar(24)
    norm = Varchar(48)
    """The code of the strictest norm; "health" where it would tell about the person's health."""
    kind = Varchar(12)
    """missing: no need at all; below: fewer visits than the norm; gap: nobody looks after a person who must not be
    left alone."""
    child = Boolean(default=False)
    times = Integer(default=0)
    period = Varchar(12, default="")
    visits = Integer(default=0)
    has_visits = Integer(default=0)
    fingerprint = Varchar(64, default="")
    since = Date()
    as_of = Timestamptz(default=TimestamptzNow())


class OutreachContact(Table, tablename="outreach_contact"):
    """Somebody spoke with the household about a service that is due to it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    service = Varchar(24)
    fingerprint = Varchar(64, default="")
    channel = Varchar(12)
    result = Varchar(16)
    words_enc = Text(default="")
    revisit_on = Date(null=True, default=None)
    made_by = UUID(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())


class OutreachState(Table, tablename="outreach_state"):
    """How fresh the rows of a township are."""

    township = Varchar(9, primary_key=True)
    as_of = Timestamptz(default=TimestamptzNow())
    seconds = Real(default=0.0)
    households = Integer(default=0)
    rows = Integer(default=0)


class QuarterList(Table, tablename="quarter_list"):
    """The people in special difficulty of one township, to be verified in one quarter (按季度核实人员状况)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    due_on = Date()
    made_by = UUID(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())


class QuarterLine(Table, tablename="quarter_line"):
    """One household of a quarterly list and what was found there."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    quarter_list: UUID = UUID(index=True)
    household = UUID(index=True)
    division = Varchar(12, index=True)
    status = Varchar(12, default="open", index=True)
    """open or verified."""
    finding = Varchar(16, default="")
    how = Varchar(12, default="")
    words_enc = Text(default="")
    verified_by = UUID(null=True, default=None)
    verified_at = Timestamptz(null=True, default=None)
