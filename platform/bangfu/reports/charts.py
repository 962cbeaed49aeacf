"""What the page of charts draws: tables first, each number with its rows; the drawing is made from the same tables."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bangfu.reports import tally_queries, view
from bangfu.reports.asking import Asked, places_of, quarter_text
from bangfu.reports.figure import TOWN, VILLAGE
from bangfu.reports.of_work import DONE
from bangfu.reports.view import EIGHT, FIGURES, Number
from bangfu.shared.civil_time import add_months
from bangfu.shared.kept import Answer, kept
from bangfu.visits.life_rules import EVIDENCE

COUNTY: Final = "county"
OF_PLACES: Final = ("households", "households_served", "households_unserved", "needs_waiting")
OF_VISITS: Final = ("visits_due", "visits_done", "visits_verified", "visits_missed")
OF_MONEY: Final = ("money_committed", "money_verified", "money_paid")
NONE: Final = Number(0, None)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a code and its name, and a number for each of the table's figures."""

    code: str
    name: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """What one month added to what is committed under the cap, what there was at its end, and its share of the cap."""

    code: str
    added: Decimal
    used: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Every table of the page. `cap` is None where the reader sees none."""

    places: list[Row]
    visits: list[Row]
    classes: list[str]
    evidence: list[Row]
    money: list[Row]
    cap: Decimal | None
    months: list[Month]


async def tables(asked: Asked, places: list[str], visits: list[str], money: list[str], cap: bool) -> Answer[Drawn]:
    """The tables of these figures; of a whole county or city they are dear and kept for a while."""

    async def count() -> Drawn:
        classes, evidence = await of_evidence(asked) if visits else ([], [])
        total, months = await of_cap(asked) if cap else (None, [])
        return Drawn(
            await of_places(asked, places) if places else [], await of_visits(asked, visits) if visits else [],
            classes, evidence, await of_money(asked, money) if money else [], total, months,
        )  # fmt: skip

    return await kept(("reports.charts", asked.area, asked.quarter, places, visits, money, cap), Drawn, count)


def seen(asked: Asked, codes: tuple[str, ...]) -> list[str]:
    """Those of the figures that the reader may see."""
    shown = {each.code for each in view.shown_to(asked)}
    return [code for code in codes if code in shown]


def place_of(asked: Asked) -> str:
    """Counties of a city or province, towns of a county, villages of a town."""
    if len(asked.area) < len("990101"):
        return COUNTY
    return VILLAGE if len(asked.area) >= len("990101001") else TOWN


async def of_places(asked: Asked, codes: list[str]) -> list[Row]:
    """Figures by place, in the order of their codes: no order of merit. Counties are the sums of their towns."""
    by = place_of(asked)
    if by == COUNTY:
        towns = await _places_by(asked, codes, TOWN)
        return _counties(towns, await places_of(sorted({row.code[:6] for row in towns})))
    return await _places_by(asked, codes, by)


def _counties(towns: list[Row], names: dict[str, str]) -> list[Row]:
    sums: dict[str, list[int]] = {}
    for row in towns:
        own = sums.setdefault(row.code[:6], [0] * len(row.numbers))
        for place, each in enumerate(row.numbers):
            own[place] += each.n
    return [Row(code, names.get(code, ""), tuple(Number(n, None) for n in own)) for code, own in sorted(sums.items())]


async def _places_by(asked: Asked, codes: list[str], by: str) -> list[Row]:
    found: dict[str, dict[str, Number]] = defaultdict(dict)
    names: dict[str, str] = {}
    for figure in codes:
        for part in await view.parts(asked, FIGURES[figure], by):
            found[part.code][figure] = part
            names[part.code] = part.name
    return [Row(code, names[code], tuple(found[code].get(each, NONE) for each in codes)) for code in sorted(found)]


async def of_visits(asked: Asked, codes: list[str]) -> list[Row]:
    """Visits over the last eight quarters, counted from the kept sums in one statement."""
    cells = await tally_queries.visits(asked.area, _begins(asked), asked.next, ["month", "status"])
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for cell in cells:
        counted[_quarter(cell.key["month"]), cell.key["status"]] += cell.visits
    return [
        Row(quarter, "", tuple(
            Number(sum(counted[quarter, state] for state in FIGURES[code].visits["status"]), None) for code in codes
        ))
        for quarter in _quarters(asked)
    ]  # fmt: skip


async def of_evidence(asked: Asked) -> tuple[list[str], list[Row]]:
    """Visits done in the last eight quarters by class of evidence; the classes, "" only where one is not stated."""
    cells = await tally_queries.visits(asked.area, _begins(asked), asked.next, ["month", "evidence"], {"status": DONE})
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for cell in cells:
        counted[_quarter(cell.key["month"]), cell.key["evidence"]] += cell.visits
    classes = [*EVIDENCE, *sorted({each for _quarter, each in counted} - {*EVIDENCE})]
    return classes, [
        Row(quarter, "", tuple(Number(counted[quarter, each], None, each) for each in classes))
        for quarter in _quarters(asked)
    ]


async def of_money(asked: Asked, codes: list[str]) -> list[Row]:
    """Money over the last eight quarters."""
    series = [dict(await view.series(asked, FIGURES[code])) for code in codes]
    return [Row(quarter, "", tuple(each[quarter] for each in series)) for quarter in _quarters(asked)]


async def of_cap(asked: Asked) -> tuple[Decimal, list[Month]]:
    """The cap of the quarter's year, and what was committed under it by the end of each month with an entry."""
    cap = (await view.number(asked, FIGURES["cap_total"])).amount or Decimal(0)
    used, months = Decimal(0), []
    for part in sorted(await view.parts(asked, FIGURES["cap_used"], "month"), key=lambda each: each.code):
        added = part.amount or Decimal(0)
        used += added
        months.append(Month(part.code, added, used, round(used * 100 / cap, 1) if cap else None))
    return cap, months


def _begins(asked: Asked) -> date:
    return add_months(asked.first, -3 * (EIGHT - 1))


def _quarters(asked: Asked) -> list[str]:
    return [quarter_text(add_months(asked.first, -3 * back)) for back in range(EIGHT - 1, -1, -1)]


def _quarter(month: str) -> str:
    return f"{month[:4]}Q{(int(month[5:7]) + 2) // 3}"
