"""What the score of a quarter counts: one voice per household, and the call-backs that ended (DOMAIN.md 6.1 Q6, Q7)."""

from dataclasses import dataclass
from uuid import UUID

from bangfu.feedback.rules import Voice
from bangfu.feedback.tables import Callback, Rating


@dataclass(frozen=True, slots=True)
class RatingFact:
    """The one voice of a household: the mean of its own scores is stars_sum / stars_count."""

    household: UUID
    stars_sum: int
    stars_count: int

    @property
    def voice(self) -> Voice:
        return Voice(self.stars_sum, self.stars_count)


@dataclass(frozen=True, slots=True)
class CallbackFact:
    """A call-back that ended: reached, and whether what was said confirms the record (rules.confirms)."""

    id: UUID
    household: UUID
    reached: bool
    confirmed: bool


async def ratings_of(kind: str, subject: UUID, year: int, quarter: int) -> list[RatingFact]:
    """The voices about a contract or an agreement in a quarter, one for each household however often it scored."""
    rows = await Rating.raw(
        "SELECT household, sum(stars)::int AS stars_sum, count(*)::int AS stars_count FROM rating WHERE kind = {}"
        " AND subject = {} AND year = {} AND quarter = {} AND NOT replaced GROUP BY household ORDER BY household",
        kind, subject, year, quarter,
    )  # fmt: skip
    return [RatingFact(**row) for row in rows]


async def callbacks_of(kind: str, subject: UUID, year: int, quarter: int) -> list[CallbackFact]:
    """The call-backs that were made (reached) or given up (not reached); those still open are no facts yet."""
    rows = await Callback.raw(
        "SELECT c.id, c.household, c.status = 'done' AS reached, coalesce(c.confirmed, false) AS confirmed"
        " FROM callback c JOIN callback_round r ON r.id = c.round WHERE r.kind = {} AND r.subject = {}"
        " AND r.year = {} AND r.quarter = {} AND c.status IN ('done', 'unreachable') ORDER BY c.place, c.id",
        kind, subject, year, quarter,
    )  # fmt: skip
    return [CallbackFact(**row) for row in rows]
