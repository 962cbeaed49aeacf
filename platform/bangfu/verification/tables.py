"""Thresholds of the flags in versions, what organisations answer to a flag, and disputes (DOMAIN.md 5.2, 8.8)."""

from piccolo.columns import JSONB, UUID, Date, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class VisitPolicy(Table, tablename="visit_policy"):
    """One version of the flags' thresholds for an area; a published version never changes (a trigger sees to it)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division_prefix = Varchar(12)
    valid_from = Date()
    values = JSONB(default="{}")
    """{threshold: whole number}, every one of rules.Thresholds."""
    source = Varchar(200, default="")
    status = Varchar(12, default="draft")
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)


class VisitExplanation(Table, tablename="visit_explanation"):
    """What the organisation answers to a flag, sealed; its id is the form's key. Append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    flag = UUID(index=True)
    visit = UUID(index=True)
    text_enc = Text(default="")
    written_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())


class VisitDispute(Table, tablename="visit_dispute"):
    """A bureau's doubt about a verified visit and its end; its id is the form's key. Words stand in visit_note."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    reason = Varchar(24)
    opened_by = UUID(null=True, default=None)
    opened_at = Timestamptz(default=TimestamptzNow())
    due_at = Timestamptz(default=None)
    status = Varchar(10, default="open")
    """open, upheld (the visit stays verified) or rejected."""
    decision = Varchar(24, default="")
    """The reason of a rejection."""
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
