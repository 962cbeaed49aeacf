"""What became of the data since a ledger was made: rows added, gone, and cells that differ."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from bangfu.ledgers import reading
from bangfu.ledgers.canonical import Row, Tally, line_of
from bangfu.ledgers.issuing import IssueView, kept

MOST: Final = 100
"""So many differing rows of each sort are shown; all are counted."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One row whose cells differ: (place of the column, before, now)."""

    row: Row
    cells: list[tuple[int, Any, Any]]


@dataclass(slots=True)
class Difference:
    """The issue beside the data as they are now."""

    sha256: str = ""
    rows: int = 0
    added: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    added_rows: int = 0
    removed_rows: int = 0
    changed_rows: int = 0
    same: bool = True


async def compare(issue: IssueView) -> Difference:
    """Read the data again as the issue read them. Memory: one short digest a row, and the rows that are shown."""
    before = {row[0]: _digest(row) async for rows in kept(issue.id) for row in rows}
    found, tally = Difference(), Tally(issue.definition.columns)
    fresh: dict[str, Row] = {}
    async for rows in reading.batches(issue.asked):
        tally.add(rows)
        for row in rows:
            digest = before.pop(row[0], None)
            if digest is None:
                found.added_rows += 1
                if len(found.added) < MOST:
                    found.added.append(row)
            elif digest != _digest(row):
                found.changed_rows += 1
                if len(fresh) < MOST:
                    fresh[row[0]] = row
    found.removed_rows, found.rows, found.sha256 = len(before), tally.rows, tally.sha256
    found.same = tally.sha256 == issue.sha256
    if before or fresh:
        await _fetch(issue, found, set(before), fresh)
    return found


async def _fetch(issue: IssueView, found: Difference, gone: set[str], fresh: dict[str, Row]) -> None:
    """Read the kept rows once more for those that are shown."""
    async for rows in kept(issue.id):
        for row in rows:
            if row[0] in gone and len(found.removed) < MOST:
                found.removed.append(row)
            elif now := fresh.get(row[0]):
                cells = [(at, old, new) for at, (old, new) in enumerate(zip(row, now, strict=True)) if old != new]
                found.changed.append(Changed(now, cells))


def _digest(row: Row) -> bytes:
    return hashlib.blake2b(line_of(row).encode(), digest_size=16).digest()
