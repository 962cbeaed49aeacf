"""Ledgers: their sums, whose rows they hold, that made ones come out the same, and what changed since."""

import asyncio
import csv
import io
import tracemalloc
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.errors import NotAllowed, NotYours
from bangfu.ledgers import asking, files, issuing, own, paper, reading
from bangfu.ledgers.asking import Asked
from bangfu.ledgers.canonical import Tally
from bangfu.ledgers.comparing import compare
from bangfu.ledgers.definitions import standing
from bangfu.ledgers.more_sources import SOURCES
from bangfu.ledgers.tables import LedgerIssue
from bangfu.shared import i18n, jobs
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.visits.tables import Visit
from bangfu.worker import run_job
from tests.support import FOREIGN_VILLAGE, NEAR_VILLAGE, TOWN, World
from tests.visits import visit_steps

YEAR = str(today().year)
BATCH = reading.BATCH


def wanted(actor: Actor, key: str = "village_visits", query: Mapping[str, str] | None = None) -> Asked:
    """A standing ledger of this year, as the actor asks for it."""
    return asking.asked(actor, standing()[key].shown_to(actor), {"period": YEAR, **(query or {})}, today())


async def rows_of(asked: Asked) -> list[dict[str, Any]]:
    codes = [each.code for each in asked.definition.columns]
    return [dict(zip(codes, row[1:], strict=True)) async for rows in reading.batches(asked) for row in rows]


async def file_of(key: UUID, file_format: str) -> bytes:
    found = await issuing.view(key)
    head = files.Head(found.definition, found.unit, found.asked.period, "", found.code)
    made, _rows = await files.write(file_format, head, issuing.kept(key), found.sums)
    with made:
        return made.read()


@pytest.mark.parametrize("key", list(standing()))
async def test_every_standing_ledger_counts_what_its_rows_add_up_to(key: str, world: World) -> None:
    await visit_steps.submitted(world)
    await visit_steps.planned(world, division=NEAR_VILLAGE)
    reader = world["worker"] if key == "child_visits" else world["bureau"]
    asked = wanted(reader, key)
    tally = Tally(asked.definition.columns)
    async for rows in reading.batches(asked):
        tally.add(rows)
    assert (tally.rows, tally.sums) == await reading.summary(asked)
    if key in {"village_visits", "household_file", "purchase_month", "town_performance"}:
        assert tally.rows > 0


async def test_names_are_masked_and_other_rows_never_appear(world: World) -> None:
    mine = await visit_steps.submitted(world)
    theirs = await visit_steps.submitted(world, "rival", division=NEAR_VILLAGE)
    foreign = await visit_steps.submitted(world, "rival", division=NEAR_VILLAGE)
    await Visit.raw("UPDATE visit SET division = {} WHERE id = {}", FOREIGN_VILLAGE, foreign.id)
    names = await Visit.raw("SELECT head_name AS name FROM household UNION SELECT name FROM carer")
    numbers = {}
    for name in ("officer", "manager", "other_manager", "outside_officer"):
        rows = await rows_of(wanted(world[name]))
        numbers[name] = {row["number"] for row in rows}
        assert not [each["name"] for each in names if len(each["name"]) > 1 and each["name"] in str(rows)]
    assert numbers == {
        "officer": {mine.number, theirs.number}, "manager": {mine.number},
        "other_manager": {theirs.number, foreign.number}, "outside_officer": {foreign.number},
    }  # fmt: skip
    assert wanted(world["officer"], query={"area": "990102"}).scope == TOWN
    for key in ("household_file", "child_visits", "town_performance"):
        with pytest.raises(NotYours):
            wanted(world["manager"], key)
    with pytest.raises(NotYours):
        wanted(world["auditor"], "child_visits")


async def test_filters_and_periods_narrow_the_rows(world: World) -> None:
    await visit_steps.submitted(world)
    await visit_steps.planned(world)
    assert len(await rows_of(wanted(world["officer"], query={"status": "planned"}))) == 1
    assert len(await rows_of(wanted(world["officer"], query={"period": "2020-01"}))) == 0
    assert wanted(world["officer"], query={"status": "x' OR '1'='1"}).filters == {}, "no code of a state"


