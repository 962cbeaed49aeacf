"""Single cells made plain, without changing what they mean."""

from __future__ import annotations

from functools import lru_cache

# Full-width letters and digits become half-width; Chinese punctuation stays, it belongs to addresses and notes.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF), None)
_TABLE: dict[int, int | str | None] = {**_FULL_WIDTH, **_INVISIBLE, 0x3000: " ", 0xA0: " ", 0xFF0E: "."}
# A spreadsheet keeps 15 significant digits: a larger number stays a float, so that its loss can be named.
LARGEST_SAFE = 1e15


def tidy_cell(cell: object) -> object:
    """Text trimmed and half-width; a whole number without ".0", unless it is too large to be true."""
    if isinstance(cell, str):
        return tidy_text(cell) if cell else ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST_SAFE:
        return int(cell)
    return "" if cell is None else cell


@lru_cache(maxsize=65_536)
def tidy_text(text: str) -> str:
    """Spaces and quote mark in front removed, full-width letters and digits half-width, invisible marks gone."""
    if not text.isascii():
        text = text.translate(_TABLE)
    return text.strip().removeprefix("'")
