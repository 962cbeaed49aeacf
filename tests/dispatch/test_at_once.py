"""Several people and workers at the same moment: one wins, nothing happens twice."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from bangfu.contracts.queries import balance
from bangfu.contracts.tables import ContractLine, Movement
from bangfu.dispatch import moves
from bangfu.dispatch.actions import accept, cancel, decline, make_offer
from bangfu.dispatch.expiring import expire_due
from bangfu.dispatch.tables import Assignment
from bangfu.errors import Refused
from bangfu.needs import actions as needs
from bangfu.needs.moves import locked, move
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from tests.dispatch.tasks import kinds_told, make_need, need_status, offer_of, offered, status_of
from tests.support import World

pytestmark = pytest.mark.database


async def test_accepting_and_declining_at_once_leaves_one_winner(world: World) -> None:
    for _ in range(6):
        task = await offered(world)
        answers = await asyncio.gather(
            accept(world["manager"], task, None, now()), decline(world["manager"], task, "no_staff", "", now()),
            return_exceptions=True,
        )  # fmt: skip
        assert [type(each) for each in answers if each is not None] == [Refused]
        status = await status_of(task)
        assert status == ("accepted" if answers[0] is None else "declined")
        assert await need_status(task) == ("assigned" if status == "accepted" else "matching")


async def test_two_offers_of_one_need_at_once_leave_one(world: World) -> None:
    need = await make_need()
    offers = [offer_of(need, world.carers[name]) for name in ("nurse", "rival", "volunteer", "social_worker")]
    answers = await asyncio.gather(*(make_offer(world["dispatcher"], o, now()) for o in offers), return_exceptions=True)
    assert sum(isinstance(each, UUID) for each in answers) == 1
    assert sum(isinstance(each, Refused) for each in answers) == 3
    assert await Assignment.count() == 1


async def test_the_database_itself_refuses_a_second_open_assignment(world: World) -> None:
    task = await offered(world)
    with pytest.raises(asyncpg.UniqueViolationError):
        await Assignment.raw(
            "INSERT INTO assignment (id, number, need, household, division, service, carer_kind, matched_carer, carer,"
            " visits, minutes) SELECT gen_random_uuid(), 'A-X', need, household, division, service, carer_kind,"
            " matched_carer, carer, visits, minutes FROM assignment WHERE id = {}",
            task,
        )


async def test_twenty_offers_at_once_never_promise_more_than_the_line_has(world: World) -> None:
    line = world.lines["visit_check"]
    await ContractLine.update({ContractLine.max_units: 200}).where(ContractLine.id == line)
    needs = [await make_need() for _ in range(20)]
    offers = [offer_of(need, world.carers["nurse" if i % 2 else "cleaner"]) for i, need in enumerate(needs)]
    answers = await asyncio.gather(*(make_offer(world["dispatcher"], o, now()) for o in offers), return_exceptions=True)
    made = [each for each in answers if isinstance(each, UUID)]
    assert len(made) == 4, "about 43 visits each until the line ends"
    assert all(isinstance(each, Refused) for each in answers if not isinstance(each, UUID))
    used = await balance(line)
    assert used.used_units <= 200
    rows = await Movement.raw("SELECT subject FROM contract_movement")
    assert {row["subject"] for row in rows} == set(made)


async def test_two_workers_end_an_offer_once(world: World) -> None:
    at = now()
    tasks = [await offered(world, carer, at=at) for carer in ("nurse", "nurse", "cleaner", "social_worker")]
    taken = await offered(world, at=at)
    await accept(world["manager"], taken, None, at)
    patient = await offered(world, "volunteer", at=at)
    heard: list[UUID] = []

    async def hear(assignment: UUID, how: str, _at: object) -> None:
        heard.append(assignment)

    kept, moves.ENDED[:] = list(moves.ENDED), [hear]
    try:
        later = at + timedelta(hours=24, seconds=1)
        counts = await asyncio.gather(expire_due(later), expire_due(later), expire_due(later))
        assert await expire_due(later) + sum(counts) == len(tasks)
    finally:
        moves.ENDED[:] = kept
    assert sorted(heard) == sorted(tasks)
    assert [await status_of(task) for task in tasks] == ["expired"] * 4
    assert (await status_of(taken), await status_of(patient)) == ("accepted", "offered")
    released = await Movement.raw("SELECT subject FROM contract_movement WHERE kind = 'released'")
    assert len(released) == 3
    assert (await kinds_told(world["dispatcher"].me)).count("expired") == 4
    assert (await kinds_told(world["manager"].me)).count("expired_server") == 3


async def test_an_answer_and_the_clock_at_once_leave_one_end(world: World) -> None:
    for _ in range(4):
        at = now()
        task = await offered(world, at=at)
        end = at + timedelta(hours=24)
        answers = await asyncio.gather(
            decline(world["manager"], task, "times", "", end), expire_due(end + timedelta(seconds=1)),
            return_exceptions=True,
        )  # fmt: skip
        assert (await status_of(task)) == ("declined" if answers[0] is None else "expired")
        rows = await Movement.raw("SELECT sum(units) AS n FROM contract_movement WHERE subject = {}", task)
        assert rows[0]["n"] == 0


async def test_one_failing_offer_does_not_hold_up_the_others(world: World) -> None:
    at = now()
    tasks = [await offered(world, at=at + timedelta(minutes=i)) for i in range(3)]

    async def fail(assignment: UUID, how: str, _at: object) -> None:
        if assignment == tasks[0]:
            raise RuntimeError("planning is confused")

    kept, moves.ENDED[:] = list(moves.ENDED), [fail]
    try:
        assert await expire_due(at + timedelta(days=2)) == 2
    finally:
        moves.ENDED[:] = kept
    assert [await status_of(task) for task in tasks] == ["offered", "expired", "expired"]


async def test_accepting_and_cancelling_from_the_station_at_once_never_hang(world: World) -> None:
    for _ in range(4):
        task = await offered(world)
        answers = await asyncio.wait_for(
            asyncio.gather(
                accept(world["manager"], task, None, now()),
                cancel(world["dispatcher"], task, "replanned", "", now()),
                return_exceptions=True,
            ),
            10,
        )
        assert all(each is None or isinstance(each, Refused) for each in answers)
        assert (await status_of(task), await need_status(task)) == ("cancelled", "matching")


async def test_a_cancelled_need_takes_its_offer_with_it(world: World) -> None:
    task = await offered(world)
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    async with transaction():
        await move(world["officer"], await locked(row.need), "cancel", now())
        await needs.react(world["officer"], row.need, "cancel", now())
    assert (await status_of(task), await need_status(task)) == ("cancelled", "cancelled")
    assert (await balance(world.lines["visit_check"])).used_units == 0
