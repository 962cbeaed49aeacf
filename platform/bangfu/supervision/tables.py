"""Timed tasks, what happened to them, and the calendar of working days (DOMAIN.md 8.10)."""

from piccolo.columns import UUID, Array, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class SupervisionTask(Table, tablename="supervision_task"):
    """One thing that somebody has to do by a certain time, in the states of DOMAIN.md 8.10."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    kind = Varchar(40, index=True)
    subject_type = Varchar(40)
    subject = UUID(index=True)
    """What it is about; a task issued by hand is its own subject."""
    href = Varchar(200, default="")
    subject_number = Varchar(32, default="")
    title_enc = Text(default="")
    division = Varchar(12, index=True)
    household = UUID(null=True, default=None)
    unit = Varchar(16, default="township")
    organization = UUID(null=True, default=None, index=True)
    role = Varchar(32, default="")
    owner = UUID(null=True, default=None, index=True)
    closing = Varchar(10, default="event")
    """`event`: its own event settles it; `feedback`: closed by somebody else on the doer's evidence."""
    status = Varchar(12, default="issued", index=True)
    by_hours = Boolean(default=False)
    clock_from = Timestamptz(default=TimestamptzNow())
    """Start of the time given; moves with the due date when a pause ends, so that shares of the time stay right."""
    due_at = Timestamptz(default=TimestamptzNow())
    stage = Integer(default=0)
    """How many of the two reminders and three levels have been reached: the next one is the one after."""
    level = Integer(default=0)
    """Urging level 0-3."""
    next_at = Timestamptz(null=True, default=None)
    """When the engine looks at it next; none while nothing is to come."""
    paused_at = Timestamptz(null=True, default=None)
    paused_until = Date(null=True, default=None)
    issued_by = UUID(null=True, default=None)
    issued_at = Timestamptz(default=TimestamptzNow())
    doers = Array(base_column=UUID(), default=list)
    excluded = Array(base_column=UUID(), default=list)
    """Users whom it goes past: they neither see it nor hear of it."""
    """Who gave feedback: none of them may close it."""
    evidence_enc = Text(default="")
    reference = Varchar(120, default="")
    settled_event = Varchar(60, default="")
    closed_by = UUID(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class SupervisionStep(Table, tablename="supervision_step"):
    """One step of a task with its sender, its time and the due date then (转办 督办 跟踪 反馈); append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    task = UUID(index=True)
    place = Integer(default=0)
    at = Timestamptz(default=TimestamptzNow())
    actor = UUID(null=True, default=None)
    event = Varchar(24)
    status = Varchar(12)
    level = Integer(default=0)
    due_at = Timestamptz(default=TimestamptzNow())
    text_enc = Text(default="")
    reference = Varchar(120, default="")


class CalendarYear(Table, tablename="calendar_year"):
    """A year whose working days are in the table below; it is replaced as a whole."""

    year = Integer(primary_key=True)
    provisional = Boolean(default=False)
    loaded_by = UUID(null=True, default=None)
    """None: the published days that came with the program."""
    loaded_at = Timestamptz(default=TimestamptzNow())


class WorkingDay(Table, tablename="working_day"):
    """A day that breaks the rule of Monday to Friday: a holiday, or a make-up working day at a weekend."""

    day = Date(primary_key=True)
    working = Boolean(default=False)
    occasion_zh = Varchar(40, default="")
    occasion_en = Varchar(40, default="")
    provisional = Boolean(default=False)
