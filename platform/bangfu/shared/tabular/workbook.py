"""Sheets of an .xlsx file as grids of cells."""

from __future__ import annotations

import io
from collections.abc import Sequence

from python_calamine import CalamineSheet, SheetVisibleEnum, load_workbook

from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular.cells import tidy_cell
from bangfu.shared.tabular.limits import Limits, check_unpacked, damaged, open_archive

NamedGrid = tuple[str, list[list[object]]]


def read_workbook(content: bytes, wanted: str | None, limits: Limits) -> list[NamedGrid]:
    """All visible sheets, or the wanted one, each from its first row and column.

    Raises Fault: file_damaged, file_kind, file_bomb, no_sheet, too_many_rows, too_many_columns.
    """
    with open_archive(content) as archive:
        if not any(name.lower().endswith("workbook.xml") for name in archive.namelist()):
            message = N_("This is a packed file, but not an Excel workbook (.xlsx).")
            raise Fault("file_kind", message, fix=N_("Unpack it and upload the list itself."))
        check_unpacked(content, archive, limits)
    try:
        workbook = load_workbook(io.BytesIO(content))
        names = [meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        if wanted is not None and wanted not in names:
            raise _no_sheet(wanted, names)
        return [(name, _grid(workbook.get_sheet_by_name(name))) for name in ([wanted] if wanted else names)]
    except Fault:
        raise
    except BaseException as error:
        # The reader is compiled; what it cannot digest arrives as its own error or as a panic.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise damaged() from None
        raise


def _grid(sheet: CalamineSheet) -> list[list[object]]:
    grid = [[tidy_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if left == right and bottom < len(grid):
            _fill_down(grid, top, bottom, left)
    return grid


def _fill_down(grid: list[list[object]], top: int, bottom: int, column: int) -> None:
    """A cell merged over several rows belongs to each of them (one household, several members)."""
    for row in range(top + 1, bottom + 1):
        if grid[row][column] == "":
            grid[row][column] = grid[top][column]


def _no_sheet(wanted: str, names: Sequence[str]) -> Fault:
    message = N_("There is no sheet named {name}; there are: {names}.")
    return Fault("no_sheet", message, {"name": wanted, "names": ", ".join(names)})
