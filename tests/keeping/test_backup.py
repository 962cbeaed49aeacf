"""Backups: one moment while others write, everything back row for row, nothing taken for whole that is not."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from bangfu.accounts.signing_in import sign_in
from bangfu.accounts.tables import User
from bangfu.errors import SetupError
from bangfu.keeping import backing_up, restoring
from bangfu.keeping.manifest import NAME
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool, transaction
from bangfu.shared.migrate import RESTORING
from tests.authorisation.row import Stage
from tests.conftest import on, server_does
from tests.support import PASSWORD, World

SECRET = "k3J9vQ-x7Lm2Zp8Rw4TyB6nHd5FsGc1a"
pytestmark = pytest.mark.database


def silent(_: str) -> None:
    """Progress that nobody reads."""


async def everything(dsn: str) -> dict[str, tuple[int, str]]:
    """Table -> rows and a hash of all their values."""
    connection = await asyncpg.connect(dsn)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = {}
        for row in names:
            name = row["tablename"]
            found[name] = tuple(
                await connection.fetchrow(
                    "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '')"
                    f' FROM "{name}" t'
                )
            )
        return found
    finally:
        await connection.close()


@pytest.fixture
async def elsewhere(database: str, server_dsn: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """`await elsewhere()` is an empty database, from then on the one of this process."""
    made: list[str] = []

    async def switch() -> str:
        name = f"restored_{uuid4().hex[:10]}"
        await server_does(server_dsn, f'CREATE DATABASE "{name}"')
        made.append(name)
        await close_pool()
        configure(on(server_dsn, name))
        return on(server_dsn, name)

    yield switch
    await close_pool()
    await server_does(server_dsn, *(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in made))
    configure(database)
    await open_pool()


@pytest.mark.parametrize("secret", ["", SECRET], ids=["open", "sealed"])
async def test_everything_comes_back_row_for_row(
    secret: str, staged: Stage, world: World, database: str, elsewhere, keys: Path, tmp_path: Path
) -> None:
    made = await backing_up.backup(tmp_path / "b", secret, keys, now(), silent)
    before = await everything(database)
    assert sum(rows for rows, _ in before.values()) > 1000
    there = await elsewhere()
    checked = restoring.check(tmp_path / "b", secret)
    restoring.ready_keys(tmp_path / "b", checked, keys)
    held = await restoring.restore(tmp_path / "b", checked, silent)
    await open_pool()
    after = await everything(there)
    told = {"audit_event", "audit_head"}  # the restore itself is told
    assert {name: one for name, one in after.items() if name not in told} == {
        name: one for name, one in before.items() if name not in told
    }
    assert after["audit_event"][0] == before["audit_event"][0] + 1 == held + 1
    assert (await audit.verify())[1] is None
    assert (await sign_in("officer", PASSWORD, "", "", now())).token
    assert len(made.tables) == len(before) == len(after)


async def test_a_sealed_backup_shows_nothing_and_brings_the_keys(
    staged: Stage, elsewhere, keys: Path, tmp_path: Path
) -> None:
    await backing_up.backup(tmp_path / "b", SECRET, keys, now(), silent)
    files = sorted((tmp_path / "b").iterdir())
    held = b"".join(path.read_bytes() for path in files)
    assert "春晖".encode() not in held and keys.read_bytes()[:40] not in held
    assert all(path.stat().st_mode & 0o077 == 0 for path in [tmp_path / "b", *files])
    checked = restoring.check(tmp_path / "b", SECRET)
    restoring.ready_keys(tmp_path / "b", checked, tmp_path / "new" / "keys.json")
    assert (tmp_path / "new" / "keys.json").read_bytes() == keys.read_bytes()
    load_keys(keys)


async def test_an_open_backup_has_no_keys_and_says_which_it_needs(staged: Stage, keys: Path, tmp_path: Path) -> None:
    made = await backing_up.backup(tmp_path / "b", "", keys, now(), silent)
    assert made.keys is None and made.key_ids
    checked = restoring.check(tmp_path / "b", "")
    with pytest.raises(SetupError, match=made.key_ids[0]):
        restoring.ready_keys(tmp_path / "b", checked, tmp_path / "none" / "keys.json")


async def test_writers_meanwhile_are_in_it_whole_or_not_at_all(
    world: World, elsewhere, keys: Path, tmp_path: Path
) -> None:
    stop = asyncio.Event()

    async def writer(place: int) -> int:
        written = 0
        while not stop.is_set():
            async with transaction():
                user = uuid4()
                await User(
                    id=user, username=f"w{place}-{written}", display_name="员", password_hash="x", roles=[]
                ).save()
                await audit.record(SYSTEM, "account.created", "user", user)
            written += 1
        return written

    writers = [asyncio.create_task(writer(place)) for place in range(4)]
    await asyncio.sleep(0.2)
    await backing_up.backup(tmp_path / "b", "", keys, now(), silent)
    stop.set()
    written = sum(await asyncio.gather(*writers))
    await elsewhere()
    checked = restoring.check(tmp_path / "b", "")
    await restoring.restore(tmp_path / "b", checked, silent)
    await open_pool()
    users = await User.raw("SELECT id::text AS id FROM app_user WHERE username LIKE 'w%-%'")
    told = await User.raw("SELECT subject FROM audit_event WHERE action = 'account.created'")
    assert 0 < len(users) < written
    assert {row["id"] for row in users} == {row["subject"] for row in told}


@pytest.mark.parametrize("secret", ["", SECRET], ids=["open", "sealed"])
async def test_a_byte_that_was_changed_is_named_before_the_database_is_touched(
    secret: str, world: World, keys: Path, tmp_path: Path
) -> None:
    await backing_up.backup(tmp_path / "b", secret, keys, now(), silent)
    chance = random.Random(3)
    for path in sorted((tmp_path / "b").iterdir()):
        whole = path.read_bytes()
        for spoil in ("edit", "cut", "more", "gone"):
            at = chance.randrange(len(whole))
            path.write_bytes(
                {
                    "edit": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
                    "cut": whole[:-1],
                    "more": whole + b"x",
                }.get(spoil, b"")
            )
            if spoil == "gone":
                path.unlink()
            if path.name != NAME or spoil in {"cut", "gone"} or secret:
                with pytest.raises(SetupError) as caught:
                    restoring.check(tmp_path / "b", secret)
                assert path.name in str(caught.value) or path.name == NAME
            path.write_bytes(whole)
    restoring.check(tmp_path / "b", secret)


async def test_two_files_that_changed_places_do_not_open(world: World, keys: Path, tmp_path: Path) -> None:
    await backing_up.backup(tmp_path / "b", SECRET, keys, now(), silent)
    first, second = (tmp_path / "b" / name for name in ("carer.copy", "organization.copy"))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    with pytest.raises(SetupError):
        restoring.check(tmp_path / "b", SECRET)


async def test_a_wrong_key_a_missing_key_and_a_weak_key(world: World, keys: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        await backing_up.backup(tmp_path / "w", "password" * 5, keys, now(), silent)
    await backing_up.backup(tmp_path / "b", SECRET, keys, now(), silent)
    for wrong in ("", SECRET[::-1]):
        with pytest.raises(SetupError):
            restoring.check(tmp_path / "b", wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../../etc/passwd"}, {"file": "/etc/passwd"}, {"table": 'x"; DROP TABLE carer; --'},
        {"columns": ["id", "x) TO PROGRAM 'id'"]}, {"file": "carer.copy.part"},
    ],
)  # fmt: skip
async def test_a_manifest_with_paths_or_statements_is_refused(
    change: dict[str, object], world: World, keys: Path, tmp_path: Path
) -> None:
    await backing_up.backup(tmp_path / "b", "", keys, now(), silent)
    document = json.loads((tmp_path / "b" / NAME).read_text())
    document["manifest"]["tables"][0] |= change
    (tmp_path / "b" / NAME).write_text(json.dumps(document))
    with pytest.raises(SetupError):
        restoring.check(tmp_path / "b", "")


async def test_a_database_with_anything_in_it_is_left_alone(
    world: World, database: str, keys: Path, tmp_path: Path
) -> None:
    await backing_up.backup(tmp_path / "b", "", keys, now(), silent)
    before = await everything(database)
    with pytest.raises(SetupError):
        await restoring.restore(tmp_path / "b", restoring.check(tmp_path / "b", ""), silent)
    assert await everything(database) == before
    with pytest.raises(SetupError):
        await backing_up.backup(tmp_path / "b", "", keys, now(), silent)


async def test_rows_that_do_not_fit_leave_the_database_empty(
    world: World, elsewhere, keys: Path, tmp_path: Path
) -> None:
    await backing_up.backup(tmp_path / "b", "", keys, now(), silent)
    checked = restoring.check(tmp_path / "b", "")
    rows = b"".join(restoring.strongbox.read(tmp_path / "b" / "qualification.copy", None))
    (tmp_path / "b" / "qualification.copy").unlink()
    writer = restoring.strongbox.Writer(tmp_path / "b" / "qualification.copy", None)
    carer = rows.split(b"\t")[1]
    await writer.write(rows.replace(carer, str(uuid4()).encode(), 1))
    writer.done()
    there = await elsewhere()
    with pytest.raises(SetupError):
        await restoring.restore(tmp_path / "b", checked, silent)
    assert await everything(there) == {}


def child(arguments: list[str], dsn: str, keys: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DATABASE_URL": dsn,
        "BANGFU_KEYS": str(keys),
        "BANGFU_DATA": str(keys.parent / "data"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bangfu.cli", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


async def until(process: "subprocess.Popen[bytes]", said: bytes) -> None:
    """Read the child's lines up to one that says this."""
    assert process.stdout is not None
    while (line := await asyncio.to_thread(process.stdout.readline)) and said not in line:
        pass


