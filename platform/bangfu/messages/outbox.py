"""The outbox's rows: taken under a lease, ended with the newest fence (as shared/jobs.py; states: rules.MACHINE)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.messages import rules
from bangfu.messages.tables import Outbox
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that this worker holds until `LEASE` is over; only the newest fence may end it."""

    id: UUID
    recipient: UUID
    channel: str
    kind: str
    params: Mapping[str, Any]
    secret: str
    href: str
    attempts: int
    fence: int
    created_at: datetime


_DUE = (
    'SELECT o.*, q.start_minute, q.end_minute FROM outbox o LEFT JOIN quiet_hours q ON q."user" = o.recipient'
    " WHERE o.channel = {} AND ((o.status IN ('queued', 'failed') AND o.next_at <= {})"
    " OR (o.status = 'sending' AND o.lease_until < {})) ORDER BY o.next_at, o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED"
)


async def take(channel: str, at: datetime) -> Taken | None:
    """The channel's next row that is due and not held back by its recipient's quiet hours."""
    while True:
        async with transaction():
            rows = await Outbox.raw(_DUE, channel, at, at)
            if not rows:
                return None
            row = rows[0]
            if (until := _held(row, at)) is None:
                return await _claimed(row, at)
            await Outbox.raw("UPDATE outbox SET next_at = {} WHERE id = {}", until, row["id"])


def _held(row: Mapping[str, Any], at: datetime) -> datetime | None:
    """Until when quiet hours hold a row back; one that was being sent when its worker died is not held."""
    if row["urgent"] or row["status"] == "sending":
        return None
    start, end = row["start_minute"], row["end_minute"]
    if start is None:
        start, end = rules.QUIET_FROM, rules.QUIET_TO
    return rules.quiet_until(at, start, end)


async def _claimed(row: Mapping[str, Any], at: datetime) -> Taken:
    target = rules.MACHINE.target(row["status"], "claim")
    found = await Outbox.raw(
        "UPDATE outbox SET status = {}, attempts = attempts + 1, fence = fence + 1, lease_until = {}"
        " WHERE id = {} RETURNING attempts, fence",
        target, at + rules.LEASE, row["id"],
    )  # fmt: skip
    return Taken(
        row["id"], row["recipient"], row["channel"], row["kind"], json.loads(row["params"]), row["secret_enc"],
        row["href"], found[0]["attempts"], found[0]["fence"], row["created_at"],
    )  # fmt: skip


async def sent(taken: Taken, at: datetime) -> bool:
    """It has arrived. False if another worker has taken the row over: then that one's result counts."""
    return await _end(taken, "deliver", at, sent_at=at, error="")


async def failed(taken: Taken, error: str, next_at: datetime, at: datetime) -> bool:
    """It did not arrive and is tried again. As `sent`."""
    return await _end(taken, "fail", at, next_at=next_at, error=error)


async def given_up(taken: Taken, error: str, at: datetime) -> bool:
    """It is not tried again by itself. As `sent`."""
    return await _end(taken, "give_up", at, error=error)


async def _end(
    taken: Taken, action: str, at: datetime, *, error: str, sent_at: datetime | None = None,
    next_at: datetime | None = None,
) -> bool:  # fmt: skip
    target = rules.MACHINE.target("sending", action)
    rows = await Outbox.raw(
        "UPDATE outbox SET status = {}, error = {}, sent_at = {}, next_at = coalesce({}, next_at), lease_until = NULL,"
        " secret_enc = CASE WHEN {} = 'failed' THEN secret_enc ELSE '' END"
        " WHERE id = {} AND fence = {} AND status = 'sending' RETURNING id",
        target, error[:40], sent_at, next_at, target, taken.id, taken.fence,
    )  # fmt: skip
    return bool(rows)


async def drop(channels: list[str], error: str, at: datetime) -> None:
    """Give up what waits for any other channel than these."""
    await Outbox.raw(
        "UPDATE outbox SET status = 'given_up', error = {}, lease_until = NULL, secret_enc = ''"
        " WHERE NOT channel = ANY({}) AND ((status IN ('queued', 'failed') AND next_at <= {})"
        " OR (status = 'sending' AND lease_until < {}))",
        error, channels, at, at,
    )  # fmt: skip


async def forget_old(at: datetime) -> None:
    """Forget the deliveries that arrived long ago; the message itself still tells which events were told."""
    await Outbox.raw("DELETE FROM outbox WHERE status = 'sent' AND sent_at < {}", at - rules.KEPT_SENT)


async def retry(actor: Actor, delivery: UUID, at: datetime) -> None:
    """Start a delivery that failed or was given up from the beginning, at the operator's word.

    Raises:
        NotYours: if there is none.
        NotAllowed: without the role.
        Refused: in any other state, or for a code, which the person has sent anew.
    """
    async with transaction():
        row = await Outbox.objects().where(Outbox.id == delivery).first().lock_rows("UPDATE")
        if row is None:
            raise NotYours
        if row.status == "queued" and row.attempts == 0:
            return
        step = rules.MACHINE.step(row.status, "retry")
        if not actor.has(*step.roles):
            raise NotAllowed
        if row.kind in rules.CODES:
            raise Refused(N_("A code is not sent again: the person has another one sent."))
        await Outbox.raw(
            "UPDATE outbox SET status = {}, attempts = 0, next_at = {}, error = '' WHERE id = {}",
            step.target, at, delivery,
        )  # fmt: skip
        data = {"channel": row.channel, "kind": row.kind, "error": row.error}
        await audit.record(
            actor, step.event, "delivery", delivery, data=data, before={"status": row.status},
            after={"status": step.target}, at=at,
        )  # fmt: skip
