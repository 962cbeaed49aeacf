"""Directories that were taken in. None of their rows is an organisation of the register: no task can reach them."""

from piccolo.columns import JSONB, UUID, Bytea, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class DirectorySource(Table, tablename="directory_source"):
    """One directory by its name; a later file of the same name brings it up to date."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12, index=True)
    name = Varchar(80)
    created_at = Timestamptz(default=TimestamptzNow())


class DirectoryUpload(Table, tablename="directory_upload"):
    """A file that was tried; its content goes once it is taken over."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12)
    source_name = Varchar(80)
    country = Varchar(2)
    filename = Varchar(200)
    digest = Varchar(64)
    content = Bytea(default=b"")
    summary = JSONB(default="{}")
    """`tables`: name -> rows that come in; `inserted`, `changed`, `removed`, `unchanged`; `rows` of the file."""
    status = Varchar(8, default="checked")
    uploaded_by = UUID(index=True)
    created_at = Timestamptz(default=TimestamptzNow())


class DirectoryNote(Table, tablename="directory_note"):
    """Something of a file that did not come in as it stood."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    upload = UUID(index=True)
    place = Integer()
    file = Varchar(80)
    line = Integer(default=0)
    field = Varchar(80, default="")
    value = Varchar(80, default="")
    what = Varchar(12)
    reason = Varchar(24)


class DirectoryRecord(Table, tablename="directory_record"):
    """One row of a table of HSDS with all its filled fields as text, as they came."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    source = UUID(index=True)
    kind = Varchar(24)
    """The table of HSDS."""
    key = Varchar(36)
    """The row's `id` in the directory."""
    organization = Varchar(36, default="", index=True)
    """Key of the organisation that it belongs to; "" for terms."""
    name = Text(default="")
    services = Text(default="")
    towns = Text(default="")
    """Of an organisation: what it is searched by, in small letters."""
    body = JSONB(default="{}")
    digest = Varchar(32)