async def test_killed_at_any_point_nothing_half_is_taken_for_whole(
    staged: Stage, database: str, elsewhere, keys: Path, tmp_path: Path
) -> None:
    process = child(["backup", str(tmp_path / "cut")], database, keys)
    await until(process, b"carer")
    process.send_signal(signal.SIGKILL)
    process.wait()
    with pytest.raises(SetupError):
        restoring.check(tmp_path / "cut", "")
    await backing_up.backup(tmp_path / "b", "", keys, now(), silent)
    before = await everything(database)
    there = await elsewhere()
    for stop in (b"The backup of", b"audit_event", b"person"):
        process = child(["restore", str(tmp_path / "b")], there, keys)
        await until(process, stop)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if process.returncode == 0:
            break
        found = await everything(there)
        assert found.get("app_user", (0, ""))[0] == 0, "no row before all rows"
        if RESTORING in found:
            refused = child(["migrate"], there, keys)
            said, _ = await asyncio.to_thread(refused.communicate)
            assert refused.returncode == 2 and b"was cut off" in said
    last = child(["restore", str(tmp_path / "b")], there, keys)
    said, _ = await asyncio.to_thread(last.communicate)
    assert last.returncode == 0, said[-300:]
    after = await everything(there)
    assert after["app_user"] == before["app_user"] and after["person"] == before["person"]
    assert RESTORING not in after
