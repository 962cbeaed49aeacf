"""What a list would change, worked out before anything is written; the same plan is then written as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from piccolo.table import Table as DatabaseTable

from bangfu.shared.tabular import CellFault, CheckedRow, ColumnMapping, Table

Record = dict[str, Any]


@dataclass(slots=True)
class Plan:
    """Rows to write by table, in the order in which references demand it, and what becomes of the list's rows.

    `deletes` names rows by id. `counts` says how many things of each sort are new or changed (`household.new`).
    """

    inserts: dict[type[DatabaseTable], list[Record]] = field(default_factory=dict)
    updates: dict[type[DatabaseTable], list[Record]] = field(default_factory=dict)
    deletes: dict[type[DatabaseTable], list[object]] = field(default_factory=dict)
    numbered: dict[type[DatabaseTable], list[Record]] = field(default_factory=dict)
    """New records that get an unused number when they are written."""
    fates: dict[int, tuple[str, Mapping[str, Any], str]] = field(default_factory=dict)
    divisions: dict[object, str] = field(default_factory=dict)
    """Household -> division, for the histories of households of which only members change."""
    moved: dict[UUID, str] = field(default_factory=dict)
    """Known household -> its new division: its open tasks and proposals follow."""
    to_locate: int = 0
    """Households with an address but without coordinates that a geocoder may still resolve."""
    carers_to_locate: list[tuple[UUID, str]] = field(default_factory=list)
    """Carers without coordinates and their sealed addresses, which are only kept for that."""

    def insert(self, table: type[DatabaseTable], record: Record) -> None:
        self.inserts.setdefault(table, []).append(record)

    def number(self, table: type[DatabaseTable], record: Record) -> None:
        """Give the new record an unused `number` when it is written."""
        record["number"] = ""
        self.numbered.setdefault(table, []).append(record)

    def update(self, table: type[DatabaseTable], record: Record) -> None:
        """`record` holds the key column and every column that may change; all records of a table the same ones."""
        self.updates.setdefault(table, []).append(record)

    def delete(self, table: type[DatabaseTable], ids: Iterable[object]) -> None:
        self.deletes.setdefault(table, []).extend(ids)

    def tell(self, row: int, fate: str, record: Mapping[str, Any], name: str = "number") -> None:
        """Note the fate of a row of the list: inserted, updated or unchanged. `record`: what it is about, and the
        column that names it; a number that is given while writing is there afterwards."""
        self.fates[row] = (fate, record, name)

    def outcomes(self) -> list[tuple[int, str, str]]:
        """Row of the list, its fate, the number of what it is about; in the order of rows."""
        return [(row, fate, str(record.get(name) or "")) for row, (fate, record, name) in sorted(self.fates.items())]

    @property
    def inserted(self) -> int:
        return self._count("inserted")

    @property
    def updated(self) -> int:
        return self._count("updated")

    @property
    def unchanged(self) -> int:
        return self._count("unchanged")

    def _count(self, wanted: str) -> int:
        return sum(fate == wanted for fate, _, _ in self.fates.values())

    @property
    def counts(self) -> dict[str, int]:
        """`tablename.new` and `tablename.changed` with their numbers."""
        new = {f"{table._meta.tablename}.new": len(rows) for table, rows in self.inserts.items()}
        changed = {f"{table._meta.tablename}.changed": len(rows) for table, rows in self.updates.items()}
        return {name: number for name, number in {**new, **changed}.items() if number}


class Sheet:
    """Checked rows with the way back to the sender's own titles and cells; collects faults and notes."""

    def __init__(
        self, table: Table, mapping: ColumnMapping, rows: list[CheckedRow], titles: Mapping[str, str],
        known: Iterable[CellFault] = (),
    ) -> None:  # fmt: skip
        self.rows = rows
        self.faults: list[CellFault] = []
        self._unreadable = {(fault.row, fault.field) for fault in known}
        self.notes: Counter[str] = Counter()
        self.repeated: list[int] = []
        self._table, self._mapping, self._titles = table, mapping, titles
        self._cells = {row.number: row.cells for row in table.rows}

    def fault(
        self, row: CheckedRow, field_code: str, code: str, message: str, fix: str = "", /, **params: object
    ) -> None:
        """Say what is wrong with one cell of a row; a cell that could not be read has its fault already."""
        if (row.number, field_code) in self._unreadable:
            return
        column = self._mapping.columns.get(field_code)
        title = self._titles.get(field_code, field_code) if column is None else self._table.title(column)
        self.faults.append(
            CellFault(row.number, title, self._shown(row, column), code, message, params, fix, field_code)
        )

    def note(self, code: str, number: int = 1) -> None:
        """Count something that the sender should know and that is no fault."""
        self.notes[code] += number

    def distinct(self, *needed: str) -> Iterator[CheckedRow]:
        """Rows in which at least the needed cells could be read; other unreadable cells count as empty.

        A row that repeats an earlier one cell for cell is noted and counted once.
        """
        seen: set[tuple[object, ...]] = set()
        for row in self.rows:
            cells = tuple(str(cell) for cell in self._cells.get(row.number, ()))
            if cells in seen and cells:
                self.note("repeated_row")
                self.repeated.append(row.number)
                continue
            seen.add(cells)
            if row.faulty:
                row.values.update({code: None for code in self._titles if code not in row.values})
            if all(row.values[code] is not None for code in needed):
                yield row

    def _shown(self, row: CheckedRow, column: int | None) -> str:
        cells = self._cells.get(row.number, ())
        return str(cells[column])[:60] if column is not None and column < len(cells) and cells[column] else ""


def changed(record: Record, new: Mapping[str, object]) -> bool:
    """Whether one of the new values differs from the record's own."""
    return any(record.get(name) != value for name, value in new.items())
