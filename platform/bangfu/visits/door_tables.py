"""Checklists in versions, visits that were stopped for danger, and codes sent to a household's phone."""

from piccolo.columns import JSONB, UUID, Array, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class VisitForm(Table, tablename="visit_form"):
    """One version of a checklist (for care the twelve standards CS-12 of DOMAIN.md 5.5); a published version never
    changes (a trigger sees to it)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(24, index=True)
    version = Integer(default=1)
    zh = Varchar(60)
    en = Varchar(100)
    services = Array(base_column=Varchar(24), default=list)
    """The services it is for; an empty list stands for every service without a checklist of its own."""
    areas = Array(base_column=Varchar(12), default=list)
    """The areas of findings that are asked: door_rules.AREAS."""
    lines = JSONB(default="[]")
    """[{"code", "zh", "en", "must", "photo", "photo_zh", "photo_en"}] in the form's order; `must`: door_rules.MUST."""
    status = Varchar(12, default="draft", index=True)
    valid_from = Date(null=True, default=None)
    note = Text(default="")
    """Why this version was made."""
    made_by = UUID(null=True, default=None)
    changed_by = UUID(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    retired_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())
    row_version = Integer(default=1)


class VisitDanger(Table, tablename="visit_danger"):
    """A visit that was stopped for danger at the door; its id is the form's key, its words stand in the incident."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(unique=True)
    incident = UUID(index=True)
    kind = Varchar(16)
    """A code of door_rules.DANGERS."""
    at = Timestamptz(default=None)
    reported_by = UUID(null=True, default=None)


class VisitSmsCode(Table, tablename="visit_sms_code"):
    """A one-time code that went to the household's phone, to be read to the server as the household's word."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    code_hash = Varchar(64)
    """Keyed hash of the visit and the digits."""
    asked_by = UUID(null=True, default=None)
    sent_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
