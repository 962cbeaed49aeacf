"""Call-backs, ratings with their paper codes, and what independent volunteers observe (DOMAIN.md 5.3, 5.4)."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class CallbackRound(Table, tablename="callback_round"):
    """The call-backs of one contract, or of one agreement's caregiver, in one quarter."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    """contract or agreement."""
    subject = UUID(index=True)
    number = Varchar(48)
    organization = UUID(null=True, default=None, index=True)
    """The provider; the supporting institution of an agreement, if it has one."""
    carer = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    """The county of a contract, the village of an agreement."""
    year = Integer()
    quarter = Integer()
    policy = Varchar(16)
    seed = Varchar(64)
    """SHA-256 over the audit chain as it stood when the round was opened, and the round's name."""
    served = Integer(default=0)
    quota = Integer(default=0)
    status = Varchar(8, default="open", index=True)
    opened_at = Timestamptz(default=TimestamptzNow())
    due_at = Timestamptz(default=None)
    """The end of the tenth working day after the quarter."""
    closed_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class Callback(Table, tablename="callback"):
    """One household that is called back about the quarter's services of a round."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    round = UUID()
    household = UUID(index=True)
    division = Varchar(12, index=True)
    """The village of the household: who calls it."""
    place = Integer()
    """The order in which it came on the list."""
    origin = Varchar(12, default="chosen")
    """chosen, or instead of one that could not be reached."""
    mark = Varchar(64)
    """rules.mark: what equal households were ordered by."""
    called_before = Date(null=True, default=None)
    population = Integer(default=0)
    population_hash = Varchar(64, default="")
    """Of how many households, and of which list, it was chosen."""
    chosen_at = Timestamptz(default=TimestamptzNow())
    status = Varchar(12, default="open", index=True)
    caller = UUID(null=True, default=None)
    called_at = Timestamptz(null=True, default=None)
    spoken_with = Varchar(12, default="")
    questions = Varchar(16, default="")
    """The version that was asked."""
    answers = JSONB(default="{}")
    """{code: yes | no | unsure}."""
    danger = Boolean(default=False)
    confirmed = Boolean(null=True, default=None)
    words_enc = Text(default="")
    version = Integer(default=1)


class CallbackAttempt(Table, tablename="callback_attempt"):
    """One call in which nobody was reached; its id is the form's key. Append-only."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    callback = UUID(index=True)
    day = Date()
    result = Varchar(16)
    made_by = UUID()
    at = Timestamptz(default=TimestamptzNow())


class RatingCode(Table, tablename="rating_code"):
    """A card with a code for one household and quarter. The code stands on the paper; its keyed hash is kept."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    sheet = UUID(index=True)
    """The form's key: one sheet is printed again with fresh codes until it was used."""
    household = UUID(index=True)
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    code_hash = Varchar(64, unique=True)
    status = Varchar(8, default="printed")
    """printed, or replaced by a later card."""
    printed_by = UUID()
    printed_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(default=None)
    uses = Integer(default=0)


class Rating(Table, tablename="rating"):
    """One score of 1 to 5 stars; its id is the form's key. A household's voice is the mean of its own scores."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    subject = UUID(index=True)
    household = UUID(index=True)
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    source = Varchar(12)
    """self, guardian or caller."""
    stars = Integer()
    words_enc = Text(default="")
    has_words = Boolean(default=False)
    code = UUID(null=True, default=None)
    callback = UUID(null=True, default=None, index=True)
    visit = UUID(null=True, default=None)
    """The visit that was scored on the household's own page."""
    entered_by = UUID(null=True, default=None)
    """The signed-in person, if there was one: never of the side that serves (a trigger sees to it)."""
    traits = Varchar(64, default="")
    """Keyed hash of the network and the browser, to see one device that scores for many homes."""
    day = Date()
    at = Timestamptz(default=TimestamptzNow())
    replaced = Boolean(default=False)
    """A later score of the same day by the same code stands for it: a slip of the finger is no second score."""


class ProcessObservation(Table, tablename="process_observation"):
    """What a volunteer saw of the duties of an agreement's parties while keeping company; its id is the form's key."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    agreement = UUID(index=True)
    household = UUID(index=True)
    division = Varchar(12, index=True)
    carer = UUID(index=True)
    """The volunteer."""
    observed_by = UUID()
    occasion = Varchar(8)
    """meal, talk or visit."""
    observed_on = Date()
    year = Integer()
    quarter = Integer()
    duties_version = Varchar(16, default="")
    answers = JSONB(default="{}")
    """{role of the party: kept | partly | not_kept | not_seen}."""
    words_enc = Text(default="")
    has_words = Boolean(default=False)
    filed_at = Timestamptz(default=TimestamptzNow())
