"""Consent of the township before a station sends a task to the agency that runs it (DOMAIN.md 8.11)."""

from piccolo.columns import UUID, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class CoApproval(Table, tablename="co_approval"):
    """One question of a station: may this need go to the agency that runs us; and the township's answer."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    need = UUID(index=True)
    organization = UUID(index=True)
    """The agency."""
    line = UUID(null=True, default=None)
    """The contract line that would pay, as things were when it was asked."""
    run = UUID(null=True, default=None)
    """The match run whose plan proposes it."""
    division = Varchar(12, index=True)
    others = Integer(default=0)
    """How many free carers of other providers the plan knew."""
    need_key = Varchar(64, default="")
    """What the need asked for when the township was asked; another content needs another answer."""
    status = Varchar(12, default="asked", index=True)
    reason = Varchar(24, default="")
    """Code of a refusal."""
    note_enc = Text(default="")
    """What the officer wrote to it."""
    asked_by = UUID(null=True, default=None)
    asked_at = Timestamptz(default=TimestamptzNow())
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
