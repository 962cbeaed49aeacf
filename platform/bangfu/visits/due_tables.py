"""Why a visit that was due did not take place, and when a service rested (DOMAIN.md 2.2, 6.1, 8.8)."""

from piccolo.columns import UUID, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class VisitExcuse(Table, tablename="visit_excuse"):
    """One reason given for one due window, and what the township made of it; its id is the form's key.

    It speaks of the window, not of the visit: a window in which nothing was ever planned can be excused as well.
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    assignment = UUID(index=True)
    visit = UUID(null=True, default=None, index=True)
    """The planned or missed visit of the window, if there was one."""
    household = UUID(index=True)
    division = Varchar(12, index=True)
    service = Varchar(24)
    carer = UUID()
    organization = UUID(null=True, default=None, index=True)
    due_from = Timestamptz(default=None)
    due_until = Timestamptz(default=None)
    code = Varchar(32)
    text_enc = Text(default="")
    file = UUID(null=True, default=None)
    status = Varchar(12, default="asked", index=True)
    """asked, confirmed, refused or taken_back: due_excuse_rules."""
    asked_by = UUID(null=True, default=None)
    asked_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decision_enc = Text(default="")
    """What the officer wrote with the decision; sealed."""


class ServicePause(Table, tablename="service_pause"):
    """From when to when the service of a need rested; `ended_at` is empty while it does. No visit is due then."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    need = UUID(index=True)
    started_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
