"""Finding the row of titles below a heading, and joining titles that stand in two merged rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time

from bangfu.shared.tabular.table import Grid, is_blank
from bangfu.shared.tabular.titles import title_forms

SEARCHED_ROWS = 30
LONGEST_TITLE = 40
_VALUE_LIKE = re.compile(r"[-+]?[0-9][0-9.,/:%Xx-]*|.*[0-9]{5,}.*")
_HEADING = re.compile(r".*[:：].*\S|.*[:：]_*$")


@dataclass(frozen=True, slots=True)
class Header:
    """Rows (from 0) of the titles, the titles themselves, and how many of them were hoped for."""

    first: int
    last: int
    titles: tuple[str, ...]
    known: int


def find_header(grid: Grid, hoped_for: Collection[str] = ()) -> Header | None:
    """Among the first rows the one with most titles that are hoped for, else the first that looks like a header."""
    candidates = [
        header
        for row in range(min(SEARCHED_ROWS, len(grid)))
        for header in _candidates(grid, row, frozenset(hoped_for))
    ]
    best = max(candidates, key=lambda header: header.known, default=None)
    if best and best.known >= 2:
        return best
    return next((header for header in candidates if _looks_like_header(grid, header)), None) or (
        best if best and best.known else None
    )


def _candidates(grid: Grid, row: int, hoped_for: frozenset[str]) -> list[Header]:
    if not any(not is_blank(cell) for cell in grid[row]):
        return []
    found = []
    if row + 1 < len(grid) and _belongs_below(grid[row], grid[row + 1]):
        found.append(_header(row, row + 1, _joined(grid[row], grid[row + 1]), hoped_for))
    return [*found, _header(row, row, [_title(cell) for cell in grid[row]], hoped_for)]


def _header(first: int, last: int, titles: Sequence[str], hoped_for: frozenset[str]) -> Header:
    while titles and not titles[-1]:
        titles = titles[:-1]
    known = sum(1 for title in titles if not hoped_for.isdisjoint(title_forms(title)))
    return Header(first, last, tuple(titles), known)


def _belongs_below(upper: Sequence[object], lower: Sequence[object]) -> bool:
    """Whether the lower row holds the sub-titles of a merged header.

    Every column has a title in one of both rows, some group of columns shares an upper title, and nothing in the lower
    row looks like a value. A vertically merged upper title may be repeated in the lower row.
    """
    width = max(_width(upper), _width(lower))
    above = [_title(cell) for cell in [*upper, *[""] * width][:width]]
    below = [_title(cell) for cell in [*lower, *[""] * width][:width]]
    under_group = [column for column in range(1, width) if not above[column] and below[column]]
    # A title with a different one below it begins a group; a record below single titles does not look so.
    begins = [column for column in range(width) if above[column] and below[column] not in ("", above[column])]
    groups = all(column + 1 in under_group for column in begins)
    merged_down = any(above[column] and below[column] in ("", above[column]) for column in range(width))
    covered = all(a or b for a, b in zip(above, below, strict=True))
    plausible = all(_could_be_title(cell) for cell in lower if not is_blank(cell))
    return bool(under_group) and groups and merged_down and covered and plausible and bool(above[0])


def _joined(upper: Sequence[object], lower: Sequence[object]) -> list[str]:
    width = max(_width(upper), _width(lower))
    titles, group = [], ""
    for column in range(width):
        above = _title(upper[column]) if column < len(upper) else ""
        below = _title(lower[column]) if column < len(lower) else ""
        group = above or group
        titles.append(f"{group}/{below}" if below and below != group else group)
    return titles


def _looks_like_header(grid: Grid, header: Header) -> bool:
    titles = [title for title in header.titles if title]
    cells = [cell for row in range(header.first, header.last + 1) for cell in grid[row] if not is_blank(cell)]
    usual_width = max((len(_filled(row)) for row in grid[: SEARCHED_ROWS * 2]), default=0)
    return (
        len(titles) * 2 > usual_width
        and (len(titles) > 1 or usual_width == 1)
        and len(set(titles)) * 5 >= len(titles) * 4
        and all(_could_be_title(cell) for cell in cells)
    )


def _could_be_title(cell: object) -> bool:
    if not isinstance(cell, str):
        return False
    text = _title(cell)
    return len(text) <= LONGEST_TITLE and not _VALUE_LIKE.fullmatch(text) and not _HEADING.fullmatch(text)


def _title(cell: object) -> str:
    return "" if is_blank(cell) or isinstance(cell, (date, time)) else re.sub(r"\s+", " ", str(cell)).strip()


def _filled(row: Sequence[object]) -> list[object]:
    return [cell for cell in row if not is_blank(cell)]


def _width(row: Sequence[object]) -> int:
    return max((column + 1 for column, cell in enumerate(row) if not is_blank(cell)), default=0)
