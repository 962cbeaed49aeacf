"""Large files by the worker, and what the public check tells whom how often."""

import asyncio
import io
from datetime import timedelta
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from bangfu.errors import NotYours
from bangfu.ledgers import checking, exporting, files, issuing, reading
from bangfu.ledgers.tables import LedgerExport, LedgerPiece, LedgerState
from bangfu.shared import i18n, jobs
from bangfu.shared.clock import now
from bangfu.visits.tables import Visit
from bangfu.worker import run_job
from tests.ledgers.test_ledgers import wanted
from tests.support import World
from tests.visits import visit_steps


async def run_one(kind: str) -> None:
    claim = await jobs.claim([kind])
    assert claim is not None
    await run_job(claim, asyncio.Event())


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything with more than one row is large."""
    monkeypatch.setattr(issuing, "AT_ONCE", 1)


async def content_of(key: UUID) -> bytes:
    return b"".join([piece async for piece in exporting.pieces(key)])


@pytest.mark.usefixtures("few")
async def test_a_large_export_is_written_by_the_worker_and_taken_from_its_page(visit, world: World) -> None:
    for _ in range(2):
        await visit_steps.submitted(world)
    i18n.use("en")
    officer = await visit("officer")
    asked = wanted(world["officer"])
    form = {"period": asked.period, "format": "csv", "export": str(uuid4())}
    place = (await officer.post("/ledgers/village_visits/export", form)).headers["location"]
    assert (await officer.post("/ledgers/village_visits/export", form)).headers["location"] == place
    assert await LedgerExport.count() == 1
    assert "The file is being written" in (await officer.get(place)).text
    assert (await officer.get(f"{place}/file")).status_code == 404
    await run_one(exporting.JOB)
    assert "The file is ready" in (await officer.get(f"{place}/progress")).text
    head = files.Head(asked.definition, "", "", "")
    made, number = await files.write("csv", head, reading.batches(asked), {})
    with made:
        assert (await officer.get(f"{place}/file")).content == made.read()
    assert number == 2
    assert (await (await visit("second_officer")).get(place)).status_code == 404
    sealed = await LedgerPiece.objects()
    assert sealed
    assert not any("5pyN5Yqh57yW5Y+3" in each.content_enc for each in sealed), "服务编号 in base64"
    await exporting.look_after(now() + exporting.KEPT + timedelta(minutes=1))
    assert await LedgerPiece.count() == 0
    assert (await officer.get(place)).status_code == 404


@pytest.mark.usefixtures("few")
async def test_the_workbook_of_a_large_made_ledger_is_the_one_of_its_kept_rows(visit, world: World) -> None:
    for _ in range(2):
        await visit_steps.submitted(world)
    key = await issuing.issue(world["officer"], wanted(world["officer"]), uuid4(), now())
    await run_one(issuing.JOB)
    made = await issuing.issue_for(world["officer"], key)
    assert made.status == "ready"
    officer = await visit("officer")
    assert (await officer.get(f"/ledgers/issues/{key}/file?format=xlsx")).status_code == 404
    assert (await officer.get(f"/ledgers/issues/{key}/file?format=csv")).content.count(b"\r\n") == 3
    before = (await Visit.objects().first()).status
    await Visit.raw("UPDATE visit SET status = 'verified'")
    place = (await officer.post(f"/ledgers/issues/{key}/export", {"format": "xlsx"})).headers["location"]
    await run_one(exporting.JOB)
    content = await content_of(UUID(place.rsplit("/", 1)[1]))
    with ZipFile(io.BytesIO(content)) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert made.code in text
    assert text.count(i18n.word("visit_status", before)) == 2, "as it was when it was made"


async def test_an_export_is_only_for_who_asked_and_only_with_the_role(world: World) -> None:
    await visit_steps.submitted(world)
    key = await exporting.ask(world["bureau"], wanted(world["bureau"]), "csv", uuid4(), now())
    for name in ("officer", "manager", "outside_officer"):
        with pytest.raises(NotYours):
            await exporting.export_for(world[name], key)


async def test_a_failed_file_says_so_and_leaves_no_piece(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await visit_steps.submitted(world)
    key = await exporting.ask(world["officer"], wanted(world["officer"]), "xlsx", uuid4(), now())
    monkeypatch.setattr(exporting, "PIECE", "nonsense")
    claim = await jobs.claim([exporting.JOB])
    assert claim is not None
    with pytest.raises(TypeError):
        await exporting.work(claim, asyncio.Event())
    assert (await exporting.export_for(world["officer"], key)).status == "failed"
    assert await LedgerPiece.count() == 0


async def test_a_ledger_longer_than_a_sheet_goes_on_in_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        await visit_steps.planned(world)
    monkeypatch.setattr(files, "LONGEST", 6)
    asked = wanted(world["officer"])
    made, number = await files.write("xlsx", files.Head(asked.definition, "", "", ""), reading.batches(asked), {})
    with made, ZipFile(made) as book:
        assert [name for name in book.namelist() if "worksheets/sheet" in name] == [
            "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml",
        ]  # fmt: skip
    assert number == 3


async def test_the_public_check_says_whether_the_data_still_give_the_same(world: World) -> None:
    await visit_steps.submitted(world)
    key = await issuing.issue(world["officer"], wanted(world["officer"]), uuid4(), now())
    made, at = await issuing.issue_for(world["officer"], key), now()
    assert (await checking.state_of(made, at)).same is True
    await Visit.raw("UPDATE visit SET status = 'verified'")
    assert (await checking.state_of(made, at + timedelta(minutes=1))).same is True, "an answer of a minute ago"
    later = await checking.state_of(made, at + checking.FRESH)
    assert (later.same, later.looked_at) == (False, at + checking.FRESH)


@pytest.mark.usefixtures("few")
async def test_the_data_of_a_large_ledger_are_looked_at_by_the_worker_once(world: World) -> None:
    for _ in range(2):
        await visit_steps.submitted(world)
    key = await issuing.issue(world["officer"], wanted(world["officer"]), uuid4(), now())
    await run_one(issuing.JOB)
    made = await issuing.issue_for(world["officer"], key)
    for _ in range(2):
        found = await checking.state_of(made, now())
        assert (found.same, found.busy) == (None, True)
    await run_one(checking.JOB)
    assert await jobs.claim([checking.JOB]) is None
    found = await checking.state_of(made, now())
    assert (found.same, found.busy) == (True, False)
    assert await LedgerState.count() == 1


async def test_who_asks_for_codes_too_often_has_to_wait(visit, world: World) -> None:
    await visit_steps.submitted(world)
    key = await issuing.issue(world["officer"], wanted(world["officer"]), uuid4(), now())
    code = (await issuing.issue_for(world["officer"], key)).code
    nobody = await visit(None)
    told = await nobody.get(f"/ledgers/check?code={code}")
    assert "与本台账完全一致" in told.text
    assert (await nobody.get("/ledgers/check?code=2222-2222-2222")).status_code == 404
    at = now()
    assert [await checking.may_ask("10.9.8.7", at) for _ in range(checking.MOST + 1)] == [
        *[True] * checking.MOST,
        False,
    ]
    assert await checking.may_ask("10.9.8.8", at)
    assert await checking.may_ask("10.9.8.7", at + checking.ASKING.within + timedelta(seconds=1))
    for _ in range(checking.MOST + 1):
        last = await nobody.get(f"/ledgers/check?code={code}")
    assert last.status_code == 429
    assert (await issuing.issue_for(world["officer"], key)).sha256 not in last.text
