"""Rows in one form: the same data give the same bytes, and the same hash. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bangfu.ledgers.sources import Column
from bangfu.shared.civil_time import civil_datetime
from bangfu.shared.i18n import _, current, word
from bangfu.shared.masking import mask_name

Row = list[Any]
"""The row's key, then one value a column: texts, whole numbers, booleans; money as text, names masked."""


def canonical(columns: Sequence[Column], row: Mapping[str, Any]) -> Row:
    """A row of a source."""
    return [row["key"], *(_value(column, row[column.code]) for column in columns)]


def _value(column: Column, value: Any) -> Any:
    match column.kind:
        case "name":
            return mask_name(value or "")
        case "date":
            return value.isoformat() if isinstance(value, date) else ""
        case "clock":
            return f"{civil_datetime(value):%H:%M}" if isinstance(value, datetime) else ""
        case "number" | "minutes":
            return "" if value is None else int(value)
        case "money":
            return "" if value is None else f"{Decimal(value):.2f}"
        case "yes":
            return bool(value)
        case _:
            return str(value or "")


def line_of(row: Row) -> str:
    """One line of canonical JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


class Tally:
    """Hash, number and sums of rows as they go by."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.rows = 0
        self._hash = hashlib.sha256(line_of([each.code for each in columns]).encode() + b"\n")
        self._sums: dict[str, Decimal] = {each.code: Decimal(0) for each in columns if each.counted}

    def add(self, rows: Iterable[Row]) -> None:
        """Take in rows in their order."""
        for row in rows:
            self.rows += 1
            self._hash.update(line_of(row).encode() + b"\n")
            for column, value in zip(self.columns, row[1:], strict=True):
                if column.counted and value != "":
                    self._sums[column.code] += Decimal(value)

    @property
    def sha256(self) -> str:
        """Of the columns' codes and all lines."""
        return self._hash.hexdigest()

    @property
    def sums(self) -> dict[str, str]:
        """Code -> sum as text, of the columns that add up."""
        return {
            each.code: f"{self._sums[each.code]:.2f}" if each.kind == "money" else str(int(self._sums[each.code]))
            for each in self.columns if each.code in self._sums and each.code not in NO_SUM
        }  # fmt: skip


NO_SUM: Final = frozenset({"unit_price", "revision"})
"""Figures whose sum says nothing."""


def shown(column: Column, value: Any) -> Any:
    """A canonical value as people read it in the current language; money and numbers stay numbers."""
    if value == "" or value is None:
        return ""
    match column.kind:
        case "word":
            return word(column.words, value)
        case "yes":
            return _("yes") if value else _("no")
        case "money" | "figure":
            return Decimal(value)
        case "coded":
            return " · ".join(_token(each) for each in str(value).split(" · "))
        case _:
            return value


def _token(text: str) -> str:
    """`group:code` as its word, `=中文|English` as one of both, anything else as it is."""
    if text.startswith("=") and "|" in text:
        zh, en = text[1:].split("|", 1)
        return en if current() == "en" else zh
    group, colon, code = text.partition(":")
    return word(group, code) if colon and _GROUP.fullmatch(group) else text


_GROUP: Final = re.compile(r"[a-z_]+")


def shown_row(columns: Sequence[Column], row: Row) -> Row:
    """The cells of a row for a file, without the key."""
    return [shown(column, value) for column, value in zip(columns, row[1:], strict=True)]
