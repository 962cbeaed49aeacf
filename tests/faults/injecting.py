"""The faults: each is injected while one write is under way, and tells what the user was told meanwhile."""

import asyncio
import contextlib
import os
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import asyncpg

from tests.faults.case import AFTER, Case
from tests.faults.stand import Answer, Stand

Inject = Callable[[Stand, Case, random.Random], Awaitable[list[Answer]]]
USUAL: Final = 0.12
"""Seconds that the writes take, as far as a moment inside of them is chosen by it."""
BACK: Final = (-40.0, -3600.0, -26 * 3600.0)
"""How far a clock jumps back, in seconds."""


async def _at_some_moment(stand: Stand, case: Case, dice: random.Random, strike: Callable[[], Awaitable[None]]) -> list[
    Answer
]:  # fmt: skip
    """The write is sent; at some moment before, during or after its work it is struck."""
    browser = await stand.browser(case.who)
    sent = asyncio.create_task(case.send(browser))
    await asyncio.sleep(dice.uniform(0.0, 1.3 * USUAL))
    await strike()
    return [await sent]


async def _inside(stand: Stand, case: Case, strike: Callable[[], Awaitable[None]]) -> list[Answer]:
    """The write is held inside its transaction, at a table that it changes; there it is struck."""
    browser = await stand.browser(case.who)
    async with locked(stand, case.locks) as held:
        sent = asyncio.create_task(case.send(browser))
        await held(sent)
        await strike()
    return [await sent]


@contextlib.asynccontextmanager
async def locked(stand: Stand, table: str) -> AsyncIterator[Callable[["asyncio.Future[Any]"], Awaitable[None]]]:
    """Nobody changes the table for so long; the value waits until somebody stands in the queue."""
    connection = await stand.connection()
    try:
        move = connection.transaction()
        await move.start()
        await connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

        async def held(sent: "asyncio.Future[Any]") -> None:
            for _ in range(200):
                if sent.done() or await stand.one("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    return
                await asyncio.sleep(0.02)

        yield held
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await move.rollback()
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=2)


async def web_killed(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """kill -9 of the web process at some moment of the request."""
    return await _at_some_moment(stand, case, dice, lambda: _kill_web(stand))


async def web_killed_inside(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """kill -9 of the web process inside the transaction."""
    return await _inside(stand, case, lambda: _kill_web(stand))


async def _kill_web(stand: Stand) -> None:
    await asyncio.to_thread(stand.processes["web"].kill)


async def database_killed(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """kill -9 of the database server at some moment of the request."""
    return await _at_some_moment(stand, case, dice, lambda: _kill_database(stand))


async def database_killed_inside(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """kill -9 of the database server inside the transaction."""
    return await _inside(stand, case, lambda: _kill_database(stand))


async def _kill_database(stand: Stand) -> None:
    stand.kill_database()


async def connections_cut(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """Every connection of the product to its database is cut at some moment."""
    return await _at_some_moment(stand, case, dice, lambda: _cut(stand))


async def connections_cut_inside(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """... and inside the transaction."""
    return await _inside(stand, case, lambda: _cut(stand))


async def _cut(stand: Stand) -> None:
    await stand.asked(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bangfu'"
        " AND pid <> pg_backend_pid()"
    )


async def database_slow(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """The database hangs for some seconds inside the write; the user gives up, and sends it again meanwhile."""
    first, second = await stand.browser(case.who), await stand.browser(case.who)
    async with locked(stand, case.locks) as held:
        sent = asyncio.create_task(case.send(first))
        await held(sent)
        if dice.random() < 0.7:
            first.client.timeout = 0.1
            sent.cancel()  # the user closes the page
            await asyncio.sleep(dice.uniform(0, 0.5))
        again = asyncio.create_task(case.send(second))
        await asyncio.sleep(dice.uniform(0.3, 1.5))
    found = await asyncio.gather(sent, again, return_exceptions=True)
    return [answer for answer in found if isinstance(answer, Answer)]


async def disk_full(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """The database's disk is full while the write is sent, then has room again."""
    browser = await stand.browser(case.who)
    ballast = await asyncio.to_thread(_fill, stand.folder)
    try:
        tried = [await case.send(browser) for _ in range(2)]
    finally:
        ballast.unlink()
    return tried


def _fill(folder: Path) -> Path:
    """A file that takes all the room there is."""
    place = folder / "ballast"
    with place.open("wb", buffering=0) as out:
        piece = bytes(1 << 20)
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    if out.write(piece[:size]) < size:
                        break
        with contextlib.suppress(OSError):
            os.fsync(out.fileno())
    return place


def may_fill(folder: Path) -> bool:
    """Whether the folder is a small disk of its own, which may be filled."""
    return shutil.disk_usage(folder).total < (4 << 30) and os.path.ismount(folder)


async def clock_back(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """The clock of the web node jumps back before the write, or forth again while it is made."""
    node = "clock"
    stand.process(node, "serve", "--no-worker", module="tests.faults.clockwork")
    await stand.ready(node)
    away = dice.choice(BACK)
    browser = await stand.browser(case.who, node)
    first = dice.random() < 0.5
    if first:
        stand.set_clock(node, away)
        await asyncio.sleep(0.1)
    sent = asyncio.create_task(case.send(browser))
    if not first:
        await asyncio.sleep(dice.uniform(0, USUAL))
        stand.set_clock(node, away)
    answer = await sent
    stand.set_clock(node, 0.0)
    await asyncio.sleep(0.1)
    return [answer]


async def sent_twice(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """The same request three times at once, and once more afterwards."""
    browsers = [await stand.browser(case.who) for _ in range(3)]
    found = await asyncio.gather(*(case.send(browser) for browser in browsers))
    return [*found, await case.send(browsers[0])]


async def out_of_order(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """What comes later arrives first, an older request once more at the end."""
    browser = await stand.browser(case.who)
    if case.early is not None:
        early = await case.early(browser)
        if early.status < 400 or await case.state() == AFTER:
            raise AssertionError(f"what came too early was taken: {early.status}")
    answer = await case.send(browser)
    if case.late is not None:
        await case.late(browser)
    return [answer]


async def two_browsers(stand: Stand, case: Case, dice: random.Random) -> list[Answer]:
    """Two browsers decide about one object at once; the second is told, or finds it done."""
    first, second = await stand.browser(case.who), await stand.browser(case.rival_who or case.who)
    rival = case.rival or case.send
    both: list[Callable[[], Awaitable[Answer]]] = [lambda: case.send(first), lambda: rival(second)]
    dice.shuffle(both)

    async def after(wait: float, act: Callable[[], Awaitable[Answer]]) -> Answer:
        await asyncio.sleep(wait)
        return await act()

    found = await asyncio.gather(*(after(dice.uniform(0, 0.03), act) for act in both))
    if not any(answer.acknowledged for answer in found):
        raise AssertionError(f"neither browser came through: {[answer.status for answer in found]}")
    return list(found)


FAULTS: Final[dict[str, Inject]] = {
    "web process killed": web_killed, "web process killed inside the transaction": web_killed_inside,
    "database killed": database_killed, "database killed inside the transaction": database_killed_inside,
    "connections cut": connections_cut, "connections cut inside the transaction": connections_cut_inside,
    "slow database, user gives up and repeats": database_slow, "disk full": disk_full,
    "clock jumps back": clock_back, "sent several times": sent_twice, "out of order": out_of_order,
    "two browsers": two_browsers,
}  # fmt: skip
