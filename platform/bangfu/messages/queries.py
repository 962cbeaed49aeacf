"""Reads for the inbox."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.messages.tables import Message
from bangfu.messages.words import SENTENCES
from bangfu.shared import i18n


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in the reader's language."""

    id: UUID
    text: str
    href: str
    created_at: datetime
    read: bool


async def unread_count(user: UUID) -> int:
    """How many messages the person has not opened."""
    rows = await Message.raw('SELECT count(*) AS n FROM message WHERE "user" = {} AND read_at IS NULL', user)
    return int(rows[0]["n"])


async def inbox(user: UUID, limit: int, offset: int) -> tuple[list[Shown], int]:
    """One page of a person's messages, newest first, and how many there are."""
    rows = await Message.raw(
        'SELECT *, count(*) OVER () AS total FROM message WHERE "user" = {} ORDER BY created_at DESC, id'
        " LIMIT {} OFFSET {}",
        user, limit, offset,
    )  # fmt: skip
    shown = [
        Shown(row["id"], _text(row["kind"], row["params"]), row["href"], row["created_at"], row["read_at"] is not None)
        for row in rows
    ]
    return shown, rows[0]["total"] if rows else 0


def _text(kind: str, params: str) -> str:
    values = json.loads(params)
    if "service" in values:
        values["service"] = i18n.word("service", values["service"])
    return i18n.sentence(SENTENCES[kind], values)


async def href_of(user: UUID, message: UUID) -> str:
    """Where a person's own message leads.

    Raises:
        NotYours: if it is nobody's or another person's.
    """
    rows = await Message.raw('SELECT href FROM message WHERE id = {} AND "user" = {}', message, user)
    if not rows:
        raise NotYours
    return str(rows[0]["href"]) or "/inbox"
