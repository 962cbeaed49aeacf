"""Organisations and the people who serve."""

from piccolo.columns import UUID, Array, Boolean, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Organization(Table, tablename="organization"):
    """A body of DOMAIN.md 1.4; `uscc` is its unified social credit code."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    uscc = Varchar(18, unique=True)
    name = Varchar(120)
    pinyin = Varchar(300, default="")
    org_type = Varchar(24)
    charity = Boolean(default=False)
    division = Varchar(12, index=True)
    service_area = Array(base_column=Varchar(12), default=list)
    """Division prefixes; empty means the organisation's own county."""
    minutes_per_4_weeks = Integer(default=0)
    legal_representative = Varchar(64, default="")
    phone = Varchar(32, default="")
    address = Varchar(200, default="")
    lat = DoublePrecision(null=True, default=None)
    lon = DoublePrecision(null=True, default=None)
    services = Array(base_column=Varchar(24), default=list)
    """Codes of the services that it offers; what it may be paid for stands in its contract lines."""
    run_by = UUID(null=True, default=None)
    """The agency that runs a station; empty: its bureau does."""
    blacklist_until = Date(null=True, default=None)
    """The last barred day; the decisions stand in `organization_bar`."""
    active = Boolean(default=True)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())


class Carer(Table, tablename="carer"):
    """A worker of an organisation, a station's social worker, or a volunteer (DOMAIN.md 2.4)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    kind = Varchar(16, index=True)
    organization = UUID(null=True, default=None, index=True)
    division = Varchar(12, index=True)
    name = Varchar(64)
    pinyin = Varchar(200, default="")
    sex = Varchar(1)
    birth_date = Date(null=True, default=None)
    id_number_enc = Text(default="")
    id_number_index = Varchar(64, default="", index=True)
    phone_enc = Text(default="")
    phone_index = Varchar(64, default="")
    languages = Array(base_column=Varchar(8), default=list)
    lat = DoublePrecision(null=True, default=None)
    lon = DoublePrecision(null=True, default=None)
    location_source = Varchar(16, default="none")
    travel_mode = Varchar(8, default="ebike")
    speed_kmh = DoublePrecision(default=15.0)
    max_km = DoublePrecision(default=10.0)
    minutes_per_week = Integer(default=2400)
    max_households = Integer(default=20)
    training_level = Integer(default=0)
    """0 none, 1 basic, 2 advanced, 3 expert: the highest of `training_record`."""
    insurance_by = Date(null=True, default=None)
    """Volunteers taken over from a list or an earlier version: until this day they serve without a recorded policy
    (docs/decisions/0027); empty: never."""
    clearance_hit_on = Date(null=True, default=None)
    """Since when a check for work with minors bars the person from everything (DOMAIN.md 2.3 `M`)."""
    left_on = Date(null=True, default=None)
    blacklist_until = Date(null=True, default=None)
    active = Boolean(default=True)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())


class Qualification(Table, tablename="qualification"):
    """A certificate or clearance of DOMAIN.md 2.3; valid on and before `expires_on`, and counted only while `status`
    is 'verified'. Rows of lists and of earlier versions count as verified (docs/decisions/0027)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    code = Varchar(4)
    number = Varchar(64, default="")
    issuer = Varchar(120, default="")
    issued_on = Date(null=True, default=None)
    expires_on = Date()
    status = Varchar(12, default="verified")
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(null=True, default=None)
    verified_by = UUID(null=True, default=None)
    verified_at = Timestamptz(null=True, default=None)
    reject_reason = Varchar(200, default="")


class Availability(Table, tablename="availability"):
    """One weekly span in which a carer may serve; weekday 0 is Monday, minutes of the day."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    weekday = Integer()
    start_minute = Integer()
    end_minute = Integer()
