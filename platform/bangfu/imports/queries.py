"""Reads about uploads: everybody sees only their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.imports.tables import Upload
from bangfu.shared.actor import Actor

RECENT = 20


@dataclass(frozen=True, slots=True)
class UploadLine:
    """One upload in the list of one's own."""

    id: UUID
    kind: str
    filename: str
    status: str
    rows: int
    created_at: datetime
    summary: dict[str, Any]


async def recent_uploads(actor: Actor) -> list[UploadLine]:
    """The actor's newest uploads."""
    rows = await Upload.raw(
        "SELECT id, kind, filename, status, rows, created_at, summary FROM upload WHERE uploaded_by = {}"
        " ORDER BY created_at DESC LIMIT {}",
        actor.user, RECENT,
    )  # fmt: skip
    return [
        UploadLine(
            row["id"], row["kind"], row["filename"], row["status"], row["rows"], row["created_at"],
            json.loads(row["summary"]),
        )
        for row in rows
    ]  # fmt: skip
