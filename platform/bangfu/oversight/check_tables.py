"""Tables of spot checks: who checks what, how often it was tried, what was found (DOMAIN.md 5.3, 8.8)."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class SpotCheck(Table, tablename="spot_check"):
    """One visit (or one delivered survey) that was drawn to be checked; its states are in check_rules."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    number = Varchar(32, unique=True)
    draw = UUID(index=True)
    """The drawn list (draw_list): its seed orders the inspectors."""
    visit = UUID(null=True, default=None, index=True)
    assessment = UUID(null=True, default=None, index=True)
    """The survey of a commission contract that is done again; either this or a visit."""
    household = UUID(index=True)
    contract = UUID(index=True)
    organization = UUID(index=True)
    division = Varchar(12, index=True)
    """The village of the visit: who sees it."""
    period = Varchar(6, index=True)
    """The quarter of the visit's planned start, as 2026Q4."""
    origin = Varchar(12)
    """regular, urgent, flagged, afterwards, second, full, redraw or survey."""
    replaces = UUID(null=True, default=None)
    """The unreachable check that this one stands for."""
    status = Varchar(12, default="drawn", index=True)
    pool = JSONB(default="[]")
    """Ids of the inspectors without conflict in the order of the draw: those of the closed list's pool by
    SHA-256(seed, visit's id, inspector's id), then those who joined later in the same way."""
    left_out = JSONB(default="[]")
    """[{"user", "reason"}] of the pool who have a conflict."""
    missing = Integer(default=2)
    """How many inspectors are still to be found."""
    method = Varchar(16, default="")
    """onsite, phone or record_review."""
    result = Varchar(12, default="")
    """pass, fail or unreachable."""
    reason = Varchar(24, default="")
    """Why it failed."""
    form = Varchar(24, default="")
    form_version = Integer(null=True, default=None)
    """The checklist whose standards were judged."""
    answers = JSONB(default="[]")
    """[{"code", "answer": met | partly | not_met | not_seen}] in the form's order."""
    findings_enc = Text(default="")
    """{"said", "remarks", "lines": {code: remark}}, sealed: what the person said stands apart from what was found."""
    level = Varchar(16, default="")
    """Of a survey that was done again: the level found now."""
    confirmation = Varchar(16, default="")
    """signature, thumbprint_photo, refused, unable or ""."""
    confirmation_reason = Varchar(24, default="")
    sent_at = Timestamptz(null=True, default=None)
    """When the first inspector sent the result; on site the second one confirms it."""
    returned_enc = Text(default="")
    """Why the second inspector gave the result back, sealed."""
    due_at = Timestamptz(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    done_by = UUID(null=True, default=None)
    notified_at = Timestamptz(null=True, default=None)
    appeal_until = Timestamptz(null=True, default=None)
    appealed_by = UUID(null=True, default=None)
    appealed_at = Timestamptz(null=True, default=None)
    appeal_enc = Text(default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decision = Varchar(16, default="")
    """upheld (the result stays) or changed."""
    first_result = Varchar(12, default="")
    first_reason = Varchar(24, default="")
    """What stood before an appeal changed it."""
    decision_enc = Text(default="")
    closed_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    version = Integer(default=1)


class CheckInspector(Table, tablename="check_inspector"):
    """Somebody who was drawn to check (duty `spot_check` on the visit)."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    check = UUID(index=True)
    inspector = UUID(index=True)
    """The account."""
    place = Integer()
    """1 or 2 on site; the order of the draw."""
    confirmed_at = Timestamptz(null=True, default=None)
    """When the second one put the name to the result."""
    asked_by = UUID(null=True, default=None)
    """The officer who says that somebody else cannot check; a second officer agrees or not."""
    asked_at = Timestamptz(null=True, default=None)
    asked_reason = Varchar(24, default="")
    replaced = Boolean(default=False)
    replaced_reason = Varchar(24, default="")
    replaced_by = UUID(null=True, default=None)
    """The inspector, or the second officer."""
    replaced_at = Timestamptz(null=True, default=None)


class CheckAttempt(Table, tablename="check_attempt"):
    """One attempt to reach the person; three on different days make a check unreachable."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    check = UUID(index=True)
    day = Date()
    method = Varchar(16)
    made_by = UUID()
    at = Timestamptz(default=TimestamptzNow())
