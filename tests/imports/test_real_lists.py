"""Lists as people keep them, and the templates of every kind, through the whole way from file to rows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.divisions.tables import Division
from bangfu.households.sealing import unseal
from bangfu.households.tables import Household, Person
from bangfu.imports.actions import KINDS, take
from bangfu.imports.kinds.qualifications import parse_certificates
from bangfu.imports.memory import remember
from bangfu.imports.report import Line, report_file
from bangfu.imports.templates import template_file
from bangfu.shared import i18n
from bangfu.shared.actor import SYSTEM
from bangfu.shared.faults import Fault
from bangfu.shared.tabular import read_table
from tests.conftest import SHARED
from tests.imports.lists import AT, TODAY, household, numbers, read, resident, take_file, xlsx_of
from tests.shared.tabular.lists import workbook
from tests.support import VILLAGE, World

NATIONAL = SHARED / "data" / "divisions_level4_cn.csv"
MESSY = [
    ["河东街道困难家庭花名册"],
    ["填报单位：河东街道", "", "", "", "", "", "填报日期：2026年11月20日"],
    ["户编号", "所属村居", "基本情况", "", "", "救助情况", "", "本单位备注"],
    ["", "", "户主姓名", "公民身份号码", "手机号", "对象类别", "批准日期", ""],
    ["H-1", VILLAGE, "测试甲", resident(1), "１３８１２３４５６７８", "低保", "2024.5.1", "甲"],
    ["H-2", VILLAGE, "测试乙", resident(2), "0519-86680000", "五保户", "2024年5月1日", ""],
    ["H-3", VILLAGE, "测试丙", resident(3), "", "支出型", 45413, ""],
    ["合计", "", "3 户", "", "", "", "", ""],
    ["填表人：测试", "", "", "", "", "", "", ""],
]
MERGES = [(0, 0, 0, 7), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 4), (2, 5, 2, 6), (2, 7, 3, 7)]


async def test_a_list_with_title_rows_merged_headers_and_totals_is_taken_as_it_is(world: World) -> None:
    checked = await read("households", workbook(MESSY, merges=MERGES), actor=world["officer"])
    assert [f"{f.row} {f.column_title}: {f.code}" for f in checked.faults] == []
    assert checked.mapping.unused == ("本单位备注",)
    assert {row.reason for row in checked.skipped} == {"total", "note"}
    assert numbers(await take(world["officer"], KINDS["households"], checked, AT)) == (3, 0, 0)
    homes = await Household.raw("SELECT * FROM household ORDER BY number")
    assert [(home["category"], str(home["category_since"])) for home in homes] == [
        ("dibao", "2024-05-01"), ("tekun", "2024-05-01"), ("rigid_expense", "2024-05-01"),
    ]  # fmt: skip
    phones = [unseal("person", row, "phone_enc") for row in await Person.raw("SELECT * FROM person ORDER BY name")]
    assert sorted(phones) == ["", "+8613812345678", "+8651986680000"]


async def test_the_same_list_in_gbk_and_in_utf8_is_the_same(world: World) -> None:
    rows = [",".join(str(cell) for cell in row) for row in [MESSY[2][:2] + MESSY[3][2:7], *MESSY[4:7]]]
    text = "\r\n".join(rows)
    assert numbers(await take_file("households", text.encode("gbk"), "花名册.csv")) == (3, 0, 0)
    assert numbers(await take_file("households", text.encode("utf-8-sig"), "花名册.csv")) == (0, 0, 3)


async def test_own_titles_are_asked_for_once_and_remembered(world: World) -> None:
    row = household()
    titles = {**{code: code for code in row}, "household_number": "卡片流水", "member_name": "谁"}
    content = workbook([list(titles.values()), [row[code] for code in titles]])
    checked = await read("households", content)
    assert [missing.field.code for missing in checked.missing] == ["household_number", "member_name"]
    assert not checked.fine and checked.rows == []
    await remember("households", {"卡片流水": "household_number", "谁": "member_name"}, AT)
    assert numbers(await take_file("households", content)) == (1, 0, 0)


async def test_a_column_of_cut_id_numbers_is_named_as_lost_and_never_guessed(world: World) -> None:
    rows = [household(serial, id_number=float(resident(serial)[:15] + "000")) for serial in (1, 2, 3)]
    checked = await read("households", xlsx_of(rows))
    assert {(fault.field, fault.code) for fault in checked.faults} == {("id_number", "id_lost_in_spreadsheet")}
    assert [fault.row for fault in checked.faults] == [2, 3, 4]


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_template_with_its_examples_imports_as_it_is_in_both_forms(database, lang: str) -> None:
    i18n.use(lang)
    for kind in KINDS.values():
        rows = len(kind.examples)
        sheet, text = (template_file(kind, extension, TODAY) for extension in ("xlsx", "csv"))
        assert numbers(await take_file(kind.code, sheet, "template.xlsx")) == (rows, 0, 0), kind.code
        assert numbers(await take_file(kind.code, text, "template.csv")) == (0, 0, rows), kind.code


def test_a_report_is_read_as_text_by_a_spreadsheet_whatever_was_typed() -> None:
    lines = [
        Line(7, "姓名", '=HYPERLINK("http://evil")', "x", "y", "choice"),
        Line(8, "电话", "+86 1", "x", "y", "phone"),
    ]
    for extension in ("csv", "xlsx"):
        content = report_file(lines, extension)
        table = read_table(content, f"report.{extension}")
        assert [str(row.cells[2]).lstrip("'") for row in table.rows] == ['=HYPERLINK("http://evil")', "+86 1"]
    assert b"\n7,\xe5\xa7\x93\xe5\x90\x8d,\"'=HYPERLINK" in report_file(lines, "csv").replace(b"\r", b"")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_whatever_stands_in_the_cell_of_qualifications_is_read_or_named(text: str) -> None:
    try:
        found = parse_certificates(text)
    except Fault as named:
        fault = named
        found = []
    else:
        fault = None
    assert fault is None or (fault.message and fault.fix)
    assert len({certificate.code for certificate in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C5:2027-06-30;H:2026-12-01", [("C5", "2027-06-30", ""), ("H", "2026-12-01", "")]),
        ("健康证 有效期至2026年12月1日", [("H", "2026-12-01", "")]),
        ("S：2027.6.30：NO-17、志愿者证 长期", [("S", "2027-06-30", "NO-17"), ("V", "2099-12-31", "")]),
        ("护士执业证20270630（A123）", [("N", "2027-06-30", "A123")]),
    ],
)
def test_certificates_are_read_in_codes_and_in_words(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(found.code, str(found.expires_on), found.number) for found in parse_certificates(text)] == expected


@pytest.mark.shared
async def test_the_national_list_of_townships_is_taken_whole(database) -> None:
    checked = await read("divisions", NATIONAL.read_bytes(), NATIONAL.name)
    assert checked.faults == []
    result = await take(SYSTEM, KINDS["divisions"], checked, AT)
    assert len(checked.table.rows) == 44_424
    assert numbers(result) == (44_421, 0, 0) and checked.notes["repeated_row"] == 3
    levels = await Division.raw("SELECT level, count(*) AS n FROM division GROUP BY level ORDER BY level")
    assert {row["level"] for row in levels} == {1, 2, 3, 4}
    assert {row["level"]: row["n"] for row in levels}[1] == 31
    orphans = await Division.raw(
        "SELECT count(*) AS n FROM division d WHERE parent <> '' AND NOT EXISTS"
        " (SELECT 1 FROM division p WHERE p.code = d.parent)"
    )
    assert orphans[0]["n"] == 0
