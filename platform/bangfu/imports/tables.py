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
