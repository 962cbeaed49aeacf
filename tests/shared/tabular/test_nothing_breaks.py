"""Whatever stands in a cell or a file, the answer is a value or a named fault."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.shared.faults import Fault
from bangfu.shared.tabular import Field, Parser, check_rows, known_titles, match_columns, parsers, read_table
from tests.shared.tabular.lists import CATEGORIES, FIELDS, TODAY, workbook

ALL = {
    "text": parsers.text(),
    "code_text": parsers.code_text(),
    "integer": parsers.integer(0, 100),
    "decimal": parsers.decimal(-5, 5),
    "money": parsers.money(),
    "day": parsers.day(),
    "choice": parsers.choice(CATEGORIES),
    "choices": parsers.choices(CATEGORIES),
    "yes_no": parsers.yes_no(),
    "resident_id": parsers.resident_id(TODAY),
    "phone": parsers.phone(),
    "uscc": parsers.uscc(),
    "division": parsers.division(),
    "latitude": parsers.latitude(),
    "longitude": parsers.longitude(),
    "coordinates": parsers.coordinates(),
    "datum": parsers.datum(),
    "windows": parsers.windows(),
}
cells = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.-/:年月日XxE+,;°周一至五 　０１", max_size=25),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.sampled_from([float("nan"), float("inf"), -1e300, 1e16]),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def fault_of(action: Callable[[], object]) -> Fault | None:
    """The fault that an action ends with; any other error fails the test."""
    try:
        action()
    except Fault as fault:
        return fault
    return None


@pytest.mark.parametrize("parser", ALL.values(), ids=ALL)
@given(cell=cells)
def test_any_cell_is_a_value_or_a_fault_that_can_be_told(parser: Parser, cell: object) -> None:
    fault = fault_of(lambda: parser.parse(cell))
    assert fault is None or (str(fault) and fault.fix.format(**fault.params))


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "姓名", "身份证号", "类别", "张三", "合计", "注：", "2", "2024.5.1"]), max_size=5
        ),
        max_size=8,
    )
)
def test_any_small_sheet_is_a_table_or_a_fault(rows: list[list[object]]) -> None:
    content = workbook(rows)
    fault = fault_of(lambda: read_table(content, titles=known_titles(FIELDS)))
    assert fault is None or fault.code == "no_header"
    if fault:
        return
    table = read_table(content, titles=known_titles(FIELDS))
    checked, faults = check_rows(table, match_columns(table, FIELDS), FIELDS)
    assert len(checked) == len(table.rows)
    assert {fault.row for fault in faults} == {row.number for row in checked if row.faulty}
    numbers = [row.number for row in table.rows] + [row.number for row in table.skipped]
    assert len(numbers) == len(set(numbers))
    assert all(number > table.header_row for number in numbers)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(content: bytes) -> None:
    fault = fault_of(lambda: read_table(content, "list.csv"))
    assert fault is None or str(fault)


def test_a_datetime_in_a_date_column_keeps_its_day() -> None:
    assert Field("since", "日期", "Since", parsers.day()).parser.parse(datetime(2024, 5, 1, 8)) == date(2024, 5, 1)  # noqa: DTZ001
