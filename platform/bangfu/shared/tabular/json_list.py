"""JSON lists: objects with the same field names, in UTF-8; an object with `rows` is what an export writes."""

from __future__ import annotations

import json
from typing import Any

from bangfu.shared.civil_time import format_windows
from bangfu.shared.faults import N_, Fault
from bangfu.shared.tabular.cells import tidy_cell
from bangfu.shared.tabular.limits import Limits, check_rows_and_columns
from bangfu.shared.tabular.table import Row, Table

_LIST = N_("Write a list of objects, one for each row, with the field names of the template.")


def is_json(content: bytes, name: str) -> bool:
    """Whether a file is to be read as JSON: by its name, or by how it begins where the name says nothing."""
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    return name.endswith(".json") or (begins and not name.endswith((".csv", ".txt", ".tsv", ".xlsx", ".xlsm")))


def read_json_list(content: bytes, limits: Limits) -> Table:
    """The objects as rows, numbered from 1; the columns are their names in the order of their first use.

    Raises Fault: file_encoding, file_json, file_json_form, too_many_rows, too_many_columns.
    """
    records = _records(_parsed(content))
    columns = list(dict.fromkeys(name for record in records for name in record))
    check_rows_and_columns(len(records), len(columns), limits)
    rows = [
        Row(number, tuple(_cell(number, name, record.get(name)) for name in columns))
        for number, record in enumerate(records, start=1)
        if any(value not in (None, "") for value in record.values())
    ]
    return Table("", 0, tuple(str(tidy_cell(name)) for name in columns), rows)


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        fix = N_("Save the file in UTF-8.")
        raise Fault("file_encoding", N_("The letters of the file are in an unknown encoding."), fix=fix) from None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = N_("The JSON is broken in line {line}, column {column}.")
        raise Fault("file_json", message, {"line": error.lineno, "column": error.colno}, _LIST) from None
    except (ValueError, RecursionError):
        raise Fault("file_json", N_("The JSON cannot be read."), fix=_LIST) from None


def _no_constant(_: str) -> Any:
    raise ValueError


def _records(document: Any) -> list[dict[str, Any]]:
    found = document.get("rows") if isinstance(document, dict) else document
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise Fault("file_json_form", N_("The JSON holds no list of objects."), fix=_LIST)
    if not found:
        raise Fault("file_empty", N_("The list in the file is empty."), fix=_LIST)
    return found


def _cell(number: int, name: str, value: Any) -> object:
    """Lists of words become text, hours weekly hours; text loses halves of characters, which nothing can store."""
    if isinstance(value, list):
        return _joined(number, name, value)
    if isinstance(value, dict):
        raise _no_cell(number, name)
    return tidy_cell(value.encode("utf-8", "replace").decode() if isinstance(value, str) else value)


def _joined(number: int, name: str, values: list[Any]) -> str:
    if values and all(isinstance(one, list) and len(one) == 3 for one in values):
        try:
            return format_windows([(int(day), int(start), int(end)) for day, start, end in values])
        except (TypeError, ValueError, IndexError, OverflowError):
            raise _no_cell(number, name) from None
    if any(isinstance(one, (list, dict)) for one in values):
        raise _no_cell(number, name)
    return ";".join(str(one) for one in values if one is not None)


def _no_cell(number: int, name: str) -> Fault:
    message = N_("Object {row}: the field {name} holds something that is neither text, number nor a list of words.")
    return Fault("file_json_form", message, {"row": number, "name": name[:40]}, _LIST)
