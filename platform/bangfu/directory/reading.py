"""From the sheets of a zip to a directory, and word by word what was left out or changed, and why. Pure.

HSDS 3 is taken as it is. Older files and lists in their manner are brought to it: other names, ids that are no UUIDs,
addresses inside of places, opening hours by weekday. Nothing is dropped without a note.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.directory import legacy
from bangfu.directory.hsds import TABLES, Column, Directory, Row, Table, fits, links_of
from bangfu.directory.unpacking import Sheet

NAMESPACE: Final = uuid5(NAMESPACE_URL, "https://bangfu.invalid/directory")
FLAGS_TAXONOMY: Final = "Flags of the source"
IDS_TAXONOMY: Final = "Identifiers of the source"
NAMED_BY_ID: Final = ("organization", "program", "service", "location")
"""Tables whose own identifiers are kept where they are no UUIDs."""
SHOWN: Final = 60
"""Letters of a value in a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that did not come in as it stood. `what`: file, column, row, value (left out) or filled, changed."""

    file: str
    line: int
    field: str
    value: str
    what: str
    reason: str


@dataclass(slots=True)
class Parsed:
    """A directory and what was noted on the way to it."""

    directory: Directory = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    rows: int = 0
    """Rows of the files."""


@dataclass(frozen=True, slots=True)
class _Raw:
    """A row on its way: where it stood, its fields, and its identifier in the source if that is no UUID."""

    file: str
    line: int
    row: Row
    original: str = ""

    def note(self, column: str, value: str, what: str, reason: str) -> Note:
        return Note(self.file, self.line, column, value[:SHOWN], what, reason)


Found = dict[str, list[_Raw]]


def read(sheets: list[Sheet], country: str) -> Parsed:
    """Sheets to a directory in which every row is valid and every reference is met.

    Args:
        country: two letters, for addresses that name none.
    """
    parsed = Parsed(rows=sum(len(sheet.rows) for sheet in sheets))
    found: Found = {name: [] for name in TABLES}
    for sheet in sheets:
        if sheet.file == legacy.FLAGS:
            _flags(sheet, found, parsed.notes)
        elif (table := legacy.table_of(sheet.file)) is None:
            parsed.notes.append(Note(sheet.file, 0, "", "", "file", "unknown_file"))
        else:
            _sheet(sheet, table, found, parsed.notes, country)
    _originals(found)
    kept = {name: _checked(TABLES[name], rows, parsed.notes) for name, rows in found.items()}
    _settle(kept, parsed.notes)
    parsed.directory = {name: [raw.row for raw in rows.values()] for name, rows in kept.items() if rows}
    parsed.notes.sort(key=lambda note: (note.file, note.line, note.field))
    return parsed


def identify(table: str, text: str) -> str:
    """The UUID of a row: its own, or one that follows from its table and identifier."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid5(NAMESPACE, f"{table}:{text}"))


def _sheet(sheet: Sheet, table: Table, found: Found, notes: list[Note], country: str) -> None:
    columns = _columns(sheet, table, notes)
    inline = {title: legacy.INLINE[title] for title in sheet.columns if title in legacy.INLINE and title not in columns}
    inline = inline if table.name == "location" else {}
    known = set(columns.values())
    defaults = _defaults(table, country)
    for name in defaults.keys() - known:
        if sheet.rows and (value := defaults[name]({})):
            notes.append(Note(sheet.file, 1, name, value, "filled", "column_filled"))
    for line, cells in sheet.rows:
        row = {name: cells[title] for title, name in columns.items() if cells.get(title, "").strip()}
        raw = _raw(sheet.file, line, table, row)
        for name, default in defaults.items():
            if name not in raw.row and (value := default(raw.row)):
                raw.row[name] = value
                if name in known or not default({}):
                    notes.append(raw.note(name, value, "filled", "filled"))
        found[table.name].append(raw)
        if inline:
            parts = {name: cells[title] for title, name in inline.items() if cells.get(title, "").strip()}
            _inline(raw, parts, country, found)


def _columns(sheet: Sheet, table: Table, notes: list[Note]) -> dict[str, str]:
    """Title -> field, for the titles that mean one."""
    columns: dict[str, str] = {}
    for title in sheet.columns:
        name = legacy.column_of(table, title)
        if name and name not in columns.values():
            columns[title] = name
        elif not (table.name == "location" and title in legacy.INLINE) and any(
            cells.get(title) for _, cells in sheet.rows
        ):
            reason = "column_twice" if name else "unknown_column"
            notes.append(Note(sheet.file, 1, title, "", "column", reason))
    return columns


def _raw(file: str, line: int, table: Table, row: Row) -> _Raw:
    """Identifiers become UUIDs, hours and weekdays those of HSDS 3; everything else stays as it is."""
    original = ""
    kinds = {column.name: column for column in table.columns}
    for name in list(row):
        column = kinds[name]
        if column.kind or column.codes:
            row[name] = row[name].strip()
        if name == "id":
            made = identify(table.name, row[name])
            original = row[name] if made != row[name].lower() else ""
            row[name] = made
        elif column.refers:
            row[name] = identify(column.refers, row[name])
        elif name == "link_id":
            row[name] = identify(row.get("link_entity", ""), row[name])
        elif column.kind == "t" and not fits(column, row[name]):
            row[name] = legacy.clock(row[name]) or row[name]
    if table.name == "schedule" and "byday" in row and (day := legacy.weekday(row["byday"])):
        row["byday"] = day
        row.setdefault("freq", "WEEKLY")
    if "id" not in row:
        row["id"] = identify(table.name, json.dumps(row, sort_keys=True, ensure_ascii=False))
    return _Raw(file, line, row, original)


