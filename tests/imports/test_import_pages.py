"""The pages: upload, name the columns, read the report, take once; everybody's files are their own."""

import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.households.tables import Household
from bangfu.imports import uploads
from bangfu.imports.tables import HeaderMemory, Upload
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.imports.lists import contract_line, csv_of, household, xlsx_of
from tests.shared.tabular.lists import workbook
from tests.support import World


async def send(browser, content: bytes, name: str = "花名册.xlsx", kind: str = "households", key: str = ""):
    files = {"file": (name, content, "application/octet-stream")}
    return await browser.post(f"/imports/new/{kind}", {"key": key or str(uuid4())}, files=files)


async def test_a_list_is_uploaded_checked_and_taken_once(visit, world: World) -> None:
    browser = await visit("officer")
    answer = await send(browser, xlsx_of([household(1), household(2)]))
    assert answer.status_code == 303
    place = answer.headers["location"]
    report = await browser.get(place)
    assert "Take the list: 2 rows change something" in report.text
    assert await Household.count() == 0, "checking writes nothing"
    for _ in range(2):
        assert (await browser.post(f"{place}/take")).headers["location"] == place
    assert await Household.count() == 2
    taken = await AuditEvent.raw("SELECT subject FROM audit_event WHERE action = 'import.taken'")
    assert [row["subject"] for row in taken] == [place.rpartition("/")[2]], "a double click takes it once"
    row = (await Upload.raw("SELECT * FROM upload"))[0]
    assert (row["status"], bytes(row["content"]), row["faults"]) == ("taken", b"", '""'), "the content is deleted"
    assert "Taken" in (await browser.get(place)).text


async def test_the_same_form_sent_twice_is_one_upload(visit, world: World) -> None:
    browser, key = await visit("officer"), str(uuid4())
    first = await send(browser, xlsx_of([household(1)]), key=key)
    second = await send(browser, xlsx_of([household(1)]), key=key)
    assert first.headers["location"] == second.headers["location"]
    assert await Upload.count() == 1


async def test_the_report_shows_row_column_value_and_fix_and_can_be_downloaded(visit, world: World) -> None:
    browser = await visit("officer")
    rows = [household(1), household(2, category="=富裕", id_number="1")]
    place = (await send(browser, csv_of(rows), "花名册.csv")).headers["location"]
    text = (await browser.get(place)).text
    assert "2 faults" in text and "=富裕" in text and "An ID number has 18 characters, this one has 1." in text
    assert "Take the list" not in text
    csv = (await browser.get(f"{place}/report/csv")).content.decode("utf-8-sig")
    assert "'=富裕" in csv, "no formula for the spreadsheet"
    assert (await browser.get(f"{place}/report/xlsx")).content[:2] == b"PK"
    assert (await browser.get(f"{place}/report/exe")).status_code == 404
    await browser.post(f"{place}/take")
    assert await Household.count() == 0


async def test_nothing_of_the_list_lies_open_in_the_database(visit, world: World) -> None:
    browser = await visit("officer")
    await send(browser, csv_of([household(1, id_number="110105194912310021", category="富裕")]), "list.csv")
    row = (await Upload.raw("SELECT * FROM upload"))[0]
    stored = " ".join(str(value) for value in row.values())
    for secret in ("110105194912310021", "测试乙", "富裕"):
        assert secret not in stored and secret.encode() not in bytes(row["content"])
    events = await AuditEvent.raw("SELECT * FROM audit_event")
    assert "110105194912310021" not in str(events)


async def test_unknown_columns_are_asked_for_once_and_remembered(visit, world: World) -> None:
    browser = await visit("officer")
    row = household(1)
    titles = ["卡片流水" if code == "household_number" else code for code in row]
    content = workbook([titles, list(row.values()), list(household(2).values())])
    place = (await send(browser, content)).headers["location"]
    page = (await browser.get(place)).text
    assert "Column “卡片流水”" in page and "First row: H-1" in page
    wrong = await browser.post(f"{place}/columns", {"column-0": ""})
    assert wrong.status_code == 422 and "Household number" in wrong.text
    assert (await browser.post(f"{place}/columns", {"column-0": "household_number"})).status_code == 303
    assert "Take the list: 2 rows" in (await browser.get(place)).text
    assert [entry["field"] for entry in await HeaderMemory.raw("SELECT field FROM header_memory")] == [
        "household_number"
    ]
    again = (await send(browser, content)).headers["location"]
    assert "Take the list: 2 rows" in (await browser.get(again)).text, "not asked a second time"


async def test_another_persons_upload_does_not_exist(visit, world: World) -> None:
    owner, other = await visit("officer"), await visit("dispatcher")
    place = (await send(owner, xlsx_of([household(1)]))).headers["location"]
    for path in (place, f"{place}/columns", f"{place}/report/csv"):
        assert (await other.get(path)).status_code == 404, path
    for path in (f"{place}/take", f"{place}/discard", f"{place}/columns"):
        assert (await other.post(path, {})).status_code == 404, path
    key = place.rpartition("/")[2]
    assert (await send(other, xlsx_of([household(2)]), key=key)).status_code == 404
    assert "花名册" not in (await other.get("/imports")).text
    assert "花名册" in (await owner.get("/imports")).text


