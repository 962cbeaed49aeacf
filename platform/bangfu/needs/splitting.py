"""Needs of more than five visits a week become two needs of one household before they are matched (MATCHING.md)."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from bangfu.needs.rules import WEEKLY_MOST, Windows, weekday_parts
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number


async def split_large(actor: Actor, prefix: str, at: datetime) -> list[UUID]:
    """Split the confirmed needs of a division (a prefix) that one carer may not serve alone.

    Returns:
        The ids of the new parts; the need itself keeps the first part.
    """
    found = await Need.raw(
        "SELECT id FROM need WHERE status = 'confirmed' AND visits > {} AND division LIKE {}",
        4 * WEEKLY_MOST, f"{prefix}%",
    )  # fmt: skip
    parts = [await _split(actor, row["id"], at) for row in found]
    return [part for part in parts if part is not None]


async def _split(actor: Actor, need: UUID, at: datetime) -> UUID | None:
    async with transaction():
        row = await Need.objects().where(Need.id == need).first().lock_rows("UPDATE")
        if row is None or row.status != "confirmed":
            return None
        windows: Windows = json.loads(row.windows) if isinstance(row.windows, str) else row.windows
        parts = weekday_parts(row.visits, windows)
        if len(parts) < 2:
            return None
        (kept, kept_windows), (moved, moved_windows) = parts
        columns = {column._meta.name: getattr(row, column._meta.name) for column in Need._meta.columns}
        part = Need(**columns | {"id": uuid4(), "number": await _part_number(row.number)})
        part.visits, part.windows, part.version = moved, json.dumps(moved_windows), 1
        await part.save()
        data = {"visits": row.visits, "kept": kept, "moved": moved, "part": part.number}
        row.visits, row.windows, row.version = kept, json.dumps(kept_windows), row.version + 1
        await row.save()
        for subject in (row.id, part.id):
            await audit.record(actor, "need.split", "need", subject, division=row.division, data=data, at=at)
        return part.id


async def _part_number(number: str) -> str:
    """The number of the second part: the need's with a 2, unless a list has used that already."""
    marked = f"{number[:28]}-2"
    taken = await Need.exists().where(Need.number == marked)
    return await fresh_number(Need) if taken else marked
