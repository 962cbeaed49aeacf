"""Which workers are there: no personal data."""

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class WorkerBeat(Table, tablename="worker_beat"):
    """One worker process; it says every few seconds that it lives and takes its row along when it stops in order."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    program = Varchar(32, default="")
    """The program's version."""
    started_at = Timestamptz(default=TimestamptzNow())
    beat_at = Timestamptz(default=TimestamptzNow())
