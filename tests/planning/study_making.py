"""Studies worked on in this process, for the tests of re-plans and shortages."""

import asyncio
import json
from typing import Any
from uuid import UUID

from bangfu.planning import study_running
from bangfu.planning.child import Beat
from bangfu.planning.study_solver import answer_of
from bangfu.shared import jobs


async def answer_here(problem: str, seconds: float, seed: int, beat: Beat) -> dict[str, Any]:
    """The child's work without a process of its own, through JSON as it would come back."""
    assert await beat(50, "search")
    answered = answer_of(json.loads(problem), seconds, seed, lambda *_: None)
    found: dict[str, Any] = json.loads(json.dumps(answered))
    return found


async def work_on_study() -> UUID:
    """Take the next study and answer it; its id."""
    claim = await jobs.claim(["plan_study"])
    assert claim is not None
    await study_running.study(claim, asyncio.Event(), answer_here)
    return UUID(claim.payload["study"])
