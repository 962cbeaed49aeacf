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
    blacklist_until = Date(null=True, default=None)
    active = Boolean(default=True)
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
    blacklist_until = Date(null=True, default=None)
    active = Boolean(default=True)
    created_at = Timestamptz(default=TimestamptzNow())


class Qualification(Table, tablename="qualification"):
    """A certificate or clearance of DOMAIN.md 2.3; valid on and before `expires_on`."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    code = Varchar(4)
    number = Varchar(64, default="")
    issuer = Varchar(120, default="")
    issued_on = Date(null=True, default=None)
    expires_on = Date()


class Availability(Table, tablename="availability"):
    """One weekly span in which a carer may serve; weekday 0 is Monday, minutes of the day."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    weekday = Integer()
    start_minute = Integer()
    end_minute = Integer()
