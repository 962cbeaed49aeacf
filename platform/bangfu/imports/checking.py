"""Checking a list: cells by their fields, then rows against each other and against the database. Writes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bangfu.errors import Told
from bangfu.imports.kinds.base import Kind
from bangfu.imports.plan import Plan, Sheet
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span, format_windows
from bangfu.shared.database import one_moment
from bangfu.shared.faults import N_
from bangfu.shared.tabular import (
    CellFault,
    CheckedRow,
    ColumnMapping,
    MissingColumn,
    Row,
    SkippedRow,
    Table,
    check_rows,
    match_columns,
)

ListRows = Iterable[Mapping[str, object]]


@dataclass(slots=True)
class Checked:
    """What a list holds and what taking it would do; `faults` in order of rows, `notes` by code with their number."""

    kind: Kind
    table: Table
    mapping: ColumnMapping
    rows: list[CheckedRow]
    faults: list[CellFault]
    notes: Counter[str] = field(default_factory=Counter)
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    sha256: str = ""

    @property
    def missing(self) -> tuple[MissingColumn, ...]:
        """Needed columns that no title was found for; the rows were then not checked."""
        return self.mapping.missing

    @property
    def skipped(self) -> list[SkippedRow]:
        return self.table.skipped

    @property
    def fine(self) -> bool:
        """Whether the list can be taken."""
        return not self.faults and self.mapping.complete


class ImportFaults(Told):
    """A list with faults is not taken; `faults` holds all of them, `missing` the needed columns without a title."""

    status = 422

    def __init__(self, faults: Sequence[CellFault], missing: Sequence[MissingColumn] = ()) -> None:
        super().__init__(N_("The list has {number} faults; nothing was taken."), number=len(faults) + len(missing))
        self.faults, self.missing = list(faults), list(missing)

    def __str__(self) -> str:
        shown = [f"row {f.row}, {f.column_title}: {f.code}" for f in self.faults[:5]]
        return f"{super().__str__()} {'; '.join(shown)}"


def find_columns(
    kind: Kind, table: Table, today: date, remembered: Mapping[str, str], chosen: Mapping[str, str] | None = None
) -> ColumnMapping:
    """Which column is which field, by the sender's choice, by title, by alias and by memory."""
    return match_columns(table, kind.template_fields(today), remembered, chosen)


async def check_list(
    actor: Actor, kind: Kind, table_or_rows: Table | ListRows, mapping: ColumnMapping | None, today: date
) -> Checked:
    """Check every row. `mapping` None: columns are found by title; rows that are mappings are keyed by field codes.

    Raises:
        NotAllowed: if lists of this kind are not the actor's to bring in.
    """
    kind.check_taker(actor)
    table = table_or_rows if isinstance(table_or_rows, Table) else as_table(kind, table_or_rows, today)
    mapping = mapping or find_columns(kind, table, today, {})
    if not mapping.complete:
        return Checked(kind, table, mapping, [], [])
    fields = kind.columns(today)
    rows, faults = await asyncio.to_thread(check_rows, table, mapping, fields)
    checked = Checked(kind, table, mapping, rows, faults)
    async with one_moment():  # somebody else's list, half seen, would look like duplicates
        plan, sheet = await make_plan(actor, checked, day_span(today)[0])
    checked.faults = sorted([*faults, *sheet.faults], key=lambda fault: fault.row)
    checked.notes = sheet.notes
    checked.inserted, checked.updated, checked.unchanged = plan.inserted, plan.updated, plan.unchanged
    checked.counts = plan.counts
    return checked


async def make_plan(actor: Actor, checked: Checked, at: datetime) -> tuple[Plan, Sheet]:
    """What the checked rows would change in the database as it is now, and what is wrong between them."""
    titles = {field.code: field.zh for field in checked.kind.columns(civil_date(at))}
    rows = [replace(row, values=dict(row.values)) for row in checked.rows]
    sheet = Sheet(checked.table, checked.mapping, rows, titles, checked.faults)
    plan = await checked.kind.plan(actor, sheet, at)
    return plan, sheet


def as_table(kind: Kind, rows: ListRows, today: date) -> Table:
    """Rows keyed by field codes as a list whose titles are those codes; row 2 is the first, as in a spreadsheet.

    Raises KeyError for a key that is no field.
    """
    columns = tuple(field.code for field in kind.columns(today))
    places = {code: place for place, code in enumerate(columns)}
    table_rows = []
    for number, row in enumerate(rows, start=2):
        cells: list[object] = [""] * len(columns)
        for code, value in row.items():
            cells[places[code]] = _cell(value)
        table_rows.append(Row(number, tuple(cells)))
    return Table("", 1, columns, table_rows)


def _cell(value: object) -> object:
    """Lists become text: hours as weekly hours, everything else parted by semicolons."""
    if isinstance(value, (list, tuple, set, frozenset)):
        entries = list(value) if isinstance(value, (list, tuple)) else sorted(value, key=str)
        if entries and all(isinstance(entry, (list, tuple)) for entry in entries):
            return format_windows([tuple(entry) for entry in entries])
        return ";".join(str(entry) for entry in entries)
    return "" if value is None else value
