"""From a file to a table: the kind of file by its content, the sheet, the header, the rows."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular.delimited import read_delimited
from bangfu.shared.tabular.header import Header, find_header
from bangfu.shared.tabular.json_list import is_json, read_json_list
from bangfu.shared.tabular.limits import LIMITS, Limits, check_rows_and_columns, check_size
from bangfu.shared.tabular.rows import data_rows
from bangfu.shared.tabular.table import Grid, Table
from bangfu.shared.tabular.workbook import read_workbook

_SAVE_AS = N_("Save the list as an Excel workbook (.xlsx) or as CSV and upload that file.")


def read_table(
    source: Path | str | bytes,
    filename: str = "",
    *,
    titles: Collection[str] = (),
    sheet: str | None = None,
    limits: Limits = LIMITS,
) -> Table:
    """The list in an .xlsx, text or JSON file. `titles` are the normalised titles one hopes for (`known_titles`): they
    help to find the header and the sheet.

    Raises Fault: file_empty, file_too_large, file_bomb, file_damaged, file_old_excel, file_web_page, file_kind,
    file_name_differs, file_encoding, file_json, no_header, no_sheet, too_many_rows, too_many_columns.
    """
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    name = filename or ("" if isinstance(source, bytes) else Path(source).name)
    check_size(content, limits)
    if is_json(content, name.lower()):
        return read_json_list(content, limits)
    _check_kind(content, name.lower())
    sheets = read_workbook(content, sheet, limits) if content[:2] == b"PK" else read_delimited(content)
    found = [(name, grid, header) for name, grid in sheets if (header := find_header(grid, titles))]
    if not found:
        raise Fault(
            "no_header",
            N_("No row of column titles was found."),
            fix=N_("Put the titles in one row above the data, as in the template."),
        )
    name, grid, header = max(found, key=_promise)
    return _table(name, grid, header, limits)


def _promise(entry: tuple[str, Grid, Header]) -> tuple[int, bool]:
    """The sheet with most of the titles, rather one with records; of equal ones the first."""
    _, grid, header = entry
    return header.known, header.known > 0 and len(grid) > header.last + 1


def _table(name: str, grid: Grid, header: Header, limits: Limits) -> Table:
    rows, skipped = data_rows(grid, header)
    width = max([len(row.cells) for row in rows] + [len(header.titles)])
    # Columns that have neither a title nor a value are only formatting.
    while width > 1 and not any(row.cells[width - 1 :] and row.cells[width - 1] not in (None, "") for row in rows):
        if width <= len(header.titles) and header.titles[width - 1]:
            break
        width -= 1
    check_rows_and_columns(len(rows), width, limits)
    columns = (*header.titles, *([""] * width))[:width]
    return Table(name, header.last + 1, columns, rows, skipped)


def _check_kind(content: bytes, name: str) -> None:
    """The content decides; a name that promises something else is refused, because the sender chose the wrong file."""
    start = content[:512].lstrip().lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        message = N_("This is an old Excel file (.xls) or one protected by a password.")
        raise Fault("file_old_excel", message, fix=_SAVE_AS)
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise Fault("file_web_page", N_("This is a web page, whatever its name says."), fix=_SAVE_AS)
    is_zip, is_text_name = content[:4] == b"PK\x03\x04", name.endswith((".csv", ".txt", ".tsv"))
    if (is_zip and is_text_name) or (not is_zip and name.endswith((".xlsx", ".xlsm"))):
        raise Fault(
            "file_name_differs",
            N_("The content of the file is not what its name says: {name}."),
            {"name": name},
            _SAVE_AS,
        )
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not is_zip and not utf16 and (b"\0" in content[:4096] or content[:4] in (b"%PDF", b"Rar!", b"7z\xbc\xaf")):
        raise Fault("file_kind", N_("This is neither an Excel workbook nor a text table."), fix=_SAVE_AS)
