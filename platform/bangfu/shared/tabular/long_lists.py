"""Long lists as CSV or Excel: row by row into a file that lies on the disk, so that no list is whole in memory."""

import asyncio
import codecs
import csv
import io
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Sequence
from typing import IO

import xlsxwriter

from bangfu.errors import N_, Refused
from bangfu.shared.tabular.writing import WRITTEN, harmless, safe_sheet_name, write_cell

IN_MEMORY = 1_000_000
"""Bytes of a file that are kept in memory before it goes to the disk."""
MOST_OF_A_SHEET = 1_048_575
"""Rows of an Excel sheet below its titles."""
_CHUNK = 256 * 1024
Rows = AsyncIterable[Iterable[Sequence[object]]]
"""Parts of a list, each some rows."""


async def stream_csv(titles: Sequence[str], parts: Rows) -> AsyncGenerator[bytes]:
    """CSV in UTF-8 with a mark, sent while it is made. A slow reader holds up the file on the disk, not the database;
    one who goes away ends the making."""
    file, more = tempfile.TemporaryFile(), asyncio.Event()  # noqa: SIM115 (closed below)
    making = asyncio.create_task(_fill(file, titles, parts, more))
    sent = 0
    try:
        while True:
            over = making.done()
            while piece := os.pread(file.fileno(), _CHUNK, sent):
                sent += len(piece)
                yield piece
            if over:
                making.result()
                return
            more.clear()
            await more.wait()
    finally:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
        file.close()


async def _fill(file: IO[bytes], titles: Sequence[str], parts: Rows, more: asyncio.Event) -> None:
    try:
        begun = codecs.BOM_UTF8 + _lines([titles])
        async for part in parts:
            file.write(begun + _lines(part))
            file.flush()
            begun = b""
            more.set()
            await asyncio.sleep(0)
        file.write(begun)
        file.flush()
    finally:
        more.set()


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


async def write_xlsx_list(titles: Sequence[str], parts: Rows, name: str) -> IO[bytes]:
    """An Excel file; closing it deletes it. `name` is that of the sheet.

    Raises:
        Refused: for more rows than a sheet holds.
    """
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    count = 0
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": WRITTEN})
        sheet = book.add_worksheet(safe_sheet_name(name))
        bold, plain = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, bold)
        async for part in parts:
            for row in part:
                count += 1
                _check_room(count)
                for column, cell in enumerate(row):
                    write_cell(sheet, count, column, cell, plain)
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file from its beginning, piece by piece; it is closed, and with that deleted, at the end."""
    file.seek(0)
    with file:
        while piece := file.read(_CHUNK):
            yield piece


def _check_room(count: int) -> None:
    if count > MOST_OF_A_SHEET:
        raise Refused(
            N_("A sheet of Excel holds {most} rows and this list has more. Download it as CSV, or narrow the filter."),
            most=MOST_OF_A_SHEET,
        )
