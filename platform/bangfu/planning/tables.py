"""Match runs and their proposals (DOMAIN.md 8.4)."""

from piccolo.columns import JSONB, UUID, BigInt, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class MatchRun(Table, tablename="match_run"):
    """One run of the optimiser over a division: its frozen input, its settings and its result."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    division = Varchar(12, index=True)
    kind = Varchar(12, default="match")
    """match (of needs that wait) or what_if (a copy of `parent`'s problem with `easing` applied: never decided on)."""
    parent = UUID(null=True, default=None, index=True)
    easing = JSONB(default="{}")
    """A what-if's change: the document of matching.why.Easing."""
    status = Varchar(12, default="queued", index=True)
    job = UUID(null=True, default=None)
    requested_by = UUID(null=True, default=None)
    seed = Integer(default=1)
    time_limit = Integer(default=30)
    engine = Varchar(64, default="")
    problem = Text(default="")
    """MATCHING.md's problem document, frozen when the run starts."""
    solution = Text(default="")
    loads = JSONB(default="{}")
    objective = BigInt(null=True, default=None)
    bound = DoublePrecision(null=True, default=None)
    gap = DoublePrecision(null=True, default=None)
    """Percent of the avoidable part (MATCHING.md)."""
    needs = Integer(default=0)
    served = Integer(default=0)
    km = DoublePrecision(default=0.0)
    seconds = DoublePrecision(null=True, default=None)
    error = Text(default="")
    created_at = Timestamptz(default=TimestamptzNow())
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class Proposal(Table, tablename="proposal"):
    """One need of a run: its proposed carer and why, or (carer is null) the reason why nobody."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    run = UUID(index=True)
    need = UUID(index=True)
    household = UUID()
    division = Varchar(12)
    service = Varchar(24)
    priority = Varchar(8)
    carer = UUID(null=True, default=None, index=True)
    matched_carer = UUID(null=True, default=None)
    organization = UUID(null=True, default=None)
    status = Varchar(12, default="proposed", index=True)
    km = DoublePrecision(null=True, default=None)
    cost = BigInt(default=0)
    cost_parts = JSONB(default="{}")
    load_minutes = Integer(default=0)
    load_before = Integer(default=0)
    load_after = Integer(default=0)
    load_limit = Integer(default=0)
    checks = JSONB(default="[]")
    alternatives = JSONB(default="[]")
    reason = Varchar(16, default="")
    reason_detail = JSONB(default="{}")
    edit_reason = Varchar(32, default="")
    edit_text = Text(default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class PlanStudy(Table, tablename="plan_study"):
    """A question to a plan that takes solving again, and its answer: a re-plan after an event, or where it is short."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    """replan or shortage."""
    division = Varchar(12, index=True)
    run = UUID(null=True, default=None, index=True)
    """The match run that is asked about."""
    result_run = UUID(null=True, default=None, index=True)
    """The run whose proposals a chosen point became."""
    chosen = Integer(null=True, default=None)
    """Index of the chosen point."""
    status = Varchar(12, default="queued", index=True)
    job = UUID(null=True, default=None)
    requested_by = UUID(null=True, default=None)
    asked = JSONB(default="{}")
    problem = Text(default="")
    """Of a re-plan: the problem after the events, the plan and the tasks before them, as a document."""
    answer = Text(default="")
    error = Text(default="")
    created_at = Timestamptz(default=TimestamptzNow())
    finished_at = Timestamptz(null=True, default=None)
