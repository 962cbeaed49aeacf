"""Codes of homes and of calls, paper sheets, and what was entered afterwards (DOMAIN.md 5.1, 6.6)."""

from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class HomeCode(Table, tablename="home_code"):
    """One card with a code that hangs in a home; its id is the form's key. The code itself is never kept."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    division = Varchar(12, index=True)
    serial = Integer(default=1)
    """The how manieth card of the home: it stands on the card."""
    secret_index = Varchar(64, unique=True)
    """Keyed hash of the code on the card that was printed last."""
    place_mark = Varchar(64, default="")
    """Keyed hash of the address when it was printed: another address, and the card proves nothing."""
    status = Varchar(12, default="printed", index=True)
    """printed, handed_over, replaced or revoked (code_rules.HOME_CODE_STATES)."""
    printed_by = UUID(null=True, default=None)
    printed_at = Timestamptz(default=TimestamptzNow())
    handed_by = UUID(null=True, default=None)
    handed_on = Date(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    reason = Varchar(24, default="")
    version = Integer(default=1)


class CallCode(Table, tablename="call_code"):
    """A one-time code that the desk read out to a caller; it ends by itself after ten minutes."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(index=True)
    side = Varchar(4)
    """in or out."""
    code_hash = Varchar(64)
    """Keyed hash of the visit and the six digits."""
    caller = Varchar(12, default="")
    """home (a phone of the household) or server (the carer's own phone)."""
    issued_by = UUID(null=True, default=None)
    issued_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
    replaced = Boolean(default=False)
    """A later code was read out for the same arrival or departure."""


class VisitSheet(Table, tablename="visit_sheet"):
    """A paper sheet that somebody entered, with its scan; its id is the form's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12, index=True)
    carer = UUID(index=True)
    organization = UUID(null=True, default=None)
    week = Date()
    """The Monday."""
    file = UUID(null=True, default=None)
    witness_enc = Text(default="")
    """Who saw the sheet being signed, as told; sealed."""
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())


class VisitSheetLine(Table, tablename="visit_sheet_line"):
    """One visit of a paper sheet."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    sheet = UUID(index=True)
    visit = UUID(unique=True)


class VisitAfterwards(Table, tablename="visit_afterwards"):
    """What was claimed when a visit was entered afterwards (补录); its id is the form's key. Visit.approval is its
    state; the claim itself is never changed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    visit = UUID(unique=True)
    kind = Varchar(10, default="afterwards")
    """afterwards, or attested by the organisation's manager on the day."""
    started_at = Timestamptz(default=None)
    ended_at = Timestamptz(default=None)
    reason = Varchar(24)
    text_enc = Text(default="")
    file = UUID(null=True, default=None)
    entered_by = UUID(null=True, default=None)
    entered_at = Timestamptz(default=TimestamptzNow())
