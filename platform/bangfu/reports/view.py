"""The leaders' view: numbers of an area and a quarter, their parts, and the rows behind each of them (decision 0056).

A number and its rows come from one definition (`reports.figure`); only visits are counted from the kept sums.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from bangfu.reports import of_people, of_work, tally_queries
from bangfu.reports.asking import Asked, nameless, places_of, statement
from bangfu.reports.figure import DIMENSIONS, REPEATED, TOWN, VILLAGE, Figure
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import add_months, quarter_of, quarter_span
from bangfu.shared.kept import Answer, kept
from bangfu.shared.permissions import allows

FIGURES: Final = {each.code: each for each in (*of_people.FIGURES, *of_work.FIGURES)}
EIGHT: Final = 8
"""Quarters of a series."""


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


def first_day(text: str, today: date) -> date:
    """The first day of the asked quarter; of today's where the text is odd."""
    found = re.fullmatch(r"(20\d{2})Q([1-4])", text, re.ASCII)
    return quarter_span(*((int(found[1]), int(found[2])) if found else quarter_of(today)))[0]


def shown_to(asked: Asked) -> list[Figure]:
    """The figures that the reader may see of this area."""
    return [_seen(asked, each) for each in FIGURES.values() if _may(asked, each)]


def figure_for(asked: Asked, code: str) -> Figure:
    """One of them.

    Raises:
        NotYours: if there is none, or the reader may not see it, or it is kept by county and a town is asked for.
    """
    found = FIGURES.get(code)
    if found is None or not _may(asked, found):
        raise NotYours
    return _seen(asked, found)


def _may(asked: Asked, figure: Figure) -> bool:
    small = len(asked.area) > 9 and nameless(asked, figure)
    return allows(asked.actor.roles, figure.permission) and not small and not (figure.county and len(asked.area) > 6)


def _seen(asked: Asked, figure: Figure) -> Figure:
    """Where names are withheld there are no villages either: a village with one child would say whose it is."""
    if not nameless(asked, figure):
        return figure
    return replace(figure, by={by: sql for by, sql in figure.by.items() if by != VILLAGE})


async def number(asked: Asked, figure: Figure, by: str = "", code: str = "") -> Number:
    """The figure, or the part of it whose dimension `by` has this code."""
    if figure.visits and by != VILLAGE:
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


async def numbers(asked: Asked, figures: list[Figure]) -> Answer[dict[str, Number]]:
    """Many figures by code; of a whole county or city they are dear together and kept for a while. Their rows are
    always of now."""
    codes = [each.code for each in figures]

    async def count() -> dict[str, Number]:
        return {each.code: await number(asked, each) for each in figures}

    return await kept(("reports.numbers", asked.actor.user, asked.area, asked.quarter, codes), dict[str, Number], count)


async def parts(asked: Asked, figure: Figure, by: str) -> list[Number]:
    """The figure by a dimension, the largest part first. What is counted once may stand in several parts."""
    if figure.visits and by != VILLAGE:
        cells = await tally_queries.visits(asked.area, asked.first, asked.next, [by], figure.visits)
        found = [Number(cell.visits, None, cell.key[by]) for cell in cells]
    else:
        dimension = figure.by[by]
        rows = await _ask(asked, figure, f"coalesce({dimension}, '') AS code, " + _counted(figure), end=" GROUP BY 1")
        found = [Number(row["n"], row["amount"] if figure.amount else None, row["code"]) for row in rows]
    codes = [each.code for each in found]
    names = await _towns(codes) if by == TOWN else await places_of(codes) if by == VILLAGE else {}
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


def offered(asked: Asked, figure: Figure) -> list[str]:
    """By what a reader may split: places by town, inside of a town by village."""
    unfit = TOWN if len(asked.area) >= 9 else VILLAGE
    return [each for each in figure.by if each != unfit]


def dimension_of(figure: Figure, text: str) -> str:
    """The asked dimension where the figure has it, else ""."""
    return text if text in figure.by and text in DIMENSIONS else ""


def _counted(figure: Figure) -> str:
    amount = f", coalesce(sum({figure.amount}), 0) AS amount" if figure.amount else ""
    return f"count({f'DISTINCT {figure.key}' if figure.key in REPEATED else '*'}) AS n{amount}"


async def _ask(
    asked: Asked, figure: Figure, select: str, by: str = "", code: str = "", end: str = ""
) -> list[dict[str, Any]]:
    sql, bound = statement(asked, figure, select, by, code, end)
    answer: list[dict[str, Any]] = await Division.raw(sql, *bound)
    return answer


async def _towns(codes: list[str]) -> dict[str, str]:
    found = await Division.raw(
        "SELECT left(code, 9) AS code, name FROM division WHERE code = ANY({})", [code.ljust(12, "0") for code in codes]
    )
    return {row["code"]: row["name"] for row in found}


async def areas(actor: Actor) -> list[tuple[str, str]]:
    """The areas that the reader may choose, by code: what the scope covers down to towns."""
    found = await Division.raw(
        "SELECT code, name, level FROM division WHERE code LIKE {} AND level <= 4 ORDER BY code LIMIT 600",
        f"{actor.scope}%" if actor.scope else "",
    )
    digits = {1: 2, 2: 4, 3: 6, 4: 9}
    return [(row["code"][: digits[row["level"]]], row["name"]) for row in found]
