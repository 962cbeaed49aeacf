"""A directory as one zip: a CSV for each table and the descriptor of a tabular data package. The same directory gives
the same bytes, on every machine and every day."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from typing import IO, Any, Final

from bangfu.directory.hsds import TABLES, VERSION, Column, Directory, Row, Table

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_TYPES: Final = {"n": "number", "d": "date", "t": "time", "m": "datetime"}
_FORMATS: Final = {"u": "uuid", "l": "uri", "e": "email"}
DESCRIPTOR: Final = "datapackage.json"
LEVEL: Final = 6


class Package:
    """A zip that is written table by table, so that no table lies in memory whole."""

    def __init__(self, file: IO[bytes], filled: Iterable[str]) -> None:
        """`filled` names the tables that have rows; the others have no file."""
        names = set(filled)
        self._archive = zipfile.ZipFile(file, "w")
        self._open: io.TextIOWrapper | None = None
        tables = [table for name, table in TABLES.items() if name in names]
        text = json.dumps(_descriptor(tables), indent=1, sort_keys=True)
        self._archive.writestr(_entry(DESCRIPTOR), text.encode(), compresslevel=LEVEL)

    def begin(self, table: Table) -> None:
        """Begin the next table; they come in the order of `TABLES`."""
        self._end()
        raw = self._archive.open(_entry(table.file), "w", force_zip64=True)
        self._open = io.TextIOWrapper(raw, "utf-8", newline="")
        self._writer = csv.DictWriter(
            self._open, [column.name for column in table.columns], restval="", lineterminator="\r\n"
        )
        self._writer.writeheader()

    def add(self, rows: Iterable[Row]) -> None:
        """Rows of the table that was begun, in the order of their ids."""
        self._writer.writerows(rows)

    def close(self) -> None:
        """Finish the zip; the file stays open."""
        self._end()
        self._archive.close()

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def write_package(directory: Directory) -> bytes:
    """The bytes of the zip of a directory that lies in memory."""
    out = io.BytesIO()
    package = Package(out, [name for name, rows in directory.items() if rows])
    for name, table in TABLES.items():
        if directory.get(name):
            package.begin(table)
            package.add(sorted(directory[name], key=lambda row: row["id"]))
    package.close()
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


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


def write_json(directory: Directory) -> bytes:
    """The same as one JSON object, table -> rows, numbers as numbers."""
    shown = {
        name: [_typed(table, row) for row in sorted(directory[name], key=lambda row: row["id"])]
        for name, table in TABLES.items()
        if directory.get(name)
    }
    return json.dumps(shown, ensure_ascii=False, indent=1).encode()


def _typed(table: Table, row: Row) -> dict[str, Any]:
    numbers = {column.name for column in table.columns if column.kind == "n"}
    return {
        column.name: json.loads(_plain(row[column.name])) if column.name in numbers else row[column.name]
        for column in table.columns
        if row.get(column.name)
    }


def _plain(number: str) -> str:
    """A number as JSON takes it: 007 and -0.50 are no trouble to it afterwards."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, dot, rest = digits.partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{dot}{rest}"
