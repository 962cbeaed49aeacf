"""Sending and reading messages of the inbox; what leaves the portal waits in the outbox (outbox.py)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.messages import rules
from bangfu.messages.channels import offered
from bangfu.messages.tables import Message, Outbox
from bangfu.messages.words import SENTENCES
from bangfu.shared.database import in_transaction


async def send(
    users: Iterable[UUID], kind: str, href: str, params: Mapping[str, object] | None = None, event: str = "",
    *, urgent: bool = False,
) -> None:  # fmt: skip
    """Put one message into each person's inbox and into the outbox for the channels that the person chose; all of it
    appears with the transaction that sends it.

    A person hears of an event once. The rule of what is one event:

    * Without `event`, the event is this transaction's telling of `kind`, `href` and `params`: the same said twice in
      one transaction (somebody who holds two roles) is one message, and another transaction is another event even
      with equal parameters (a need that is rejected, mended and rejected again). That is right for every action that
      changes a state and so passes its own check only once.
    * With `event`, a text that names the event within its kind ("<task>:half:<deadline>"), any later `send` of it to
      the same person writes nothing, whichever transaction it runs in. That is for what is looked at again and again:
      reminders, ladders, jobs that may be repeated after a crash.

    Args:
        kind: key of SENTENCES.
        href: path of the page that it is about, without personal data.
        params: numbers and codes for the sentence; what a channel may carry of them: rules.CARRIES.
        urgent: not held back by quiet hours; kinds of incidents are so anyway.

    Raises:
        KeyError: for an unknown kind.
        RuntimeError: outside a transaction.
    """
    SENTENCES[kind]
    if not in_transaction():
        raise RuntimeError("A message is sent in the transaction of the change that it tells of.")
    text = json.dumps(dict(params or {}), default=str, ensure_ascii=False, sort_keys=True)
    digest = await _digest(kind, href, text, event)
    told = await Message.raw(
        'INSERT INTO message (id, "user", kind, params, href, event, created_at)'
        " SELECT gen_random_uuid(), u, {}, {}, {}, {}, clock_timestamp() FROM unnest({}::uuid[]) u"
        " ON CONFLICT (\"user\", event) WHERE event <> '' DO NOTHING RETURNING \"user\"",
        kind, text, href, digest, sorted(set(users)),
    )  # fmt: skip
    if told and offered.channels():
        await _put_into_outbox([row["user"] for row in told], kind, text, href, digest, urgent or rules.is_urgent(kind))


async def _digest(kind: str, href: str, text: str, event: str) -> str:
    """The name of the event; a transaction is named by its number and its time (a restored database counts anew)."""
    if event:
        named = ["event", kind, event]
    else:
        rows = await Message.raw("SELECT pg_current_xact_id()::text AS x, transaction_timestamp()::text AS t")
        named = ["transaction", rows[0]["x"], rows[0]["t"], kind, href, text]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


async def _put_into_outbox(users: list[UUID], kind: str, text: str, href: str, digest: str, urgent: bool) -> None:
    await Outbox.raw(
        "INSERT INTO outbox (id, recipient, channel, kind, event, params, secret_enc, href, urgent, status, attempts,"
        " next_at, fence, error, created_at)"
        " SELECT gen_random_uuid(), c.\"user\", c.channel, {}, {}, {}, '', {}, {}, 'queued', 0, now(), 0, '', now()"
        ' FROM message_channel c WHERE c."user" = ANY({}) AND c.chosen AND c.confirmed_at IS NOT NULL'
        " AND c.channel = ANY({}) ON CONFLICT (recipient, event, channel) DO NOTHING",
        kind, digest, text, href, urgent, users, list(offered.channels()),
    )  # fmt: skip


async def mark_read(user: UUID, message: UUID | None = None) -> None:
    """Mark one message, or all of a person's, as read; one that is read already stays so.

    Raises:
        NotYours: if the message is nobody's or another person's.
    """
    if message is not None and not await Message.exists().where((Message.id == message) & (Message.user == user)):
        raise NotYours
    await Message.raw(
        'UPDATE message SET read_at = now() WHERE "user" = {} AND read_at IS NULL AND ({}::uuid IS NULL OR id = {})',
        user, message, message,
    )  # fmt: skip
