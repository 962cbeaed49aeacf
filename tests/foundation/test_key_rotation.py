# ruff: noqa: ASYNC220 (small local files of a test)
"""A new key for everything that is sealed: nothing is lost, wherever it is interrupted and whoever writes meanwhile."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.errors import SetupError
from bangfu.households.sealing import household_columns, seal, unseal
from bangfu.households.tables import Household, HouseholdMerge
from bangfu.imports import sealed, uploads
from bangfu.imports.tables import Upload
from bangfu.shared import crypto, jobs, rotation
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.migrate import connect
from bangfu.shared.sealed_places import sealed_tables
from bangfu.shared.tables import Job
from tests.foundation.sealed_values import fill, opened
from tests.support import VILLAGE, World

sealed.register()
pytestmark = pytest.mark.database


@pytest.fixture
def key_file(tmp_path: Path) -> Iterator[Path]:
    """Keys of this test's own; those of the other tests come back afterwards."""
    before = crypto.keys()
    path = tmp_path / "own-keys.json"
    crypto.load_keys(path)
    yield path
    crypto._keys = before


async def test_every_value_reads_the_same_under_the_new_key_alone(world: World, key_file: Path) -> None:
    household = await fill(12)
    carer = uuid4()
    await jobs.enqueue("locate", {"carers": [[str(carer), crypto.encrypt("幸福路", f"carer:address:{carer}")]]}, SYSTEM)
    upload = uuid4()
    await Upload(
        id=upload, kind="households", filename="a.csv", sha256="0", content=uploads._seal_content(upload, b"a,b"),
        faults=json.dumps(crypto.encrypt("{}", f"upload:faults:{upload}")),
    ).save()  # fmt: skip
    merge = uuid4()
    await HouseholdMerge(
        id=merge, kept=household, merged=household, division=VILLAGE,
        undo_enc=seal("household_merge", "undo_enc", merge, "{}"),
    ).save()  # fmt: skip
    before, old = await opened(), crypto.keys().current
    done = await rotation.rotate(key_file, now())
    assert (done.resumed, done.unreadable) == (False, {})
    assert {key for key, _ in await rotation.uses()} == {done.key} != {old}
    document = json.loads(key_file.read_text())
    del document["encryption"][old]
    key_file.write_text(json.dumps(document))
    crypto.load_keys(key_file)
    after = await opened()
    assert after == before
    assert sum(1 for value in after.values() if value) == 12 * 5 + 4
    assert uploads._unseal_content(upload, bytes((await Upload.objects().get(Upload.id == upload)).content)) == b"a,b"


async def test_search_columns_and_versions_are_left_alone(world: World, key_file: Path) -> None:
    await fill(3)
    columns = "version, updated_at, search_version, address_grams"
    before = await Household.raw(f"SELECT {columns} FROM household ORDER BY id")
    await rotation.rotate(key_file, now())
    assert await Household.raw(f"SELECT {columns} FROM household ORDER BY id") == before


async def test_a_killed_rotation_goes_on_with_the_same_key(database: str, world: World, key_file: Path) -> None:
    await fill(700)
    before, old = await opened(), crypto.keys().current
    environment = {
        **os.environ, "DATABASE_URL": database, "BANGFU_KEYS": str(key_file), "BANGFU_DATA": str(key_file.parent),
    }  # fmt: skip
    command = [sys.executable, "-u", "-c", _KILLED]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("household: 50 "):
                running.send_signal(signal.SIGKILL)
    used = await rotation.uses()
    new = json.loads(key_file.read_text())["current"]
    assert used[old, "household"] > 0 and used[new, "household"] > 0, "killed in the middle"
    assert json.loads(key_file.read_text())["rotating"] is True
    assert await opened() == before, "both keys are there: everything can be read"
    done = await rotation.rotate(key_file, now())
    assert (done.resumed, done.key) == (True, new)
    assert {key for key, _ in await rotation.uses()} == {new}
    assert await opened() == before
    assert "rotating" not in json.loads(key_file.read_text())


_KILLED = """
import sys, time
from bangfu.shared import rotation
from bangfu.cli import main
rotation.BATCH = 25
say = print
def slowly(line):
    say(line, flush=True)
    time.sleep(0.05)
import bangfu.cli
bangfu.cli._say = slowly
main(["keys", "rotate"])
"""


