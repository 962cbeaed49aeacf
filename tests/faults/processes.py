"""Writes that are no request: a quarter is frozen, a run is matched, keys are changed, the schema is brought up."""

import asyncio
import contextlib
import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from bangfu.contracts.tables import Contract, ContractLine
from bangfu.households.tables import Household
from bangfu.quality import proving
from bangfu.shared import crypto, rotation
from bangfu.shared.civil_time import quarter_of, quarter_span
from bangfu.shared.clock import today
from bangfu.shared.database import close_pool, configure, open_pool
from bangfu.shared.migrate import known_migrations, migrate_to
from bangfu.visits.tables import Visit
from tests.conftest import on
from tests.faults.case import AFTER, BEFORE
from tests.faults.injecting import locked
from tests.faults.playing import Played
from tests.faults.stand import Process, Stand, until
from tests.foundation.sealed_values import fill, opened
from tests.planning.making import DAY, TOWN_CODE, make_household, make_need
from tests.support import HOME
from tests.visits.visit_steps import accepted

_serial = count(1)
VISITS: Final = 3
NEEDS: Final = 5
PEOPLE: Final = 1200
"""With sealed values, so that a change of keys takes its time."""
Strike = Callable[[Stand, Process], Awaitable[None]]


async def kill_process(_: Stand, process: Process) -> None:
    """kill -9 of the process that writes."""
    await asyncio.to_thread(process.kill)


async def kill_database(stand: Stand, _: Process) -> None:
    """kill -9 of the database under it."""
    stand.kill_database()


async def cut(stand: Stand, _: Process) -> None:
    """Its connections are cut."""
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        await stand.asked(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND application_name <> 'faults' AND pid <> pg_backend_pid()"
        )


STRIKES: Final[dict[str, Strike]] = {
    "killed": kill_process, "database killed": kill_database, "connections cut": cut,
}  # fmt: skip


def _worker(stand: Stand) -> Process:
    return stand.process("worker", "work")


async def _contract(stand: Stand, year: int, quarter: int) -> tuple[UUID, list[UUID]]:
    """A contract with verified visits in a quarter that is long over, not frozen yet."""
    first, _ = quarter_span(year, quarter)
    contract, line, number = uuid4(), uuid4(), f"F-{next(_serial)}"
    span: dict[str, Any] = {"starts_on": first, "ends_on": first + timedelta(days=400)}
    await Contract(
        id=contract, number=number, project=number, division="990101000000", supplier=stand.world.organization,
        status="active", imported=True, total=Decimal("90000.00"), **span,
    ).save()  # fmt: skip
    await ContractLine(
        id=line, contract=contract, contract_number=number, organization=stand.world.organization,
        service="visit_check", unit_price=Decimal("25.00"), max_units=900, max_amount=Decimal("90000.00"), **span,
    ).save()  # fmt: skip
    begun = datetime.combine(first, clock_time(2), UTC)
    task = await accepted(stand.world, "nurse", visits=VISITS)
    made = []
    for place in range(VISITS):
        start = begun + timedelta(days=7 * place + 1)
        key = uuid4()
        await Visit(
            id=key, number=f"TF-{key.hex[:8]}", assignment=task.id, need=task.need, household=task.household,
            division=task.division, service=task.service, carer=task.carer, carer_kind=task.carer_kind,
            organization=task.organization, contract_line=line, unit_price=Decimal("25.00"), minutes=30,
            status="verified", due_from=start, due_until=start + timedelta(days=1), window_start=start,
            window_end=start + timedelta(hours=1), planned_start=start, planned_end=start + timedelta(minutes=30),
            booked="verified",
        ).save()  # fmt: skip
        made.append(key)
    return contract, made


