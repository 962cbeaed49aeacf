"""Which column of a list is which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bangfu.shared.tabular.fields import Field
from bangfu.shared.tabular.table import Table
from bangfu.shared.tabular.titles import normal_title, title_forms

ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class MissingColumn:
    """A required field without a column, and the unused titles that look most like it, best first."""

    field: Field
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Field code -> column (from 0); titles that nothing uses; required fields without a column."""

    columns: Mapping[str, int]
    unused: tuple[str, ...]
    missing: tuple[MissingColumn, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


def known_titles(fields: Sequence[Field], remembered: Mapping[str, str] | None = None) -> frozenset[str]:
    """All normalised titles that `match_columns` would recognise: what `read_table` looks for."""
    known = frozenset(form for title in remembered or {} for form in title_forms(title)[:1])
    return known.union(*(field.own_titles() | field.alias_titles() for field in fields))


def match_columns(
    table: Table,
    fields: Sequence[Field],
    remembered: Mapping[str, str] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> ColumnMapping:
    """Match by what the sender just chose, then by exact title, alias, and titles remembered from earlier lists.

    `remembered` and `chosen` map a list's own title to a field code; "" says that the column is not to be used.
    The first column that matches a field is taken.
    """
    by_choice = {title_forms(title)[0]: code for title, code in (chosen or {}).items() if title_forms(title)}
    by_title = {title: field.code for field in fields for title in field.own_titles()}
    by_alias = {title: field.code for field in fields for title in field.alias_titles()}
    by_memory = {title_forms(title)[0]: code for title, code in (remembered or {}).items() if title_forms(title)}
    codes = {field.code for field in fields}
    columns: dict[str, int] = {}
    settled: set[int] = set()
    for words in (by_choice, by_title, by_alias, by_memory):
        for form_number in range(4):
            for column, title in enumerate(table.columns):
                code = _nth_form(title, form_number, words)
                if code is None or column in settled:
                    continue
                if code == "":
                    settled.add(column)
                elif code in codes and code not in columns:
                    columns[code] = column
                    settled.add(column)
    unused = tuple(title for column, title in enumerate(table.columns) if title and column not in columns.values())
    missing = tuple(
        MissingColumn(field, _suggestions(field, unused))
        for field in fields
        if field.required and field.code not in columns
    )
    return ColumnMapping(columns, unused, missing)


def _nth_form(title: str, number: int, words: Mapping[str, str]) -> str | None:
    forms = title_forms(title)
    return words.get(forms[number]) if number < len(forms) else None


def _suggestions(field: Field, titles: Sequence[str]) -> tuple[str, ...]:
    names = field.own_titles() | field.alias_titles()
    scored = [(max(_likeness(normal_title(title), name) for name in names), title) for title in titles]
    return tuple(title for score, title in sorted(scored, key=lambda entry: -entry[0]) if score >= ALIKE)[:3]


def _likeness(title: str, name: str) -> float:
    """Between 0 and 1; a title that contains the name, or the other way, is a likely one."""
    if len(title) > 1 and len(name) > 1 and (title in name or name in title):
        return 0.9
    return SequenceMatcher(None, title, name).ratio()
