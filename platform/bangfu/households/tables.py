"""Households, their members and the ground on which their data may be used."""

from piccolo.columns import UUID, Array, Boolean, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Household(Table, tablename="household"):
    """One assisted household. Columns ending in `_enc` hold ciphertext (shared/crypto.py)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    division = Varchar(12, index=True)
    category = Varchar(16)
    category_since = Date(null=True, default=None)
    admission_mode = Varchar(12, default="")
    support_mode = Varchar(12, default="")
    selfcare_level = Varchar(12, default="")
    risk_color = Varchar(8, default="")
    head_name = Varchar(64)
    head_pinyin = Varchar(200, default="")
    address_enc = Text(default="")
    lat = DoublePrecision(null=True, default=None)
    lon = DoublePrecision(null=True, default=None)
    location_source = Varchar(16, default="none")
    """gps, map, import, geocoder, division (approximate) or none."""
    location_accuracy_m = Integer(null=True, default=None)
    two_person_visits = Boolean(default=False)
    trained_only = Boolean(default=False)
    language = Varchar(8, default="")
    gender_wish = Varchar(1, default="")
    note_enc = Text(default="")
    status = Varchar(12, default="active", index=True)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class Person(Table, tablename="person"):
    """A member of a household."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    is_head = Boolean(default=False)
    relation = Varchar(16, default="self")
    name = Varchar(64)
    name_grams = Array(base_column=Varchar(2), default=list)
    pinyin = Varchar(200, default="")
    initials = Varchar(32, default="", index=True)
    sex = Varchar(1, default="")
    birth_date = Date(null=True, default=None)
    id_type = Varchar(24, default="resident_id")
    id_number_enc = Text(default="")
    id_number_index = Varchar(64, default="", index=True)
    phone_enc = Text(default="")
    phone_index = Varchar(64, default="", index=True)
    phone_tail_index = Varchar(64, default="", index=True)
    bank_enc = Text(default="")
    bank_index = Varchar(64, default="")
    health_enc = Text(default="")
    tags = Array(base_column=Varchar(32), default=list)
    created_at = Timestamptz(default=TimestamptzNow())


class Consent(Table, tablename="consent"):
    """Consent or a statutory ground for using a household's data (DOMAIN.md 9.1)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    ground = Varchar(12)
    """consent or statutory."""
    purposes = Array(base_column=Varchar(24), default=list)
    giver = Varchar(64, default="")
    giver_relation = Varchar(16, default="self")
    statute = Varchar(200, default="")
    text_version = Varchar(24, default="")
    method = Varchar(24, default="")
    given_on = Date(null=True, default=None)
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
    withdrawn_at = Timestamptz(null=True, default=None)


class ReadLog(Table, tablename="read_log"):
    """Who was shown what of a person and why (DOMAIN.md 9.1, 9.5): appended to, never changed.

    `what` is a code: `child` (the data of a child under 14) or a group of hidden values (contact, identity, health).
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    at = Timestamptz(default=TimestamptzNow())
    user = UUID(null=True, default=None)
    actor_name = Varchar(64, default="")
    role = Varchar(120, default="")
    address = Varchar(64, default="")
    household = UUID()
    person = UUID(null=True, default=None)
    what = Varchar(24)
    why = Varchar(240, default="")
