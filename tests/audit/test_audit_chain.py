"""The audit trail cannot be changed unnoticed (DOMAIN.md 9.5)."""

import asyncio

import asyncpg
import pytest

from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent

pytestmark = pytest.mark.database


async def _write(count: int, division: str = "990101001") -> None:
    for number in range(count):
        async with transaction():
            await audit.record(SYSTEM, "test.event", "thing", str(number), division=division, data={"n": number})


async def _tamper(dsn: str, statement: str) -> None:
    """What somebody with the database's own password could do: switch the trigger off and write."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(statement)
    await connection.close()


async def test_a_whole_chain_holds(database: str) -> None:
    await _write(5)
    await _write(3, "990102001")
    assert await audit.verify() == (8, None)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
async def test_the_database_refuses_to_change_or_delete_events(database: str, statement: str) -> None:
    await _write(1)
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await AuditEvent.raw(statement)
    assert await audit.verify() == (1, None)


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("UPDATE audit_event SET data = '{\"n\": 9}' WHERE seq = 3", 3, "its content was changed"),
        ("UPDATE audit_event SET actor_name = 'somebody' WHERE seq = 2", 2, "its content was changed"),
        ("UPDATE audit_event SET at = at + interval '1 second' WHERE seq = 4", 4, "its content was changed"),
        ("DELETE FROM audit_event WHERE seq = 3", 3, "the event is missing"),
        ("DELETE FROM audit_event WHERE seq = 5", 5, "events at the end are missing"),
        ("UPDATE audit_event SET previous = '' WHERE seq = 2", 2, "it does not name the event before it"),
    ],
)
async def test_the_first_broken_link_is_named(database: str, statement: str, seq: int, why: str) -> None:
    await _write(5)
    await _tamper(database, statement)
    checked, broken = await audit.verify()
    assert broken == audit.BrokenLink("990101", seq, why)
    assert checked == seq - 1


async def test_an_event_falls_with_the_change_that_it_records(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await audit.record(SYSTEM, "test.event", "thing", "1")
            raise ZeroDivisionError
    assert await audit.verify() == (0, None)


async def test_no_event_outside_a_transaction(database: str) -> None:
    with pytest.raises(RuntimeError):
        await audit.record(SYSTEM, "test.event", "thing", "1")


async def test_twenty_writers_at_once_leave_one_unbroken_chain(database: str) -> None:
    await asyncio.gather(*(_write(5) for _ in range(20)))
    assert await audit.verify() == (100, None)
