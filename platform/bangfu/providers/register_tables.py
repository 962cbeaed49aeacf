"""What stands beside an organisation: licences, bars, conflict links, declared capacity.

Scans are kept by shared/files.py under the subject type named after the table.
"""

from piccolo.columns import UUID, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class OrganizationLicence(Table, tablename="organization_licence"):
    """A licence of an organisation; it counts once somebody other than who handed it in has verified it, and on and
    before `expires_on` (without one it has no end)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    organization = UUID(index=True)
    kind = Varchar(16)
    number = Varchar(64)
    issuer = Varchar(120, default="")
    issued_on = Date(null=True, default=None)
    expires_on = Date(null=True, default=None)
    status = Varchar(12, default="handed_in")
    reject_reason = Varchar(200, default="")
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())
    verified_by = UUID(null=True, default=None)
    verified_at = Timestamptz(null=True, default=None)


class OrganizationBar(Table, tablename="organization_bar"):
    """One decision on the blacklist, append-only: barred until a day, or the bar `lifts` lifted early."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    organization = UUID(index=True)
    lifts = UUID(null=True, default=None)
    ground = Varchar(24, default="")
    until = Date(null=True, default=None)
    reason_enc = Text()
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(default=TimestamptzNow())


class OrganizationLink(Table, tablename="organization_link"):
    """Why two organisations may not judge or choose each other, from a day until one; it counts both ways.

    Of `runs_station` and `assessed`, `a` is who runs or assesses.
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    a = UUID(index=True)
    b = UUID(index=True)
    kind = Varchar(24)
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    note = Varchar(200, default="")
    recorded_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    ended_by = UUID(null=True, default=None)


class CapacityDeclaration(Table, tablename="capacity_declaration"):
    """What an organisation says it can serve in four weeks, append-only; the newest row of a service counts.

    `service` "" is the whole organisation; `confirm_until` is the last day before it has to be confirmed again.
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    organization = UUID(index=True)
    service = Varchar(24, default="")
    minutes_per_4_weeks = Integer()
    note = Varchar(200, default="")
    declared_by = UUID(null=True, default=None)
    declared_at = Timestamptz(default=TimestamptzNow())
    confirm_until = Date()
