"""Sending and reading messages of the inbox."""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from bangfu.messages.tables import Message
from bangfu.messages.words import SENTENCES
from bangfu.shared.database import in_transaction


async def send(users: Iterable[UUID], kind: str, href: str, params: Mapping[str, object] | None = None) -> None:
    """Put one message into each person's inbox; it appears with the transaction that sends it.

    Raises:
        KeyError: for an unknown kind.
        RuntimeError: outside a transaction.
    """
    SENTENCES[kind]
    if not in_transaction():
        raise RuntimeError("A message is sent in the transaction of the change that it tells of.")
    text = json.dumps(dict(params or {}), default=str, ensure_ascii=False)
    for user in dict.fromkeys(users):
        await Message.raw(
            'INSERT INTO message (id, "user", kind, params, href, created_at) VALUES ({}, {}, {}, {}, {}, now())',
            uuid4(), user, kind, text, href,
        )  # fmt: skip


async def mark_read(user: UUID, message: UUID | None = None) -> None:
    """Mark one message, or all of a person's, as read."""
    await Message.raw(
        'UPDATE message SET read_at = now() WHERE "user" = {} AND read_at IS NULL AND ({}::uuid IS NULL OR id = {})',
        user, message, message,
    )  # fmt: skip
