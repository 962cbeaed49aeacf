"""Homes that were visited in a survey by village."""

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class FieldEntry(Table, tablename="field_entry"):
    """One home of a survey: nothing is needed there, or a report was filed. Its id is the form's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    division = Varchar(12, index=True)
    outcome = Varchar(8)
    report = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())
