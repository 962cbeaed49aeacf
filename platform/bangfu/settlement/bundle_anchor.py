"""The facts of a score, anchored in the audit trail: an event of the system, so that it can be shown to anybody.

An event by a person carries the account's name and address; an outsider could only be shown its hash. The system's own
event carries no person, so the bundle shows it whole and its hash can be computed again.
"""

from datetime import datetime
from uuid import UUID

from bangfu.quality import life_hooks
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.tables import AuditEvent

ANCHORED = "settlement.anchored"


async def anchor(actor: Actor, score: QuarterScore, at: datetime) -> None:
    """Note revision, hash of the facts, score and band of every revision that is not anchored yet; in the transaction
    in which the score moves on."""
    anchored = await AuditEvent.raw(
        "SELECT (data->>'revision')::int AS n FROM audit_event WHERE stream = {} AND subject = {} AND action = {}",
        audit.stream_of(score.division), str(score.id), ANCHORED,
    )  # fmt: skip
    known = {row["n"] for row in anchored}
    rows = await ScoreRevision.raw(
        "SELECT revision, facts_hash, score_value, final_band FROM score_revision WHERE score = {} ORDER BY revision",
        score.id,
    )
    for row in rows:
        if row["revision"] not in known:
            await _record(score.id, score.division, row, at)


async def _record(score: UUID, division: str, row: dict[str, object], at: datetime) -> None:
    data = {"revision": row["revision"], "facts_hash": row["facts_hash"], "score": str(row["score_value"]),
            "final_band": row["final_band"]}  # fmt: skip
    await audit.record(SYSTEM, ANCHORED, "quarter_score", score, division=division, data=data, at=at)


def register() -> None:
    """Hear of every step of a score."""
    for event in life_hooks.EVENTS:
        life_hooks.after(event, anchor)