async def freezing(stand: Stand, strike: Strike, dice: random.Random, found: Played) -> None:
    """The worker freezes a quarter; struck inside the transaction that writes the frozen facts."""
    year, quarter = quarter_of(today())
    index = year * 4 + quarter - 1 - 2
    year, quarter = index // 4, index % 4 + 1
    worker = _worker(stand)
    contract, visits = await _contract(stand, year, quarter)

    async def state() -> str:
        scores = await stand.asked(
            "SELECT s.id, s.revision, (SELECT count(*) FROM score_revision r WHERE r.score = s.id) AS revisions,"
            " (SELECT count(*) FROM audit_event e WHERE e.subject = s.id::text AND e.action = 'quarter_score.frozen')"
            " AS events FROM quarter_score s WHERE s.subject = $1 AND s.year = $2 AND s.quarter = $3",
            contract, year, quarter,
        )  # fmt: skip
        if not scores:
            return BEFORE
        if len(scores) > 1 or (scores[0]["revision"], scores[0]["revisions"], scores[0]["events"]) != (1, 1, 1):
            return f"half: {scores}"
        facts = await stand.one("SELECT facts FROM score_revision WHERE score = $1", scores[0]["id"])
        if any(str(visit) not in facts for visit in visits):
            return "half: visits are missing"
        if wrong := await proving.differences_of(scores[0]["id"]):
            return f"half: {wrong}"
        return AFTER

    async with locked(stand, dice.choice(["score_revision", "audit_event"])) as held:
        worker.start()
        await held(asyncio.get_running_loop().create_future())
        await strike(stand, worker)
    await stand.ready()
    await stopped(worker)
    await _then_after(stand, worker, state, found)


async def _then_after(stand: Stand, worker: Process, state: Callable[[], Awaitable[str]], found: Played) -> None:
    """Nothing half while nobody works; a worker that starts again brings it to its end."""
    found.seen = await state()
    if found.seen not in {BEFORE, AFTER, "waiting"}:
        found.losses.append(found.seen)
    worker.start()

    async def done() -> bool:
        return await state() == AFTER

    try:
        await until(done, "the end of it", 150)
    except TimeoutError:
        found.losses.append(f"did not come to its end: {await state()}")
    await stopped(worker)


async def stopped(worker: Process) -> None:
    """The process has left."""
    await asyncio.to_thread(worker.stop)


async def matching(stand: Stand, strike: Strike, dice: random.Random, found: Played) -> None:
    """A match run is asked for on the page; the worker is struck while it works on it."""
    worker = _worker(stand)
    for _ in range(NEEDS):
        home = await make_household(lat=HOME[0], lon=HOME[1])
        await make_need(stand.world, household=home, kinds=["worker", "volunteer"], windows=DAY)
    browser = await stand.browser("dispatcher")
    form = {"key": str(uuid4()), "division": TOWN_CODE, "time_limit": "5", "seed": "1"}
    answer = await browser.post("/match/new", form)
    found.acknowledged = answer.acknowledged
    run = UUID(answer.place.rpartition("/")[2])

    async def state() -> str:
        rows = await stand.asked(
            "SELECT r.status, r.needs, (SELECT count(*) FROM proposal p WHERE p.run = r.id) AS proposals,"
            " (SELECT count(DISTINCT p.need) FROM proposal p WHERE p.run = r.id) AS of FROM match_run r"
            " WHERE r.id = $1", run,
        )  # fmt: skip
        if len(rows) != 1:
            return f"lost: {len(rows)} runs"
        row = rows[0]
        if row["status"] == "done":
            return AFTER if row["needs"] == row["proposals"] == row["of"] >= NEEDS else f"half: {dict(row)}"
        return "waiting" if not row["proposals"] and row["status"] in {"queued", "running"} else f"half: {dict(row)}"

    worker.start()

    async def begun() -> bool:
        return str(await stand.one("SELECT status FROM match_run WHERE id = $1", run)) != "queued"

    await until(begun, "the worker")
    await asyncio.sleep(dice.uniform(0.0, 5.0))
    await strike(stand, worker)
    await stand.ready()
    await stopped(worker)
    await _then_after(stand, worker, state, found)
    await stand.asked("UPDATE need SET status = 'cancelled' WHERE status IN ('confirmed', 'matching')")


