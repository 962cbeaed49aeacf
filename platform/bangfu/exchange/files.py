"""Files of exports, written row by row; every one says inside who took it, when and why."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter

from bangfu.errors import N_
from bangfu.exchange.columns import as_cell, as_json, titles
from bangfu.exchange.export_rules import Watermark
from bangfu.shared import i18n
from bangfu.shared.civil_time import SHANGHAI
from bangfu.shared.tabular import Field
from bangfu.shared.tabular.writing import harmless

_WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001 - the same content gives the same bytes
_CHUNK = 1 << 16
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


class Writer(Protocol):
    """A file in the making: rows are added, then it is closed and read."""

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None: ...

    def close(self) -> IO[bytes]: ...


def watermark_lines(mark: Watermark) -> list[str]:
    """The watermark in the reader's language, a line for each part."""
    when = mark.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    shown = N_("Whole data, not masked") if mark.unmasked else N_("Masked data")
    lines = [
        i18n._(N_("Exported by: {who} ({username})"), who=mark.who, username=mark.username),
        i18n._(N_("Exported at: {when} (China)"), when=when),
        i18n._(N_("Content: {subject}, {number} rows; {shown}"), subject=mark.subject, number=mark.rows,
               shown=i18n._(shown)),
        i18n._(N_("Filters: {filters}"), filters=mark.filters or "—"),
    ]  # fmt: skip
    if mark.unmasked:
        lines.append(i18n._(N_("Reason: {reason}"), reason=mark.reason))
    lines.append(i18n._(N_("Personal data: for official use only, do not pass on. The export is on record.")))
    return lines


class CsvWriter:
    """CSV in UTF-8 with a mark; the watermark stands above the titles."""

    def __init__(self, fields: Sequence[Field], mark: Watermark) -> None:
        self.fields = fields
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on to the answer
        self.text = io.TextIOWrapper(self.file, "utf-8-sig", newline="", write_through=True)
        self.out = csv.writer(self.text, lineterminator="\r\n")
        self.out.writerows([harmless(line)] for line in watermark_lines(mark))
        self.out.writerow([])
        self.out.writerow(titles(fields))

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self.out.writerow([harmless(as_cell(field, row.get(field.code))) for field in self.fields])

    def close(self) -> IO[bytes]:
        self.text.flush()
        self.text.detach()
        self.file.seek(0)
        return self.file


class JsonWriter:
    """An object with the watermark and the rows, by field codes; imports read it as it is."""

    def __init__(self, fields: Sequence[Field], mark: Watermark) -> None:
        self.fields, self.first = fields, True
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on to the answer
        head = {"watermark": watermark_lines(mark), "fields": {field.code: field.zh for field in fields}}
        self.file.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "rows": [')

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            record = {field.code: as_json(row[field.code]) for field in self.fields if _said(row.get(field.code))}
            text = json.dumps(record, ensure_ascii=False)
            self.file.write((("" if self.first else ",") + "\n" + text).encode("utf-8", "replace"))
            self.first = False

    def close(self) -> IO[bytes]:
        self.file.write(b"\n]}\n")
        self.file.seek(0)
        return self.file


class XlsxWriter:
    """A workbook: the list, a sheet with the watermark, and the watermark on every printed page."""

    def __init__(self, fields: Sequence[Field], mark: Watermark) -> None:
        self.fields, self.line = fields, 1
        # Large exports are masked and go through files; whole data stay in memory.
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "export.xlsx"
        self.buffer = io.BytesIO()
        options: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        options |= {"in_memory": True} if mark.unmasked else {"constant_memory": True, "tmpdir": self.folder.name}
        self.book = xlsxwriter.Workbook(self.buffer if mark.unmasked else str(self.path), options)
        self.book.set_properties({"created": _WRITTEN})
        self.sheet = self.book.add_worksheet(_sheet_name(mark.subject))
        self.text = self.book.add_format({"num_format": "@"})
        self._head(mark)

    def _head(self, mark: Watermark) -> None:
        lines = watermark_lines(mark)
        self.sheet.set_header("&L" + " · ".join(lines[:2]).replace("&", "&&")[:240])
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.repeat_rows(0)
        self.sheet.freeze_panes(1, 0)
        bold = self.book.add_format({"bold": True})
        for column, title in enumerate(titles(self.fields)):
            self.sheet.set_column(column, column, max(12, 2 * len(title)))
            self.sheet.write_string(0, column, title, bold)
        about = self.book.add_worksheet(_sheet_name(i18n._("About this export")))
        for row, line in enumerate(lines):
            about.write_string(row, 0, line)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            for column, field in enumerate(self.fields):
                cell = as_cell(field, row.get(field.code))
                if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                    self.sheet.write_number(self.line, column, cell)
                elif cell != "":
                    self.sheet.write_string(self.line, column, str(cell), self.text)
            self.line += 1

    def close(self) -> IO[bytes]:
        self.book.close()
        self.buffer.seek(0)
        opened: IO[bytes] = self.path.open("rb") if self.path.exists() else self.buffer
        self.folder.cleanup()  # the open file stays readable until it is closed
        return opened


WRITERS: dict[str, type[CsvWriter] | type[JsonWriter] | type[XlsxWriter]] = {
    "csv": CsvWriter, "json": JsonWriter, "xlsx": XlsxWriter,
}  # fmt: skip


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; it is closed, and with that deleted, at the end."""
    with file:
        while piece := file.read(_CHUNK):
            yield piece


def _said(value: object) -> bool:
    return value not in (None, "", [], ())


def _sheet_name(title: str) -> str:
    return "".join("_" if char in "[]:*?/\\" else char for char in title).strip("'")[:31] or "Sheet1"
