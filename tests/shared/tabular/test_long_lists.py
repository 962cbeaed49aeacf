"""Lists of any length leave as they are made, and never lie whole in memory."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator

import pytest
import python_calamine

from bangfu.errors import NotYours, Refused
from bangfu.shared.database import in_parts
from bangfu.shared.tabular import long_lists
from bangfu.shared.tabular.long_lists import chunks, stream_csv, write_xlsx_list
from bangfu.shared.web.files import stream_list

TITLES = ["编号", "说明"]


async def parts(count: int, size: int = 3) -> AsyncIterator[list[list[object]]]:
    """Rows 1 to count; what could be a formula among them."""
    for first in range(1, count + 1, size):
        yield [[number, f"=1+{number}"] for number in range(first, min(first + size, count + 1))]


async def text(count: int) -> list[list[str]]:
    content = b"".join([piece async for piece in stream_csv(TITLES, parts(count))])
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("count", [0, 1, 3, 10])
async def test_csv_has_every_row_once_and_no_formula(count: int) -> None:
    assert await text(count) == [TITLES, *([str(n), f"'=1+{n}"] for n in range(1, count + 1))]


async def test_excel_has_every_row_once_as_text() -> None:
    file = await write_xlsx_list(TITLES, parts(7), "a/b")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(b"".join(chunks(file))))
    assert book.get_sheet_by_index(0).to_python() == [TITLES, *([n, f"=1+{n}"] for n in range(1, 8))]


async def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "MOST_OF_A_SHEET", 5)
    with pytest.raises(Refused):
        await write_xlsx_list(TITLES, parts(6), "a")


async def test_the_first_rows_leave_before_the_last_are_made() -> None:
    made: list[int] = []
    go = asyncio.Event()

    async def slow() -> AsyncIterator[list[list[object]]]:
        made.append(1)
        yield [[1, "a"]]
        await go.wait()
        made.append(2)
        yield [[2, "b"]]

    stream = stream_csv(TITLES, slow())
    assert b"1,a" in await anext(stream)
    assert made == [1]
    go.set()
    assert b"2,b" in b"".join([piece async for piece in stream])


async def test_who_goes_away_ends_the_making() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[list[list[object]]]:
        try:
            while True:
                yield [[1, "a"]]
                await asyncio.sleep(0)
        finally:
            ended.set()

    stream = stream_csv(TITLES, endless())
    await anext(stream)
    await stream.aclose()
    await asyncio.wait_for(ended.wait(), 5)


async def test_what_fails_at_once_is_no_half_file() -> None:
    async def broken() -> AsyncIterator[list[list[object]]]:
        raise LookupError
        yield []

    with pytest.raises(LookupError):
        await stream_list(TITLES, broken(), "a", "csv")
    with pytest.raises(NotYours):
        await stream_list(TITLES, parts(1), "a", "exe")


@pytest.mark.usefixtures("database")
async def test_a_long_answer_comes_in_parts_of_one_moment() -> None:
    found = [len(rows) async for rows in in_parts("SELECT * FROM generate_series(1, {}::int) n", 25, size=10)]
    assert found == [10, 10, 5]
