"""Discovery reports, what each of their steps records, and the measures that follow (DOMAIN.md 8.1).

Columns ending in `_enc` hold ciphertext (shared/crypto.py): whatever a person wrote about a person.
"""

from piccolo.columns import UUID, Array, Boolean, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Report(Table, tablename="report"):
    """One signal that somebody may need help. Its id is the idempotency key of whoever sent it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    source = Varchar(16, index=True)
    hotline_kind = Varchar(12, default="")
    """12345 only: consult, help, complaint, report or suggestion."""
    division = Varchar(12, index=True)
    status = Varchar(12, default="collected", index=True)
    urgent = Boolean(default=False)
    need_kinds = Array(base_column=Varchar(16), default=list)
    name_enc = Text(default="")
    phone_enc = Text(default="")
    id_number_enc = Text(default="")
    address_enc = Text(default="")
    seen_enc = Text(default="")
    name_index = Varchar(64, default="", index=True)
    """Name and village together."""
    phone_index = Varchar(64, default="", index=True)
    id_number_index = Varchar(64, default="", index=True)
    lat = DoublePrecision(null=True, default=None)
    lon = DoublePrecision(null=True, default=None)
    reporter = UUID(null=True, default=None, index=True)
    reporter_name_enc = Text(default="")
    reporter_phone_enc = Text(default="")
    restricted = Boolean(default=False)
    """Only the bureau sees it: a complaint or a report on staff that the bureau has not handed on yet."""
    excluded = Array(base_column=UUID(), default=list)
    """Users whom it concerns: it goes past them."""
    household = UUID(null=True, default=None, index=True)
    match_result = Varchar(12, default="")
    """household, new, or nothing yet."""
    duplicate_of = UUID(null=True, default=None, index=True)
    owner = UUID(null=True, default=None, index=True)
    """A certain person of the role whose turn it is, if one was named."""
    due_at = Timestamptz(null=True, default=None)
    emergency = Boolean(default=False)
    papers_due_at = Timestamptz(null=True, default=None)
    papers_done_at = Timestamptz(null=True, default=None)
    clearing_proposed_by = UUID(null=True, default=None)
    cleared_at = Timestamptz(null=True, default=None)
    reopened_at = Timestamptz(null=True, default=None)
    rejected_by = UUID(null=True, default=None)
    rejection_code = Varchar(16, default="")
    rejection_told_at = Timestamptz(null=True, default=None)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class ReportVisit(Table, tablename="report_visit"):
    """A home visit that verified a report, or did not."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    report = UUID(index=True)
    visited_on = Date()
    visitors = Array(base_column=UUID(), default=list)
    confirmed = Boolean(default=True)
    met_enc = Text(default="")
    """With whom they spoke."""
    findings_enc = Text(default="")
    need_kinds = Array(base_column=Varchar(16), default=list)
    recorded_by = UUID()
    recorded_at = Timestamptz(default=TimestamptzNow())


class ReportReview(Table, tablename="report_review"):
    """A joint review (会审): who met, and what they concluded; its prescription is the report's measures."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    report = UUID(index=True)
    held_on = Date()
    form = Varchar(12)
    departments = Array(base_column=UUID(), default=list)
    participants_enc = Text(default="")
    conclusion_enc = Text(default="")
    convened_by = UUID()
    recorded_at = Timestamptz(default=TimestamptzNow())


class Measure(Table, tablename="measure"):
    """One line of a prescription: what, by whom, until when (清单制+责任制)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    report = UUID(index=True)
    number = Varchar(40)
    division = Varchar(12)
    kind = Varchar(16)
    text_enc = Text()
    unit = Varchar(12)
    """organization, township or station."""
    organization = UUID(null=True, default=None, index=True)
    responsible = UUID(index=True)
    status = Varchar(16, default="open", index=True)
    due_at = Timestamptz()
    extensions = Integer(default=0)
    reason_enc = Text(default="")
    """Of the last return, extension or cancellation."""
    done_by = UUID(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    evidence_enc = Text(default="")
    closed_by = UUID(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    created_by = UUID()
    created_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class ReportTelling(Table, tablename="report_telling"):
    """The household, or the caller, was told: policy and result, or the reason of a rejection; with its receipt."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    report = UUID(index=True)
    subject = Varchar(12)
    """result, rejection or answer."""
    told_on = Date()
    way = Varchar(12)
    received_by_enc = Text(default="")
    receipt = Varchar(12)
    text_enc = Text(default="")
    told_by = UUID()
    recorded_at = Timestamptz(default=TimestamptzNow())


class ReportReason(Table, tablename="report_reason"):
    """Why somebody decided as they did, in words: sealed, since it may describe a person; `event` as in the audit."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    report = UUID(index=True)
    event = Varchar(24)
    text_enc = Text(default="")
    written_by = UUID()
    written_at = Timestamptz(default=TimestamptzNow())


class ReportNeed(Table, tablename="report_need"):
    """Which report a need came from."""

    need: UUID = UUID(primary_key=True, default=UUID4())
    report = UUID(index=True)
    recorded_at = Timestamptz(default=TimestamptzNow())
