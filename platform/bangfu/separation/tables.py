"""Tables of the separation of duties: the nightly proof."""

from piccolo.columns import JSONB, UUID, Date, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class SeparationReport(Table, tablename="separation_report"):
    """What one night's look at all chains found. Append-only (a trigger sees to it)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    day = Date(index=True)
    """The civil day that it speaks of: everything until its end. One a day and county."""
    county = Varchar(6)
    """Six digits."""
    chains = JSONB(default="{}")
    """{kind of chain: how many}."""
    duties = JSONB(default="{}")
    """{duty: how many times it was done}."""
    violations = JSONB(default="[]")
    """[{"kind", "chain", "actor", "duties": [...]}]."""
    found = Integer(default=0)
    """How many violations."""
    hash = Varchar(64)
    """SHA-256 of the list of all chains with their actors, as it is downloaded."""
    made_at = Timestamptz(default=TimestamptzNow())


class PastDuty(Table, tablename="past_duty"):
    """A duty whose column holds somebody else (or nobody) by now: what was done once stays done. Written by triggers
    alone, append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    chain = UUID(index=True)
    division = Varchar(12)
    duty = Varchar(20)
    actor = UUID()
    at = Timestamptz(default=TimestamptzNow())
