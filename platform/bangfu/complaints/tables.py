"""Tables of complaints: the case, what was added to it, and what was handed to discipline inspection."""

from piccolo.columns import UUID, Array, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Complaint(Table, tablename="complaint"):
    """One complaint in the states of DOMAIN.md 8.9. Columns ending in `_enc` hold ciphertext; instants are UTC."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    receipt_index = Varchar(64, default="")
    """Keyed hash of the public form's key: the same form sent twice is one complaint. The key itself is not kept."""
    code_index = Varchar(64, default="")
    """Keyed hash of the code with which the complainant sees the state; "" where there is none."""
    intake = Varchar(12, default="complaint")
    """consult, help, complaint, report or advice (the five types of the 12345 hotline)."""
    channel = Varchar(12, default="portal")
    channel_number = Varchar(48, default="")
    """The number that 12345 or 12388 gave it."""
    division = Varchar(12, index=True)
    level = Varchar(12, default="township")
    """Who handles it: township, bureau, lead or above; routed past the person complained about."""
    status = Varchar(16, default="received", index=True)
    kind = Varchar(16, default="")
    severity = Varchar(12, default="minor")
    petition = Boolean(default=False)
    """Filed as 信访: its own, longer clocks."""
    confidential = Boolean(default=False)
    anonymous = Boolean(default=False)
    self_reported = Boolean(default=False)
    """自查自报: told by the side that it is about."""
    discipline = Boolean(default=False)
    """Came from discipline inspection (12388): only the auditor sees who reported."""
    name_enc = Text(default="")
    phone_enc = Text(default="")
    facts_enc = Text(default="")
    about_enc = Text(default="")
    """Whom it is about, in the complainant's words."""
    question_enc = Text(default="")
    """What the organisation is asked: all that it reads of the complaint."""
    decision_enc = Text(default="")
    reply_enc = Text(default="")
    route_enc = Text(default="")
    target = Varchar(16, default="unknown")
    organization = UUID(null=True, default=None, index=True)
    carer = UUID(null=True, default=None, index=True)
    visit = UUID(null=True, default=None, index=True)
    contract = UUID(null=True, default=None, index=True)
    household = UUID(null=True, default=None, index=True)
    staff = UUID(null=True, default=None)
    """The account of an office that it is about."""
    excluded = Array(base_column=UUID(), default=list)
    """Users whom it goes past: they neither see nor handle it, nor hear of it."""
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())
    accepted_by = UUID(null=True, default=None)
    accepted_at = Timestamptz(null=True, default=None)
    handler = UUID(null=True, default=None, index=True)
    route = Varchar(24, default="")
    routed_by = UUID(null=True, default=None)
    routed_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz(null=True, default=None)
    answer_due = Timestamptz(null=True, default=None)
    result = Varchar(16, default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None, index=True)
    reply_way = Varchar(12, default="")
    replied_by = UUID(null=True, default=None)
    replied_at = Timestamptz(null=True, default=None)
    silence_due = Timestamptz(null=True, default=None)
    satisfied = Varchar(4, default="")
    closed_at = Timestamptz(null=True, default=None)
    closed_how = Varchar(12, default="")
    round = Integer(default=0)
    """How often it was opened again: 0 or 1."""
    reopened_at = Timestamptz(null=True, default=None)
    first_decided_at = Timestamptz(null=True, default=None)
    first_result = Varchar(16, default="")
    first_severity = Varchar(12, default="")
    """What stood before it was opened again: until it is decided anew that decision counts (facts.decided_in)."""
    accept_due = Timestamptz(default=TimestamptzNow())
    close_due = Timestamptz(default=TimestamptzNow())
    contacted_at = Timestamptz(null=True, default=None)
    planned_at = Timestamptz(null=True, default=None)
    extended_by = UUID(null=True, default=None)
    extended_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    updated_at = Timestamptz(default=TimestamptzNow())


class ComplaintEntry(Table, tablename="complaint_entry"):
    """What was added to a case: hearings, evidence, words; append-only. Its id is the form's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    complaint = UUID(index=True)
    round = Integer(default=0)
    kind = Varchar(12)
    """hearing, evidence, contact, plan, words, read_aloud, reason."""
    side = Varchar(12, default="office")
    """Whose word it is: complainant, target or office."""
    code = Varchar(20, default="")
    """How a side was heard, what kind of evidence it is, or which step the reason belongs to."""
    text_enc = Text(default="")
    text_hash = Varchar(64, default="")
    person_enc = Text(default="")
    """To whom it was read, who spoke."""
    file = UUID(null=True, default=None)
    written_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())


class ComplaintHandover(Table, tablename="complaint_handover"):
    """A file for discipline inspection as the auditor made it; append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    complaints = Array(base_column=UUID(), default=list)
    with_names = Boolean(default=False)
    reason = Varchar(16)
    content_enc = Text()
    """The zip in Base64, sealed: the very bytes that were handed over."""
    sha256 = Varchar(64)
    made_by = UUID()
    made_at = Timestamptz(default=TimestamptzNow())
