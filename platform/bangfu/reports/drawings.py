"""What static/js/charts.js draws, as plain data: a kind, names along one axis, and up to five series."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bangfu.reports.charts import Month, Row
from bangfu.reports.view import Number
from bangfu.shared.i18n import word

Drawing = dict[str, Any]
"""{"kind": line | bars | stack | intervals | meter, "names": [text], "series": [{"name", "values"}], "format":
number | money | percent | stars, "limit" (of a meter), "limit_name"}."""


def lines(names: Sequence[str], titles: Sequence[str], rows: Sequence[Row], form: str = "number") -> Drawing:
    """One line for each column of a table."""
    return {"kind": "line", "names": list(names), "format": form, "series": _columns(titles, rows)}


def bars(names: Sequence[str], titles: Sequence[str], rows: Sequence[Row], form: str = "number") -> Drawing:
    """Bars beside each other for each row of a table."""
    return {"kind": "bars", "names": list(names), "format": form, "series": _columns(titles, rows)}


def stack(names: Sequence[str], titles: Sequence[str], rows: Sequence[Row]) -> Drawing:
    """One column for each row, made of its numbers."""
    return {"kind": "stack", "names": list(names), "format": "number", "series": _columns(titles, rows)}


def meter(cap: Decimal, months: Sequence[Month]) -> Drawing:
    """What is used by the end of each month, below the line of the cap."""
    return {
        "kind": "meter", "names": [each.code for each in months], "format": "money", "limit": float(cap),
        "limit_name": word("figure", "cap_total"),
        "series": [{"name": word("figure", "cap_used"), "values": [float(each.used) for each in months]}],
    }  # fmt: skip


def intervals(rows: Sequence[tuple[str, Any]], form: str) -> Drawing:
    """A point with its interval for each (name, measure); small samples are left out: they have no figure."""
    shown = [
        (name, each) for name, each in rows if each is not None and each.value is not None and each.low is not None
    ]
    return {
        "kind": "intervals", "names": [name for name, _each in shown], "format": form,
        "series": [{
            "name": word("chart", "interval"), "values": [[each.value, each.low, each.high] for _name, each in shown],
        }],
    }  # fmt: skip


def _columns(titles: Sequence[str], rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {"name": title, "values": [_plain(row.numbers[place]) for row in rows]} for place, title in enumerate(titles)
    ]


def _plain(number: Number) -> float | int:
    return float(number.value) if isinstance(number.value, Decimal) else number.value
