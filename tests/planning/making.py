"""Needs and runs for the tests of planning, in the made-up world of tests/support.py."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from bangfu.households.tables import Consent, Household
from bangfu.needs.tables import Need
from bangfu.planning import running
from bangfu.planning.actions import start_run
from bangfu.planning.child import Beat
from bangfu.planning.solver import result_of
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared import jobs
from bangfu.shared.clock import now
from tests.support import HOME, VILLAGE, World

TOWN_CODE = "990101001000"
DAY = [[day, 480, 1200] for day in range(7)]
_count = iter(range(1, 1_000_000))


async def make_household(
    *, division: str = VILLAGE, lat: float | None = None, lon: float | None = None, **more: Any
) -> UUID:
    place = next(_count)
    household = Household(
        id=uuid4(), number=f"H-{place:06d}", division=division, category="dibao", head_name="王小明",
        lat=HOME[0] if lat is None else lat, lon=HOME[1] if lon is None else lon, **more,
    )  # fmt: skip
    await household.save()
    return household.id


async def make_need(world: World, *, household: UUID | None = None, status: str = "confirmed", **more: Any) -> UUID:
    """A confirmed need of a visit in the village; anything may be set."""
    household = household or await make_household(division=more.get("division", VILLAGE))
    consent = Consent(
        id=uuid4(), household=household, ground="consent", giver="王小明", purposes=["service", "share_provider"]
    )
    await consent.save()
    values: dict[str, Any] = {
        "division": VILLAGE, "service": "visit_check", "priority": "key", "visits": 4, "minutes": 60,
        "qualifications": [["T"]], "kinds": ["worker", "social_worker", "volunteer"], "windows": DAY, **more,
    }  # fmt: skip
    for name in ("qualifications", "windows"):
        values[name] = json.dumps(values[name])
    need = Need(
        id=uuid4(), number=f"N-{next(_count):06d}", household=household, status=status, consent=consent.id,
        submitted_by=world["coordinator"].me, confirmed_by=world["officer"].me, **values,
    )  # fmt: skip
    await need.save()
    return need.id


async def solve_here(problem: str, seconds: float, seed: int, beat: Beat) -> dict[str, Any]:
    """The solver without a process of its own, which would take a second to start."""
    assert await beat(50, "search")
    return result_of(json.loads(problem), seconds, seed, lambda *_: None)


async def finished_run(world: World, *, who: str = "dispatcher", division: str = TOWN_CODE, seconds: int = 1) -> UUID:
    """A run from the button to its stored result, worked on in this process."""
    run = await start_run(world[who], uuid4(), division, seconds, 1, now())
    claim = await jobs.claim(["match"])
    assert claim is not None
    await running.match(claim, asyncio.Event(), solve_here)
    return run


async def row_of(run: UUID) -> dict[str, Any]:
    return (await MatchRun.raw("SELECT * FROM match_run WHERE id = {}", run))[0]


async def proposals_of(run: UUID) -> list[dict[str, Any]]:
    return await Proposal.raw("SELECT * FROM proposal WHERE run = {} ORDER BY id", run)


async def status_of(need: UUID) -> str:
    return (await Need.raw("SELECT status FROM need WHERE id = {}", need))[0]["status"]


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    """Wait, at most 20 seconds, for what another task brings about."""
    for _ in range(400):
        if await met():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError
