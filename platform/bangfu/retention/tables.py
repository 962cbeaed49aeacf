"""Deletions: what was due when somebody proposed it, who approved it, and what became of it."""

from piccolo.columns import JSONB, UUID, Date, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class RetentionRun(Table, tablename="retention_run"):
    """One rule carried out in one area; its id is the form's key. Numbers only, nobody is named."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    rule = Varchar(16)
    division = Varchar(12)
    """The prefix of the area."""
    years = Integer()
    """The rule's years when it was proposed: what was approved is what is done."""
    as_of = Date()
    """What was due on this day is deleted; what becomes due later is not."""
    due = Integer(default=0)
    held = Integer(default=0)
    oldest = Date(null=True, default=None)
    status = Varchar(12, default="proposed")
    proposed_by = UUID(null=True, default=None)
    proposed_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    job = UUID(null=True, default=None)
    done = Integer(default=0)
    """Subjects that were deleted or made anonymous."""
    counts = JSONB(default="{}")
    """{table: rows} of everything that went with them."""
    left = Integer(default=0)
    """How many were held back when it ended."""
    finished_at = Timestamptz(null=True, default=None)