async def test_only_those_who_bring_lists_in_see_the_pages(visit, world: World) -> None:
    for name in ("coordinator", "volunteer", "worker", "auditor", "admin", "lead"):
        browser = await visit(name)
        assert (await browser.get("/imports")).status_code == 404, name
        assert (await send(browser, xlsx_of([household(1)]))).status_code == 403, name
    assert (await (await visit(None)).get("/imports")).status_code == 303
    assert await Upload.count() == 0


async def test_a_list_of_another_area_shows_faults_and_takes_nothing(visit, world: World) -> None:
    browser = await visit("outside_officer")
    place = (await send(browser, xlsx_of([household(1)]))).headers["location"]
    assert "lies outside of your area" in (await browser.get(place)).text


def bomb() -> bytes:
    """A small packed file that unpacks to 500 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(500):
                sheet.write(b" " * 1_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600, "old Excel file"),
        ("list.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        ("list.xlsx", b"household_number,name\n1,2\n", "not what its name says"),
        ("list.pdf", b"%PDF-1.7 ....", "neither an Excel workbook nor a text table"),
        ("list.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("list.csv", b"", "empty"),
    ],
)
async def test_a_file_that_is_no_list_is_refused_with_a_sentence(visit, world: World, name, content, sentence) -> None:
    answer = await send(await visit("officer"), content, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await Upload.count() == 0


async def test_a_packed_bomb_and_a_huge_file_are_refused(visit, world: World) -> None:
    browser = await visit("officer")
    answer = await send(browser, bomb())
    assert answer.status_code == 422 and "unpacks to more than" in answer.text
    huge = await send(browser, b"a,b\n" * (33 * 1024 * 1024 // 4), "list.csv")
    assert huge.status_code in (400, 413) and "The file is too large" in huge.text
    large = await send(browser, b"a,b\n" * 7_750_000, "list.csv")
    assert large.status_code == 422 and "at most 30 MB" in large.text
    assert (await browser.post("/imports/new/households", {"key": str(uuid4())})).status_code == 422
    assert await Upload.count() == 0


async def test_an_untaken_list_is_forgotten_after_a_day_and_can_be_deleted_before(visit, world: World) -> None:
    browser = await visit("officer")
    first = (await send(browser, xlsx_of([household(1)]))).headers["location"]
    second = (await send(browser, xlsx_of([household(2)]))).headers["location"]
    assert (await browser.post(f"{second}/discard")).headers["location"] == "/imports"
    assert await uploads.forget_old(now()) == 0
    assert await uploads.forget_old(now() + timedelta(days=1, minutes=1)) == 1
    assert all(not row["content"] for row in await Upload.raw("SELECT content FROM upload"))
    assert "The file is deleted; nothing was taken." in (await browser.get(first)).text
    assert (await browser.post(f"{first}/take")).status_code == 409
    assert await Household.count() == 0


async def test_templates_are_downloaded_in_the_readers_language(visit, world: World) -> None:
    browser = await visit("officer")
    for kind in ("divisions", "organisations", "carers", "contract_lines", "households"):
        for extension, start in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
            answer = await browser.get(f"/imports/template/{kind}/{extension}")
            assert answer.content.startswith(start) and "attachment" in answer.headers["content-disposition"]
    assert (await browser.get("/imports/template/nothing/xlsx")).status_code == 404
    assert (await browser.get("/imports/new/nothing")).status_code == 404


async def test_the_report_of_a_list_that_has_faults_by_now_is_shown_when_it_is_taken(visit, world: World) -> None:
    browser, other = await visit("officer"), await visit("dispatcher")
    mine = (await send(browser, xlsx_of([household(1)]))).headers["location"]
    theirs = (await send(other, xlsx_of([{**household(2), "id_number": household(1)["id_number"]}]))).headers[
        "location"
    ]
    await other.post(f"{theirs}/take")
    await browser.post(f"{mine}/take")
    text = (await browser.get(mine)).text
    assert "the data changed since it was checked" in text and "is recorded already" in text


async def test_contract_lists_are_the_bureaus_only_and_the_other_kinds_everybodys(visit, world: World) -> None:
    dispatcher, bureau = await visit("dispatcher"), await visit("bureau")
    assert "/imports/new/contract_lines" not in (await dispatcher.get("/imports")).text
    refused = await dispatcher.get("/imports/new/contract_lines")
    assert refused.status_code == 403 and "Only an officer of the civil affairs bureau" in refused.text
    answer = await send(dispatcher, csv_of([contract_line()]), "list.csv", "contract_lines")
    assert answer.status_code == 403
    assert await Upload.count() == 0
    assert (await send(bureau, csv_of([contract_line()]), "list.csv", "contract_lines")).status_code == 303
    for kind in ("divisions", "organisations", "carers", "households"):
        assert (await (await visit("officer")).get(f"/imports/new/{kind}")).status_code == 200, kind
