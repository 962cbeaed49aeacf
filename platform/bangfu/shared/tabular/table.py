"""A list as it was read: titles, rows with the numbers that the sender sees, and what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Grid = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data; `number` is the row's number in the file, counted from 1 as spreadsheets do."""

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that holds no record, kept so that a report can say so."""

    number: int
    reason: Literal["total", "note", "header_again"]
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`header_row` is the number of the (last) row of titles; `columns` the titles, "" for a column without one."""

    sheet: str
    header_row: int
    columns: tuple[str, ...]
    rows: list[Row]
    skipped: list[SkippedRow] = field(default_factory=list)

    def title(self, column: int) -> str:
        """What the sender calls a column: its title, or its letter where it has none."""
        return self.columns[column] or column_letter(column)


def column_letter(column: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_blank(cell: object) -> bool:
    return cell is None or cell == ""
