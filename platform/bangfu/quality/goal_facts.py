"""The goals of a quarter as the score counts them: confirmed ones whose day lies in it (DOMAIN.md 6.1 Q8)."""

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from bangfu.quality.snapshot import GoalFact
from bangfu.quality.subjects import Subject
from bangfu.quality.tables import NeedGoal

_GOALS: Final = (
    "SELECT g.id, g.household, g.met FROM need_goal g JOIN need n ON n.id = g.need"
    " JOIN LATERAL (SELECT a.carer, l.contract FROM assignment a LEFT JOIN contract_line l ON l.id = a.contract_line"
    " WHERE a.need = g.need AND a.answered_at IS NOT NULL"
    " AND a.status IN ('accepted', 'scheduled', 'active', 'completed', 'withdrawn', 'cancelled', 'replaced')"
    " AND (a.answered_at AT TIME ZONE 'Asia/Shanghai')::date <= g.due_on ORDER BY a.answered_at DESC LIMIT 1) t ON true"
    " WHERE g.status = 'confirmed' AND g.due_on BETWEEN {} AND {}"
)


async def goals_in(subject: Subject, first: date, last: date, number: Callable[[UUID], str]) -> tuple[GoalFact, ...]:
    """The goals of needs that the subject served last before the goal's day. One that nobody has judged and confirmed
    is nobody's failure and left out."""
    if subject.kind == "contract":
        rows = await NeedGoal.raw(_GOALS + " AND t.contract = {} ORDER BY g.id", first, last, subject.id)
    else:
        rows = await NeedGoal.raw(
            _GOALS + " AND t.carer = {} AND g.household = {} AND (n.person = {} OR n.person IS NULL) ORDER BY g.id",
            first, last, subject.carer, subject.household, subject.person,
        )  # fmt: skip
    return tuple(GoalFact(str(row["id"]), number(row["household"]), bool(row["met"])) for row in rows)
