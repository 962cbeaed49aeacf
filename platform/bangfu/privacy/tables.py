"""Requests of people about their own data (PIPL art. 45, 46, 50)."""

from piccolo.columns import UUID, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class PrivacyRequest(Table, tablename="privacy_request"):
    """Somebody asks for a copy of what is held on a person, or for a correction. `_enc` columns hold ciphertext."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    household = UUID(index=True)
    person = UUID(index=True)
    division = Varchar(12, index=True)
    kind = Varchar(12, default="access")
    """access (a copy) or correction."""
    applicant_enc = Text(default="")
    applicant_relation = Varchar(16, default="self")
    reason_enc = Text(default="")
    """Why, or what is wrong and what is right."""
    status = Varchar(12, default="open")
    answer_enc = Text(default="")
    """What was done, or why it was refused (art. 50)."""
    created_by = UUID(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    closed_by = UUID(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
