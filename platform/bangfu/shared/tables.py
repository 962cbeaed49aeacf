"""Tables that belong to no single feature: the audit chain and the job queue."""

from piccolo.columns import JSONB, UUID, BigInt, BigSerial, Bytea, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class AuditEvent(Table, tablename="audit_event"):
    """One link of an append-only chain; a trigger refuses update, delete and truncate. Holds no personal values."""

    id: BigSerial = BigSerial(primary_key=True)
    stream = Varchar(12)
    seq = BigInt()
    at = Timestamptz(default=None)
    actor = UUID(null=True, default=None, index=True)
    actor_name = Varchar(64, default="")
    role = Varchar(200, default="")
    address = Varchar(64, default="")
    action = Varchar(64, index=True)
    subject_type = Varchar(32)
    subject = Varchar(64, index=True)
    data = JSONB(default="{}")
    reason = Text(default="")
    before_hash = Varchar(64, default="")
    after_hash = Varchar(64, default="")
    previous = Bytea()
    hash = Bytea()


class AuditHead(Table, tablename="audit_head"):
    """The last link of each stream; its row lock orders the writers of that stream."""

    stream = Varchar(12, primary_key=True)
    seq = BigInt(default=0)
    hash = Bytea(default=b"")


class Job(Table, tablename="job"):
    """A unit of background work: taken under a lease, its result written only with the newest fence."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(40)
    payload = JSONB(default="{}")
    status = Varchar(12, default="queued", index=True)
    progress = Integer(default=0)
    stage = Varchar(64, default="")
    error = Text(default="")
    attempts = Integer(default=0)
    fence = BigInt(default=0)
    lease_until = Timestamptz(null=True, default=None)
    cancel_requested = Timestamptz(null=True, default=None)
    requested_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    finished_at = Timestamptz(null=True, default=None)


class KeptAnswer(Table, tablename="kept_answer"):
    """A dear figure as it was at `made_at`; `claimed_at`: since when somebody makes it anew. May be emptied."""

    key = Text(primary_key=True)
    value = JSONB()
    made_at = Timestamptz(default=None, index=True)
    claimed_at = Timestamptz(null=True, default=None)


class TryCount(Table, tablename="try_count"):
    """Tries of one kind by one person or network address, as a keyed hash, until `ends_at` (shared/tries.py)."""

    mark = Varchar(64, primary_key=True)
    tries = Integer(default=0)
    since = Timestamptz(default=TimestamptzNow())
    ends_at = Timestamptz(default=TimestamptzNow(), index=True)


class StoredFile(Table, tablename="stored_file"):
    """A scan or a picture that belongs to one row (`subject_type`, `subject`); the content is encrypted with a key of
    its own, which is sealed in `key_enc` and so follows the deployment's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    subject_type = Varchar(32)
    subject = UUID(index=True)
    kind = Varchar(32, default="")
    """What the subject's feature calls it (contract_text, certificate, signature ...)."""
    name_enc = Text(default="")
    media_type = Varchar(64)
    size = Integer()
    sha256 = Varchar(64)
    """Of the content as kept (a picture is re-encoded first), for the proof that nothing changed."""
    key_enc = Text()
    content = Bytea()
    uploaded_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