def test_a_filter_that_could_be_a_persons_number_is_not_kept(world: World) -> None:
    asked = {"household": "990101197003077777", "status": "13700001234", "category": "tekun"}
    assert wanted(world["officer"], "household_file", asked).filters == {"category": "tekun"}
    assert wanted(world["officer"], "household_file", {"household": "H-000123"}).filters == {"household": "H-000123"}


async def test_a_made_ledger_comes_out_in_the_same_bytes_and_shows_what_changed_since(world: World) -> None:
    changed = await visit_steps.submitted(world)
    gone = await visit_steps.planned(world)
    keys = [uuid4(), uuid4()]
    for key in (*keys, keys[0]):
        assert await issuing.issue(world["officer"], wanted(world["officer"]), key, now()) == key
    first, second = [await issuing.issue_for(world["officer"], key) for key in keys]
    assert await LedgerIssue.count() == 2
    assert (first.sha256, first.rows, first.sums) == (second.sha256, second.rows, second.sums)
    assert first.code != second.code
    assert await file_of(keys[0], "csv") == await file_of(keys[1], "csv")
    assert await file_of(keys[0], "xlsx") == await file_of(keys[0], "xlsx")
    rows = [row async for part in issuing.kept(first.id) for row in part]
    data = [paper.paper_of(each, rows, "https://a.example/check") for each in (first, second)]
    assert data[0]["groups"] == data[1]["groups"]
    assert (await paper.paper(first, "https://a.example/check")).startswith(b"%PDF")
    assert (await compare(first)).same
    before = await file_of(keys[0], "csv")
    await Visit.raw("UPDATE visit SET status = 'verified' WHERE id = {}", changed.id)
    await Visit.raw("UPDATE visit SET planned_start = planned_start - interval '3 years' WHERE id = {}", gone.id)
    new = await visit_steps.submitted(world, "rival")
    found = await compare(first)
    assert not found.same
    assert (found.added_rows, found.removed_rows, found.changed_rows) == (1, 1, 1)
    assert (found.added[0][0], found.removed[0][0]) == (str(new.id), str(gone.id))
    place = [each.code for each in first.definition.columns].index("status") + 1
    assert found.changed[0].cells == [(place, "submitted", "verified")]
    assert await file_of(keys[0], "csv") == before, "what was made stays as it was"
    with pytest.raises(Exception, match="does not change"):
        await LedgerIssue.raw("UPDATE ledger_issue SET rows = 9 WHERE id = {}", first.id)


async def test_who_may_not_stand_for_a_ledger_makes_none(world: World) -> None:
    for name, key in (("auditor", "village_visits"), ("coordinator", "village_visits"), ("worker", "household_file")):
        with pytest.raises(NotAllowed):
            await issuing.issue(world[name], wanted(world[name], key), uuid4(), now())
    await issuing.issue(world["worker"], wanted(world["worker"]), uuid4(), now())
    own_issue = await issuing.issue(world["manager"], wanted(world["manager"]), uuid4(), now())
    for name in ("officer", "other_manager"):
        with pytest.raises(NotYours):
            await issuing.issue_for(world[name], own_issue)


async def test_an_exported_list_reads_back_as_the_same_cells_and_starts_no_formula(world: World) -> None:
    made = await visit_steps.submitted(world)
    await Visit.raw("UPDATE organization SET name = '=HYPERLINK(1)' WHERE id = {}", world.organization)
    asked = wanted(world["officer"])
    head = files.Head(asked.definition, "", YEAR, "")
    file, number = await files.write("csv", head, reading.batches(asked), {})
    with file:
        table = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert (len(table), number) == (2, 1)
    cells = dict(zip(table[0], table[1], strict=True))
    assert cells["承接机构"] == "'=HYPERLINK(1)"
    (row,) = await rows_of(asked)
    assert cells["服务编号"] == made.number
    told = [files.shown(each, row[each.code]) for each in asked.definition.columns]
    assert [cell.removeprefix("'") for cell in table[1]] == [str(each) for each in told]


