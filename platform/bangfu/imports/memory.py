"""Own titles that somebody mapped once, remembered for everybody's next list of the kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from bangfu.imports.tables import HeaderMemory
from bangfu.shared.tabular import normal_title


async def remembered_titles(kind: str) -> dict[str, str]:
    """Normalised own title -> field code."""
    rows = await HeaderMemory.raw("SELECT title, field FROM header_memory WHERE kind = {}", kind)
    return {row["title"]: row["field"] for row in rows}


async def remember(kind: str, chosen: Mapping[str, str], at: datetime) -> None:
    """Keep what was chosen; a newer choice for a title replaces the older one. "" (not used) is kept as well."""
    for title, field in chosen.items():
        if known := normal_title(title)[:120]:
            await HeaderMemory.raw(
                "INSERT INTO header_memory (id, kind, title, field, remembered_at) VALUES ({}, {}, {}, {}, {})"
                " ON CONFLICT (kind, title)"
                " DO UPDATE SET field = excluded.field, remembered_at = excluded.remembered_at",
                uuid4(), kind, known, field, at,
            )  # fmt: skip
