"""Cards of households, tries with their codes, what a household says about a visit, and carers' pictures."""

from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class FamilyCard(Table, tablename="family_card"):
    """A household's card; its id is the form's key. Code and PIN stand on the paper, their keyed hashes here."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    division = Varchar(12, index=True)
    serial = Integer(default=1)
    """The how manieth card of the household: it stands on the card."""
    code_hash = Varchar(64, unique=True)
    pin_hash = Varchar(64)
    status = Varchar(12, default="printed")
    """printed, blocked (too many wrong PINs), replaced or revoked."""
    printed_by = UUID()
    printed_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(default=None)
    wrong = Integer(default=0)
    """Wrong PINs since the last entry."""
    entered_at = Timestamptz(null=True, default=None)
    out_before = Timestamptz(null=True, default=None)
    """Entries of this moment and before have ended: somebody signed out."""
    ended_by = UUID(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    reason = Varchar(24, default="")
    version = Integer(default=1)


class FamilyAnswer(Table, tablename="family_answer"):
    """Whether somebody is at home for a visit, as the household says; its id is the form's key. The last one counts."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    division = Varchar(12)
    visit = UUID(index=True)
    card = UUID()
    answer = Varchar(8)
    """home or away."""
    planned_start = Timestamptz(default=None)
    """For which time it was said: after another planning it counts no more."""
    at = Timestamptz(default=TimestamptzNow())
    replaced = Boolean(default=False)


class FamilyWish(Table, tablename="family_wish"):
    """What a household wants to have changed about a visit; its id is the form's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    division = Varchar(12, index=True)
    visit = UUID(index=True)
    card = UUID()
    wish = Varchar(8)
    """time, person or stop."""
    day = Date(null=True, default=None)
    part = Varchar(12, default="")
    words_enc = Text(default="")
    at = Timestamptz(default=TimestamptzNow())
    due_at = Timestamptz(default=None)
    status = Varchar(8, default="open", index=True)
    """open or done."""
    outcome = Varchar(16, default="")
    done_by = UUID(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class CarerPhoto(Table, tablename="carer_photo"):
    """A carer's picture for the homes served; kept with the carer's consent, deleted when that is taken back."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    carer = UUID(unique=True)
    file = UUID()
    consent_on = Date()
    added_by = UUID()
    added_at = Timestamptz(default=TimestamptzNow())
