"""The worker's part: approved deletions in batches, and check-in points as soon as nothing needs them.

Each batch is one transaction with its audit event and its place in the run; killed at any point, the next worker goes
on with what is still due, because what is gone is due no more.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.retention.effects import EFFECTS
from bangfu.retention.queries import due_by, matching
from bangfu.retention.rules import UNPAID_DAYS
from bangfu.retention.sources import POINTS
from bangfu.retention.tables import RetentionRun
from bangfu.shared import audit, jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.database import transaction

BATCH: Final = 100
HOMES: Final = 5
"""Households in one batch: each touches some seventy tables, and a batch has to end well within a worker's lease."""
POINTS_BATCH: Final = 500


async def work(claim: jobs.Claim, stop: asyncio.Event) -> None:
    """Carry an approved deletion out to its end; a worker that stops gives it back."""
    key = UUID(claim.payload["run"])
    while await batch(claim, key):
        if stop.is_set():
            await jobs.give_back(claim)
            return


async def batch(claim: jobs.Claim, key: UUID, most: int | None = None) -> bool:
    """One batch; False when the deletion has ended."""
    async with transaction():
        known = await RetentionRun.objects().get(RetentionRun.id == key)
        assert known is not None  # noqa: S101 (a run is never deleted)
        await audit.hold(known.division)
        row = await RetentionRun.objects().where(RetentionRun.id == key).first().lock_rows("UPDATE")
        await jobs.beat(claim, min(99, row.done * 100 // max(1, row.due)))
        if row.status != "approved":
            await jobs.finish(claim, "done")
            return False
        text, values = matching(row.rule, row.division, row.years, row.as_of, held=False)
        most = most or (HOMES if row.rule == "household" else BATCH)
        due = await RetentionRun.raw(f"SELECT id FROM ({text}) d ORDER BY id LIMIT {{}}", *values, most)  # noqa: S608
        if not due:
            await _finish(claim, row)
            return False
        counts = await EFFECTS[row.rule]([each["id"] for each in due])
        known_counts = json.loads(row.counts) if isinstance(row.counts, str) else row.counts
        total = Counter(known_counts) + counts
        await RetentionRun.update(done=row.done + len(due), counts=json.dumps(total)).where(RetentionRun.id == key)
        await _note(row, "deleted", {"rule": row.rule, "subjects": len(due), "rows": dict(sorted(counts.items()))})
    return True


async def _finish(claim: jobs.Claim, row: RetentionRun) -> None:
    left = await due_by(row.rule, row.division, row.years, row.as_of)
    await RetentionRun.update(status="done", left=left.held, finished_at=now()).where(RetentionRun.id == row.id)
    await _note(row, "done", {"rule": row.rule, "subjects": row.done, "held": left.held})
    await jobs.finish(claim, "done")


async def _note(row: RetentionRun, what: str, data: Mapping[str, object]) -> None:
    await audit.record(SYSTEM, f"retention.{what}", "retention_run", row.id, division=row.division, data=data)


async def forget_points(at: datetime, most: int = POINTS_BATCH) -> int:
    """Forget the points of visits whose settlement is final, or that nobody pays for once a quarter has passed; the
    distance and the verdict stay. The worker repeats this; how many were forgotten."""
    forgotten = 0
    while done := await _some_points(at, most):
        forgotten += done
        if done < most:
            break
    return forgotten


async def _some_points(at: datetime, most: int) -> int:
    async with transaction():
        rows = await RetentionRun.raw(POINTS, at - timedelta(days=UNPAID_DAYS), most)
        if not rows:
            return 0
        await RetentionRun.raw("UPDATE visit_proof SET point_enc = '' WHERE id = ANY({})", [row["id"] for row in rows])
        entries = [
            audit.Entry("retention.points_forgotten", "retention_run", "point", county, {"rule": "point", "rows": n})
            for county, n in sorted(Counter(row["county"] for row in rows).items())
        ]
        await audit.record_all(SYSTEM, entries, at=at)
    return len(rows)
