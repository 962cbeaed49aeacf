"""A directory as one zip: a CSV for each table and the descriptor of a tabular data package. The same directory gives
the same bytes, on every machine and every day."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any, Final

from bangfu.directory.hsds import TABLES, VERSION, Column, Directory, Row, Table

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_TYPES: Final = {"n": "number", "d": "date", "t": "time", "m": "datetime"}
_FORMATS: Final = {"u": "uuid", "l": "uri", "e": "email"}
DESCRIPTOR: Final = "datapackage.json"


def write_package(directory: Directory) -> bytes:
    """The bytes of the zip; tables without rows have no file."""
    filled = [(table, sorted(directory[name], key=lambda row: row["id"])) for name, table in TABLES.items()
              if directory.get(name)]  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _put(archive, DESCRIPTOR, json.dumps(_descriptor([table for table, _ in filled]), indent=1, sort_keys=True))
        for table, rows in filled:
            _put(archive, table.file, _csv(table, rows))
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text.encode(), compresslevel=9)


def _csv(table: Table, rows: Iterable[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [column.name for column in table.columns], restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _descriptor(tables: list[Table]) -> dict[str, Any]:
    names = {table.name for table in tables}
    return {
        "name": "bangfu_directory", "title": "Services, organisations and places", "profile": "tabular-data-package",
        "version": VERSION, "resources": [_resource(table, names) for table in tables],
    }  # fmt: skip


def _resource(table: Table, there: set[str]) -> dict[str, Any]:
    keys = [
        {"fields": column.name, "reference": {"resource": column.refers, "fields": "id"}}
        for column in table.references
        if column.refers in there
    ]
    schema: dict[str, Any] = {"primaryKey": "id", "fields": [_field(column) for column in table.columns]}
    return {
        "name": table.name, "path": table.file, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "profile": "tabular-data-resource", "schema": schema | ({"foreignKeys": keys} if keys else {}),
    }  # fmt: skip


def _field(column: Column) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": column.name, "type": _TYPES.get(column.kind, "string")}
    if column.kind in _FORMATS:
        shown["format"] = _FORMATS[column.kind]
    rules: dict[str, Any] = {"required": True} if column.required else {}
    rules |= {"unique": True} if column.name == "id" else {}
    rules |= {"enum": list(column.codes)} if column.codes else {}
    return shown | ({"constraints": rules} if rules else {})
