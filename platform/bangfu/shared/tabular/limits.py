"""How large a list may be, measured before anything is unpacked into memory."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bangfu.shared.faults import N_, Fault

SPLIT = N_("Split the list into several files.")
_CELL = re.compile(rb"""<(?:\w+:)?(?:c|row)\s[^>]*?\br=["']([A-Z]*)([0-9]+)["']""")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the file, bytes unpacked, rows, columns."""

    file_bytes: int = 30_000_000
    unpacked_bytes: int = 400_000_000
    rows: int = 200_000
    columns: int = 256


LIMITS = Limits()


def check_size(content: bytes, limits: Limits) -> None:
    """Raises Fault: file_empty, file_too_large."""
    if not content.strip():
        raise Fault("file_empty", N_("The file is empty."), fix=N_("Choose the file that holds the list."))
    if len(content) > limits.file_bytes:
        message = N_("The file has {size} MB; at most {limit} MB are taken at once.")
        sizes = {"size": -(-len(content) // 1_000_000), "limit": limits.file_bytes // 1_000_000}
        raise Fault("file_too_large", message, sizes, SPLIT)


def check_rows_and_columns(rows: int, columns: int, limits: Limits) -> None:
    """Raises Fault: too_many_rows, too_many_columns."""
    if rows > limits.rows:
        message = N_("The list has {rows} rows; at most {limit} are taken at once.")
        raise Fault("too_many_rows", message, {"rows": rows, "limit": limits.rows}, SPLIT)
    if columns > limits.columns:
        message = N_("The list has {columns} columns; at most {limit} are taken.")
        fix = N_("Delete the columns that are not needed, also empty ones far to the right.")
        raise Fault("too_many_columns", message, {"columns": columns, "limit": limits.columns}, fix)


def check_unpacked(content: bytes, archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack piece by piece, without trusting the sizes that the archive declares, and look for far-off cells.

    A single cell in the last row and column makes a reader lay out a table of billions of cells.
    Raises Fault: file_bomb, too_many_rows, too_many_columns, file_damaged.
    """
    unpacked = 0
    for entry in archive.infolist():
        tail = b""
        for piece in _pieces(content, entry):
            unpacked += len(piece)
            if unpacked > limits.unpacked_bytes:
                raise Fault("file_bomb", N_("The file unpacks to more than {limit} MB."), _megabytes(limits), SPLIT)
            if entry.filename.endswith(".xml"):
                text = tail + piece
                _check_cells(text, limits)
                # The start of a tag that the next piece ends; a tag of a megabyte is no honest one.
                tail = text[text.rfind(b"<") :] if b"<" in text else b""
                if len(tail) > _CHUNK:
                    raise damaged()


def _megabytes(limits: Limits) -> dict[str, object]:
    return {"limit": limits.unpacked_bytes // 1_000_000}


def _check_cells(text: bytes, limits: Limits) -> None:
    cells = _CELL.findall(text)
    last_row = max((int(digits[:9]) for digits in {digits for _, digits in cells}), default=0)
    last_column = max((_column_number(letters) for letters in {letters for letters, _ in cells}), default=0)
    check_rows_and_columns(last_row, last_column, limits)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    start = _data_start(content, entry)
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (packed[at : at + _CHUNK] for at in range(0, len(packed), _CHUNK))
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged()
    inflate = zlib.decompressobj(-15)
    try:
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
    except zlib.error:
        raise damaged() from None


def _data_start(content: bytes, entry: zipfile.ZipInfo) -> int:
    at = entry.header_offset
    name, extra = (int.from_bytes(content[at + where : at + where + 2], "little") for where in (26, 28))
    return at + 30 + name + extra


def damaged() -> Fault:
    return Fault(
        "file_damaged",
        N_("The file is damaged and cannot be read."),
        fix=N_("Open it in the spreadsheet program, save it again as .xlsx and upload that file."),
    )


def open_archive(content: bytes) -> zipfile.ZipFile:
    """Raises Fault: file_damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise damaged() from None
