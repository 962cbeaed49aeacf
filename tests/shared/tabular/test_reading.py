"""Real lists: headings, merged titles, totals, encodings, and files that are none."""

import io
import struct
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.faults import Fault
from bangfu.shared.tabular import Limits, Table, column_letter, known_titles, read_table
from tests.shared.tabular.lists import FIELDS, workbook

HEAD: list[object] = ["序号", "户主姓名", "身份证号", "类别"]
ONE: list[object] = [1, "张三", "990101198001010014", "低保"]
TWO: list[object] = [2, "李四", "990101194503150035", "特困"]
TITLES = known_titles(FIELDS)


def fault_of(content: bytes, name: str = "", limits: Limits | None = None) -> str:
    with pytest.raises(Fault) as caught:
        read_table(content, name, limits=limits or Limits())
    assert str(caught.value)
    return caught.value.code


def cells(table: Table) -> list[tuple[object, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize("hoped_for", [(), TITLES])
def test_a_plain_list_is_read_with_its_row_numbers(hoped_for: frozenset[str]) -> None:
    table = read_table(workbook([HEAD, ONE, TWO]), "list.xlsx", titles=hoped_for)
    assert (table.sheet, table.header_row, table.columns) == ("名单", 1, tuple(map(str, HEAD)))
    assert [row.number for row in table.rows] == [2, 3]
    assert cells(table) == [tuple(ONE), tuple(TWO)]


@pytest.mark.parametrize("hoped_for", [(), TITLES])
def test_headings_above_and_blank_rows_between_are_passed_over(hoped_for: frozenset[str]) -> None:
    rows: list[list[object]] = [
        ["2026年常州市低保家庭花名册"],
        ["填报单位：湖塘镇", "", "填报日期：2026.11.1"],
        [],
        HEAD,
        ONE,
        [],
        TWO,
    ]
    table = read_table(workbook(rows, merges=[(0, 0, 0, 3)]), titles=hoped_for)
    assert table.header_row == 4
    assert [row.number for row in table.rows] == [5, 7]


@pytest.mark.parametrize("hoped_for", [(), TITLES])
@pytest.mark.parametrize("merges", [(), ((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3))])
def test_titles_merged_over_two_rows_are_joined(hoped_for: frozenset[str], merges: tuple[tuple[int, ...], ...]) -> None:
    rows: list[list[object]] = [["序号", "户主", "", "类别"], ["", "姓名", "身份证号", ""], ONE, TWO]
    table = read_table(workbook(rows, merges=merges), titles=hoped_for)  # type: ignore[arg-type]
    assert table.columns == ("序号", "户主/姓名", "户主/身份证号", "类别")
    assert table.header_row == 2
    assert [row.number for row in table.rows] == [3, 4]


def test_a_first_record_with_an_empty_cell_is_not_taken_for_a_second_header_row() -> None:
    table = read_table(workbook([["姓名", "性别", "住址", ""], ["张三", "", "湖塘镇", "无"], ["李四", "男", "", ""]]))
    assert table.header_row == 1
    assert len(table.rows) == 2


def test_totals_notes_and_repeated_titles_are_no_records_and_are_named() -> None:
    rows: list[list[object]] = [
        HEAD,
        ONE,
        ["小计", "", 1],
        HEAD,
        TWO,
        ["合 计", "2户"],
        [],
        ["注：本表一式两份。"],
        ["2. 请核对。"],
        ["填表人：王五", "", "审核人：赵六"],
    ]
    table = read_table(workbook(rows))
    assert [row.number for row in table.rows] == [2, 5]
    assert [(row.number, row.reason) for row in table.skipped] == [
        (3, "total"),
        (4, "header_again"),
        (6, "total"),
        (8, "note"),
        (9, "note"),
        (10, "note"),
    ]


def test_a_person_in_the_last_row_is_not_taken_for_a_note() -> None:
    table = read_table(workbook([HEAD, ONE, ["", "单位", "", ""], ["", "周日", "990101194503150035", "特困"]]))
    assert [row.number for row in table.rows] == [2, 3, 4]


def test_a_cell_merged_over_the_members_of_a_household_belongs_to_each() -> None:
    rows: list[list[object]] = [["户号", "姓名"], ["A1", "张三"], ["", "张小明"], ["A2", "李四"]]
    assert cells(read_table(workbook(rows, merges=[(1, 0, 2, 0)]))) == [
        ("A1", "张三"),
        ("A1", "张小明"),
        ("A2", "李四"),
    ]


def test_numbers_dates_and_full_width_text_come_as_they_are_meant() -> None:
    rows: list[list[object]] = [
        ["姓名", "电话", "金额", "日期", "证号"],
        [" 张三　", 13812345678, 12.5, date(2024, 5, 1), 990101198001010014],
    ]
    rows.append(["'李四", "１３８１２３４５６７８", 3.0, "2024.5.1", "990101"])
    first, second = cells(read_table(workbook(rows)))
    assert first[:4] == ("张三", 13812345678, 12.5, date(2024, 5, 1))
    assert isinstance(first[4], float)
    assert second == ("李四", "13812345678", 3, "2024.5.1", "990101")


def test_the_sheet_with_the_titles_is_chosen_and_hidden_ones_are_not() -> None:
    extra: list[tuple[str, list[list[object]]]] = [("旧表", [HEAD, ONE, TWO, ONE]), ("隐藏", [HEAD, *[TWO] * 9])]
    content = workbook([["说明"], ["本工作簿"]], extra=extra, hidden="隐藏")
    assert read_table(content, titles=TITLES).sheet == "旧表"
    with pytest.raises(Fault, match="旧表"):
        read_table(content, sheet="隐藏")


CSV = "序号,户主姓名,身份证号,类别\r\n1,张三,990101198001010014,低保\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_table_is_read_in_any_usual_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    table = read_table(CSV.replace(",", delimiter).encode(encoding), "list.csv")
    assert table.columns == tuple(map(str, HEAD))
    assert cells(table) == [("1", "张三", "990101198001010014", "低保")]


@given(
    st.text(
        "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然",
        min_size=1,
        max_size=6,
    )
)
def test_a_short_text_of_common_characters_is_told_apart(word: str) -> None:
    from bangfu.shared.tabular.delimited import decode

    assert decode(word.encode("gbk")) == word
    assert decode(word.encode("utf-8")) == word


def test_quoted_commas_and_line_breaks_stay_in_their_cell() -> None:
    table = read_table('姓名,住址,备考\n张三,"湖塘镇,1号\n后门",有\n李四,牛塘镇,无\n'.encode())
    assert cells(table)[0] == ("张三", "湖塘镇,1号\n后门", "有")
    assert [row.number for row in table.rows] == [2, 3]


def test_a_template_without_records_is_an_empty_table() -> None:
    assert read_table(workbook([HEAD])).rows == []


def test_files_that_are_no_lists_are_refused_by_their_content() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("photo.txt", "no list")
    assert fault_of(b"") == "file_empty"
    assert fault_of(b"\xd0\xcf\x11\xe0" + bytes(600), "list.xls") == "file_old_excel"
    assert fault_of(b"<html><table>", "list.xls") == "file_web_page"
    assert fault_of(b"%PDF-1.7 ", "list.csv") == "file_kind"
    assert fault_of(b"\x89PNG\r\n\x1a\n\0\0\0", "") == "file_kind"
    assert fault_of(archive.getvalue(), "list.xlsx") == "file_kind"
    assert fault_of(CSV.encode(), "list.xlsx") == "file_name_differs"
    assert fault_of(workbook([HEAD, ONE]), "list.csv") == "file_name_differs"
    assert fault_of(workbook([HEAD, ONE])[:-40], "list.xlsx") == "file_damaged"
    assert fault_of("姓名".encode("gbk") + b"\xff\xff,\n", "list.csv") == "file_encoding"
    assert fault_of("只有一句话而且后面没有列名：见附件".encode(), "list.csv") == "no_header"


def test_too_large_lists_are_refused_with_their_size() -> None:
    content = workbook([HEAD, *[ONE] * 30])
    assert fault_of(content, limits=Limits(rows=20)) == "too_many_rows"
    assert fault_of(content, limits=Limits(columns=3)) == "too_many_columns"
    assert fault_of(content, limits=Limits(file_bytes=1000)) == "file_too_large"
    assert fault_of(content, limits=Limits(unpacked_bytes=5000)) == "file_bomb"
    assert fault_of(CSV.encode(), limits=Limits(columns=3)) == "too_many_columns"


def test_a_single_cell_in_the_far_corner_does_not_fill_the_memory() -> None:
    far = workbook([HEAD, ONE])
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(far)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, content.replace(b'<c r="D2"', b'<c s="0"   r="XFD1048576"'))
    assert fault_of(changed.getvalue()) in {"too_many_rows", "too_many_columns"}


def test_an_archive_that_lies_about_its_size_is_measured() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    content = packed.getvalue().replace(struct.pack("<I", 30_000_000), struct.pack("<I", 1000))
    assert fault_of(content, limits=Limits(unpacked_bytes=10_000_000)) == "file_bomb"


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    assert [column_letter(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
