"""A caregiver's 差: the township looks at it before nothing is paid (DOMAIN.md 6.3)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused, for_second_duty
from bangfu.quality import life_following
from bangfu.quality.tables import QuarterScore
from bangfu.settlement import making, telling, writing
from bangfu.settlement.tables import Statement
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction

OUTCOMES: Final = ("applied", "spared")
"""Nothing is paid; or the zero is not applied and the lowest paid band counts [D]."""


async def decide(actor: Actor, statement: UUID, outcome: str, text: str, at: datetime) -> None:
    """waiting -> applied or spared, by an officer of the township; what was held is dropped or freed.

    Raises:
        NotYours, NotAllowed: of another area, for other roles.
        FormError: without an outcome or words.
        Refused: if nothing waits, or the officer scored the quarter.
    """
    known = await Statement.objects().get(Statement.id == statement)
    if known is None or not actor.sees(known.division):
        raise NotYours
    if not actor.has("township_officer"):
        raise NotAllowed
    if outcome not in OUTCOMES:
        raise FormError({"outcome": (N_("Please choose one of the list."), {})})
    if not text.strip():
        raise FormError({"review_text": (N_("Please say why in a few words."), {})})
    async with transaction():
        await audit.hold(known.division)
        score = await QuarterScore.objects().where(QuarterScore.id == known.score).first().lock_rows("NO KEY UPDATE")
        row = await writing.locked(statement)
        assert row is not None  # noqa: S101 (never deleted)
        assert score is not None  # noqa: S101 (never deleted)
        if row.review == outcome and row.reviewed_by == actor.user:
            return
        if row.review != "waiting":
            raise Refused(N_("Nothing waits for the township here. Look at the page again."))
        if score.confirmed_by == actor.user:
            raise for_second_duty(Refused(N_("You scored this quarter: somebody else reviews it.")), "review")
        await Statement.update(
            {
                Statement.review: outcome, Statement.reviewed_by: actor.user, Statement.reviewed_at: at,
                Statement.review_text_enc: encrypt(text.strip(), f"settlement_statement:review_text_enc:{statement}"),
            }
        ).where(Statement.id == statement)  # fmt: skip
        await audit.record(
            actor, "settlement.reviewed", "settlement", statement, division=row.division,
            data={"number": row.number, "to": outcome}, at=at,
        )  # fmt: skip
        await life_following.subsidy_decided(actor, score, outcome, text, at)
        await making.keep_up(actor, score, at, row.stage)
        await telling.reviewed(actor, statement, at)
