"""How many visits there are, by what one likes: exact at any moment, without reading the visits (decision 0055)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from bangfu.reports.tables import NOBODY, VisitTally

KEYS: Final = (
    "town", "month", "service", "carer_kind", "organization", "contract_line", "status", "evidence", "approval",
    "payable",
)  # fmt: skip
"""What visits can be counted by."""

_COLUMNS: Final = f"{', '.join(KEYS)}, visits, minutes"
BOTH: Final = f"(SELECT {_COLUMNS} FROM visit_tally UNION ALL SELECT {_COLUMNS} FROM visit_tally_delta)"  # noqa: S608 (constants)
"""Compacted sums and what changed since, in one statement: one moment, however often anybody folds."""

STRAIGHT: Final = (
    "(SELECT left(division, 9) AS town, division,"  # noqa: S608 (constants)
    " date_trunc('month', planned_start AT TIME ZONE 'Asia/Shanghai')::date AS month, service, carer_kind,"
    f" coalesce(organization, '{NOBODY}') AS organization, coalesce(contract_line, '{NOBODY}') AS contract_line,"
    " status, evidence, approval, payable, 1 AS visits, minutes FROM visit)"
)
"""The same from the visits themselves."""

_TOWN: Final = 9
"""Digits of a town's code."""
_TYPES: Final = {"month": "date", "organization": "uuid", "contract_line": "uuid", "payable": "boolean"}


@dataclass(frozen=True, slots=True)
class VisitCell:
    """A number of visits and their standard minutes. `key` has the asked columns as text: a month as its first day
    (2026-11-01), an id as it is written, "" for none, payable as true or false."""

    key: dict[str, str]
    visits: int
    minutes: int


async def visits(
    area: str, since: date, until: date, by: Sequence[str] = (), where: Mapping[str, Sequence[str]] | None = None
) -> list[VisitCell]:
    """The visits of an area (a prefix of division codes) that are planned from `since` to before `until`.

    Both are civil days in China that begin months. `by` names columns of KEYS to count by, `where` keeps the visits
    whose column has one of the values, written as in `VisitCell.key`. Cells come in the order of their keys; without
    `by` there is exactly one. An empty area has no visits, as everywhere. Inside of a town the visits themselves are
    counted.

    Raises:
        ValueError: if a day does not begin a month, a column is unknown, or a value cannot be one of its column.
    """
    if since.day != 1 or until.day != 1:
        raise ValueError("tallies know whole months")
    if unknown := {*by, *(where or ())} - set(KEYS):
        raise ValueError(f"visits cannot be counted by {sorted(unknown)}")
    if not area.isdigit():
        return [] if by else [VisitCell({}, 0, 0)]
    conditions, values = ["month >= {} AND month < {}"], [since, until]
    if len(area) <= _TOWN:
        source = BOTH
        conditions.append("town LIKE {}")
    else:
        source = STRAIGHT
        conditions.append("division LIKE {}")
    asked: list[Any] = [*values, f"{area}%"]
    for column, wanted in (where or {}).items():
        conditions.append(f"{column} = ANY({{}}::{_TYPES.get(column, 'varchar')}[])")
        asked.append([_value(column, each) for each in wanted])
    keys = ", ".join(by)
    rows = await VisitTally.raw(
        f"SELECT {keys + ', ' if by else ''}coalesce(sum(visits), 0) AS n, coalesce(sum(minutes), 0) AS m"  # noqa: S608 (constants)
        f" FROM {source} t WHERE {' AND '.join(conditions)}"
        + (f" GROUP BY {keys} HAVING sum(visits) <> 0 OR sum(minutes) <> 0 ORDER BY {keys}" if by else ""),
        *asked,
    )
    return [VisitCell({key: _text(row[key]) for key in by}, int(row["n"]), int(row["m"])) for row in rows]


def _value(column: str, text: str) -> object:
    kind = _TYPES.get(column)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "uuid":
        return UUID(text) if text else NOBODY
    if kind == "boolean":
        if text not in {"true", "false"}:
            raise ValueError("payable is true or false")
        return text == "true"
    return text


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value == NOBODY else str(value)
