"""The duals by service and by group of needs (divisions): how dear hours, visits and money are, how many wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.assign.model import NONE
from matching.assign.nearby import reduced_costs
from matching.tables import Floats, Ints
from matching.why.case import Case

HOUR, TEN_THOUSAND_YUAN = 60, 1_000_000
LINE_COLUMN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWorth:
    """The needs of one service or group, and what one more unit near them is worth, in units of the objective.

    `hour` of carers' time, `visit` and `money` (10,000 yuan) of contract lines are means over the needs of the price of
    that carer or line which would serve each at the least cost at the duals' prices, weighted by service minutes,
    visits and fen. `carer` and `line` (organisation, service) are the dearest among them, None where all are worth
    nothing. `unserved` needs wait with `visits` and `minutes` in 4 weeks; `unreachable` of them nobody could serve.
    """

    id: str
    needs: int
    unserved: int
    unreachable: int
    visits: int
    minutes: int
    unserved_cost: int
    hour: float
    visit: float
    money: float
    carer: str | None
    line: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGroupWorth:
    """Contract lines of one group: visits `used` of those that visits and money allow (`limit`), and what one more
    `visit` and 10,000 yuan more (`money`) are worth in its dearest `line` (None where nothing is worth anything)."""

    id: str
    lines: int
    used: int
    limit: int
    visit: float
    money: float
    line: tuple[str, str] | None


def by_line_group(case: Case, groups: Mapping[tuple[str, str], str]) -> tuple[LineGroupWorth, ...]:
    """Every group of lines (organisation, service), the one with the dearest line first; other lines are left out."""
    if case.problem.given_pairs:
        return ()
    members: dict[str, list[int]] = {}
    for number, key in enumerate(case.problem.line_of, _first_line(case)):
        if key in groups:
            members.setdefault(groups[key], []).append(number)
    found = [_line_group(case, id_, np.array(numbers, dtype=np.int64)) for id_, numbers in members.items()]
    return tuple(sorted(found, key=lambda group: (-group.money, -group.visit, group.id)))


def _line_group(case: Case, id_: str, numbers: Ints) -> LineGroupWorth:
    price = case.prices.resource[numbers]
    cost = _unit_prices(case, numbers)
    money = np.where(cost > 0, price * TEN_THOUSAND_YUAN / np.maximum(1, cost), 0.0)
    dear = _dearest(numbers, money if money.any() else price)
    return LineGroupWorth(
        id=id_,
        lines=len(numbers),
        used=int(case.model.used(case.chosen)[numbers].sum()),
        limit=int(case.model.limit[numbers].sum()),
        visit=round(float(price.max()), 2),
        money=round(float(money.max()), 2),
        line=None if dear is None else _line(case, dear),
    )


def by_service(case: Case) -> tuple[GroupWorth, ...]:
    """Every service that somebody needs, the one with the most unserved cost first."""
    return by_group(case, {need.id: need.service for need in case.problem.needs})


def by_group(case: Case, groups: Mapping[str, str]) -> tuple[GroupWorth, ...]:
    """Every group of needs, the one with the most unserved cost first; needs without a group are left out."""
    best, members = _best_arcs(case), _members(case, groups)
    found = [_group(case, id_, numbers, best[numbers]) for id_, numbers in sorted(members.items())]
    return tuple(sorted(found, key=lambda group: (-group.unserved_cost, group.id)))


def _members(case: Case, groups: Mapping[str, str]) -> dict[str, Ints]:
    found: dict[str, list[int]] = {}
    for number, need in enumerate(case.problem.needs):
        if need.id in groups:
            found.setdefault(groups[need.id], []).append(number)
    return {id_: np.array(numbers, dtype=np.int64) for id_, numbers in found.items()}


def _best_arcs(case: Case) -> Ints:
    """The arc of each need that costs least at the prices, NONE where nobody could serve it."""
    model = case.model
    order = np.lexsort((reduced_costs(model, case.prices), model.need))
    best = np.full(model.needs, NONE, dtype=np.int64)
    some = np.flatnonzero(model.first[1:] > model.first[:-1])
    best[some] = order[model.first[some]]
    return best


def _group(case: Case, id_: str, numbers: Ints, best: Ints) -> GroupWorth:
    model, price, needs = case.model, case.prices.resource, case.problem.needs
    visits = np.array([needs[n].visits for n in numbers.tolist()], dtype=np.int64)
    minutes = np.array([needs[n].visits * needs[n].minutes for n in numbers.tolist()], dtype=np.int64)
    waits, reached = case.chosen[numbers] == NONE, best != NONE
    arcs = best[reached]
    hours: Floats = price[model.carer[arcs]] * HOUR if len(price) else np.zeros(len(arcs))
    lines = model.resource[arcs, LINE_COLUMN]
    paid = lines != NONE
    each: Floats = price[lines[paid]] if len(price) else np.zeros(0)
    cost = _unit_prices(case, lines[paid])
    mine = visits[reached][paid]
    dear, most = _dearest(model.carer[arcs], hours), _dearest(lines[paid], each)
    return GroupWorth(
        id=id_,
        needs=len(numbers),
        unserved=int(waits.sum()),
        unreachable=int((waits & ~reached).sum()),
        visits=int(visits[waits].sum()),
        minutes=int(minutes[waits].sum()),
        unserved_cost=int(model.unserved[numbers][waits].sum()),
        hour=_mean(hours, minutes[reached]),
        visit=_mean(each, mine),
        money=_mean(each * TEN_THOUSAND_YUAN / np.maximum(1, cost), mine * cost),
        carer=None if dear is None else case.problem.carers[dear].id,
        line=None if most is None else _line(case, most),
    )


def _first_line(case: Case) -> int:
    return len(case.problem.carers) + len(case.problem.organisations)


def _unit_prices(case: Case, lines: Ints) -> Ints:
    prices = np.array([line.unit_price_fen for line in case.problem.contract_lines], dtype=np.int64)
    return prices[lines - _first_line(case)] if len(lines) else np.zeros(0, dtype=np.int64)


def _line(case: Case, number: int) -> tuple[str, str]:
    line = case.problem.contract_lines[number - _first_line(case)]
    return line.organisation, line.service


def _mean(values: Floats, weights: Ints) -> float:
    return round(float((values * weights).sum() / weights.sum()), 2) if weights.sum() else 0.0


def _dearest(numbers: Ints, values: Floats) -> int | None:
    """The number with the highest value, the first of equal ones; None where nothing is worth anything."""
    if not len(values) or values.max() <= 0:
        return None
    return int(numbers[values == values.max()].min())
