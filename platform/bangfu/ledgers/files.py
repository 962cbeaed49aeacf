"""Ledgers as files: CSV with the cells alone, Excel with head, sums and signatures, written a batch at a time."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

import xlsxwriter

from bangfu.ledgers.asking import title_of
from bangfu.ledgers.canonical import Row, shown, shown_row
from bangfu.ledgers.definitions import Definition
from bangfu.shared.i18n import _, word
from bangfu.shared.tabular.writing import harmless

FORMATS: Final = ("xlsx", "csv")
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_WRITTEN: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - the same content gives the same bytes
_CHUNK: Final = 1 << 16
LONGEST: Final = 1_048_000
"""Lines of a sheet; Excel ends at 1,048,576."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and below the rows of a workbook."""

    definition: Definition
    unit: str
    period: str
    filters: str
    code: str = ""
    """"" of an export that was not issued."""


async def csv_pieces(head: Head, batches: AsyncIterator[list[Row]]) -> AsyncIterator[bytes]:
    """CSV, a batch at a time, without any file: UTF-8 with a mark, titles and rows, nothing else."""
    columns, text = head.definition.columns, io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    out.writerow([harmless(each) for each in titles(head.definition)])
    yield text.getvalue().encode()
    async for batch in batches:
        text.seek(0)
        text.truncate()
        out.writerows([harmless(cell) for cell in shown_row(columns, row)] for row in batch)
        yield text.getvalue().encode()


async def write(
    file_format: str, head: Head, batches: AsyncIterator[list[Row]], sums: Mapping[str, str]
) -> tuple[IO[bytes], int]:
    """A file and its number of rows; one batch of rows is in memory at a time."""
    rows = 0

    async def counted() -> AsyncIterator[list[Row]]:
        nonlocal rows
        async for batch in batches:
            yield batch
            rows += len(batch)

    if file_format == "csv":
        file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on to the answer
        async for piece in csv_pieces(head, counted()):
            file.write(piece)
        file.seek(0)
        return file, rows
    workbook = _Xlsx(head)
    async for batch in counted():
        workbook.add(batch)
    return workbook.close(sums), rows


def headers(name: str, file_format: str) -> dict[str, str]:
    """Of an answer that is saved as a file."""
    return {
        "content-disposition": f"attachment; filename=\"ledger.{file_format}\"; "
                               f"filename*=UTF-8''{quote(f'{name}.{file_format}')}",
        "cache-control": "no-store",
    }  # fmt: skip


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; it is closed, and with that deleted, at the end."""
    with file:
        while piece := file.read(_CHUNK):
            yield piece


def titles(definition: Definition) -> list[str]:
    """The columns' words in the reader's language."""
    return [title_of(each.zh, each.en) for each in definition.columns]


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
        self.text = self.book.add_format({"num_format": "@"})
        self.money = self.book.add_format({"num_format": "#,##0.00"})
        self.bold = self.book.add_format({"bold": True})
        self._begin()

    def _begin(self) -> None:
        """A sheet with its head; a ledger longer than Excel's sheets goes on in the next one."""
        number = len(self.book.worksheets())
        self.sheet, self.line = self.book.add_worksheet(f"Ledger {number + 1}" if number else "Ledger"), 4
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
            if self.line >= LONGEST:
                self._begin()
            for place, (column, cell) in enumerate(zip(self.columns, shown_row(self.columns, row), strict=True)):
                self._cell(place, column.figure and cell != "", cell, column.kind == "money")
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
        signs = "        ".join(
            f"{word('ledger_signer', each)}{_(': ')}________" for each in self.head.definition.signers
        )
        seal = _("(seal here)")
        self.sheet.write_string(self.line + 2, 0, f"{signs}        {seal}")
        if self.head.code:
            self.sheet.write_string(self.line + 3, 0, _("Check code: {code}", code=self.head.code))
        self.book.close()
        opened: IO[bytes] = self.path.open("rb")
        self.folder.cleanup()  # the open file stays readable until it is closed
        return opened
