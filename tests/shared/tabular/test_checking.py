"""Columns matched, cells checked, templates written."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from bangfu.shared.faults import Fault
from bangfu.shared.resident_id import generate_resident_id
from bangfu.shared.tabular import (
    CellFault,
    Field,
    Parser,
    Table,
    check_rows,
    known_titles,
    match_columns,
    parsers,
    read_table,
    write_csv,
    write_csv_template,
    write_template,
    write_xlsx,
)
from tests.shared.tabular.lists import CATEGORIES, FIELDS, TODAY, workbook

TITLES = [field.zh for field in FIELDS]
GOOD = ["张三", "990101198001010014", "13812345678", "低保", "2024.5.1", "3", "1,250.50"]


def checked(*rows: Sequence[object], titles: list[str] = TITLES) -> tuple[list[dict[str, object]], list[CellFault]]:
    table = read_table(workbook([titles, *rows]), titles=known_titles(FIELDS))
    found, faults = check_rows(table, match_columns(table, FIELDS), FIELDS)
    return [row.values for row in found], faults


def table_of(*titles: str) -> Table:
    return read_table(workbook([list(titles), ["张三"] * len(titles)]), titles=known_titles(FIELDS))


def test_columns_are_known_by_title_in_both_languages_code_and_alias() -> None:
    mapping = match_columns(table_of("Head of Household", "公民身份号码", "PHONE", "救助类别*", "备注"), FIELDS)
    assert mapping.columns == {"head": 0, "id_number": 1, "phone": 2, "category": 3}
    assert mapping.unused == ("备注",)
    assert mapping.complete


def test_remarks_in_brackets_spaces_and_full_width_marks_do_not_matter() -> None:
    mapping = match_columns(table_of("户主 姓名", "身份证号（18位）", "类　别：", "联系电话"), FIELDS)
    assert set(mapping.columns) == {"head", "id_number", "category", "phone"}


def test_own_names_are_remembered_and_a_present_choice_wins() -> None:
    table = table_of("救助对象", "证件", "身份证号", "类型")
    remembered = {"救助对象": "head", "类型": "category", "证件": "id_number"}
    assert match_columns(table, FIELDS, remembered).columns == {"head": 0, "id_number": 2, "category": 3}
    chosen = {"证件": "id_number", "身份证号": ""}
    assert match_columns(table, FIELDS, remembered, chosen).columns["id_number"] == 1


def test_a_missing_required_column_comes_with_suggestions() -> None:
    mapping = match_columns(table_of("户主姓名", "户主身份证号", "低保类别名称"), FIELDS)
    assert {missing.field.code: missing.suggestions[:1] for missing in mapping.missing} == {
        "id_number": ("户主身份证号",),
        "category": ("低保类别名称",),
    }


def test_the_lower_part_of_a_joined_title_names_the_column() -> None:
    rows = [["户主", "", "类别"], ["姓名", "身份证号", ""], ["张三", "990101198001010014", "低保"]]
    table = read_table(workbook(rows), titles=known_titles(FIELDS))
    assert match_columns(table, FIELDS).columns == {"head": 0, "id_number": 1, "category": 2}


def test_a_right_row_gives_values_and_no_fault() -> None:
    rows, faults = checked(GOOD)
    assert faults == []
    assert str(rows[0].pop("id_number")) == "990101198001010014"
    assert rows == [
        {
            "head": "张三",
            "phone": "+8613812345678",
            "category": "dibao",
            "since": date(2024, 5, 1),
            "members": 3,
            "subsidy": Decimal("1250.50"),
        }
    ]


def test_every_fault_names_row_column_value_and_fix() -> None:
    bad = ["", "110105194912310021", "1381234", "富裕", "2024-02-30", "3.5", "-1"]
    rows, faults = checked(GOOD, bad, titles=[title + "（必填）" for title in TITLES])
    assert [(fault.row, fault.field, fault.code) for fault in faults] == [
        (3, "head", "required"),
        (3, "id_number", "id_check"),
        (3, "phone", "phone"),
        (3, "category", "choice"),
        (3, "since", "date_impossible"),
        (3, "members", "integer"),
        (3, "subsidy", "range"),
    ]
    assert [fault.column_title for fault in faults][1:3] == ["身份证号（必填）", "联系电话（必填）"]
    assert faults[1].value == "110105194912310021"
    assert all(fault.fix and fault.message.format(**fault.params) for fault in faults)
    assert "低保家庭 (dibao)" in faults[3].fix.format(**faults[3].params)
    assert rows[1] == {}


def test_empty_optional_cells_and_words_for_nothing_are_none() -> None:
    rows, faults = checked(["张三", "990101198001010014", "无", "低保", "/", "", "—"])
    assert faults == []
    assert [rows[0][code] for code in ("phone", "since", "members", "subsidy")] == [None] * 4


def test_a_field_without_a_column_is_none() -> None:
    rows, _ = checked(["张三", "990101198001010014", "特困"], titles=["户主姓名", "身份证号", "类别"])
    assert rows[0]["phone"] is None
    assert rows[0]["category"] == "tekun"


def test_numbers_that_a_spreadsheet_cut_are_named_as_lost() -> None:
    _, faults = checked(["张三", 990101198001010014, "", "低保"], ["李四", "9.90101E+17", "", "低保"])
    assert [fault.code for fault in faults] == ["id_lost_in_spreadsheet"] * 2


def test_beside_cut_numbers_one_that_passes_by_chance_is_lost_too() -> None:
    by_chance = next(
        number
        for day in range(1, 29)
        for seq in range(0, 1000, 100)
        if (number := generate_resident_id(date(1980, 1, day), seq)).endswith("000")
    )
    assert checked(["张三", by_chance, "", "低保"])[1] == []
    _, faults = checked(["张三", by_chance, "", "低保"], ["李四", "990101198001010000", "", "低保"])
    assert [(fault.row, fault.code) for fault in faults] == [
        (2, "id_lost_in_spreadsheet"),
        (3, "id_lost_in_spreadsheet"),
    ]


def test_a_spreadsheet_error_is_named() -> None:
    _, faults = checked(["张三", "990101198001010014", "#N/A", "低保"])
    assert [fault.code for fault in faults] == ["cell_error"]


SERVICES = {"meal": ("助餐", "Meal delivery"), "bath": ("助浴", "Bathing"), "clean": ("保洁（上门）", "Cleaning")}


@pytest.mark.parametrize(
    ("parser", "value", "result"),
    [
        (parsers.choices(SERVICES), "助餐、助浴；助餐", ["meal", "bath"]),
        (parsers.choices(SERVICES), "Meal delivery, bathing/cleaning", ["meal", "bath", "clean"]),
        (parsers.choices(SERVICES), "助餐 助浴，上门保洁"[:5], ["meal", "bath"]),
        (parsers.choices(SERVICES), "保洁", ["clean"]),
        (parsers.choice(CATEGORIES), "ＤＩＢＡＯ", "dibao"),
        (parsers.yes_no(), "是", True),
        (parsers.yes_no(), "否", False),
        (parsers.yes_no(), 1, True),
        (parsers.yes_no(), True, True),
        (parsers.integer(0, 10_000), "１，２００", 1200),
        (parsers.integer(0, 10), 3.0, 3),
        (parsers.money(), "￥1,234.5元", Decimal("1234.50")),
        (parsers.money(), 1234.5000000001, Decimal("1234.50")),
        (parsers.money(), 0.125, Decimal("0.13")),
        (parsers.text(), 12, "12"),
        (parsers.text(), date(2024, 5, 1), "2024-05-01"),
        (parsers.text(), "湖塘镇（东）１号", "湖塘镇（东）1号"),
        (parsers.code_text(), 20260001, "20260001"),
        (parsers.latitude(), 31.7736, 31.7736),
        (parsers.coordinates(), "119.95,31.77", (31.77, 119.95)),
        (parsers.datum(), "高德", "gcj02"),
        (parsers.windows(), "周一 08:00-12:00", [(0, 480, 720)]),
    ],
)
def test_a_cell_is_read_as_meant(parser: Parser, value: object, result: object) -> None:
    assert parser.parse(value) == result


@pytest.mark.parametrize(
    ("parser", "value", "code"),
    [
        (parsers.choices(SERVICES), "助餐、美发", "choice"),
        (parsers.yes_no(), "也许", "yes_no"),
        (parsers.text(3), "四个汉字", "text_too_long"),
        (parsers.money(), "12.345", "decimals"),
        (parsers.money(), "十元", "number"),
        (parsers.integer(0, 3), True, "integer"),
        (parsers.code_text(), 1.23456789012e17, "number_lost_in_spreadsheet"),
        (parsers.day(latest=TODAY), "2027-01-01", "date_late"),
        (parsers.day(earliest=TODAY), "2025-01-01", "date_early"),
    ],
)
def test_what_may_not_stand_in_a_cell_is_a_fault(parser: Parser, value: object, code: str) -> None:
    with pytest.raises(Fault) as caught:
        parser.parse(value)
    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_is_read_back_by_its_own_reader(locale: str, kind: str) -> None:
    example = dict(zip((field.code for field in FIELDS), GOOD, strict=True))
    if kind == "xlsx":
        content = write_template(FIELDS, "低保家庭[2026]", [example], locale)
    else:
        content = write_csv_template(FIELDS, [example], locale)
    table = read_table(content, f"template.{kind}", titles=known_titles(FIELDS))
    mapping = match_columns(table, FIELDS)
    assert set(mapping.columns) == {field.code for field in FIELDS}
    assert check_rows(table, mapping, FIELDS)[1] == []


def test_the_same_template_has_the_same_bytes() -> None:
    assert write_template(FIELDS, "名单") == write_template(FIELDS, "名单")


@pytest.mark.parametrize("text", ["=1+1", "+86138", "-2", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_is_never_executed(text: str) -> None:
    titles = ["姓名", "住址"]
    as_csv = write_csv(titles, [["张三", text]])
    assert f"'{text}".encode() in as_csv
    table = read_table(write_xlsx(titles, [["张三", text]]))
    assert table.rows[0].cells == ("张三", text.strip())


def test_long_numbers_survive_a_list_written_and_read() -> None:
    content = write_xlsx(["姓名", "身份证号"], [["张三", "990101198001010014"]])
    assert read_table(content).rows[0].cells == ("张三", "990101198001010014")


def test_a_field_without_hint_or_words_needs_no_comment() -> None:
    content = write_template([Field("note", "备注栏", "Remark", parsers.text()), FIELDS[0]], "表")
    assert read_table(content).columns == ("备注栏", "户主姓名 *")
