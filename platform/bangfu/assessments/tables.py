"""Forms as data, assessments with their frozen arithmetic, and disputes."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class AssessmentForm(Table, tablename="assessment_form"):
    """One version of a form; its document never changes once it is published."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(32)
    version = Varchar(16)
    status = Varchar(12, default="draft")
    document = JSONB(default="{}")
    valid_from = Date(null=True, default=None)
    created_by = UUID(null=True, default=None)
    """None for a form that is shipped with the program."""
    created_at = Timestamptz(default=TimestamptzNow())
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)


class Assessment(Table, tablename="assessment"):
    """One person assessed by one form, by two assessors (DOMAIN.md 3). What was answered is sealed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    household = UUID(index=True)
    person = UUID(index=True)
    division = Varchar(12)
    form = UUID()
    form_code = Varchar(32)
    form_version = Varchar(16)
    restricted = Varchar(8, default="")
    """"child": only child workers, the office and its own assessors see it (DOMAIN.md 9.1)."""
    status = Varchar(16, default="draft")
    reason = Varchar(12, default="first")
    assessed_on = Date()
    place = Varchar(16, default="home")
    informant_enc = Text(default="")
    informant_relation = Varchar(16, default="self")
    answers_enc = Text(default="")
    arithmetic_enc = Text(default="")
    contradiction_enc = Text(default="")
    """Why the assessor holds to answers that contradict each other or another assessment."""
    preliminary_level = Varchar(16, default="")
    final_level = Varchar(16, default="")
    first_assessor = UUID(index=True)
    second_assessor = UUID(null=True, default=None, index=True)
    first_signed_at = Timestamptz(null=True, default=None)
    second_signed_at = Timestamptz(null=True, default=None)
    completed_at = Timestamptz(null=True, default=None)
    valid_until = Date(null=True, default=None)
    previous = UUID(null=True, default=None)
    """The assessment that this one follows: carried over unchanged, or made anew after a dispute."""
    unchanged = Boolean(default=False)
    carried_needs = Array(base_column=UUID(), default=list)
    """The open needs that go on as they were, where nothing has changed."""
    ended_reason_enc = Text(default="")
    commission = UUID(null=True, default=None, index=True)
    """The commission contract that it was delivered under: the population of its spot checks (DOMAIN.md 4.1, 5.3)."""
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    revision = Integer(default=1)


class AssessmentDispute(Table, tablename="assessment_dispute"):
    """An objection against an assessment, and what became of it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    assessment = UUID(index=True)
    raised_by_relation = Varchar(16, default="self")
    reason_enc = Text(default="")
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
    due_at = Timestamptz(default=TimestamptzNow())
    status = Varchar(12, default="open")
    outcome_enc = Text(default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reassessment = UUID(null=True, default=None)
