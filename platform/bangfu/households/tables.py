"""Households, their members and the ground on which their data may be used."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
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
    """The start of the open span of household_category, kept here for lists."""
    admission_mode = Varchar(12, default="")
    support_mode = Varchar(12, default="")
    selfcare_level = Varchar(12, default="")
    risk_color = Varchar(8, default="")
    head_name = Varchar(64)
    head_pinyin = Varchar(200, default="")
    address_enc = Text(default="")
    address_grams = Array(base_column=Integer(), default=list)
    """Keyed blind tokens of the address, for finding only (docs/decisions/0011)."""
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
    food_enc = Text(default="")
    """What they eat, as far as meals need it: tells of health and faith, so it is sealed."""
    time_wishes = Array(base_column=Varchar(12), default=list)
    """Parts of the day that suit: morning, afternoon, evening."""
    contact_channel = Varchar(8, default="")
    """visit, phone or wechat."""
    income_stable = Boolean(default=True)
    able_bodied = Boolean(default=False)
    """Whether a member is able to work (DOMAIN.md 1.1: reviewed half-yearly)."""
    valid_until = Date(null=True, default=None)
    """The last day of an emergency household."""
    reviewed_on = Date(null=True, default=None)
    next_review_on = Date(null=True, default=None)
    review_watched = Date(null=True, default=None)
    """The review day that supervision knows of already."""
    exit_on = Date(null=True, default=None)
    grace_until = Date(null=True, default=None)
    """The last day of services after a gradual exit."""
    status = Varchar(12, default="active", index=True)
    """active, grace, left, closed (rules.STATES), or merged."""
    merged_into = UUID(null=True, default=None)
    """The household that is kept, where this one was a duplicate (status merged)."""
    search_version = Integer(default=0)
    """Which form its search columns have (households/indexing.py); 0 is made up for by the worker."""
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
    division = Varchar(12, default="")
    """The household's, kept by a trigger: so that a search reads one area only."""
    search_terms = Array(base_column=Varchar(20), default=list)
    search_version = Integer(default=0)
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
    child_type = Varchar(24, default="")
    """Kind of child in difficulty (DOMAIN.md 1.2)."""
    disability_enc = Text(default="")
    """Types, level and certificate number as JSON, sealed."""
    selfcare_level = Varchar(12, default="")
    ability_level = Integer(null=True, default=None)
    """0 to 4 (DOMAIN.md 3.4); something else than the level of a disability and than selfcare_level."""
    assisted = Boolean(default=False)
    """Whether the assistance was granted for this person alone (单人保, 特困)."""
    left_on = Date(null=True, default=None)
    """Since when the person is no member any more; empty for present members."""
    left_reason = Varchar(12, default="")
    created_at = Timestamptz(default=TimestamptzNow())


class Consent(Table, tablename="consent"):
    """Consent or a statutory ground for using a household's data (DOMAIN.md 9.1)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    ground = Varchar(12)
    """consent or statutory."""
    purposes = Array(base_column=Varchar(24), default=list)
    """What the consent covers now: a purpose that is withdrawn is taken out (consent_withdrawal keeps it)."""
    giver = Varchar(64, default="")
    giver_relation = Varchar(16, default="self")
    statute = Varchar(200, default="")
    text_version = Varchar(24, default="")
    method = Varchar(24, default="")
    given_on = Date(null=True, default=None)
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
    valid_until = Date(null=True, default=None)
    """The last day on which it counts; None without an end."""
    scan = Varchar(200, default="")
    """Where the signed paper or the recording is kept."""
    withdrawn_at = Timestamptz(null=True, default=None)


class ConsentText(Table, tablename="consent_text"):
    """The exact words that people consent to; a published version is never changed (DOMAIN.md 9.1)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    version = Varchar(24, unique=True)
    zh = Text(default="")
    en = Text(default="")
    purposes = Array(base_column=Varchar(24), default=list)
    """What the text speaks of; nothing else can be consented to with it."""
    valid_from = Date(null=True, default=None)
    status = Varchar(12, default="draft")
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


