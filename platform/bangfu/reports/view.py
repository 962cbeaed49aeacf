"""The leaders' view: numbers of an area and a quarter, their parts, and the rows behind each of them (decision 0056).

A number and its rows come from one definition (`reports.figure`); only visits are counted from the kept sums.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bangfu.complaints.seeing import condition
from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from bangfu.reports import of_people, of_work, tally_queries
from bangfu.reports.figure import DIMENSIONS, TOWN, Figure
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, civil_date, day_span, quarter_of, quarter_span
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows
from bangfu.supervision.people import CONFIDENTIAL

FIGURES: Final = {each.code: each for each in (*of_people.FIGURES, *of_work.FIGURES)}
MOST_ROWS: Final = 20_000
"""Rows of one file."""
EIGHT: Final = 8
"""Quarters of a series."""
_TOKEN = re.compile(r"@([a-z]+)")


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


@dataclass(frozen=True, slots=True)
class Number:
    """How many rows a figure (or a part of it: `code`) has, and of money their sum."""

    n: int
    amount: Decimal | None
    code: str = ""
    name: str = ""

    @property
    def value(self) -> int | Decimal:
        return self.n if self.amount is None else self.amount


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a figure as it is shown: names masked, no place where the matter is confidential."""

    href: str
    number: str
    name: str
    place: str
    what: str
    at: datetime | None
    amount: Decimal | None


def quarter_text(day: date) -> str:
    """The quarter of a day as addresses name it: 2026Q3."""
    return "{}Q{}".format(*quarter_of(day))


def first_day(text: str, today: date) -> date:
    """The first day of the asked quarter; of today's where the text is odd."""
    found = re.fullmatch(r"(20\d{2})Q([1-4])", text, re.ASCII)
    return quarter_span(*((int(found[1]), int(found[2])) if found else quarter_of(today)))[0]


def shown_to(asked: Asked) -> list[Figure]:
    """The figures that the reader may see of this area."""
    return [each for each in FIGURES.values() if _may(asked, each)]


def figure_for(asked: Asked, code: str) -> Figure:
    """One of them.

    Raises:
        NotYours: if there is none, or the reader may not see it, or it is kept by county and a town is asked for.
    """
    found = FIGURES.get(code)
    if found is None or not _may(asked, found):
        raise NotYours
    return found


def _may(asked: Asked, figure: Figure) -> bool:
    return allows(asked.actor.roles, figure.permission) and not (figure.county and len(asked.area) > 6)


async def number(asked: Asked, figure: Figure, by: str = "", code: str = "") -> Number:
    """The figure, or the part of it whose dimension `by` has this code."""
    if figure.visits:
        where = {**figure.visits}
        if by:
            where[by] = tuple(set(where.get(by, (code,))) & {code})
        inside = code if code.startswith(asked.area) else asked.area if asked.area.startswith(code) else ""
        area = inside if by == TOWN and code else asked.area
        where.pop(TOWN, None)
        [cell] = await tally_queries.visits(area, asked.first, asked.next, (), where)
        return Number(cell.visits, None)
    [row] = await _ask(asked, figure, _counted(figure), by, code)
    return Number(row["n"], row["amount"] if figure.amount else None)


async def parts(asked: Asked, figure: Figure, by: str) -> list[Number]:
    """The figure by a dimension, the largest part first. What is counted once may stand in several parts."""
    if figure.visits:
        cells = await tally_queries.visits(asked.area, asked.first, asked.next, [by], figure.visits)
        found = [Number(cell.visits, None, cell.key[by]) for cell in cells]
    else:
        dimension = figure.by[by]
        rows = await _ask(asked, figure, f"coalesce({dimension}, '') AS code, " + _counted(figure), end=" GROUP BY 1")
        found = [Number(row["n"], row["amount"] if figure.amount else None, row["code"]) for row in rows]
    names = await _towns([each.code for each in found]) if by == TOWN else {}
    return sorted(
        (Number(each.n, each.amount, each.code, names.get(each.code, "")) for each in found),
        key=lambda each: (-each.value, each.code),
    )


async def series(asked: Asked, figure: Figure) -> list[tuple[str, Number]]:
    """A quarterly figure over the last eight quarters, the asked one last."""
    found = []
    for back in range(EIGHT - 1, -1, -1):
        then = Asked(asked.actor, asked.area, add_months(asked.first, -3 * back), asked.at)
        found.append((then.quarter, await number(then, figure)))
    return found


