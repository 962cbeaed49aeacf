"""Reports of harm to a minor, and what was added to them; neither can be deleted (triggers of the migration)."""

from piccolo.columns import UUID, Array, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Incident(Table, tablename="incident"):
    """One report. Columns ending in `_enc` hold ciphertext; `what_hash` proves that the words never changed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    division = Varchar(12, index=True)
    status = Varchar(16, default="reported", index=True)
    kinds = Array(base_column=Varchar(24), default=list)
    danger_now = Boolean(default=False)
    household = UUID(null=True, default=None, index=True)
    child_name_enc = Text(default="")
    child_age = Integer(null=True, default=None)
    place_enc = Text(default="")
    what_enc = Text(default="")
    what_hash = Varchar(64, default="")
    reported_by = UUID(index=True)
    reporter_role = Varchar(32, default="")
    reported_at = Timestamptz(default=TimestamptzNow())
    acknowledged_by = UUID(null=True, default=None)
    acknowledged_at = Timestamptz(null=True, default=None)
    concluded_by = UUID(null=True, default=None)
    concluded_at = Timestamptz(null=True, default=None)
    outcome = Varchar(24, default="")
    version = Integer(default=1)


class IncidentEntry(Table, tablename="incident_entry"):
    """What was added to a report: words (`note`), or that a body was told (`notice`); append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    incident = UUID(index=True)
    kind = Varchar(8)
    body = Varchar(16, default="")
    text_enc = Text(default="")
    text_hash = Varchar(64, default="")
    written_by = UUID(null=True, default=None)
    written_at = Timestamptz(default=TimestamptzNow())