class ConsentWithdrawal(Table, tablename="consent_withdrawal"):
    """A consent taken back, wholly or for some purposes; `consent.purposes` holds what is still consented to."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    consent = UUID(index=True)
    household = UUID(index=True)
    purposes = Array(base_column=Varchar(24), default=list)
    withdrawn_by = Varchar(64, default="")
    relation = Varchar(16, default="self")
    method = Varchar(24, default="")
    said_on = Date(null=True, default=None)
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())


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


class HouseholdMerge(Table, tablename="household_merge"):
    """One duplicate that was put together with the household that is kept, and how to undo it."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kept = UUID(index=True)
    merged = UUID(index=True)
    division = Varchar(12)
    choices = JSONB(default="{}")
    """Field -> which household's value was kept; codes only."""
    counts = JSONB(default="{}")
    """Table -> rows that moved, and what stayed."""
    undo_enc = Text(default="")
    """Every changed value before and after, and what stood there afterwards; sealed."""
    reason = Text(default="")
    merged_by = UUID(null=True, default=None)
    merged_at = Timestamptz(default=TimestamptzNow())
    undone_by = UUID(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)


class NotDuplicate(Table, tablename="not_duplicate"):
    """Two households that somebody looked at and found to be two; `first` is the smaller id."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    first = UUID(index=True)
    second = UUID()
    said_by = UUID(null=True, default=None)
    said_at = Timestamptz(default=TimestamptzNow())


class HouseholdCategory(Table, tablename="household_category"):
    """One span of a household's category; spans that count never overlap, a correction replaces a span by another."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID()
    category = Varchar(16)
    admission_mode = Varchar(12, default="")
    support_mode = Varchar(12, default="")
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    """The last day in the category; empty for the present one."""
    reason = Varchar(240, default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(default=TimestamptzNow())
    replaced_at = Timestamptz(null=True, default=None)
    """When a correction took its place; such a span counts no longer but is kept."""


class HouseholdReview(Table, tablename="household_review"):
    """A regular review of a household (DOMAIN.md 1.1): appended to, never changed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID()
    due_on = Date(null=True, default=None)
    reviewed_on = Date()
    outcome = Varchar(12)
    """unchanged or changed."""
    note_enc = Text(default="")
    next_on = Date(null=True, default=None)
    reviewed_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())


class PersonLeaving(Table, tablename="person_leaving"):
    """That a member died, was imprisoned, moved out or left otherwise; a wrong one is undone by another person."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID()
    person = UUID()
    reason = Varchar(12)
    left_on = Date()
    status_before = Varchar(12, default="active")
    """The household's status before, to which undoing returns."""
    head_after = UUID(null=True, default=None)
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
    undone_by = UUID(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)
    undo_reason = Varchar(240, default="")


class Contact(Table, tablename="contact"):
    """Somebody to call about a household: an emergency contact, a guardian, a relative, a neighbour."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    """The member whose guardian or contact it is; empty for the whole household."""
    kind = Varchar(12)
    relation = Varchar(16, default="other")
    name_enc = Text(default="")
    phone_enc = Text(default="")
    sort = Integer(default=0)
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    ended_at = Timestamptz(null=True, default=None)


class Kinship(Table, tablename="kinship"):
    """That a user or a carer is a near relative of a household (DOMAIN.md 2.3): who declared it, from when to when."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    user = UUID(null=True, default=None, index=True)
    carer = UUID(null=True, default=None, index=True)
    relation = Varchar(16)
    may_care = Boolean(default=False)
    """Whether an agreement names the relative as caregiver: then care is allowed, checking never is."""
    declared_by = UUID(null=True, default=None)
    declared_at = Timestamptz(default=TimestamptzNow())
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    ended_by = UUID(null=True, default=None)