def _defaults(table: Table, country: str) -> dict[str, Callable[[Row], str]]:
    """Required fields that older directories do not have, and what is put there."""

    def name(row: Row) -> str:
        return row.get("name", "")

    fixed = {
        "service": {"status": "active"}, "location": {"location_type": "physical"},
        "address": {"address_type": "physical", "country": country},
    }.get(table.name, {})  # fmt: skip
    found = {each: _always(value) for each, value in fixed.items()}
    if table.name in {"organization", "program", "taxonomy", "taxonomy_term"}:
        found["description"] = name
    return found


def _always(value: str) -> Callable[[Row], str]:
    return lambda _row: value


def _inline(place: _Raw, parts: Row, country: str, found: Found) -> None:
    if parts:
        row = {
            "country": country, **parts, "id": str(uuid5(NAMESPACE, f"address of {place.row['id']}")),
            "location_id": place.row["id"], "address_type": "physical",
        }  # fmt: skip
        found["address"].append(_Raw(place.file, place.line, row))


def _flags(sheet: Sheet, found: Found, notes: list[Note]) -> None:
    """Service and flag: a taxonomy, a term for each flag, an attribute for each row."""
    if not {"service_id", "flag"} <= set(sheet.columns):
        notes.append(Note(sheet.file, 1, "", "", "file", "unknown_file"))
        return
    for line, cells in sheet.rows:
        flag = cells.get("flag", "").strip()
        raw = _Raw(sheet.file, line, {})
        if not flag or not cells.get("service_id", "").strip():
            notes.append(raw.note("flag" if not flag else "service_id", "", "row", "required"))
            continue
        _attribute(found, raw, FLAGS_TAXONOMY, flag, "service", identify("service", cells["service_id"].strip()), "")


def _originals(found: Found) -> None:
    """What the source called its rows, as attributes: the directory can be laid beside its source."""
    for table in NAMED_BY_ID:
        for raw in found[table]:
            if raw.original:
                _attribute(found, raw, IDS_TAXONOMY, table, table, raw.row["id"], raw.original)


def _attribute(found: Found, at: _Raw, taxonomy: str, term: str, entity: str, link: str, value: str) -> None:
    tree, leaf = identify("taxonomy", taxonomy), identify("taxonomy_term", f"{taxonomy}:{term}")
    if not any(raw.row["id"] == tree for raw in found["taxonomy"]):
        found["taxonomy"].append(_Raw(at.file, at.line, {"id": tree, "name": taxonomy, "description": taxonomy}))
    if not any(raw.row["id"] == leaf for raw in found["taxonomy_term"]):
        row = {"id": leaf, "name": term, "description": term, "taxonomy_id": tree}
        found["taxonomy_term"].append(_Raw(at.file, at.line, row))
    row = {
        "id": identify("attribute", f"{leaf}:{link}:{value}"), "link_id": link, "link_entity": entity,
        "taxonomy_term_id": leaf, **({"value": value} if value else {}),
    }  # fmt: skip
    found["attribute"].append(_Raw(at.file, at.line, row))


def _checked(table: Table, rows: list[_Raw], notes: list[Note]) -> dict[str, _Raw]:
    """id -> row, of the rows that are valid on their own."""
    kept: dict[str, _Raw] = {}
    for raw in rows:
        if not _valid(table, raw, notes):
            continue
        key = raw.row["id"]
        if key in kept:
            same = kept[key].row == raw.row
            notes.append(raw.note("id", raw.original or key, "row", "row_twice" if same else "id_twice"))
        else:
            kept[key] = raw
    return kept


def _valid(table: Table, raw: _Raw, notes: list[Note]) -> bool:
    for column in table.columns:
        value = raw.row.get(column.name, "")
        if not value:
            if column.required:
                notes.append(raw.note(column.name, "", "row", "required"))
                return False
        elif not fits(column, value):
            notes.append(raw.note(column.name, value, "row" if column.required else "value", _reason(column)))
            if column.required:
                return False
            del raw.row[column.name]
    return True


def _reason(column: Column) -> str:
    return "not_allowed" if column.codes else f"form_{column.kind}"


def _settle(kept: dict[str, dict[str, _Raw]], notes: list[Note]) -> None:
    """Leave out what points nowhere, again and again: a row that goes may have been pointed at."""
    changed = True
    while changed:
        changed = False
        for name, table in TABLES.items():
            for key, column, required in list(_broken(table, kept)):
                raw = kept[name].get(key)
                if raw is None:
                    continue
                changed = True
                notes.append(raw.note(column, raw.row[column], "row" if required else "value", "points_nowhere"))
                if required:
                    del kept[name][key]
                else:
                    del raw.row[column]


def _broken(table: Table, kept: dict[str, dict[str, _Raw]]) -> Iterator[tuple[str, str, bool]]:
    for key, raw in kept[table.name].items():
        for column in table.references:
            target = raw.row.get(column.name)
            if target and target not in kept[column.refers]:
                yield key, column.name, column.required
        if "link_id" in raw.row and raw.row["link_id"] not in kept.get(raw.row["link_entity"], {}):
            yield key, "link_id", True


def parent_of(table: Table, row: Row) -> str:
    """The row that another one is shown with; "" for one that stands alone."""
    links = links_of(table, row)
    return row.get("link_id") or (links[0] if links else "")
