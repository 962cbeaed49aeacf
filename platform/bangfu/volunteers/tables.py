"""Open tasks that volunteers take, swaps, no-shows, and who accompanies newcomers (DOMAIN.md 7)."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class OpenTask(Table, tablename="open_task"):
    """A dated visit, or a small series of one need, that a volunteer may take as a whole."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    need = UUID(index=True)
    assignment = UUID(null=True, default=None, index=True)
    """The running task whose visits are opened; empty: the need is in matching, and taking it makes the task."""
    household = UUID(index=True)
    division = Varchar(12, index=True)
    service = Varchar(24)
    minutes = Integer()
    status = Varchar(12, default="open", index=True)
    taker = UUID(null=True, default=None, index=True)
    partner = UUID(null=True, default=None)
    """Who comes along: named by the station, or picked by a newcomer."""
    taken_at = Timestamptz(null=True, default=None)
    opened_by = UUID()
    """The dispatcher: nobody is given a task without a person's decision (DOMAIN.md 8.4)."""
    opened_at = Timestamptz(default=TimestamptzNow())
    closed_by = UUID(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    close_reason = Varchar(24, default="")
    version = Integer(default=1)


class OpenSlot(Table, tablename="open_slot"):
    """One dated visit of an open task: the time, and the due window that it fills."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    task = UUID(index=True)
    starts_at = Timestamptz(default=None, index=True)
    ends_at = Timestamptz(default=None)
    due_from = Timestamptz(default=None)
    due_until = Timestamptz(default=None)
    visit = UUID(null=True, default=None)


class VolunteerStep(Table, tablename="volunteer_step"):
    """What a volunteer did with a task or visit: taken, given back, cancelled, swapped; append-only, never a mark
    against anybody."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    task = UUID(null=True, default=None)
    visit = UUID(null=True, default=None, index=True)
    kind = Varchar(12)
    """taken, given_back, called_off, swapped_out, swapped_in, accompanies."""
    notice_minutes = Integer(null=True, default=None)
    """How long before the planned start; empty where nothing was given back."""
    short_notice = Boolean(default=False)
    at = Timestamptz(default=TimestamptzNow())


class SwapRequest(Table, tablename="swap_request"):
    """A volunteer asks others to serve one visit instead; its id is the form's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    asker = UUID(index=True)
    asked = UUID(null=True, default=None)
    """One volunteer whose number the asker knows; empty: everybody who may serve it."""
    status = Varchar(12, default="asked", index=True)
    answered_by = UUID(null=True, default=None)
    asked_at = Timestamptz(default=TimestamptzNow())
    answered_at = Timestamptz(null=True, default=None)


class VolunteerProfile(Table, tablename="volunteer_profile"):
    """What a volunteer says of the own service beside the register: whether newcomers may come along."""

    carer: UUID = UUID(primary_key=True)
    accompanies = Boolean(default=False)
    updated_at = Timestamptz(default=TimestamptzNow())


class VolunteerSetting(Table, tablename="volunteer_setting"):
    """A version of the numbers that rule volunteering; the last one from its day on counts."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    valid_from = Date()
    stars = JSONB(default="[6000, 18000, 36000, 60000, 90000]")
    """Minutes for one star, two, ...; rising."""
    daily_cap = Integer(default=720)
    experienced_visits = Integer(default=3)
    """So many verified visits make an experienced partner [D]."""
    publicity_days = Integer(default=5)
    confirm_days = Integer(default=10)
    source = Varchar(120, default="")
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())


class NoShow(Table, tablename="volunteer_no_show"):
    """That a volunteer did not come: who recorded it, and what the volunteer says. Nothing follows by itself."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    visit = UUID(null=True, default=None)
    division = Varchar(12)
    day = Date()
    note_enc = Text(default="")
    recorded_by = UUID()
    recorded_at = Timestamptz(default=TimestamptzNow())
    answer_enc = Text(default="")
    answered_at = Timestamptz(null=True, default=None)
    status = Varchar(12, default="recorded")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
