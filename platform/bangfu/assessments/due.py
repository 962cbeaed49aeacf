"""Assessments that end soon are put under supervision, those whose time is over expire; looked at once an hour."""

from datetime import date, datetime
from uuid import UUID

from bangfu.assessments import rules
from bangfu.assessments.effects import DUE
from bangfu.assessments.moves import entered, move
from bangfu.assessments.tables import Assessment
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, watch

BATCH = 500


async def look_after(at: datetime) -> tuple[int, int]:
    """Watch what ends within 30 days, and end what is over.

    Returns:
        How many are newly watched, and how many expired.
    """
    today = civil_date(at)
    watched = [await _watch(row, at) for row in await _ending(today)]
    expired = [await _expire(row, at) for row in await _over(today)]
    return sum(watched), sum(expired)


async def _ending(today: date) -> list[UUID]:
    rows = await Assessment.raw(
        "SELECT a.id FROM assessment a JOIN household h ON h.id = a.household JOIN assessment_form f ON f.id = a.form"
        " WHERE a.status IN ('valid', 'upheld') AND h.status = 'active' AND a.valid_until <= {}::date + {}::int"
        " AND coalesce(f.document->>'import_only', '') <> 'true' AND NOT EXISTS (SELECT 1 FROM supervision_task s"
        " WHERE s.kind = {} AND s.subject = a.id) ORDER BY a.valid_until LIMIT {}",
        today, rules.DUE_DAYS, DUE, BATCH,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _over(today: date) -> list[UUID]:
    rows = await Assessment.raw(
        "SELECT id FROM assessment WHERE status IN ('valid', 'upheld') AND valid_until < {} ORDER BY valid_until"
        " LIMIT {}",
        today, BATCH,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _watch(assessment: UUID, at: datetime) -> bool:
    async with transaction():
        row, _ = await entered(SYSTEM, assessment)
        if row.status not in ("valid", "upheld"):
            return False
        timed = Timed(
            kind=DUE, subject_type="assessment", subject=row.id, href=f"/assessments/{row.id}", division=row.division,
            due_at=rules.end_of(row.valid_until), number=row.number, unit="station", role="social_worker",
            household=None if row.restricted else row.household,
        )  # fmt: skip
        await watch(SYSTEM, timed, at)
        return True


async def _expire(assessment: UUID, at: datetime) -> bool:
    """valid or upheld -> expired; the level that was written stays until there is a new one."""
    async with transaction():
        row, _ = await entered(SYSTEM, assessment)
        if row.status not in ("valid", "upheld") or row.valid_until >= civil_date(at):
            return False
        await move(SYSTEM, row, "expire", at)
        return True
