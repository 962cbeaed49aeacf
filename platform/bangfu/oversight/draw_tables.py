"""Tables of draws: rounds of two secrets, closed lists, what was drawn, who may be drawn to check (DOMAIN.md 5.3)."""

from piccolo.columns import JSONB, UUID, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class DrawRound(Table, tablename="draw_round"):
    """One try at a draw: who has to give a hash and a secret until when; its states are in draw_rules.

    `month`: one county's lists of a month; `second`: one contract's second draw of a quarter. A round that fails is
    void for good; the next `number` takes new secrets from both.
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(8)
    """month or second."""
    division = Varchar(12, index=True)
    """The county, 12 digits."""
    year = Integer()
    month = Integer(default=0)
    """0 for a second draw."""
    quarter = Integer()
    contract = UUID(null=True, default=None, index=True)
    """Of a second draw."""
    number = Integer(default=1)
    """1, then 2 for the round that replaces a void one."""
    status = Varchar(12, default="open", index=True)
    opened_at = Timestamptz(default=None)
    commit_until = Timestamptz(default=None)
    """Round 1 of a month: the month's end, later hashes are refused; else the deadline that is watched."""
    closed_at = Timestamptz(null=True, default=None)
    """From when on both hashes and the lists stand, and secrets may be given."""
    reveal_due = Timestamptz(null=True, default=None)
    """Watched."""
    reveal_until = Timestamptz(null=True, default=None)
    """The round is void then."""
    drawn_at = Timestamptz(null=True, default=None)
    void_at = Timestamptz(null=True, default=None)
    void_reason = Varchar(16, default="")
    """not_committed, not_revealed, lost or not_mine."""
    void_side = Varchar(8, default="")
    """bureau, auditor or both."""
    version = Integer(default=1)


class DrawSecret(Table, tablename="draw_secret"):
    """One holder's secret as the portal knows it: first its SHA-256 alone, its own value only after the reveal.

    A row is never deleted, and its hash, holder and time never change (a trigger sees to it).
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    round = UUID(index=True)
    side = Varchar(8)
    """bureau or auditor."""
    holder = UUID()
    """The account."""
    hash = Varchar(64)
    """SHA-256 of the secret's 32 bytes, as hex; no hash is taken twice, in any round."""
    committed_at = Timestamptz(default=None)
    replaced_at = Timestamptz(null=True, default=None)
    """The holder gave another hash before the other side gave one."""
    revealed_at = Timestamptz(null=True, default=None)
    secret_enc = Text(default="")
    """Sealed, from the holder's reveal until the other side's."""
    secret = Varchar(64, default="")
    """As hex, public: both sides have revealed."""


class DrawList(Table, tablename="draw_list"):
    """One contract's closed list and, once both secrets are in, its draw. What was closed never changes (a trigger)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(8)
    """month or second."""
    population = Varchar(8, default="visits")
    """visits, or surveys of a commission contract."""
    contract = UUID(index=True)
    organization = UUID(index=True)
    division = Varchar(12, index=True)
    """The county, 12 digits."""
    year = Integer()
    month = Integer(default=0)
    quarter = Integer()
    closed_at = Timestamptz(default=None)
    rows = JSONB(default="[]")
    """[[id, stratum, marks]] sorted by id (draw_script.Row)."""
    pool = JSONB(default="[]")
    """Ids of the accounts that may be drawn to check, as they stood when the list closed."""
    size = Integer(default=0)
    share = Integer(default=1000)
    """Ten-thousandths that the contract asks to be checked."""
    n = Integer(default=0)
    """How many are drawn before urgent, flagged and late ones come on top."""
    list_hash = Varchar(64)
    frame_hash = Varchar(64)
    round = UUID(null=True, default=None, index=True)
    """The round that drew it."""
    seed = Varchar(64, default="")
    drawn_at = Timestamptz(null=True, default=None)
    exhausted = Integer(default=0)
    """Unreachable ones for whom nobody is left to draw: so many checks fewer can be asked for."""


class DrawPick(Table, tablename="draw_pick"):
    """One drawn visit or survey, in the order of the draw. Append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    list = UUID(index=True)
    subject = UUID(index=True)
    """The visit or the assessment."""
    place = Integer()
    origin = Varchar(12)
    """regular, urgent, flagged, afterwards, second, full, redraw or survey."""
    replaces = UUID(null=True, default=None)
    """The visit or survey that could not be reached."""
    check = UUID(null=True, default=None, index=True)
    at = Timestamptz(default=None)


class DrawPool(Table, tablename="draw_pool"):
    """Who may be drawn to check in a county, from when to when."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    division = Varchar(12, index=True)
    """The county, 12 digits."""
    inspector = UUID(index=True)
    """The account."""
    added_by = UUID(null=True, default=None)
    added_at = Timestamptz(default=TimestamptzNow())
    removed_by = UUID(null=True, default=None)
    removed_at = Timestamptz(null=True, default=None)


class FullCheck(Table, tablename="full_check"):
    """Every visit of one carer in one quarter is checked: a record of the quarter was forged (DOMAIN.md 5.3)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    contract = UUID(index=True)
    carer = UUID()
    year = Integer()
    quarter = Integer()
    ordered_at = Timestamptz(default=None)
