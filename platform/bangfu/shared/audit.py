"""The audit trail: append-only, hash-chained events, written in the transaction of the change (DOMAIN.md 9.5).

Each division stream (a county's six digits, or `system`) is a chain of its own, so that writers of different
counties do not queue behind one lock. An event's hash covers the hash of the one before it.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.crypto import audit_hash
from bangfu.shared.database import DB
from bangfu.shared.tables import AuditEvent, AuditHead

SYSTEM_STREAM = "system"


def stream_of(division: str) -> str:
    """The chain that events about a division belong to: its county."""
    return division[:6] if division else SYSTEM_STREAM


def canonical(value: object) -> str:
    """One text for equal values: sorted keys, no spaces, dates and numbers as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def state_hash(state: Mapping[str, object] | None) -> str:
    """Keyed hash of an object's state before or after a change; empty where there is none."""
    return audit_hash(canonical(state)) if state else ""


async def record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject: UUID | str,
    *,
    division: str = "",
    reason: str = "",
    data: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> None:
    """Append one event to its stream. `data` must hold codes and numbers only, never personal values.

    Raises:
        RuntimeError: outside a transaction: the event must stand or fall with the change.
    """
    entry = Entry(action, subject_type, subject, division, data or {}, state_hash(before), state_hash(after))
    await record_all(actor, [entry], reason=reason, at=at)


