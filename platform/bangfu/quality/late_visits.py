"""Visits whose record came after their quarter was frozen: carried into the next one, once (docs/decisions/0046).

Their windows count where they were due; the visits themselves are paid with the quarter whose facts first name them and
count for none of its indicators. What the frozen facts name already, as missed say, an appeal puts right there.
"""

from datetime import date
from typing import Final
from uuid import UUID

from bangfu.shared.civil_time import day_span
from bangfu.visits.tables import Visit

LATE: Final = (
    "SELECT v.id FROM visit v JOIN contract_line l ON l.id = v.contract_line JOIN quarter_score f ON"
    " f.kind = 'contract' AND f.subject = l.contract"
    " AND f.year = extract(year FROM v.planned_start AT TIME ZONE 'Asia/Shanghai')"
    " AND f.quarter = extract(quarter FROM v.planned_start AT TIME ZONE 'Asia/Shanghai')"
    " WHERE l.contract = {contract} AND v.planned_start < {since} AND v.status IN ('verified', 'disputed')"
    " AND v.submitted_at > f.frozen_at AND NOT EXISTS (SELECT 1 FROM quarter_score o JOIN score_revision r"
    " ON r.score = o.id WHERE o.kind = 'contract' AND o.subject = l.contract"
    " AND (o.year, o.quarter) <> ({year}, {quarter}) AND strpos(r.facts, '\"id\":\"' || v.id || '\"') > 0)"
)
"""Judged visits of earlier quarters of a contract that no frozen facts but the quarter's own name. Its own quarter was
frozen before the record was sent."""


async def carried(contract: UUID, year: int, quarter: int, first: date) -> list[UUID]:
    """The late visits that a contract's quarter takes up, by id.

    Args:
        first: the quarter's first day.
    """
    rows = await Visit.raw(
        LATE.format(contract="{}", since="{}", year="{}", quarter="{}") + " ORDER BY v.id",
        contract, day_span(first)[0], year, quarter,
    )  # fmt: skip
    return [row["id"] for row in rows]
