"""Tables of the score: standards in versions, and one score per subject and quarter with its frozen facts."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Numeric, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class ScoringStandard(Table, tablename="scoring_standard"):
    """One version of a scoring standard as data; a published version never changes (a trigger sees to it)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(16)
    """QS-1."""
    version = Integer(default=1)
    rules = JSONB(default="{}")
    """Weights, bands, caps, factors, tolerances: quality.standards names the keys."""
    note = Text(default="")
    status = Varchar(12, default="draft")
    """draft, published or retired."""
    valid_from = Date(null=True, default=None)
    made_by = UUID(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    row_version = Integer(default=1)


class QuarterScore(Table, tablename="quarter_score"):
    """The score of one contract (or of one agreement's caregiver) in one quarter; its states are in life_rules.

    What was frozen is never changed: a decision of an appeal freezes the facts anew as the next revision.
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    kind = Varchar(12)
    """contract or agreement."""
    subject = UUID(index=True)
    number = Varchar(48)
    """Of the contract or the agreement, for lists."""
    organization = UUID(null=True, default=None, index=True)
    """The provider; the supporting institution of an agreement, if it has one."""
    carer = UUID(null=True, default=None)
    """The caregiver of an agreement."""
    division = Varchar(12, index=True)
    """The county of a contract, the village of an agreement: who sees it."""
    year = Integer()
    quarter = Integer()
    status = Varchar(16, default="frozen", index=True)
    revision = Integer(default=1)
    """1 when frozen first; each decided appeal that changes facts adds one."""
    frozen_at = Timestamptz(default=TimestamptzNow())
    confirmed_by = UUID(null=True, default=None)
    """Who scored: frozen -> scored (duty `score`)."""
    confirmed_at = Timestamptz(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    appeal_until = Timestamptz(null=True, default=None)
    final_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class ScoreRevision(Table, tablename="score_revision"):
    """One frozen set of facts and what they score. Append-only (a trigger sees to it)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    score = UUID(index=True)
    revision = Integer()
    standard = UUID()
    """The version of the standard it is scored by."""
    facts = Text()
    """quality.snapshot.text_of."""
    facts_hash = Varchar(64)
    scored = Boolean(default=True)
    """False where nothing was due: no score, no band."""
    points = JSONB(default="{}")
    """{"Q1": {"applicable", "numerator", "denominator", "points"}}: exact fractions as text."""
    score_value = Numeric(digits=(4, 1), default=Decimal("0.0"))
    band = Varchar(12, default="")
    """excellent 优, good 良, fair 中, poor 差."""
    final_band = Varchar(12, default="")
    caps = JSONB(default="[]")
    """Codes of what lowered the band: completion, major_complaint, veto."""
    reason = Varchar(24, default="freeze")
    """freeze, appeal, review, veto, correction."""
    made_by = UUID(null=True, default=None)
    """Nobody: the clock froze it."""
    made_at = Timestamptz(default=TimestamptzNow())


class NeedGoal(Table, tablename="need_goal"):
    """A goal of a need with its day: set by the station, judged by somebody who does not serve, confirmed by the
    township; its states are in goal_rules (DOMAIN.md 6.1 Q8). Columns ending in `_enc` hold ciphertext."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    need = UUID(index=True)
    household = UUID(index=True)
    division = Varchar(12, index=True)
    """The village."""
    text_enc = Text(default="")
    due_on = Date()
    status = Varchar(12, default="open", index=True)
    met = Boolean(null=True, default=None)
    set_by = UUID(null=True, default=None)
    set_at = Timestamptz(default=TimestamptzNow())
    judged_by = UUID(null=True, default=None)
    judged_at = Timestamptz(null=True, default=None)
    judged_enc = Text(default="")
    """What shows it, in words."""
    confirmed_by = UUID(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    dropped_reason = Varchar(16, default="")
    version = Integer(default=1)
