"""What people type and spreadsheets hold, made plain before any rule looks at it."""

from __future__ import annotations

import unicodedata


def plain(value: object) -> str:
    """One line of text: full-width letters and digits made half-width, white space single, no quote mark in front.

    A whole float, which is how a spreadsheet keeps a number, comes back without ".0"; None becomes "".
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split()).removeprefix("'")


def compact(value: object) -> str:
    """Like `plain`, without any white space: for numbers and codes."""
    return plain(value).replace(" ", "")
