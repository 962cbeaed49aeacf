"""The published description of HSDS 3.0 (tests/vendor/hsds), and what a package breaks of it."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs

FOLDER = Path(__file__).parents[1] / "vendor" / "hsds"
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
TABULAR = json.loads((FOLDER / "tabular.json").read_text(encoding="utf-8"))
# Rows of tables do not stand inside of each other: what a nested one would have to be is not asked.
TABLES = jsonschema_rs.validator_for(TABULAR, base_uri="https://hsds.invalid/", retriever=lambda _uri: {})
RESOURCES = {each["path"]: each for each in PACKAGE["resources"]}


def tables_of(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The tables of a zip as JSON would have them: filled fields only, numbers as numbers."""
    return {
        RESOURCES[path]["name"]: [
            {name: _typed(RESOURCES[path], name, value) for name, value in row.items() if value} for row in rows
        ]
        for path, rows in _rows(content).items()
    }


def faults_of_package(content: bytes) -> list[str]:
    """Unknown files and fields, missing values, wrong forms, values that are not allowed, references to nothing."""
    found, tables = [], _rows(content)
    keys = {RESOURCES[path]["name"]: {row["id"] for row in rows} for path, rows in tables.items() if path in RESOURCES}
    for path, rows in tables.items():
        if path not in RESOURCES:
            found.append(f"{path}: no such file")
            continue
        schema = RESOURCES[path]["schema"]
        fields = {each["name"]: each for each in schema["fields"]}
        references = {each["fields"]: each["reference"]["resource"] for each in schema.get("foreignKeys", [])}
        for row in rows:
            found += [f"{path}: {name} unknown" for name in row.keys() - fields.keys()]
            for name, field in fields.items():
                value, rules = row.get(name) or "", field.get("constraints", {})
                if not value:
                    found += [f"{path}: {name} missing"] if rules.get("required") else []
                elif not _fits(field, value) or value not in rules.get("enum", [value]):
                    found.append(f"{path}: {name} {value!r}")
                elif name in references and value not in keys.get(references[name], set()):
                    found.append(f"{path}: {name} points nowhere")
    return found


def _rows(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def _typed(resource: dict[str, Any], name: str, value: str) -> Any:
    kind = next(each["type"] for each in resource["schema"]["fields"] if each["name"] == name)
    return float(value) if kind == "number" else value


def _fits(field: dict[str, Any], value: str) -> bool:
    try:
        match field.get("type"), field.get("format"):
            case "number", _:
                float(value)
            case "date", _:
                date.fromisoformat(value)
            case _, "uuid":
                UUID(value)
            case _, "email":
                return re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None
            case _, "uri":
                return re.match(r"https?://", value) is not None
            case "time", _:
                return re.match(r"\d\d:\d\d", value) is not None
    except ValueError:
        return False
    return True
