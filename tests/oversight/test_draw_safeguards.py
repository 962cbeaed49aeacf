"""What keeps a draw from being steered or stopped: hashes held by the database, rounds that end, locks in one order."""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.errors import NotAllowed, NotYours
from bangfu.messages.tables import Message
from bangfu.oversight import draw_clock, draw_script, draws
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draw_committing import commit
from bangfu.oversight.draw_publishing import result_document
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_tables import DrawList, DrawPick, DrawRound, DrawSecret
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from bangfu.visits import moves
from tests.oversight import draw_steps as steps
from tests.oversight.test_draw_more import quarter
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")
PUT = (
    "INSERT INTO draw_secret (id, round, side, holder, hash, committed_at, secret_enc, secret)"
    " VALUES ({}, {}, 'auditor', {}, {}, now(), '', '')"
)


# Hashes that stand (DOMAIN.md 5.3) ------------------------------------------------------------------------------------
async def test_no_hash_is_put_in_or_set_aside_by_sql_once_the_lists_are_closed(world: World) -> None:
    row = await steps.closed(world, 3)
    await reveal(world["bureau"], row.id, steps.BUREAU, steps.month_end() + timedelta(hours=2))
    with pytest.raises(asyncpg.RaiseError, match="while its round is open"):
        await DrawSecret.raw("UPDATE draw_secret SET replaced_at = now() WHERE side = 'auditor'")
    with pytest.raises(asyncpg.RaiseError, match="while its round is open"):
        await DrawSecret.raw(PUT, uuid4(), row.id, world["auditor"].me, "e" * 64)
    with pytest.raises(asyncpg.RaiseError, match="keeps what"):
        await DrawRound.raw("UPDATE draw_round SET status = 'open' WHERE id = {}", row.id)


async def test_the_published_draw_carries_the_hashes_of_the_closing_and_the_script_compares_them(world: World) -> None:
    document = await result_document((await steps.drawn(world, 5)).id)
    closing, one = document["closing"], document["draws"][0]
    assert closing["commitments"] == {side: steps.hashed(secret) for side, secret in steps.SECRETS.items()}
    event = await AuditEvent.raw("SELECT encode(hash, 'hex') AS hash FROM audit_event WHERE action = 'draw.closed'")
    assert closing["hash"] == event[0]["hash"]
    assert closing["lists"] == {f"{one['contract']}/visits": one["list_hash"]}
    assert draw_script.difference(document) == ""

    swapped = copy.deepcopy(document)
    swapped["secrets"]["auditor"] = "cc" * 32
    swapped["commitments"]["auditor"] = steps.hashed("cc" * 32)
    assert "the auditor's commitment is" in draw_script.difference(swapped)
    for change, sentence in (("list_hash", "the list hash is"), ("frame_hash", "the frame hash is")):
        other = copy.deepcopy(document)
        other["draws"][0][change] = "0" * 64
        assert sentence in draw_script.difference(other)
    fewer = {**document, "draws": []}
    assert "at the closing it was" in draw_script.difference(fewer)
    with pytest.raises(draw_script.Unusable):
        draw_script.difference({key: value for key, value in document.items() if key != "closing"})


# Rounds that nobody serves --------------------------------------------------------------------------------------------
async def test_a_later_round_without_hashes_ends_in_public_and_the_lead_has_it_to_do(world: World) -> None:
    row = await steps.opened()
    await steps.served(world, 2)
    await draw_clock.look_after(steps.month_end() + timedelta(hours=1))
    second = await steps.round_of(steps.this_month())
    assert ((await steps.again(row)).status, second.number) == ("void", 2)
    assert await SupervisionTask.count().where(SupervisionTask.kind == "draw.stuck") == 0

    await commit(world["auditor"], uuid4(), second.id, steps.hashed("dd" * 32), second.commit_until - timedelta(1))
    await draw_clock.look_after(second.commit_until)
    failed, third = await steps.again(second), await steps.round_of(steps.this_month())
    assert (failed.status, failed.void_reason, failed.void_side) == ("void", "not_committed", "bureau")
    assert (third.number, third.status) == (3, "open")
    task = await SupervisionTask.objects().get(SupervisionTask.kind == "draw.stuck")
    assert task is not None and (task.subject, task.due_at) == (third.id, third.commit_until)
    told = await Message.raw("SELECT \"user\" FROM message WHERE kind = 'draw_void'")
    assert world["lead"].me in {each["user"] for each in told}
    events = await AuditEvent.raw("SELECT count(*) AS n FROM audit_event WHERE action = 'draw.void'")
    assert events[0]["n"] == 2

    await steps.committed(world, third, third.commit_until - timedelta(days=1), bureau="ee" * 32, auditor="ff" * 32)
    task = await SupervisionTask.objects().get(SupervisionTask.kind == "draw.stuck")
    assert (await steps.again(third)).status == "closed"
    assert task is not None and task.settled_event == "draw.closed"


