"""The embedded database starts, is shared, survives being killed, and says clearly what is wrong."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from bangfu.errors import SetupError
from bangfu.shared.embedded import EmbeddedServer

CHILD = """
import sys, time
from pathlib import Path
from bangfu.shared.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
print(server.open(), flush=True)
time.sleep(60)
"""


def _query(dsn: str, *statements: str) -> list[object]:
    async def ask() -> list[object]:
        connection = await asyncpg.connect(dsn)
        try:
            return [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()

    return asyncio.run(ask())


def _postmaster(server: EmbeddedServer) -> int:
    return int((server.home / "data" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
def server(open_folder: Path):
    made = EmbeddedServer(open_folder / "data")
    made.open()
    yield made
    made.close()


def test_it_listens_on_a_private_socket_only(server: EmbeddedServer) -> None:
    assert _query(server.dsn, "SHOW listen_addresses") == [""]
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data / "database-password").stat().st_mode) == 0o600


def test_a_committed_row_survives_the_killing_of_the_server(server: EmbeddedServer) -> None:
    _query(server.dsn, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (41)")
    server.watch(every_seconds=0.1)
    os.kill(_postmaster(server), signal.SIGKILL)
    deadline = time.monotonic() + 20
    while True:
        try:
            assert _query(server.dsn, "SELECT n FROM kept") == [41]
            break
        except (OSError, asyncpg.PostgresError):
            assert time.monotonic() < deadline, "the watch did not start the server again"
            time.sleep(0.1)


def test_a_killed_program_leaves_a_database_that_the_next_one_takes_over(open_folder: Path) -> None:
    data = open_folder / "data"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(data)], stdout=subprocess.PIPE, text=True)
    dsn = child.stdout.readline().strip()
    _query(dsn, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (42)")
    child.kill()
    child.wait()
    successor = EmbeddedServer(data)
    assert _query(successor.open(), "SELECT n FROM kept") == [42]
    successor.close()
    with pytest.raises((OSError, asyncpg.PostgresError)):
        _query(dsn, "SELECT 1")


def test_two_programs_share_it_and_the_last_to_leave_stops_it(open_folder: Path) -> None:
    first, second = EmbeddedServer(open_folder / "data"), EmbeddedServer(open_folder / "data")
    dsn = first.open()
    assert second.open() == dsn
    first.close()
    assert _query(dsn, "SELECT 1") == [1]
    second.close()
    with pytest.raises((OSError, asyncpg.PostgresError)):
        _query(dsn, "SELECT 1")


def test_a_long_data_folder_gets_a_short_socket(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / ("long-" * 30) / "数据 folder's")
    assert _query(server.open(), "SELECT 1") == [1]
    assert len(os.fsencode(server.socket_folder)) < 100
    server.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that others cannot enter and still runs this")
def test_below_a_closed_folder_the_data_stand_elsewhere_and_one_line_says_where(open_folder: Path) -> None:
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    server = EmbeddedServer(closed / "data", say=said.append)
    assert _query(server.open(), "SELECT 1") == [1]
    server.close()
    assert len(said) == 1
    assert str(server.home) in said[0]
    shutil.rmtree(server.home)


def test_data_of_another_version_are_refused_in_one_sentence(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / "data")
    server.open()
    server.close()
    (server.home / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(SetupError, match="PostgreSQL 12"):
        EmbeddedServer(open_folder / "data").open()


def test_missing_programs_are_one_sentence(open_folder: Path) -> None:
    with pytest.raises(SetupError, match="cannot be run"):
        EmbeddedServer(open_folder / "data", binaries=open_folder / "nowhere").open()
