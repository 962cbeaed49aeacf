"""Templates to fill in, one per kind of list, in the reader's language."""

from __future__ import annotations

from datetime import date

from bangfu.imports.kinds.base import Kind
from bangfu.shared import i18n
from bangfu.shared.tabular import write_csv_template, write_template


def template_file(kind: Kind, extension: str, today: date, *, examples: bool = True) -> bytes:
    """An .xlsx (with hints, lists to choose from, an explaining sheet) or a .csv with example rows."""
    locale = "zh_CN" if i18n.current() == "zh" else "en"
    fields, rows = kind.template_fields(today), kind.examples if examples else ()
    if extension == "csv":
        return write_csv_template(fields, rows, locale)
    return write_template(fields, i18n.word("import_kind", kind.code), rows, locale, i18n._)