async def hold(division: str) -> None:
    """Take the lock of a division's chain now, before row locks that a holder of the chain may also want: whoever
    takes both in this order cannot wait in a circle. It is released with the transaction."""
    await _locked_head(stream_of(division))


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many events that a single change writes (a list that is taken in)."""

    action: str
    subject_type: str
    subject: UUID | str
    division: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    before_hash: str = ""
    after_hash: str = ""


async def record_all(actor: Actor, entries: Sequence[Entry], *, reason: str = "", at: datetime | None = None) -> None:
    """Append many events at once, in their order; the heads of their streams are locked in one order.

    Raises:
        RuntimeError: outside a transaction.
    """
    transaction = DB.current_transaction.get()
    if transaction is None:
        raise RuntimeError("An audit event is written in the transaction of the change that it records.")
    moment = (at or now()).astimezone(UTC)
    by_stream: dict[str, list[Entry]] = {}
    for entry in entries:
        by_stream.setdefault(stream_of(entry.division), []).append(entry)
    for stream, own in sorted(by_stream.items()):
        seq, previous = await _locked_head(stream)
        rows: list[tuple[object, ...]] = []
        for entry in own:
            seq += 1
            event = _event(actor, stream, seq, moment, entry, reason)
            digest = link(previous, event)
            rows.append(_row(actor, event, previous, digest, moment))
            previous = digest
        await transaction.connection.copy_records_to_table("audit_event", records=rows, columns=_COLUMNS)
        await AuditHead.raw("UPDATE audit_head SET seq = {}, hash = {} WHERE stream = {}", seq, previous, stream)


_COLUMNS = (
    "stream", "seq", "at", "actor", "actor_name", "role", "address", "action", "subject_type", "subject", "data",
    "reason", "before_hash", "after_hash", "previous", "hash",
)  # fmt: skip


async def _locked_head(stream: str) -> tuple[int, bytes]:
    await AuditHead.raw("INSERT INTO audit_head (stream, seq, hash) VALUES ({}, 0, '') ON CONFLICT DO NOTHING", stream)
    rows = await AuditHead.raw("SELECT seq, hash FROM audit_head WHERE stream = {} FOR UPDATE", stream)
    return rows[0]["seq"], bytes(rows[0]["hash"])


def _event(actor: Actor, stream: str, seq: int, at: datetime, entry: Entry, reason: str) -> dict[str, object]:
    """The event as its hash covers it."""
    return {
        "stream": stream,
        "seq": seq,
        "at": at.isoformat(timespec="microseconds"),
        "actor": str(actor.user or ""),
        "actor_name": actor.username,
        "role": ",".join(sorted(actor.roles)),
        "address": actor.address,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject": str(entry.subject),
        "data": json.loads(canonical(entry.data)),
        "reason": reason,
        "before_hash": entry.before_hash,
        "after_hash": entry.after_hash,
    }


def _row(actor: Actor, event: Mapping[str, object], previous: bytes, digest: bytes, at: datetime) -> tuple[object, ...]:
    own = {"at": at, "actor": actor.user, "data": canonical(event["data"]), "previous": previous, "hash": digest}
    return tuple(own[column] if column in own else event[column] for column in _COLUMNS)


def link(previous: bytes, event: Mapping[str, object]) -> bytes:
    """SHA-256 over the previous hash and the event's canonical text."""
    return hashlib.sha256(previous + canonical(event).encode()).digest()


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first event of a stream that does not follow from the one before it."""

    stream: str
    seq: int
    why: str


async def verify() -> tuple[int, BrokenLink | None]:
    """Walk every chain; the number of events that hold, and the first broken link if there is one."""
    checked = 0
    for stream, head_seq, head_hash in await _heads():
        expected_seq, previous = 1, b""
        async for row in _events(stream):
            event = as_recorded(row)
            if row["seq"] != expected_seq:
                return checked, BrokenLink(stream, expected_seq, "the event is missing")
            if bytes(row["previous"]) != previous:
                return checked, BrokenLink(stream, expected_seq, "it does not name the event before it")
            if link(previous, event) != bytes(row["hash"]):
                return checked, BrokenLink(stream, expected_seq, "its content was changed")
            previous, expected_seq, checked = bytes(row["hash"]), expected_seq + 1, checked + 1
        if expected_seq - 1 != head_seq or previous != head_hash:
            return checked, BrokenLink(stream, expected_seq, "events at the end are missing")
    return checked, None


async def verify_tail(number: int) -> tuple[int, BrokenLink | None]:
    """Like `verify`, of the last `number` events of every chain only: quick, however long the trail is."""
    checked = 0
    for stream, head_seq, head_hash in await _heads():
        rows = await AuditEvent.raw(
            "SELECT * FROM audit_event WHERE stream = {} AND seq > {} ORDER BY seq", stream, max(0, head_seq - number)
        )
        expected_seq, previous = max(0, head_seq - number) + 1, bytes(rows[0]["previous"]) if rows else b""
        for row in rows:
            if row["seq"] != expected_seq or bytes(row["previous"]) != previous:
                return checked, BrokenLink(stream, expected_seq, "the event is missing")
            if link(previous, as_recorded(row)) != bytes(row["hash"]):
                return checked, BrokenLink(stream, expected_seq, "its content was changed")
            previous, expected_seq, checked = bytes(row["hash"]), expected_seq + 1, checked + 1
        if expected_seq - 1 != head_seq or previous != head_hash:
            return checked, BrokenLink(stream, expected_seq, "events at the end are missing")
    return checked, None


async def _heads() -> list[tuple[str, int, bytes]]:
    rows = await AuditHead.raw(
        "SELECT stream, coalesce(h.seq, 0) AS seq, coalesce(h.hash, '') AS hash FROM audit_head h"
        " FULL JOIN (SELECT DISTINCT stream FROM audit_event) e USING (stream) ORDER BY stream"
    )
    return [(row["stream"], row["seq"], bytes(row["hash"])) for row in rows]


async def _events(stream: str) -> AsyncIterator[dict[str, Any]]:
    after = 0
    while True:
        rows = await AuditEvent.raw(
            "SELECT * FROM audit_event WHERE stream = {} AND seq > {} ORDER BY seq LIMIT 2000", stream, after
        )
        for row in rows:
            yield row
        if not rows:
            return
        after = rows[-1]["seq"]


def as_recorded(row: Mapping[str, Any]) -> dict[str, object]:
    """A row of the trail as the event that its hash covers."""
    data = row["data"]
    return {
        "stream": row["stream"],
        "seq": row["seq"],
        "at": row["at"].isoformat(timespec="microseconds"),
        "actor": str(row["actor"] or ""),
        "actor_name": row["actor_name"],
        "role": row["role"],
        "address": row["address"],
        "action": row["action"],
        "subject_type": row["subject_type"],
        "subject": row["subject"],
        "data": json.loads(data) if isinstance(data, str) else data,
        "reason": row["reason"],
        "before_hash": row["before_hash"],
        "after_hash": row["after_hash"],
    }
