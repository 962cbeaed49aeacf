"""The tables of ledgers: what was issued, its rows in sealed parts, and the ledgers that people keep for themselves."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class LedgerIssue(Table, tablename="ledger_issue"):
    """One ledger as it was made: what it is of, the hash of its rows, and the code on its paper."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(20, unique=True)
    """The check code that is printed."""
    definition = JSONB(default="{}")
    """The whole definition with its key and version, so that a later version changes nothing here."""
    source = Varchar(24)
    period = Varchar(8, default="")
    """2026-11, 2026Q4 or 2026."""
    area = Varchar(12, default="")
    """The prefix that it covers; "" for an organisation's own."""
    organization = UUID(null=True, default=None, index=True)
    """Whose own rows it holds."""
    unit = Varchar(120, default="")
    filters = JSONB(default="{}")
    status = Varchar(8, default="queued")
    """queued, ready or failed."""
    job = UUID(null=True, default=None)
    rows = Integer(default=0)
    sums = JSONB(default="{}")
    sha256 = Varchar(64, default="")
    data_on = Date(null=True, default=None)
    made_by = UUID(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())


class LedgerPart(Table, tablename="ledger_part"):
    """Up to 1,000 canonical rows of an issue, compressed and sealed: names are masked, numbers still lead to homes."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    issue = UUID(index=True)
    place = Integer()
    rows_enc = Text(default="")


class OwnLedger(Table, tablename="own_ledger"):
    """Columns, order and filters of a source that somebody keeps under a name."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    owner = UUID(index=True)
    name = Varchar(60)
    source = Varchar(24)
    columns = JSONB(default="[]")
    filters = JSONB(default="{}")
    sort = Varchar(24, default="")
    shared = Boolean(default=False)
    """Whether everybody of the unit sees it."""
    unit = Varchar(36, default="")
    """The owner's scope or organisation when it was saved."""
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())


class LedgerState(Table, tablename="ledger_state"):
    """Whether the data still gave the same ledger when it was last looked at for the public check."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    issue = UUID(unique=True)
    same = Boolean(null=True, default=None)
    """None: not looked at yet."""
    looked_at = Timestamptz(null=True, default=None)
    job = UUID(null=True, default=None)
    """The worker's part of a large one."""


class LedgerExport(Table, tablename="ledger_export"):
    """A large file of a ledger that the worker writes; its id is the form's key. It is there for a day."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    owner = UUID(index=True)
    issue = UUID(null=True, default=None)
    """The made ledger whose kept rows it holds; none: the rows as they are when it is written."""
    definition = JSONB(default="{}")
    period = Varchar(8, default="")
    area = Varchar(12, default="")
    organization = UUID(null=True, default=None)
    filters = JSONB(default="{}")
    unit = Varchar(120, default="")
    format = Varchar(4)
    """xlsx or csv."""
    language = Varchar(2, default="zh")
    """In which the titles and words are written: the asker's."""
    status = Varchar(8, default="queued")
    """queued, ready or failed."""
    job = UUID(null=True, default=None)
    rows = Integer(default=0)
    size = BigInt(default=0)
    asked_at = Timestamptz(default=TimestamptzNow(), index=True)


class LedgerPiece(Table, tablename="ledger_piece"):
    """A piece of such a file, sealed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    export = UUID(index=True)
    place = Integer()
    content_enc = Text(default="")
