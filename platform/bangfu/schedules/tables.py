"""Plans of visits for a rolling four weeks, and what could not be planned (docs/decisions/0033)."""

from piccolo.columns import JSONB, UUID, Boolean, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class VisitPlan(Table, tablename="visit_plan"):
    """One calendar of an organisation, or of a station's social workers and volunteers, from draft to publication."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    organization = UUID(null=True, default=None, index=True)
    """Whose people it plans; empty: those of the division who work for no organisation."""
    division = Varchar(12, index=True)
    first = Date()
    days = Integer(default=28)
    status = Varchar(12, default="queued", index=True)
    job = UUID(null=True, default=None)
    requested_by = UUID(null=True, default=None)
    seed = Integer(default=1)
    time_limit = Integer(default=60)
    counts = JSONB(default="{}")
    """{tasks, visits, new, moved, kept, lost, unplaced, carers, travel_minutes, objective}."""
    conflicts = JSONB(default="[]")
    """[{carers, rules, assignments, days, proven}]: groups without a complete calendar."""
    seconds = DoublePrecision(null=True, default=None)
    error = Text(default="")
    created_at = Timestamptz(default=TimestamptzNow())
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    published_by = UUID(null=True, default=None)
    version = Integer(default=1)


class VisitPlanRow(Table, tablename="visit_plan_row"):
    """One due window of a plan: when and who, or (start is empty) why not. A new visit takes the row's id."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    plan = UUID(index=True)
    assignment = UUID(index=True)
    household = UUID()
    visit = UUID(null=True, default=None)
    """The planned visit that fills the window already."""
    carer = UUID(index=True)
    partner = UUID(null=True, default=None)
    due_from = Timestamptz(default=None)
    due_until = Timestamptz(default=None)
    start = Timestamptz(null=True, default=None)
    minutes = Integer()
    change = Varchar(8)
    """new, move, keep, lost (a planned visit that cannot stay) or none (no place for a new one)."""
    reason = Varchar(24, default="")
    """The rule at which no day was left, for lost and none."""
    visit_version = Integer(default=0)
    """The visit as the plan saw it: who changed it since wins."""
    fixed = Boolean(default=False)
    by_hand = Boolean(default=False)
    version = Integer(default=1)


class CalendarRefusal(Table, tablename="calendar_refusal"):
    """A task that has no calendar, given back to planning with the rules that stand against each other."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    plan = UUID(index=True)
    assignment = UUID(index=True)
    need = UUID()
    division = Varchar(12, index=True)
    rules = JSONB(default="[]")
    windows = Integer(default=0)
    """How many due windows stay empty."""
    days = JSONB(default="[]")
    given_by = UUID(null=True, default=None)
    given_at = Timestamptz(default=TimestamptzNow())
    settled_at = Timestamptz(null=True, default=None)
    settled_by = UUID(null=True, default=None)
    settled_how = Varchar(16, default="")
    """ended (the task ended), planned (a later calendar has it all) or kept (the dispatcher leaves it)."""
