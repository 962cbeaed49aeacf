"""A worker says that it lives. No audit event: it changes nothing that anybody decided."""

from datetime import datetime
from uuid import UUID

from bangfu import __version__
from bangfu.operating.tables import WorkerBeat

FORGET_AFTER = 86400.0
"""Seconds after which a worker that ended without a word is forgotten [D]."""


async def beat(worker: UUID, started: datetime) -> None:
    """The worker lives now, by the database's clock."""
    await WorkerBeat.raw(
        "INSERT INTO worker_beat (id, program, started_at, beat_at) VALUES ({}, {}, {}, now())"
        " ON CONFLICT (id) DO UPDATE SET beat_at = now()",
        worker, __version__, started,
    )  # fmt: skip
    await WorkerBeat.raw(
        "DELETE FROM worker_beat WHERE beat_at < now() - make_interval(secs => {})", FORGET_AFTER
    )  # fmt: skip


async def leave(worker: UUID) -> None:
    """The worker stops in order."""
    await WorkerBeat.raw("DELETE FROM worker_beat WHERE id = {}", worker)
