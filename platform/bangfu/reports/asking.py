"""What is asked of the leaders' view, and the statement that answers it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bangfu.complaints.seeing import condition
from bangfu.divisions.tables import Division
from bangfu.reports.figure import Figure
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, civil_date, day_span, quarter_of
from bangfu.shared.permissions import allows

_TOKEN: Final = re.compile(r"@([a-z]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose view of which area and quarter, at what time."""

    actor: Actor
    area: str
    first: date
    at: datetime

    @property
    def next(self) -> date:
        """The first day of the quarter after."""
        return add_months(self.first, 3)

    @property
    def quarter(self) -> str:
        return quarter_text(self.first)


def quarter_text(day: date) -> str:
    """The quarter of a day as addresses name it: 2026Q3."""
    return "{}Q{}".format(*quarter_of(day))


def statement(
    asked: Asked, figure: Figure, select: str, by: str, code: str, end: str, more: dict[str, Any] | None = None
) -> tuple[str, list[Any]]:
    """One statement over a figure's rows; tokens become values in the order in which they stand."""
    sql = f"SELECT {select} FROM {figure.source}"  # noqa: S608 (definitions in code)
    if by:
        sql += f" AND coalesce({figure.by[by]}, '') = @code"
    seen, seen_values = condition(asked.actor) if "@seen" in sql else ("", [])
    start, until = day_span(asked.first)[0], day_span(asked.next)[0]
    values: dict[str, Any] = {
        "area": f"{asked.area}%" if asked.area else "", "since": start, "until": until, "first": asked.first,
        "next": asked.next, "year": asked.first.year, "quarter": quarter_of(asked.first)[1], "now": asked.at,
        "today": civil_date(asked.at), "user": asked.actor.user, "code": code, **(more or {}),
    }  # fmt: skip
    bound: list[Any] = []

    def bind(found: re.Match[str]) -> str:
        if found[1] == "seen":
            bound.extend(seen_values)
            return f"({seen})"
        bound.append(values[found[1]])
        return "{}"

    return _TOKEN.sub(bind, sql + end), bound


def nameless(asked: Asked, figure: Figure) -> bool:
    """Whether the reader of the number may not see whose its rows are."""
    return bool(figure.opens) and not allows(asked.actor.roles, figure.opens)


async def places_of(codes: list[str]) -> dict[str, str]:
    """Division codes with their names, villages after their town's."""
    wanted = {code: code.ljust(12, "0") for code in codes}
    found = await Division.raw(
        "SELECT d.code, d.name, coalesce(t.name, '') AS town FROM division d LEFT JOIN division t"
        " ON t.code = rpad(left(d.code, 9), 12, '0') AND t.code <> d.code AND d.level = 5 WHERE d.code = ANY({})",
        list(set(wanted.values())),
    )
    names = {row["code"]: f"{row['town']} {row['name']}".strip() for row in found}
    return {code: names.get(full, "") for code, full in wanted.items()}