async def test_what_others_write_meanwhile_is_neither_lost_nor_left_under_the_old_key(
    world: World, key_file: Path
) -> None:
    await fill(150)
    rows = [row["id"] for row in await Household.raw("SELECT id FROM household ORDER BY id")]
    written: dict[UUID, str] = {}
    stop = asyncio.Event()

    async def write() -> None:
        for turn in range(10_000):
            if stop.is_set():
                return
            household = rows[turn % len(rows)]
            written[household] = f"新地址{turn}号"
            await Household.update(address_enc=seal("household", "address_enc", household, written[household])).where(
                Household.id == household
            )
            await asyncio.sleep(0)

    writer = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    done = await rotation.rotate(key_file, now())
    stop.set()
    await writer
    assert len(written) > 3
    for row in await Household.raw("SELECT id, address_enc FROM household"):
        if row["id"] in written:
            assert unseal("household", row, "address_enc") == written[row["id"]]
    assert {key for key, _ in await rotation.uses()} == {done.key}


async def test_a_running_process_takes_the_new_key_over(world: World, key_file: Path) -> None:
    mine = crypto.keys()
    other_process = await rotation.rotate(key_file, now())
    theirs = crypto.encrypt("王秀英", "a:b:1")
    crypto._keys = mine  # as a process that read the file before
    assert crypto.decrypt(theirs, "a:b:1") == "王秀英"
    crypto._keys = mine
    assert crypto.key_of(crypto.encrypt("王秀英", "a:b:1")) == other_process.key


async def test_the_key_file_stays_private_and_an_open_one_is_refused(world: World, key_file: Path) -> None:
    await rotation.rotate(key_file, now())
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    key_file.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        await rotation.rotate(key_file, now())


async def test_a_lost_key_is_told_and_the_rotation_goes_on_when_it_is_back(world: World, key_file: Path) -> None:
    await fill(2)
    old = crypto.keys().current
    secret = json.loads(key_file.read_text())["encryption"][old]
    await rotation.rotate(key_file, now())
    await fill_one_more()
    lost = crypto.keys().current
    document = json.loads(key_file.read_text())
    kept = document["encryption"].pop(lost)
    document["current"] = old
    assert document["encryption"][old] == secret
    key_file.write_text(json.dumps(document))
    crypto.load_keys(key_file)
    done = await rotation.rotate(key_file, now())
    assert f"household.address_enc (key {lost})" in done.unreadable
    again = json.loads(key_file.read_text())
    again["encryption"][lost] = kept
    key_file.write_text(json.dumps(again))
    crypto.load_keys(key_file)
    resumed = await rotation.rotate(key_file, now())
    assert (resumed.resumed, resumed.key, resumed.unreadable) == (True, done.key, {})
    assert {key for key, _ in await rotation.uses()} == {done.key}


async def fill_one_more() -> None:
    household = uuid4()
    columns = household_columns(household, head_name="李强", address="平安街1号")
    await Household(**{"id": household, "number": "R-X", "division": VILLAGE, "category": "dibao", **columns}).save()


async def test_a_key_is_retired_only_when_nothing_uses_it_and_after_a_while(world: World, key_file: Path) -> None:
    await fill(2)
    old, at = crypto.keys().current, now()
    with pytest.raises(SetupError, match="current"):
        await rotation.retire(key_file, old, at)
    await rotation.rotate(key_file, at)
    with pytest.raises(SetupError, match="a short time ago"):
        await rotation.retire(key_file, old, at)
    later = at + timedelta(hours=2)
    document = json.loads(key_file.read_text())
    new, document["current"] = document["current"], old
    key_file.write_text(json.dumps(document))
    crypto.load_keys(key_file)
    await fill_one_more()
    document["current"] = new
    key_file.write_text(json.dumps(document))
    with pytest.raises(SetupError, match="still used"):
        await rotation.retire(key_file, old, later)
    await rotation.rotate(key_file, at)
    await rotation.retire(key_file, old, later)
    with pytest.raises(SetupError, match="no key"):
        await rotation.retire(key_file, old, later)
    assert old not in json.loads(key_file.read_text())["encryption"]


async def test_every_sealed_column_of_the_product_is_found(world: World) -> None:
    from bangfu.piccolo_app import APP_CONFIG

    declared: set[tuple[str, Any]] = {
        (table._meta.tablename, column._meta.db_column_name)
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
        if column._meta.db_column_name.endswith("_enc")
    }
    connection = await connect()
    found = {(table.name, column) for table in await sealed_tables(connection) for column in table.columns}
    await connection.close()
    assert found == declared
    assert await Job.count() >= 0
