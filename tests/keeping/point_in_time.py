"""The recipe of docs/runbooks/backup-and-restore.md, played on loopback with the PostgreSQL that is installed.

A base backup, rows before and after a moment, recovery to that moment: what was written before is there, what was
written after is not, and the audit chain is whole. Exit 0 when it came out so, 2 where no PostgreSQL is installed.
"""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg

from bangfu.defaults import load_defaults
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool, transaction
from bangfu.shared.migrate import migrate
from tests.conftest import second_binaries
from tests.foundation.test_serving import free_port


class Server:
    """A PostgreSQL of one's own in a folder, run by an unprivileged account where this one is root."""

    def __init__(self, binaries: Path, data: Path, sockets: Path) -> None:
        self.binaries, self.data, self.sockets, self.port = binaries, data, sockets, free_port()
        self.account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    def run(self, *command: str) -> None:
        more = {"user": self.account.pw_uid, "group": self.account.pw_gid} if self.account else {}
        subprocess.run([str(self.binaries / command[0]), *command[1:]], check=True, stdout=subprocess.DEVNULL, **more)  # type: ignore[call-overload]

    def own(self, path: Path) -> None:
        if self.account:
            subprocess.run(["chown", "-R", f"{self.account.pw_uid}:{self.account.pw_gid}", str(path)], check=True)

    def settings(self, text: str) -> None:
        with (self.data / "postgresql.conf").open("a") as out:
            out.write(
                f"\nport = {self.port}\nunix_socket_directories = '{self.sockets}'\nlisten_addresses = ''\n{text}\n"
            )

    def start(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.sockets / f"{self.port}.log"), "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    @property
    def dsn(self) -> str:
        return f"postgresql://bangfu@/postgres?host={self.sockets}&port={self.port}"


async def note(word: str) -> None:
    """One audited row."""
    async with transaction():
        await audit.record(SYSTEM, "test.moment", "test", uuid4(), data={"word": word})


async def recovered(dsn: str) -> bool:
    for _ in range(300):
        try:
            connection = await asyncpg.connect(dsn)
            done = not await connection.fetchval("SELECT pg_is_in_recovery()")
            await connection.close()
            if done:
                return True
        except (OSError, asyncpg.PostgresError):
            pass
        await asyncio.sleep(0.2)
    return False


async def play(folder: Path, binaries: Path) -> bool:
    wal, sockets, base = folder / "wal", folder / "sockets", folder / "base"
    for place in (wal, sockets):
        place.mkdir(mode=0o777)
        place.chmod(0o777)
    first = Server(binaries, folder / "first", sockets)
    first.data.mkdir()
    first.own(first.data)
    first.run("initdb", "-D", str(first.data), "-U", "bangfu", "--auth=trust", "-E", "UTF8", "--no-locale")
    first.settings(f"wal_level = replica\narchive_mode = on\narchive_command = 'test ! -f {wal}/%f && cp %p {wal}/%f'")
    first.start()
    try:
        moment = await _work(first, folder, base, sockets)
    finally:
        first.stop()
    second = Server(binaries, base, sockets)
    second.settings(
        f"archive_mode = off\nrestore_command = 'cp {wal}/%f %p'\nrecovery_target_time = '{moment.isoformat()}'\n"
        "recovery_target_action = 'promote'"
    )
    (base / "recovery.signal").touch()
    second.own(base)
    second.start()
    try:
        return await _proven(second, moment)
    finally:
        second.stop()


async def _work(first: Server, folder: Path, base: Path, sockets: Path) -> datetime:
    """A base backup, a row, the moment, another row."""
    load_keys(folder / "keys.json")
    configure(first.dsn)
    await migrate()
    await load_defaults()
    await open_pool()
    base.mkdir(mode=0o700)
    first.own(base)
    here = ("-h", str(sockets), "-p", str(first.port), "-U", "bangfu")
    first.run("pg_basebackup", *here, "-D", str(base), "-X", "stream", "-c", "fast")
    await note("before")
    await asyncio.sleep(1.5)
    moment = datetime.now(UTC)
    await asyncio.sleep(1.5)
    await note("after")
    await audit.AuditEvent.raw("SELECT pg_switch_wal()")
    await asyncio.sleep(2)
    await close_pool()
    return moment


async def _proven(second: Server, moment: datetime) -> bool:
    assert await recovered(second.dsn)
    configure(second.dsn)
    await open_pool()
    rows = await audit.AuditEvent.raw("SELECT data->>'word' AS word FROM audit_event WHERE action = 'test.moment'")
    held, broken = await audit.verify()
    await close_pool()
    words = [row["word"] for row in rows]
    print(f"recovered to {moment.isoformat(timespec='seconds')}: {words}, {held} audit events, broken: {broken}")
    return words == ["before"] and broken is None


def main() -> None:
    binaries = second_binaries()
    if binaries is None:
        print("no PostgreSQL 15 or newer is installed (Debian: apt-get install postgresql)")
        sys.exit(2)
    folder = Path(tempfile.mkdtemp(prefix="bangfu-pitr-"))
    folder.chmod(0o755)
    began = time.monotonic()
    try:
        good = asyncio.run(play(folder, binaries))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{'as it should be' if good else 'NOT as it should be'}, {time.monotonic() - began:.0f} s")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
