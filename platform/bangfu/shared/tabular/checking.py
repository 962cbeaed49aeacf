"""Every cell of a list against its field: values for what is right, a fault with place and fix for what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bangfu.shared.faults import N_, Fault
from bangfu.shared.resident_id import ResidentId, ends_like_cut, lost_number
from bangfu.shared.tabular.columns import ColumnMapping
from bangfu.shared.tabular.fields import Field
from bangfu.shared.tabular.table import Row, Table, is_blank

NOTHING = frozenset({"-", "--", "—", "——", "/", "\\"})
NOTHING_IN_WORDS = NOTHING | {"无", "暂无", "没有", "不详", "n/a", "N/A", "none", "None"}
SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "####")
CACHED_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class CellFault:
    """Where (row as in the file, the sender's own title), what stood there, what is wrong and what to do.

    `message` and `fix` are message ids with {named} gaps that `params` fill.
    """

    row: int
    column_title: str
    value: str
    code: str
    message: str
    params: Mapping[str, object]
    fix: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """The values of one row by field code, None where the cell is empty; `faulty` rows miss some."""

    number: int
    values: dict[str, object] = field(default_factory=dict)
    faulty: bool = False


def check_rows(
    table: Table, mapping: ColumnMapping, fields: Sequence[Field]
) -> tuple[list[CheckedRow], list[CellFault]]:
    """All rows in order, and all faults in order of rows. A field without a column has the value None."""
    columns = [_Column(field, mapping.columns[field.code], table) for field in fields if field.code in mapping.columns]
    absent = dict.fromkeys((field.code for field in fields if field.code not in mapping.columns), None)
    for column in columns:
        column.distrust_cut_numbers(table.rows)
    rows: list[CheckedRow] = []
    faults: list[CellFault] = []
    for row in table.rows:
        values: dict[str, object] = dict(absent)
        before = len(faults)
        for column in columns:
            result = column.read(row)
            if isinstance(result, Fault):
                faults.append(column.cell_fault(row, result))
            else:
                values[column.field.code] = result
        rows.append(CheckedRow(row.number, values, faulty=len(faults) > before))
    return rows, faults


class _Column:
    """One mapped column; remembers what it has parsed, because lists repeat themselves."""

    def __init__(self, field: Field, index: int, table: Table) -> None:
        self.field = field
        self.index = index
        self.title = table.title(index)
        self.parse = field.parser.parse
        self.parsed: dict[tuple[type, object], object] = {}

    def read(self, row: Row) -> object:
        """The value, None, or a Fault."""
        value = row.cells[self.index] if self.index < len(row.cells) else ""
        key = (value.__class__, value)
        if key in self.parsed:
            return self._fresh(self.parsed[key])
        result = self._judge(value)
        if len(self.parsed) < CACHED_VALUES:
            self.parsed[key] = result
        return self._fresh(result)

    def distrust_cut_numbers(self, rows: Sequence[Row]) -> None:
        """One ID number in eleven that a spreadsheet cut keeps a right check digit by chance.

        Where a column holds lost numbers, every other one that ends in three zeros counts as lost too.
        """
        if self.field.parser.kind != "resident_id":
            return
        results = [self.read(row) for row in rows]
        if any(isinstance(result, Fault) and result.code == "id_lost_in_spreadsheet" for result in results):
            for key, result in self.parsed.items():
                if isinstance(result, ResidentId) and ends_like_cut(result.number):
                    self.parsed[key] = lost_number()

    def cell_fault(self, row: Row, fault: Fault) -> CellFault:
        value = row.cells[self.index] if self.index < len(row.cells) else ""
        shown = "" if is_blank(value) else str(value)[:60]
        return CellFault(
            row.number, self.title, shown, fault.code, fault.message, fault.params, fault.fix, self.field.code
        )

    def _judge(self, value: object) -> object:
        blank = is_blank(value) or (isinstance(value, str) and value in NOTHING)
        if blank:
            return _required() if self.field.required else None
        if isinstance(value, str) and value.startswith(SPREADSHEET_ERRORS):
            message = N_("The spreadsheet shows an error in this cell.")
            return Fault("cell_error", message, fix=N_("Correct the formula, or write the value itself."))
        try:
            return self.parse(value)
        except Fault as fault:
            said_none = not self.field.required and isinstance(value, str) and value in NOTHING_IN_WORDS
            return None if said_none else fault

    @staticmethod
    def _fresh(value: object) -> object:
        # A cached list must not be shared between rows that may change it.
        return list(value) if isinstance(value, list) else value


def _required() -> Fault:
    return Fault("required", N_("This cell must not be empty."), fix=N_("Enter the value."))
