"""A match run in the worker: exactly one result, whatever happens to workers, and an end when it is stopped."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from bangfu.errors import NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.planning import running
from bangfu.planning.actions import AlreadyRunning, cancel_run, run_now, start_run
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared import jobs
from bangfu.shared.clock import now
from bangfu.shared.tables import Job
from matching import Problem, Solution, check
from tests.planning.making import TOWN_CODE, finished_run, make_need, proposals_of, row_of, status_of, until
from tests.planning.test_match_command import CARER, NEED, PROBLEM
from tests.support import World

pytestmark = pytest.mark.database


async def test_a_run_proposes_a_carer_for_each_need_that_somebody_can_serve(world: World) -> None:
    served = await make_need(world)
    unserved = await make_need(world, qualifications=[["L"]])
    run = await run_now(world["dispatcher"], TOWN_CODE, 1)
    row, proposals = await row_of(run), {p["need"]: p for p in await proposals_of(run)}
    assert (row["status"], row["needs"], row["served"]) == ("done", 2, 1)
    assert (await status_of(served), await status_of(unserved)) == ("matching", "confirmed")
    assert proposals[unserved]["reason"] == "no_qualified"
    chosen = proposals[served]
    assert chosen["status"] == "proposed"
    assert chosen["load_after"] - chosen["load_before"] == chosen["load_minutes"] > 0
    assert chosen["load_limit"] == 4 * 2400
    assert sum(json.loads(chosen["cost_parts"]).values()) == chosen["cost"]
    assert len(json.loads(chosen["alternatives"])) >= 2
    problem, solution = (
        Problem.from_document(json.loads(row["problem"])),
        Solution.from_document(json.loads(row["solution"])),
    )
    assert check(problem, solution) == []


async def test_the_binding_reason_is_kept_with_the_need(world: World) -> None:
    need = await make_need(world, qualifications=[["L"]])
    await finished_run(world)
    rows = await Need.raw("SELECT binding_reason, binding_detail FROM need WHERE id = {}", need)
    assert rows[0]["binding_reason"] == "no_qualified"
    assert json.loads(rows[0]["binding_detail"])["run"].startswith("M-")


async def test_two_workers_at_once_give_one_result(world: World) -> None:
    await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 1, 1, now())
    claims = [await jobs.claim(["match"]), await jobs.claim(["match"])]
    assert claims[1] is None
    first = claims[0]
    assert first is not None
    await Job.raw("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = {}", first.id)
    second = await jobs.claim(["match"])
    assert second is not None

    async def work(claim: jobs.Claim) -> str:
        try:
            await running.match(claim, asyncio.Event())
        except jobs.LostClaim:
            return "lost"
        return "stored"

    assert sorted(await asyncio.gather(work(first), work(second))) == ["lost", "stored"]
    assert len(await proposals_of(run)) == 1
    assert (await row_of(run))["status"] == "done"


async def test_a_run_that_a_worker_left_behind_is_taken_up_from_its_frozen_problem(world: World) -> None:
    need = await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 30, 1, now())
    claim = await jobs.claim(["match"])
    assert claim is not None
    killed = asyncio.create_task(running.match(claim, asyncio.Event()))

    async def frozen_already() -> bool:
        return bool((await row_of(run))["problem"])

    await until(frozen_already)
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    frozen = (await row_of(run))["problem"]
    assert (await row_of(run))["status"] == "running"
    await make_need(world)
    await Job.raw("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = {}", claim.id)
    again = await jobs.claim(["match"])
    assert again is not None
    await running.match(again, asyncio.Event())
    row = await row_of(run)
    assert (row["status"], row["problem"] == frozen) == ("done", True)
    assert [p["need"] for p in await proposals_of(run)] == [need]


async def test_a_queued_run_ends_at_once_when_it_is_stopped(world: World) -> None:
    need = await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 5, 1, now())
    await cancel_run(world["dispatcher"], run, now())
    await cancel_run(world["dispatcher"], run, now())
    assert (await row_of(run))["status"] == "cancelled"
    assert await jobs.claim(["match"]) is None
    assert await status_of(need) == "confirmed"


async def test_a_running_run_that_is_stopped_gives_its_needs_back(world: World) -> None:
    need = await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 60, 1, now())
    claim = await jobs.claim(["match"])
    assert claim is not None
    work = asyncio.create_task(running.match(claim, asyncio.Event()))

    async def taken() -> bool:
        return await status_of(need) == "matching"

    await until(taken)
    await cancel_run(world["dispatcher"], run, now())
    await asyncio.wait_for(work, 20)
    assert (await row_of(run))["status"] == "cancelled"
    assert await status_of(need) == "confirmed"
    assert await proposals_of(run) == []


async def test_a_worker_that_stops_puts_the_run_back_into_the_queue(world: World) -> None:
    await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 60, 1, now())
    claim, stop = await jobs.claim(["match"]), asyncio.Event()
    assert claim is not None
    stop.set()
    await running.match(claim, stop)
    assert (await row_of(run))["status"] == "running"
    again = await jobs.claim(["match"])
    assert again is not None


async def test_one_open_run_for_an_area_and_for_those_above_and_below_it(world: World) -> None:
    await make_need(world)
    await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 5, 1, now())
    for who, division in (("dispatcher", TOWN_CODE), ("dispatcher", "990101001201")):
        with pytest.raises(AlreadyRunning):
            await start_run(world[who], uuid4(), division, 5, 1, now())


async def test_repeating_the_form_starts_one_run(world: World) -> None:
    await make_need(world)
    key = uuid4()
    for _ in range(2):
        assert await start_run(world["dispatcher"], key, TOWN_CODE, 5, 1, now()) == key
    assert len(await MatchRun.raw("SELECT id FROM match_run")) == 1
    assert len(await Job.raw("SELECT id FROM job")) == 1


async def test_a_run_needs_needs_and_an_own_area(world: World) -> None:
    with pytest.raises(Refused):
        await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 5, 1, now())
    with pytest.raises(NotYours):
        await start_run(world["dispatcher"], uuid4(), "990102001000", 5, 1, now())


async def test_the_child_that_fails_ends_the_run_with_its_reason_and_a_message(world: World) -> None:
    need = await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 5, 1, now())
    await MatchRun.raw("UPDATE match_run SET problem = {} WHERE id = {}", '{"version": 99}', run)
    claim = await jobs.claim(["match"])
    assert claim is not None
    await running.match(claim, asyncio.Event())
    row = await row_of(run)
    assert (row["status"], "version" in row["error"]) == ("failed", True)
    assert await status_of(need) == "confirmed"
    messages = await Job.raw("SELECT kind FROM message")
    assert [m["kind"] for m in messages] == ["run_failed"]


async def test_a_later_run_takes_the_place_of_undecided_proposals(world: World) -> None:
    await make_need(world)
    first, second = await finished_run(world), await finished_run(world)
    assert [p["status"] for p in await proposals_of(first)] == ["superseded"]
    assert [p["status"] for p in await proposals_of(second)] == ["proposed"]


def test_the_solver_ends_when_its_worker_does(tmp_path: Path) -> None:
    needs = [{**NEED, "id": f"n{n}", "household": f"h{n}"} for n in range(400)]
    carers = [{**CARER, "id": f"c{n}", "lat": 31.7 + n / 500} for n in range(60)]
    (tmp_path / "problem.json").write_text(json.dumps({**PROBLEM, "needs": needs, "carers": carers}))
    command = [sys.executable, "-m", "bangfu.planning.solver", str(tmp_path), "120", "1"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["share"] >= 0
    process.stdin.close()
    assert process.wait(20) != 0
    assert not (tmp_path / "result.json").exists()


async def test_run_now_works_where_no_worker_runs(world: World) -> None:
    await make_need(world)
    run = await run_now(world["dispatcher"], TOWN_CODE, 1)
    assert (await row_of(run))["served"] == 1
    assert await Proposal.count().where(Proposal.run == run) == 1
