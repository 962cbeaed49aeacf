"""What happens to a batch of due rows, inside the caller's transaction. Each gives {table: rows} of what it changed."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from bangfu.retention.anonymising import anonymise
from bangfu.retention.tables import RetentionRun

Counts = Counter[str]
Effect = Callable[[Sequence[UUID]], Awaitable[Counts]]


async def delete_rows(table: str, condition: str, ids: Sequence[UUID]) -> list[UUID]:
    """Delete the rows of a table that a condition with one gap for ids names; their own ids."""
    rows = await RetentionRun.raw(
        f'DELETE FROM "{table}" WHERE {condition} RETURNING id',  # noqa: S608 (constants)
        list(ids),
    )
    return [row["id"] for row in rows]


async def delete_declined(ids: Sequence[UUID]) -> Counts:
    """Declined offers: who said no, when and why. What was reserved and freed for them stays in the ledger."""
    return Counter(assignment=len(await delete_rows("assignment", "id = ANY({})", ids)))


async def delete_photos(ids: Sequence[UUID]) -> Counts:
    """Pictures of visits with their files; the record of the visit stays."""
    rows = await RetentionRun.raw("DELETE FROM visit_photo WHERE id = ANY({}) RETURNING file", list(ids))
    files = await delete_rows(
        "stored_file",
        "id = ANY({}) AND NOT EXISTS (SELECT 1 FROM visit_photo p WHERE p.file = stored_file.id)",
        [row["file"] for row in rows],
    )
    return Counter(visit_photo=len(rows), stored_file=len(files))


_OF_PLANS: Final = "plan IN (SELECT id FROM child_plan WHERE file = ANY({}))"


async def delete_child_files(ids: Sequence[UUID]) -> Counts:
    """A child's file with its colours, plans, guardians and contacts; what was reported as danger stays."""
    counts: Counts = Counter()
    counts["child_measure"] += len(await delete_rows("child_measure", _OF_PLANS, ids))
    for table in ("child_plan", "child_color", "child_guardian", "child_contact"):
        counts[table] += len(await delete_rows(table, "file = ANY({})", ids))
    counts["child_file"] += len(await delete_rows("child_file", "id = ANY({})", ids))
    return counts


EFFECTS: Final[dict[str, Effect]] = {
    "declined": delete_declined,
    "photo": delete_photos,
    "child": delete_child_files,
    "household": anonymise,
}
