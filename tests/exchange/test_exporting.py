"""Exports: masked for every role, whole for the bureau with a reason, on record, harmless, and readable by imports."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from python_calamine import load_workbook

from bangfu.errors import FormError
from bangfu.exchange.export_rules import FORMATS, HOUSEHOLDS, Asked
from bangfu.exchange.exporting import export
from bangfu.households.tables import Household, Person, ReadLog
from bangfu.imports.actions import KINDS, take
from bangfu.imports.reading import read_list
from bangfu.shared import i18n
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from tests.exchange.callers import SECRETS, rows_of_a_household
from tests.imports.lists import household, taken
from tests.support import World

READERS = ("coordinator", "officer", "dispatcher", "worker", "bureau", "lead", "child_director")
REASON = "医保局核对参保资助"


async def a_file(world: World, name: str, subject: str, file_format: str, **more: str) -> bytes:
    made = await export(world[name], Asked(subject, file_format, **more), now())
    with made.file:
        return made.file.read()


def text_of(content: bytes, file_format: str) -> str:
    if file_format != "xlsx":
        return content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(content))
    return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


@pytest.mark.parametrize("name", READERS)
async def test_no_role_finds_a_whole_identifier_in_a_masked_file(name: str, world: World) -> None:
    await taken("households", rows_of_a_household())
    for subject in HOUSEHOLDS:
        for file_format in FORMATS:
            text = text_of(await a_file(world, name, subject, file_format), file_format)
            assert "H-1" in text
            assert [secret for secret in SECRETS if secret in text] == [], (subject, file_format)


async def test_whole_data_are_the_bureaus_and_say_who_took_them_and_why(world: World) -> None:
    await taken("households", rows_of_a_household())
    for file_format in FORMATS:
        text = text_of(await a_file(world, "bureau", "members", file_format, reason=REASON), file_format)
        assert [secret for secret in SECRETS if secret not in text and secret != "柳树村一组12号"] == []
        assert REASON in text
        assert "测试bureau" in text
    lead = text_of(await a_file(world, "lead", "members", "csv", reason=REASON), "csv")
    assert SECRETS[0] in lead
    assert "慢阻肺" not in lead, "health is not for this role"
    assert "小测试" not in lead, "nor are children under 14"


async def test_every_export_is_on_record_and_every_household_that_was_shown_whole(world: World) -> None:
    await taken("households", rows_of_a_household())
    await a_file(world, "coordinator", "households", "csv")
    assert await ReadLog.count() == 0
    await a_file(world, "bureau", "members", "xlsx", reason=REASON)
    events = await AuditEvent.raw(
        "SELECT action, reason, data FROM audit_event WHERE subject_type = 'export' ORDER BY seq"
    )
    assert [(event["action"], event["reason"]) for event in events] == [
        ("exchange.exported", ""), ("exchange.exported_whole", REASON),
    ]  # fmt: skip
    assert json.loads(events[1]["data"])["rows"] == 2
    reads = await ReadLog.raw("SELECT what, why, person FROM read_log ORDER BY what")
    assert [(read["what"], read["why"]) for read in reads] == [("child", REASON), ("export", REASON)]
    assert not [secret for secret in SECRETS if secret in str(events)]


async def test_who_may_see_children_is_noted_also_for_a_masked_list(world: World) -> None:
    await taken("households", rows_of_a_household())
    await a_file(world, "worker", "members", "csv")
    assert [row["what"] for row in await ReadLog.raw("SELECT what FROM read_log")] == ["child"]


async def test_the_pages_give_files_to_who_may_and_ask_for_a_reason(visit, world: World) -> None:
    await taken("households", rows_of_a_household())
    officer, bureau = await visit("officer"), await visit("bureau")
    asked = {"subject": "households", "format": "csv"}
    answer = await officer.post("/exchange/export", asked)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark"
    assert (await officer.post("/exchange/unmasked", {**asked, "reason": REASON})).status_code == 403
    assert "Whole data, for the bureau only" not in (await officer.get("/exchange")).text
    assert "Whole data, for the bureau only" in (await bureau.get("/exchange")).text
    for reason in ("", "x", "y" * 300):
        assert (await bureau.post("/exchange/unmasked", {**asked, "reason": reason})).status_code == 422
    whole = await bureau.post("/exchange/unmasked", {**asked, "reason": REASON})
    assert SECRETS[0] in whole.content.decode("utf-8-sig")
    assert (await officer.post("/exchange/export", {**asked, "format": "exe"})).status_code == 422
    assert (await officer.post("/exchange/export", {**asked, "division": "99%"})).status_code == 422
    nothing = await officer.post("/exchange/export", {**asked, "category": "tekun"})
    assert nothing.status_code == 422
    assert "Nothing fits these filters." in nothing.text


async def test_another_area_is_never_in_the_file(world: World) -> None:
    await taken("households", rows_of_a_household())
    await taken("households", [household(2, division="990102001201")])
    text = text_of(await a_file(world, "bureau", "households", "csv", division="", status="all"), "csv")
    assert "H-1" in text
    assert "H-2" not in text


async def test_more_than_a_thousand_whole_rows_are_refused_and_masked_ones_not(world: World) -> None:
    await taken("households", [{**household(1), "household_number": f"B-{n}", "id_number": ""} for n in range(1001)])
    assert (await export(world["bureau"], Asked("households", "csv"), now())).rows == 1001
    with pytest.raises(FormError) as refused:
        await export(world["bureau"], Asked("households", "csv", reason=REASON), now())
    assert refused.value.fields[""][1] == {"number": "1,001", "most": "1,000"}


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
async def test_nothing_in_a_file_is_a_formula(file_format: str, world: World) -> None:
    await taken("households", rows_of_a_household())
    await Household.update(address_enc="").where(Household.number == "H-1")
    content = await a_file(world, "officer", "needs", file_format)
    if file_format == "csv":
        assert "'=1+1" in content.decode("utf-8-sig")
        for line in content.decode("utf-8-sig").splitlines():
            assert not [cell for cell in line.split(",") if cell.startswith(("=", "+", "-", "@"))]
    else:
        sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_what_was_exported_whole_can_be_imported_and_changes_nothing(
    file_format: str, lang: str, world: World
) -> None:
    await taken("households", rows_of_a_household())
    before = await _everything()
    i18n.use(lang)
    for subject in HOUSEHOLDS:
        content = await a_file(world, "bureau", subject, file_format, reason=REASON)
        checked = await read_list(SYSTEM, KINDS[subject], content, f"list.{file_format}", today())
        assert checked.faults == [], subject
        assert checked.missing == ()
        assert (checked.inserted, checked.updated) == (0, 0), subject
        assert checked.unchanged == {"households": 1, "members": 2, "needs": 2}[subject]
        await take(SYSTEM, KINDS[subject], checked, datetime.now(UTC))
    assert await _everything() == before
    i18n.use("zh")


async def _everything() -> str:
    homes = await Household.raw("SELECT * FROM household ORDER BY id")
    return str(homes) + str(await Person.raw("SELECT * FROM person ORDER BY id"))


async def test_a_register_that_was_lost_comes_back_from_its_files(world: World, database: str) -> None:
    """The files of one register fill an empty one: households, then members, then needs."""
    await taken("households", rows_of_a_household())
    files = {one: await a_file(world, "bureau", one, "json", reason=REASON) for one in HOUSEHOLDS}
    await Household.raw("UPDATE household SET number = 'OLD-1'")
    await Person.raw("UPDATE person SET id_number_index = ''")
    await Household.raw("UPDATE need SET number = 'OLD-' || number")
    for subject in HOUSEHOLDS:
        checked = await read_list(SYSTEM, KINDS[subject], files[subject], "list.json", today())
        assert checked.faults == [], subject
        await take(SYSTEM, KINDS[subject], checked, datetime.now(UTC))
    for subject in ("members", "needs"):
        again = text_of(await a_file(world, "bureau", subject, "json", reason=REASON), "json")
        rows = [row for row in json.loads(again)["rows"] if row["household_number"] == "H-1"]
        assert sorted(map(str, rows)) == sorted(map(str, json.loads(files[subject])["rows"])), subject


async def test_a_masked_file_is_not_taken_for_data(world: World) -> None:
    await taken("households", rows_of_a_household())
    for subject in ("households", "members"):
        content = await a_file(world, "officer", subject, "csv")
        checked = await read_list(SYSTEM, KINDS[subject], content, "list.csv", today())
        assert not checked.fine