async def rows(asked: Asked, figure: Figure, by: str, code: str, limit: int, offset: int = 0) -> list[Line]:
    """A page of what is behind a number."""
    amount = f", {figure.amount} AS amount" if figure.amount else ""
    if figure.key in {"h.id", "n.id"}:
        select, order = "DISTINCT ON (number, id) ", "number, id"
    else:
        select, order = "", "at, number, id" if not figure.visits else "v.planned_start, v.id"
    found = await _ask(
        asked, figure, select + figure.row + amount, by, code, f" ORDER BY {order} LIMIT @limit OFFSET @offset",
        {"limit": limit, "offset": offset},
    )  # fmt: skip
    places = await _places([row["division"] for row in found])
    return [_line(figure, row, places) for row in found]


def dimension_of(figure: Figure, text: str) -> str:
    """The asked dimension where the figure has it, else ""."""
    return text if text in figure.by and text in DIMENSIONS else ""


def _counted(figure: Figure) -> str:
    amount = f", coalesce(sum({figure.amount}), 0) AS amount" if figure.amount else ""
    return f"count(DISTINCT {figure.key}) AS n{amount}"


async def _ask(
    asked: Asked, figure: Figure, select: str, by: str = "", code: str = "", end: str = "",
    more: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """One statement over a figure's rows; tokens become values in the order in which they stand."""
    sql = f"SELECT {select} FROM {figure.source}"  # noqa: S608 (definitions in code)
    if by:
        sql += f" AND coalesce({figure.by[by]}, '') = @code"
    seen, seen_values = condition(asked.actor) if "@seen" in sql else ("", [])
    start, until = day_span(asked.first)[0], day_span(asked.next)[0]
    values: dict[str, Any] = {
        "area": f"{asked.area}%" if asked.area else "", "since": start, "until": until, "first": asked.first,
        "next": asked.next, "year": asked.first.year, "now": asked.at, "today": civil_date(asked.at),
        "user": asked.actor.user, "code": code, **(more or {}),
    }  # fmt: skip
    bound: list[Any] = []

    def bind(found: re.Match[str]) -> str:
        if found[1] == "seen":
            bound.extend(seen_values)
            return f"({seen})"
        bound.append(values[found[1]])
        return "{}"

    answer: list[dict[str, Any]] = await Division.raw(_TOKEN.sub(bind, sql + end), *bound)
    return answer


def _line(figure: Figure, row: dict[str, Any], places: dict[str, str]) -> Line:
    hidden = figure.words == "timed_kind" and row["what"] in CONFIDENTIAL
    href = figure.href + str(row["id"]) if figure.href.endswith("/") else figure.href
    return Line(
        "" if hidden else href, row["number"], _named(figure, row["name"]),
        "" if hidden else places.get(row["division"], ""), row["what"], row["at"], row.get("amount"),
    )  # fmt: skip


def _named(figure: Figure, name: str) -> str:
    """People's names are masked; a contract's project is nobody's."""
    return name if figure.href == "/contracts/" else mask_name(name) if name else ""


async def _towns(codes: list[str]) -> dict[str, str]:
    found = await Division.raw(
        "SELECT left(code, 9) AS code, name FROM division WHERE code = ANY({})", [code.ljust(12, "0") for code in codes]
    )
    return {row["code"]: row["name"] for row in found}


async def _places(codes: list[str]) -> dict[str, str]:
    wanted = {code: code.ljust(12, "0") for code in codes}
    found = await Division.raw(
        "SELECT d.code, d.name, coalesce(t.name, '') AS town FROM division d LEFT JOIN division t"
        " ON t.code = rpad(left(d.code, 9), 12, '0') AND t.code <> d.code AND d.level = 5 WHERE d.code = ANY({})",
        list(set(wanted.values())),
    )
    names = {row["code"]: f"{row['town']} {row['name']}".strip() for row in found}
    return {code: names.get(full, "") for code, full in wanted.items()}


async def areas(actor: Actor) -> list[tuple[str, str]]:
    """The areas that the reader may choose, by code: what the scope covers down to towns."""
    found = await Division.raw(
        "SELECT code, name, level FROM division WHERE code LIKE {} AND level <= 4 ORDER BY code LIMIT 600",
        f"{actor.scope}%" if actor.scope else "",
    )
    digits = {1: 2, 2: 4, 3: 6, 4: 9}
    return [(row["code"][: digits[row["level"]]], row["name"]) for row in found]