async def test_an_own_ledger_is_kept_shared_and_loses_columns_with_the_role(world: World) -> None:
    await visit_steps.submitted(world)
    columns = ["number", "amount", "nonsense"]
    wish = own.Wanted("本镇金额", SOURCES["visits"], columns, "number", {"status": "submitted"}, True)
    key = await own.save(world["officer"], wish, now())
    found = await own.own_for(world["officer"], key)
    assert [each.code for each in found.definition.columns] == ["number"], "the amount is not for this role"
    bureau = await own.save(world["bureau"], wish, now())
    of_bureau = await own.own_for(world["bureau"], bureau)
    assert [each.code for each in of_bureau.definition.columns] == ["number", "amount"]
    shrunk = Actor(world["bureau"].user, "", "", frozenset({"township_officer"}), "990101")
    assert [each.code for each in (await own.own_for(shrunk, bureau)).definition.columns] == ["number"]
    asked = asking.asked(world["officer"], found.definition, {"period": YEAR, **found.filters}, today())
    assert [set(row) for row in await rows_of(asked)] == [{"number"}]
    assert (await own.own_for(world["second_officer"], key)).mine is False
    with pytest.raises(NotYours):
        await own.own_for(world["second_officer"], key, mine=True)
    with pytest.raises(NotYours):
        await own.own_for(world["outside_officer"], key)
    made = await issuing.issue(world["officer"], asked, uuid4(), now())
    await own.delete(world["officer"], key, now())
    assert await own.owns(world["officer"]) == []
    assert (await issuing.issue_for(world["officer"], made)).definition.zh == "本镇金额"


async def test_the_pages_preview_make_compare_and_check(visit, world: World) -> None:
    await visit_steps.submitted(world)
    i18n.use("en")
    officer = await visit("officer")
    shown = await officer.get(f"/ledgers/village_visits?period={YEAR}&status=submitted")
    assert shown.status_code == 200
    assert "Make this ledger" in shown.text
    answer = await officer.post("/ledgers/village_visits/export", {"period": YEAR, "format": "csv"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    made = await officer.post("/ledgers/village_visits/issue", {"period": YEAR, "issue": str(uuid4())})
    place = made.headers["location"]
    assert "The data still give exactly this ledger." in (await officer.get(place)).text
    assert (await officer.get(f"{place}/file?format=pdf")).content.startswith(b"%PDF")
    issue = await issuing.issue_for(world["officer"], UUID(place.rsplit("/", 1)[1]))
    told = (await (await visit(None)).get(f"/ledgers/check?code={issue.code}")).text
    assert issue.sha256 in told
    assert "Compare it with the data of now" not in told
    await Visit.raw("UPDATE visit SET status = 'verified'")
    assert "1 changed" in (await officer.get(place)).text


async def test_pages_keep_an_own_ledger_change_and_delete_it(visit, world: World) -> None:
    officer = await visit("officer")
    form = {"source": "needs", "name": "需求", "columns": ["number", "status"], "first": "status", "own": str(uuid4())}
    place = (await officer.post("/ledgers/own", form)).headers["location"]
    assert (await officer.post("/ledgers/own", form)).headers["location"] == place
    assert (await officer.get(place)).status_code == 200
    assert (await officer.post("/ledgers/own", {**form, "columns": [], "own": str(uuid4())})).status_code == 422
    await officer.post(f"{place}/edit", {**form, "name": "改名"})
    assert "改名" in (await officer.get("/ledgers")).text
    assert (await officer.get(f"{place}/delete")).status_code == 200
    await officer.post(f"{place}/delete")
    assert (await officer.get(place)).status_code == 404


async def test_a_large_ledger_is_a_job_and_takes_little_memory(world: World) -> None:
    task = await visit_steps.planned(world)
    await Visit.raw(
        "INSERT INTO visit SELECT (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(),"
        " 'number', 'V-' || n, 'planned_start', v.planned_start + make_interval(secs => n / 100.0),"
        " 'status', 'cancelled'))).* FROM visit v, generate_series(1, 20000) n WHERE v.id = {}",
        task.id,
    )
    asked = wanted(world["officer"], query={"period": f"{task.planned_start.astimezone():%Y}"})
    key = await issuing.issue(world["officer"], asked, uuid4(), now())
    assert (await issuing.issue_for(world["officer"], key)).status == "queued"
    claim = await jobs.claim([issuing.JOB])
    assert claim is not None
    tracemalloc.start()
    await run_job(claim, asyncio.Event())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found = await issuing.issue_for(world["officer"], key)
    assert (found.status, found.rows) == ("ready", 20001)
    assert peak < 12 * 2**20, "a batch of rows, not all of them"
    assert [len(part) async for part in issuing.kept(key)] == [BATCH] * 20 + [1]
    tracemalloc.start()
    assert (await file_of(key, "xlsx")).startswith(b"PK")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20
