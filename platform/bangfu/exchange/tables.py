"""The tables of exchange: systems that may report, what they sent, and lists of changes that are closed."""

from piccolo.columns import JSONB, UUID, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class ApiClient(Table, tablename="api_client"):
    """Another system that may send reports for an area. The secret is sealed, because signatures need it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    name = Varchar(60)
    kind = Varchar(16)
    """hotline or data_comparison: the source that its reports carry."""
    division = Varchar(12)
    """A prefix of division codes: it reports inside of it only."""
    secret_enc = Text(default="")
    status = Varchar(12, default="active")
    per_minute = Integer(default=60)
    tokens = DoublePrecision(default=0.0)
    """What is left in its bucket at `refilled_at`."""
    refilled_at = Timestamptz(default=TimestamptzNow())
    accepted = Integer(default=0)
    refused = Integer(default=0)
    last_used_at = Timestamptz(null=True, default=None)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    rotated_at = Timestamptz(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)


class ApiNonce(Table, tablename="api_nonce"):
    """A request's own number that was seen already; kept as long as its time stamp would be accepted."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    client = UUID()
    nonce = Varchar(64)
    at = Timestamptz(default=TimestamptzNow(), index=True)


class ApiRequest(Table, tablename="api_request"):
    """A report that was taken from a system: its key, what it was a hash of, and what was answered."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    client = UUID()
    idempotency_key = Varchar(64)
    body_sha256 = Varchar(64)
    client_reference = Varchar(64)
    report = UUID()
    answer = JSONB(default="{}")
    """The answer as it was given: references, numbers and codes only."""
    created_at = Timestamptz(default=TimestamptzNow())


class ChangeList(Table, tablename="change_list"):
    """The changes of one county in a month that is over, closed when it was produced first: codes and ids only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    county = Varchar(6)
    month = Date()
    """Its first day."""
    rows = JSONB(default="[]")
    sha256 = Varchar(64)
    made_by = UUID(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())
