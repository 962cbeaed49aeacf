"""Reading lists as people keep them, checking every cell, and writing templates.

table = read_table(content, filename, titles=known_titles(fields))
mapping = match_columns(table, fields, remembered)
rows, faults = check_rows(table, mapping, fields)
"""

from __future__ import annotations

from bangfu.shared.tabular.checking import CellFault, CheckedRow, check_rows
from bangfu.shared.tabular.columns import ColumnMapping, MissingColumn, known_titles, match_columns
from bangfu.shared.tabular.fields import Field, Parser
from bangfu.shared.tabular.limits import LIMITS, Limits
from bangfu.shared.tabular.reading import read_table
from bangfu.shared.tabular.table import Row, SkippedRow, Table, column_letter
from bangfu.shared.tabular.titles import normal_title
from bangfu.shared.tabular.writing import write_csv, write_csv_template, write_template, write_xlsx

__all__ = [
    "LIMITS",
    "CellFault",
    "CheckedRow",
    "ColumnMapping",
    "Field",
    "Limits",
    "MissingColumn",
    "Parser",
    "Row",
    "SkippedRow",
    "Table",
    "check_rows",
    "column_letter",
    "known_titles",
    "match_columns",
    "normal_title",
    "read_table",
    "write_csv",
    "write_csv_template",
    "write_template",
    "write_xlsx",
]
