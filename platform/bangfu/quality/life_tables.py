"""Appeals against a score, corrections of frozen facts, vetoes, and what follows from a band (DOMAIN.md 6.4, 6.6).

Columns ending in `_enc` hold ciphertext; evidence is kept by shared/files.py under the tables' names.
"""

from piccolo.columns import UUID, Array, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class ScoreAppeal(Table, tablename="score_appeal"):
    """One appeal of the provider against one indicator; its states are in life_appeal_rules."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    score = UUID(index=True)
    revision = Integer()
    """The revision of the score that it objects to."""
    organization = UUID(null=True, default=None, index=True)
    division = Varchar(12, index=True)
    """The county, as the score's."""
    township = Varchar(12)
    """Nine digits: who answers what happened."""
    indicator = Varchar(4)
    ground = Varchar(24)
    facts = Array(base_column=Varchar(48), default=list)
    """What it names of the frozen facts: ids of windows, visits, checks ..."""
    text_enc = Text(default="")
    status = Varchar(16, default="opened", index=True)
    opened_by = UUID(null=True, default=None)
    opened_at = Timestamptz(default=TimestamptzNow())
    facts_until = Timestamptz(default=None)
    answer = Varchar(16, default="")
    answer_enc = Text(default="")
    answered_by = UUID(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)
    decide_until = Timestamptz(default=None)
    decision = Varchar(12, default="")
    decision_enc = Text(default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_revision = Integer(null=True, default=None)
    """The revision that the decision made; empty where it changed nothing."""
    ask_until = Timestamptz(null=True, default=None)
    asked_by = UUID(null=True, default=None)
    asked_at = Timestamptz(null=True, default=None)
    asked_enc = Text(default="")
    review_until = Timestamptz(null=True, default=None)
    reviewer = Varchar(12, default="")
    """city or third_party."""
    review = Varchar(12, default="")
    review_enc = Text(default="")
    reviewed_by = UUID(null=True, default=None)
    reviewed_at = Timestamptz(null=True, default=None)
    reviewed_revision = Integer(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class ScoreCorrection(Table, tablename="score_correction"):
    """One frozen fact that a decision puts right: what it said and what it says from the next revision on.
    Append-only (a trigger sees to it): the frozen text itself is never changed."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    score = UUID(index=True)
    appeal = UUID(index=True)
    place = Integer()
    fact_kind = Varchar(16)
    """A list of the snapshot: visits, windows, checks, ratings, callbacks, goals, complaints."""
    fact = Varchar(48)
    """The fact's id in it; the recipient's number of a rating."""
    field = Varchar(24)
    before = Varchar(48, default="")
    after = Varchar(48, default="")
    made_by = UUID(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())


class ScoreVeto(Table, tablename="score_veto"):
    """A ground that costs a subject's quarter its band; its states are in life_veto_rules."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    kind = Varchar(12)
    subject = UUID(index=True)
    subject_number = Varchar(48)
    organization = UUID(null=True, default=None, index=True)
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    ground = Varchar(16)
    source = Varchar(12, default="own")
    """check, complaint or own."""
    source_id = UUID(null=True, default=None)
    visits = Array(base_column=UUID(), default=list)
    """The units that are forged or were served by somebody uncleared: unpaid once it is confirmed."""
    crime = Boolean(default=False)
    """A crime is suspected: the authority has to hear of it."""
    text_enc = Text(default="")
    status = Varchar(12, default="proposed", index=True)
    proposed_by = UUID(null=True, default=None)
    """Nobody: it follows from a check that found forgery."""
    proposed_at = Timestamptz(default=TimestamptzNow())
    hearing_at = Timestamptz(null=True, default=None)
    place_enc = Text(default="")
    summoned_by = UUID(null=True, default=None)
    summoned_at = Timestamptz(null=True, default=None)
    said_enc = Text(default="")
    """What the provider wrote."""
    said_by = UUID(null=True, default=None)
    said_at = Timestamptz(null=True, default=None)
    heard_enc = Text(default="")
    """The minutes of the hearing."""
    absent = Boolean(default=False)
    heard_by = UUID(null=True, default=None)
    heard_at = Timestamptz(null=True, default=None)
    decision_enc = Text(default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class ScoreFollow(Table, tablename="score_follow"):
    """What follows from a band or from a veto; its states are in life_follow_rules.

    An open rectification that `holds` takes the organisation out of matching and offers (providers.register).
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    kind = Varchar(20)
    score = UUID(null=True, default=None, index=True)
    veto = UUID(null=True, default=None, index=True)
    subject_kind = Varchar(12)
    subject = UUID(index=True)
    subject_number = Varchar(48)
    organization = UUID(null=True, default=None, index=True)
    division = Varchar(12, index=True)
    year = Integer()
    quarter = Integer()
    holds = Boolean(default=False)
    status = Varchar(12, default="open", index=True)
    opened_at = Timestamptz(default=TimestamptzNow())
    due_at = Timestamptz(default=None)
    plan_enc = Text(default="")
    handed_in_by = UUID(null=True, default=None)
    handed_in_at = Timestamptz(null=True, default=None)
    outcome = Varchar(24, default="")
    outcome_enc = Text(default="")
    outcome_on = Date(null=True, default=None)
    """The day until which somebody is barred, or on which the authority was told."""
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class ScoreNote(Table, tablename="score_note"):
    """What a person wrote with a step of a score, an appeal or a follow-up; sealed. Append-only by its use."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    subject = UUID(index=True)
    event = Varchar(24)
    text_enc = Text()
    written_by = UUID(null=True, default=None)
    at = Timestamptz(default=TimestamptzNow())
