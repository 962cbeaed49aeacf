"""The tables of exchange: systems that may report, what they sent, lists of changes that are closed; systems that may
read, and the line of what changed."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    BigSerial,
    Date,
    DoublePrecision,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
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


class ApiToken(Table, tablename="api_token"):
    """What lets another system read. The token itself is never kept: only the SHA-256 of its 256 random bits."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    name = Varchar(60)
    token_sha256 = Varchar(64, unique=True)
    scopes = Array(base_column=Varchar(24), default=list)
    """Names of resources (read_resources.RESOURCES)."""
    division = Varchar(12)
    """A prefix of division codes: it reads inside of it only."""
    organization = UUID(null=True, default=None)
    """Set: it reads only what is this organisation's own."""
    status = Varchar(12, default="active")
    expires_on = Date()
    """The last day on which it counts."""
    per_minute = Integer(default=60)
    tokens = DoublePrecision(default=0.0)
    """What is left in its bucket at `refilled_at`."""
    refilled_at = Timestamptz(default=TimestamptzNow())
    answered = Integer(default=0)
    refused = Integer(default=0)
    last_used_at = Timestamptz(null=True, default=None)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    disabled_by = UUID(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)


class WebhookEndpoint(Table, tablename="webhook_endpoint"):
    """Where another system wants to hear of changes: what a token reads, sent by the portal, signed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    name = Varchar(60)
    host = Varchar(255)
    """Shown instead of the address, whose path may hold a secret of the receiver."""
    url_enc = Text(default="")
    secret_enc = Text(default="")
    old_secret_enc = Text(default="")
    old_until = Timestamptz(null=True, default=None)
    """Until then each message is signed with the secret of before, too."""
    scopes = Array(base_column=Varchar(24), default=list)
    division = Varchar(12)
    organization = UUID(null=True, default=None)
    status = Varchar(12, default="active")
    paused_for = Varchar(12, default="")
    """hand, failures, gone (the receiver said 410), owner; "" where it is not paused."""
    place = BigInt(default=0)
    """The last place of the line of changes that was delivered or is not for it."""
    failures = Integer(default=0)
    """In a row."""
    next_at = Timestamptz(default=TimestamptzNow())
    held_until = Timestamptz(null=True, default=None)
    """A worker is at it; until then no other one is."""
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    delivered_at = Timestamptz(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class WebhookDelivery(Table, tablename="webhook_delivery"):
    """One message to an endpoint. Its id is the receiver's to drop a repeat; its body stays the same at every try."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    endpoint = UUID(index=True)
    kind = Varchar(8)
    """changes or trial."""
    place = BigInt(default=0)
    """The place that is reached when it has arrived."""
    items = Integer(default=0)
    body = Text(default="")
    """Ids and kinds as the feed tells them; emptied when it has arrived."""
    status = Varchar(12, default="waiting")
    attempts = Integer(default=0)
    code = Varchar(24, default="")
    """What was answered last: http_204, or why nothing was."""
    created_at = Timestamptz(default=TimestamptzNow())
    tried_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)


class ApiChangeNew(Table, tablename="api_change_new"):
    """What triggers noted in the transaction of a change; it has no place in the line yet (docs/decisions/0062)."""

    id: BigSerial = BigSerial(primary_key=True)
    resource = Varchar(24)
    subject = Varchar(36)
    division = Varchar(12, default="")
    organization = Varchar(36, default="")


class ApiChange(Table, tablename="api_change"):
    """The line of changes: one row for each object (and area), at the place of its newest change.

    Only `change_line.put_in_line` writes here, one caller at a time, so places become visible in their order.
    """

    id: BigSerial = BigSerial(primary_key=True)
    place = BigInt(unique=True)
    resource = Varchar(24)
    subject = Varchar(36)
    division = Varchar(12, default="")
    organization = Varchar(36, default="")
    at = Timestamptz(default=TimestamptzNow())
    """When it was put in line: no earlier than the commit of the change."""
