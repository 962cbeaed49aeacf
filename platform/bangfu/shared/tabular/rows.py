"""Rows of data below a header: blank rows, totals, notes and repeated titles are no records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bangfu.shared.tabular.header import Header
from bangfu.shared.tabular.table import Grid, Row, SkippedRow, is_blank

_TOTAL = re.compile(
    r"(合计|总计|小计|共计|累计|总数|total|subtotal)[:：]?|(合计|总计|共计)[:：]?\s*[0-9].*", re.IGNORECASE
)
_NOTE = re.compile(
    r"(注|备注|说明|附注|填表说明|填表人|填报人|填报单位|填报日期|填表日期|制表人|制表|审核人|复核人|审批人|经办人|负责人|单位负责人"
    r"|主管领导|联系人|联系电话|单位盖章|盖章|单位|日期|notes?|remarks?)\s*(\(.*\)|（.*）)?\s*([:：].*|\d*[.、].*)?",
    re.IGNORECASE,
)
_NOTE_WITH_MARK = re.compile(r"[^,，]{1,12}[:：].*|[※*★].*|[(（]?[0-9一二三四五]{1,2}[)）.、].*")


def data_rows(grid: Grid, header: Header) -> tuple[list[Row], list[SkippedRow]]:
    """Records with their row numbers in the file, and the rows that are none."""
    rows: list[Row] = []
    skipped: list[SkippedRow] = []
    titles = [title.rpartition("/")[2] for title in header.titles]
    for index in range(header.last + 1, len(grid)):
        cells = grid[index]
        filled = [cell for cell in cells if not is_blank(cell)]
        if not filled:
            continue
        text = str(filled[0])
        if _TOTAL.fullmatch(text.replace(" ", "")):
            skipped.append(SkippedRow(index + 1, "total", text))
        elif len(filled) > 1 and [str(cell) for cell in cells[: len(titles)]] == titles:
            skipped.append(SkippedRow(index + 1, "header_again", text))
        else:
            rows.append(Row(index + 1, tuple(cells)))
    return _without_notes(rows, skipped, len([title for title in titles if title]))


def _without_notes(rows: list[Row], skipped: list[SkippedRow], titles: int) -> tuple[list[Row], list[SkippedRow]]:
    """Notes stand at the end; lines that continue a note are a single cell below it."""
    first_note = len(rows)
    for index in range(len(rows) - 1, -1, -1):
        if _is_note(rows[index].cells, titles):
            first_note = index
        elif not _is_lone(rows[index].cells, titles):
            break
    notes = [SkippedRow(row.number, "note", str(_first(row.cells))) for row in rows[first_note:]]
    return rows[:first_note], sorted([*skipped, *notes], key=lambda row: row.number)


def _is_note(cells: Sequence[object], titles: int) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    text = str(filled[0])
    few = len(filled) * 2 <= max(titles, 2)
    return few and bool(_NOTE.fullmatch(text) or (len(filled) == 1 and titles > 1 and _NOTE_WITH_MARK.fullmatch(text)))


def _is_lone(cells: Sequence[object], titles: int) -> bool:
    return titles > 2 and sum(not is_blank(cell) for cell in cells) == 1


def _first(cells: Sequence[object]) -> object:
    return next(cell for cell in cells if not is_blank(cell))
