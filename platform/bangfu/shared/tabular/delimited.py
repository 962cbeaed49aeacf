"""Text tables: encoding and delimiter are found, not asked for."""

from __future__ import annotations

import csv
import io
from collections import Counter

from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular.cells import tidy_text

DELIMITERS = ",\t;|"
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_delimited(content: bytes) -> list[tuple[str, list[list[object]]]]:
    """The one grid of a text file. Raises Fault: file_encoding, file_damaged."""
    text = decode(content)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text))
        return [("", [[tidy_text(cell) for cell in row] for row in rows])]
    except csv.Error as error:
        raise Fault("file_damaged", N_("The text table cannot be read: {reason}."), {"reason": str(error)}) from None


def decode(content: bytes) -> str:
    """Text of UTF-8 with or without mark, UTF-16 with mark, or GBK/GB18030. Raises Fault: file_encoding."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return _decoded(content, name) or _unknown_encoding()
    as_utf8, as_gbk = _decoded(content, "utf-8"), _decoded(content, "gb18030")
    if as_utf8 is None:
        return as_gbk or _unknown_encoding()
    # A short GBK text can be valid UTF-8 by chance; it then shows Latin, Greek or Arabic letters, never Chinese ones.
    by_chance = (
        not as_utf8.isascii() and not _common_chinese(as_utf8) and as_gbk is not None and _common_chinese(as_gbk)
    )
    return as_gbk if by_chance and as_gbk else as_utf8


def find_delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of parts, more than one."""
    sample = text[:20_000].splitlines()[:40]
    return max(DELIMITERS, key=lambda mark: _evenness(sample, mark))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
    except csv.Error:
        return 0, 0
    width, lines_of_width = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return lines_of_width, width


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _common_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _unknown_encoding() -> str:
    raise Fault(
        "file_encoding",
        N_("The letters of the file are in an unknown encoding."),
        fix=N_("Save the list as an Excel workbook (.xlsx), or as CSV in UTF-8."),
    )
