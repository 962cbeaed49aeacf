"""Uploaded files on their way in, and remembered header names."""

from piccolo.columns import JSONB, UUID, Bytea, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Upload(Table, tablename="upload"):
    """A list that was read and checked but not yet (or just) taken; the content is encrypted and deleted once taken."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(24)
    filename = Varchar(200)
    sha256 = Varchar(64)
    content = Bytea(default=b"")
    mapping = JSONB(default="{}")
    status = Varchar(12, default="checked")
    rows = Integer(default=0)
    faults = JSONB(default="[]")
    summary = JSONB(default="{}")
    uploaded_by = UUID(null=True, default=None, index=True)
    created_at = Timestamptz(default=TimestamptzNow())
    taken_at = Timestamptz(null=True, default=None)


class HeaderMemory(Table, tablename="header_memory"):
    """A header name that someone mapped once: kind + normalised own title -> field code."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(24)
    title = Varchar(120)
    field = Varchar(40)
    remembered_at = Timestamptz(default=TimestamptzNow())


class LocationRun(Table, tablename="location_run"):
    """Asking the geocoder for every household of an area without an exact place; goes on behind its cursor."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12, index=True)
    """The scope of whoever asked for it: a prefix of division codes."""
    status = Varchar(12, default="queued")
    job = UUID(null=True, default=None)
    cursor = UUID(null=True, default=None)
    """The last household that is done; they are taken in the order of their ids."""
    total = Integer(default=0)
    asked = Integer(default=0)
    exact = Integer(default=0)
    ambiguous = Integer(default=0)
    not_found = Integer(default=0)
    requested_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    finished_at = Timestamptz(null=True, default=None)


class LocationMiss(Table, tablename="location_miss"):
    """A household that a run could not place: somebody has to mend the address or set the place on the map."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    run = UUID(index=True)
    household = UUID(index=True)
    outcome = Varchar(12)


class UploadResult(Table, tablename="upload_result"):
    """What became of every row of an upload: [row, outcome, number of the object]; no values of the list."""

    upload: UUID = UUID(primary_key=True)
    lines = JSONB(default="[]")
    updated_at = Timestamptz(default=TimestamptzNow())