async def rotating(stand: Stand, strike: Strike, dice: random.Random, found: Played) -> None:
    """Everything sealed gets a new key; struck at some moment. What was sealed reads the same at any time."""
    process = stand.process(f"keys-{next(_serial)}", "keys", "rotate")
    crypto.load_keys(stand.keys)
    if not await Household.exists().where(Household.number == "R-1"):
        await fill(PEOPLE)
    before = await opened()
    first = json.loads(stand.keys.read_text())["current"]
    process.start()

    async def begun() -> bool:
        return not process.alive or json.loads(stand.keys.read_text())["current"] != first

    await until(begun, "the rotation")
    await asyncio.sleep(dice.uniform(0.0, 0.4))
    await strike(stand, process)
    await stand.ready()
    await stopped(process)
    crypto.load_keys(stand.keys)
    found.seen = BEFORE if "rotating" in json.loads(stand.keys.read_text()) else AFTER
    if await opened() != before:
        found.losses.append("sealed values do not read the same")
    again = await asyncio.to_thread(_run, stand, "keys", "rotate")
    crypto.load_keys(stand.keys)
    document = json.loads(stand.keys.read_text())
    if again.returncode or "rotating" in document:
        found.losses.append(f"the rotation did not end: {again.stderr[-200:]}")
    if await opened() != before:
        found.losses.append("sealed values do not read the same at the end")
    if used := await _keys_used() - {document["current"]}:
        found.losses.append(f"values are left under other keys: {used}")


async def _keys_used() -> set[str]:
    return {key for key, _ in await rotation.uses()}


def _run(stand: Stand, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bangfu.cli", *words], env={**stand.environment, **more}, capture_output=True,
        text=True, timeout=200, check=False,
    )  # fmt: skip


OLD: Final = 12
"""Migrations that the old database has not seen."""
SHAPE: Final = """
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT format('migration %s', name) FROM migration) AS lines
"""


async def migrating(stand: Stand, strike: Strike, dice: random.Random, found: Played) -> None:
    """The schema is brought up to date; struck at some moment, or where a migration is written down."""
    name = f"migrated_{next(_serial)}"
    await _old_database(stand)
    await stand.asked(f'CREATE DATABASE "{name}" TEMPLATE old_schema')
    place = on(stand.dsn, name)
    process = stand.process(name, "migrate")
    process.environment["DATABASE_URL"] = place
    before = await _shape(place)
    if dice.random() < 0.5:
        connection = await asyncpg.connect(place, server_settings={"application_name": "faults"})
        move = connection.transaction()
        await move.start()
        await connection.execute("LOCK TABLE migration IN SHARE ROW EXCLUSIVE MODE")
        process.start()

        async def held() -> bool:
            return not process.alive or bool(await stand.one("SELECT count(*) FROM pg_locks WHERE NOT granted"))

        await until(held, "the first migration")
        await strike(stand, process)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(connection.close(), 3)
    else:
        process.start()
        await asyncio.sleep(dice.uniform(1.0, 4.0))
        await strike(stand, process)
    await stand.ready()
    await stopped(process)
    middle = await _shape(place)
    found.seen = BEFORE if middle == before else "between"
    again = await asyncio.to_thread(_run, stand, "migrate", DATABASE_URL=place)
    if again.returncode:
        found.losses.append(f"cannot be migrated any more: {again.stderr[-300:]}")
    elif await _shape(place) != await _shape(stand.dsn):
        found.losses.append("another schema than without the fault")
    with contextlib.suppress(asyncpg.PostgresError):
        await stand.asked(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _old_database(stand: Stand) -> None:
    """A database of some versions ago, made once."""
    if await stand.one("SELECT count(*) FROM pg_database WHERE datname = 'old_schema'"):
        return
    await stand.asked("CREATE DATABASE old_schema")
    await close_pool()
    configure(on(stand.dsn, "old_schema"))
    try:
        await migrate_to(sorted(known_migrations())[-OLD - 1])
    finally:
        configure(stand.dsn)
        await open_pool()


async def _shape(dsn: str) -> str:
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "faults"})
    try:
        return hashlib.sha256((await connection.fetchval(SHAPE)).encode()).hexdigest()
    finally:
        await connection.close()


PROCESSES: Final[dict[str, Callable[[Stand, Strike, random.Random, Played], Awaitable[None]]]] = {
    "freeze a quarter": freezing, "match": matching, "change the keys": rotating, "migrate": migrating,
}  # fmt: skip


async def play_process(stand: Stand, scene: str, strike: str, seed: int) -> Played:
    """Strike a process once while it writes; what is lost is told as by playing.play."""
    begun, found = time.monotonic(), Played(scene, f"{strike} (process)" if strike == "killed" else strike)
    await stand.ready()
    await PROCESSES[scene](stand, STRIKES[strike], random.Random(seed), found)
    found.seconds = time.monotonic() - begun
    return found