async def test_a_second_draw_without_hashes_ends_too(world: World) -> None:
    row = await steps.drawn(world, 3)
    contract, at = (await steps.the_list(row)).contract, steps.month_end() + timedelta(days=1)
    async with transaction():
        key = await draws.rounds.open_second(steps.COUNTY, *quarter(), contract, at)
    second = await DrawRound.objects().get(DrawRound.id == key)
    assert second is not None
    await draw_clock.look_after(second.commit_until - timedelta(minutes=1))
    assert (await steps.again(second)).status == "open"
    await draw_clock.look_after(second.commit_until)
    assert ((await steps.again(second)).status, (await steps.again(second)).void_side) == ("void", "both")


# Locks ----------------------------------------------------------------------------------------------------------------
async def beside_a_move(visit: UUID, draw: Callable[[], Awaitable[object]]) -> object:
    """Draw while somebody holds the visit and then wants the audit chain: neither waits for the other for good."""
    held = asyncio.Event()

    async def move() -> None:
        async with transaction():
            await moves.locked(visit)
            held.set()
            await asyncio.sleep(0.6)
            await audit.record(SYSTEM, "visit.test", "visit", visit, division=steps.COUNTY, data={})

    async def drawing() -> object:
        await held.wait()
        return await draw()

    return (await asyncio.gather(move(), drawing()))[1]


async def test_a_redraw_and_who_moves_the_next_visit_do_not_wait_in_a_circle(world: World) -> None:
    row = await steps.drawn(world, 5)
    first, closed = (await steps.picks(row))[0], await steps.the_list(row)
    order = draw_script.order(bytes.fromhex(closed.seed), [each[0] for each in draws.rows_of(closed)])
    at = steps.month_end() + timedelta(days=1)
    found = await beside_a_move(UUID(order[1]), lambda: draws.redraw(first.check, at))
    check = await SpotCheck.objects().get(SpotCheck.id == found)
    assert check is not None and str(check.visit) == order[1]


async def test_a_full_check_and_who_moves_one_of_its_visits_do_not_wait_in_a_circle(world: World) -> None:
    row = await steps.drawn(world, 4)
    closed, taken = await steps.the_list(row), {each.subject for each in await steps.picks(row)}
    left = sorted(UUID(each[0]) for each in draws.rows_of(closed) if UUID(each[0]) not in taken)
    nurse = world.carers["nurse"]
    await beside_a_move(left[-1], lambda: draws.full_check(closed.contract, nurse, *quarter(), now()))
    assert await DrawPick.count().where(DrawPick.origin == "full") == len(left)


async def test_the_last_secret_and_who_moves_a_visit_of_a_full_check_do_not_wait_in_a_circle(world: World) -> None:
    row = await steps.closed(world, 4)
    closed, at = await steps.the_list(row), steps.month_end() + timedelta(hours=2)
    await draws.full_check(closed.contract, world.carers["nurse"], *quarter(), at)
    await reveal(world["bureau"], row.id, steps.BUREAU, at)
    visit = UUID(draws.rows_of(closed)[0][0])
    assert await beside_a_move(visit, lambda: reveal(world["auditor"], row.id, steps.AUDITOR, at))
    assert await DrawPick.count() == 4


async def test_who_may_not_give_a_secret_waits_for_no_lock(world: World) -> None:
    row = await steps.closed(world, 2)
    at = steps.month_end() + timedelta(hours=2)
    await reveal(world["bureau"], row.id, steps.BUREAU, at)
    visits = [each[0] for each in draws.rows_of((await DrawList.objects())[0])]
    async with transaction():
        await audit.hold(steps.COUNTY)
        await DrawRound.raw("SELECT id FROM visit WHERE id = ANY({}::uuid[]) FOR UPDATE", visits)
        for name in ("admin", "manager", "outside_officer", "lead"):
            task = asyncio.create_task(reveal(world[name], row.id, steps.AUDITOR, at))
            with pytest.raises((NotAllowed, NotYours)):
                await asyncio.wait_for(task, 3)
