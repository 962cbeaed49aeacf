"""Background work in the database: a lease says who works on it, a fence says whose result counts (STACK.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.tables import Job

LEASE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Claim:
    """A job taken by this process; only the holder of the newest fence may write its result."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    fence: int
    attempts: int


class LostClaim(Exception):
    """Another process has taken the job over: this one's result no longer counts."""


async def enqueue(kind: str, payload: Mapping[str, object], actor: Actor) -> UUID:
    """Add a job; in a transaction it appears with the rest of it."""
    job_id = uuid4()
    await Job.raw(
        "INSERT INTO job (id, kind, payload, status, progress, stage, error, attempts, fence, requested_by, created_at)"
        " VALUES ({}, {}, {}, 'queued', 0, '', '', 0, 0, {}, now())",
        job_id, kind, json.dumps(payload, default=str), actor.user,
    )  # fmt: skip
    return job_id


async def claim(kinds: list[str]) -> Claim | None:
    """Take the oldest job that nobody works on, or whose worker's lease has run out."""
    rows = await Job.raw(
        "UPDATE job SET status = 'running', attempts = attempts + 1, fence = fence + 1,"
        " lease_until = now() + make_interval(secs => {})"
        " WHERE id = (SELECT id FROM job WHERE kind = ANY({}) AND (status = 'queued'"
        " OR (status = 'running' AND lease_until < now())) ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING id, kind, payload, fence, attempts",
        float(LEASE_SECONDS), kinds,
    )  # fmt: skip
    if not rows:
        return None
    row = rows[0]
    return Claim(row["id"], row["kind"], json.loads(row["payload"]), row["fence"], row["attempts"])


async def beat(claim: Claim, progress: int, stage: str = "") -> bool:
    """Renew the lease and report progress (percent); False if the job's cancellation was asked for.

    Raises:
        LostClaim: if another process has taken the job.
    """
    rows = await Job.raw(
        "UPDATE job SET lease_until = now() + make_interval(secs => {}), progress = {}, stage = {}"
        " WHERE id = {} AND fence = {} AND status = 'running' RETURNING cancel_requested",
        float(LEASE_SECONDS), progress, stage, claim.id, claim.fence,
    )  # fmt: skip
    if not rows:
        raise LostClaim
    return rows[0]["cancel_requested"] is None


async def finish(claim: Claim, status: str, error: str = "") -> None:
    """End a job (done, failed, cancelled); called in the transaction that writes its result.

    Raises:
        LostClaim: if another process has taken the job: the transaction must roll back.
    """
    rows = await Job.raw(
        "UPDATE job SET status = {}, error = {}, progress = CASE WHEN {} = 'done' THEN 100 ELSE progress END,"
        " finished_at = now(), lease_until = NULL WHERE id = {} AND fence = {} AND status = 'running' RETURNING id",
        status, error, status, claim.id, claim.fence,
    )  # fmt: skip
    if not rows:
        raise LostClaim


async def give_back(claim: Claim) -> None:
    """Return an unfinished job to the queue (the worker is stopping)."""
    await Job.raw(
        "UPDATE job SET status = 'queued', lease_until = NULL WHERE id = {} AND fence = {} AND status = 'running'",
        claim.id, claim.fence,
    )  # fmt: skip


async def request_cancel(job: UUID) -> bool:
    """Ask a job to stop; one that has not started ends at once. False if it has already ended."""
    async with transaction():
        rows = await Job.raw(
            "UPDATE job SET cancel_requested = coalesce(cancel_requested, now()),"
            " status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END,"
            " finished_at = CASE WHEN status = 'queued' THEN now() ELSE finished_at END"
            " WHERE id = {} AND status IN ('queued', 'running') RETURNING id",
            job,
        )
    return bool(rows)
