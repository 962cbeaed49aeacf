"""Lists that nobody here wrote are read whole."""

from pathlib import Path

import pytest

from bangfu.shared.identifiers import DivisionLevel, parse_division_code
from bangfu.shared.tabular import read_table

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.mark.shared
def test_all_townships_of_the_country_are_read_with_their_level() -> None:
    table = read_table(DATA / "divisions_level4_cn.csv")
    code = table.columns.index("code12")
    assert len(table.rows) == 44_424
    assert {parse_division_code(row.cells[code]).level for row in table.rows} == {DivisionLevel.TOWNSHIP}
    assert table.skipped == []


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("divisions_level1_3_cn.csv", 3433),
        ("orgs_fever_clinics_cn.csv", 6753),
        ("places_jiangsu.csv", 861),
        ("hsds_miami/organizations.csv", 1074),
        ("hsds_miami/regular_schedules.csv", 11_350),
    ],
)
def test_no_record_of_a_public_list_is_taken_for_a_heading_or_a_note(file: str, rows: int) -> None:
    table = read_table(DATA / file)
    assert (table.header_row, len(table.rows), table.skipped) == (1, rows, [])
