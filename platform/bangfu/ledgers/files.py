"""Ledgers as files: CSV with the cells alone, Excel with head, sums and signatures, written a batch at a time."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter

from bangfu.ledgers.asking import title_of
from bangfu.ledgers.canonical import Row, shown, shown_row
from bangfu.ledgers.definitions import Definition
from bangfu.shared.i18n import _
from bangfu.shared.tabular.writing import harmless

FORMATS: Final = ("xlsx", "csv")
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_WRITTEN: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - the same content gives the same bytes
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the rows of a workbook."""

    definition: Definition
    unit: str
    period: str
    filters: str
    code: str = ""
    """"" of an export that was not issued."""


async def write(
    file_format: str, head: Head, batches: AsyncIterator[list[Row]], sums: Mapping[str, str]
) -> tuple[IO[bytes], int]:
    """A file and its number of rows; one batch of rows is in memory at a time."""
    writer = (_Csv if file_format == "csv" else _Xlsx)(head)
    rows = 0
    async for batch in batches:
        writer.add(batch)
        rows += len(batch)
    return writer.close(sums), rows


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; it is closed, and with that deleted, at the end."""
    with file:
        while piece := file.read(_CHUNK):
            yield piece


def titles(definition: Definition) -> list[str]:
    """The columns' words in the reader's language."""
    return [title_of(each.zh, each.en) for each in definition.columns]


class _Csv:
    """UTF-8 with a mark; titles and rows, nothing else, so that it reads back as a table."""

    def __init__(self, head: Head) -> None:
        self.columns = head.definition.columns
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on to the answer
        self.text = io.TextIOWrapper(self.file, "utf-8-sig", newline="", write_through=True)
        self.out = csv.writer(self.text, lineterminator="\r\n")
        self.out.writerow([harmless(each) for each in titles(head.definition)])

    def add(self, rows: list[Row]) -> None:
        self.out.writerows([harmless(cell) for cell in shown_row(self.columns, row)] for row in rows)

    def close(self, _sums: Mapping[str, str]) -> IO[bytes]:
        self.text.flush()
        self.text.detach()
        self.file.seek(0)
        return self.file


class _Xlsx:
    """A workbook for A4: every row leaves memory as soon as the next one begins."""

    def __init__(self, head: Head) -> None:
        self.head, self.columns = head, head.definition.columns
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.xlsx"
        options = {
            "constant_memory": True, "tmpdir": self.folder.name, "strings_to_formulas": False,
            "strings_to_urls": False, "strings_to_numbers": False,
        }  # fmt: skip
        self.book = xlsxwriter.Workbook(str(self.path), options)
        self.book.set_properties({"created": _WRITTEN})
        self.sheet = self.book.add_worksheet("Ledger")
        self.text = self.book.add_format({"num_format": "@"})
        self.money = self.book.add_format({"num_format": "#,##0.00"})
        self.bold = self.book.add_format({"bold": True})
        self.line = 4
        self._begin()

    def _begin(self) -> None:
        sheet, head = self.sheet, self.head
        sheet.set_paper(9)
        if head.definition.flipped:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
        sheet.set_footer("&L" + (head.code or "") + "&R&P / &N")
        for column, title in enumerate(titles(head.definition)):
            sheet.set_column(column, column, max(10, 2 * len(title)))
        sheet.write_string(0, 0, head.definition.title, self.bold)
        sheet.write_string(1, 0, _("Unit: {unit}   Period: {period}", unit=head.unit, period=head.period))
        sheet.write_string(2, 0, _("Filters: {filters}", filters=head.filters))
        for column, title in enumerate(titles(head.definition)):
            sheet.write_string(3, column, title, self.bold)

    def add(self, rows: list[Row]) -> None:
        for row in rows:
            for place, (column, cell) in enumerate(zip(self.columns, shown_row(self.columns, row), strict=True)):
                self._cell(place, column.counted and cell != "", cell, column.kind == "money")
            self.line += 1

    def _cell(self, place: int, figure: bool, cell: Any, money: bool) -> None:
        if figure:
            self.sheet.write_number(self.line, place, cell, self.money if money else None)
        elif cell != "":
            self.sheet.write_string(self.line, place, str(cell), self.text)

    def close(self, sums: Mapping[str, str]) -> IO[bytes]:
        for place, column in enumerate(self.columns):
            if place == 0:
                self.sheet.write_string(self.line, 0, _("Sum of all rows"), self.bold)
            elif column.code in sums:
                self._cell(place, True, shown(column, sums[column.code] if column.kind == "money" else
                           int(sums[column.code])), column.kind == "money")  # fmt: skip
        signs = "        ".join(f"{each}：________" for each in self.head.definition.signers)
        self.sheet.write_string(self.line + 2, 0, f"{signs}        （盖章处）")
        if self.head.code:
            self.sheet.write_string(self.line + 3, 0, _("Check code: {code}", code=self.head.code))
        self.book.close()
        opened: IO[bytes] = self.path.open("rb")
        self.folder.cleanup()  # the open file stays readable until it is closed
        return opened
