"""Reading the zip of a directory: sizes, names and letters are looked at before anything is believed."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Final

from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular.limits import Limits, check_size, check_unpacked, open_archive

LIMITS: Final = Limits(file_bytes=30_000_000, unpacked_bytes=200_000_000, rows=400_000, columns=100)
"""Of a whole directory [D]."""
MOST_FILES: Final = 60
MOST_LETTERS: Final = 20_000
"""Of one value [D]."""
_NAME: Final = re.compile(r"[A-Za-z0-9_ .-]{1,80}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSV: its columns, and its rows with the line on which each begins."""

    file: str
    columns: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def unpack(content: bytes) -> list[Sheet]:
    """The CSV files of a zip, by name; other files are left alone.

    Raises:
        Fault: naming the file, and the line where there is one.
    """
    check_size(content, LIMITS)
    archive = _opened(content)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise Fault("too_many_files", N_("The zip holds {n} files; at most {most} are taken."),
                    {"n": len(entries), "most": MOST_FILES})  # fmt: skip
    tables: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = _plain_name(entry)
        if name.lower().endswith(".csv"):
            if name.lower() in tables:
                raise Fault("file_twice", N_("The file {file} stands in the zip twice."), {"file": name})
            tables[name.lower()] = entry
    if not tables:
        raise Fault("no_tables", N_("The zip holds no CSV file."),
                    fix=N_("Put the CSV files of the directory into one zip."))  # fmt: skip
    check_unpacked(content, archive, LIMITS)
    return _sheets(archive, tables)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return open_archive(content)
    except Fault:
        raise Fault("no_zip", N_("This file is no zip, or it is damaged."),
                    fix=N_("Put the CSV files of the directory into one zip.")) from None  # fmt: skip


def _plain_name(entry: zipfile.ZipInfo) -> str:
    """The last part of the name; nothing is ever written under it.

    Raises:
        Fault: for a name that leads elsewhere, and for a locked file.
    """
    parts = entry.filename.split("/")
    if entry.filename.startswith("/") or "\\" in entry.filename or ".." in parts or not _NAME.fullmatch(parts[-1]):
        raise Fault(
            "file_name", N_("A file in the zip has a name that is not taken. Use plain names such as services.csv.")
        )
    if entry.flag_bits & 1:
        raise Fault("file_locked", N_("The file {file} is locked with a password."), {"file": parts[-1]})
    return parts[-1]


def _sheets(archive: zipfile.ZipFile, tables: dict[str, zipfile.ZipInfo]) -> list[Sheet]:
    found, rows = [], 0
    for name, entry in sorted(tables.items()):
        try:
            content = archive.read(entry)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
            raise Fault("file_damaged", N_("The file {file} is damaged."), {"file": name}) from None
        sheet = _sheet(name, content, LIMITS.rows - rows)
        rows += len(sheet.rows)
        found.append(sheet)
    return found


def _sheet(name: str, content: bytes, room: int) -> Sheet:
    lines = csv.reader(io.StringIO(_text(name, content), newline=""), strict=True)
    try:
        columns = [title.strip().lower() for title in next(lines, [])]
        _check_columns(name, columns)
        sheet = Sheet(name, columns)
        begins = lines.line_num + 1
        for cells in lines:
            if any(cells):
                _check_row(name, begins, cells, columns)
                if len(sheet.rows) >= room:
                    raise Fault("too_many_rows", N_("The directory has more than {most} rows."),
                                {"most": LIMITS.rows})  # fmt: skip
                sheet.rows.append((begins, dict(zip(columns, cells, strict=False))))
            begins = lines.line_num + 1
    except csv.Error:
        raise Fault("file_damaged", N_("The file {file} cannot be read at line {line}: the quotes do not fit."),
                    {"file": name, "line": lines.line_num}) from None  # fmt: skip
    return sheet


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Fault("file_encoding", N_("The file {file} is not in UTF-8: line {line}."), {"file": name, "line": line},
                    N_("Save it as CSV in UTF-8.")) from None  # fmt: skip


def _check_columns(name: str, columns: list[str]) -> None:
    if len(columns) > LIMITS.columns:
        raise Fault("too_many_columns", N_("The file {file} has {n} columns; at most {most} are taken."),
                    {"file": name, "n": len(columns), "most": LIMITS.columns})  # fmt: skip
    if len(set(columns)) != len(columns):
        raise Fault("column_twice", N_("A column of the file {file} stands twice."), {"file": name})


def _check_row(name: str, line: int, cells: list[str], columns: list[str]) -> None:
    if len(cells) > len(columns):
        raise Fault("row_too_long", N_("Line {line} of the file {file} has more values than columns."),
                    {"file": name, "line": line})  # fmt: skip
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > MOST_LETTERS:
            raise Fault("value_too_long",
                        N_("Line {line} of the file {file}, field {field}: more than {most} letters."),
                        {"file": name, "line": line, "field": column[:40], "most": MOST_LETTERS})  # fmt: skip
