"""The service catalogue and the needs recorded for households."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Service(Table, tablename="service"):
    """A kind of service (DOMAIN.md 2.1); editable data, loaded with its defaults by the first migration run."""

    code = Varchar(24, primary_key=True)
    zh = Varchar(40)
    en = Varchar(60)
    unit = Varchar(8)
    minutes = Integer()
    visits = Integer()
    """Default visits per four weeks [D]."""
    kinds = Array(base_column=Varchar(16), default=list)
    qualifications = JSONB(default="[]")
    """[[code, ...], ...]: one code of each inner list is required."""
    with_minors = Varchar(1, default="n")
    sort = Integer(default=0)


class Need(Table, tablename="need"):
    """One household's need of one service, in the states of DOMAIN.md 8.3; minutes per visit, visits per 4 weeks."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    service = Varchar(24, index=True)
    status = Varchar(12, default="draft", index=True)
    priority = Varchar(8)
    visits = Integer()
    minutes = Integer()
    qualifications = JSONB(default="[]")
    kinds = Array(base_column=Varchar(16), default=list)
    gender_required = Varchar(1, default="")
    gender_wish = Varchar(1, default="")
    language_wish = Varchar(8, default="")
    windows = JSONB(default="[]")
    excluded = Array(base_column=UUID(), default=list)
    current_carer = UUID(null=True, default=None)
    reason = Text(default="")
    item = Varchar(16, default="")
    """An item of the catalogue, if the need names one, and its version at that time."""
    item_version = Integer(null=True, default=None)
    origin = Varchar(12, default="")
    """"" where a person asked, norm where a frequency norm proposed it; `proposal` is what was decided about that."""
    proposal = UUID(null=True, default=None)
    emergency = Boolean(default=False)
    """Help first, papers later (先行救助): may be confirmed before its papers are there."""
    papers = Varchar(8, default="")
    """"" while nothing is owed, due while papers are missing, done."""
    papers_due_at = Timestamptz(null=True, default=None)
    consent = UUID(null=True, default=None)
    binding_reason = Varchar(16, default="")
    binding_detail = JSONB(default="{}")
    submitted_by = UUID(null=True, default=None)
    submitted_at = Timestamptz(null=True, default=None)
    confirmed_by = UUID(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    closed_reason = Text(default="")
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class EmergencyPaper(Table, tablename="emergency_paper"):
    """A paper of an emergency need that came in after the help (DOMAIN.md 8.1): which, and where it is kept."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    need = UUID(index=True)
    kind = Varchar(16)
    reference_enc = Text(default="")
    recorded_by = UUID(null=True, default=None)
    recorded_at = Timestamptz(default=TimestamptzNow())
