"""What stands beside a carer: training, a volunteer's insurance, a guardian's consent, clearance checks, warnings.

Scans are kept by shared/files.py under the subject type named after the table.
"""

from piccolo.columns import UUID, Array, Boolean, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class TrainingRecord(Table, tablename="training_record"):
    """One course that a carer took part in (order 67: name, content, hours, organiser, date; PRODUCT.md E)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    name = Varchar(80)
    content = Varchar(300, default="")
    hours = DoublePrecision(default=0.0)
    organiser = Varchar(120, default="")
    held_on = Date()
    level = Integer(default=0)
    """1 basic, 2 advanced, 3 expert; 0: a course that raises no level."""
    recorded_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())


class VolunteerInsurance(Table, tablename="volunteer_insurance"):
    """An accident policy of a volunteer; both days are insured (DOMAIN.md 7)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    insurer = Varchar(120)
    policy_number_enc = Text(default="")
    starts_on = Date()
    ends_on = Date()
    recorded_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())


class GuardianConsent(Table, tablename="guardian_consent"):
    """That a guardian lets a volunteer under 18 serve; it counts from `given_on` until the day of its withdrawal."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    guardian_enc = Text()
    relation = Varchar(16, default="parent")
    services = Array(base_column=Varchar(24), default=list)
    """Codes of the services it is for; empty: all that the age allows."""
    given_on = Date()
    withdrawn_on = Date(null=True, default=None)
    withdrawn_by = UUID(null=True, default=None)
    recorded_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())


class ClearanceCheck(Table, tablename="clearance_check"):
    """What police or procuratorate answered about work with minors; nothing of the record itself is kept."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    body = Varchar(16)
    checked_on = Date()
    hit = Boolean(default=False)
    qualification = UUID(null=True, default=None)
    lifted_at = Timestamptz(null=True, default=None)
    lifted_by = UUID(null=True, default=None)
    lift_reason_enc = Text(default="")
    recorded_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())


class ExpiryNotice(Table, tablename="expiry_notice"):
    """That the end of a certificate or policy was announced: once for each step of 60, 30, 7 and 0 days."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(index=True)
    subject = UUID(index=True)
    ends_on = Date()
    days = Integer()
    sent_at = Timestamptz(default=TimestamptzNow())
