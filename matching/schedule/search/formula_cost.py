"""The whole objective (weights.Weights) of a scope in its CP-SAT model."""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model

from matching.schedule.records import WEEK
from matching.schedule.search.formula import Formula
from matching.schedule.search.model import DONE, FAR
from matching.values import DAY_MINUTES

HOUR = 60


def objective(formula: Formula) -> Any:
    """The cost of what the scope's carers do: its travel, and the price or the place of each of its items."""
    weights, model = formula.problem.weights, formula.model
    terms: list[Any] = [weights.travel * sum(formula.travel)] if formula.travel else []
    for item, placed in formula.placed.items():
        terms.append(int(model.i_price[item]) * (1 - placed))
        if item in formula.start:
            terms += _late(formula, item) + _moved(formula, item) + _wishes(formula, item)
    for item in [*formula.placed, *formula.kept]:
        terms += _week_before(formula, item)
    return sum(terms)


def _late(formula: Formula, item: int) -> list[Any]:
    by = int(formula.model.i_by[item])
    if by >= FAR:
        return []
    cp, days = formula.cp, _days(formula, item)
    hours = cp.new_int_var(0, formula.model.days * DAY_MINUTES // HOUR + 1, "")
    for day, here in days.items():
        cp.add(HOUR * hours >= day * DAY_MINUTES + formula.start[item] - by).only_enforce_if(here)
    return [formula.problem.weights.late * hours]


def _days(formula: Formula, item: int) -> dict[int, Any]:
    return {day: formula.on[item, day] for day in range(formula.model.days) if (item, day) in formula.on}


def _moved(formula: Formula, item: int) -> list[Any]:
    was, start, weights, cp = (
        int(formula.model.i_was_day[item]),
        formula.start[item],
        formula.problem.weights,
        formula.cp,
    )
    if was < 0:
        return []
    days = _days(formula, item)
    terms: list[Any] = [weights.moved_day * here for day, here in days.items() if day != was]
    if was in days:
        moved = cp.new_bool_var("")
        cp.add(start == int(formula.model.i_was_start[item])).only_enforce_if(days[was], ~moved)
        terms.append(weights.moved_time * moved)
    return terms


def _wishes(formula: Formula, item: int) -> list[Any]:
    problem, cp = formula.problem, formula.cp
    task, weights = problem.tasks[formula.items[item].task], problem.weights
    if not task.wishes:
        return []
    off, terms = cp.new_bool_var(""), list[Any]()
    for day, here in _days(formula, item).items():
        today = [minute for weekday, minute in task.wishes if weekday == problem.horizon.weekday(day)]
        if not today:
            terms.append(weights.weekday * here)
        minutes = today or [minute for _, minute in task.wishes]
        if None not in minutes:
            steady = weights.steady_minutes
            near = cp_model.Domain.from_intervals([[m - steady, m + steady] for m in minutes if m is not None])
            cp.add_linear_expression_in_domain(formula.start[item], near).only_enforce_if(here, ~off)
    return [*terms, weights.time * off]


def _weekdays(formula: Formula, item: int) -> list[Any]:
    """By weekday whether the item stands on it."""
    first = formula.model.weekday
    if item in formula.placed:
        days = _days(formula, item)
        return [sum(here for day, here in days.items() if (first + day) % WEEK == k) for k in range(WEEK)]
    return [int((first + int(formula.state.day[item])) % WEEK == k) for k in range(WEEK)]


def _week_before(formula: Formula, item: int) -> list[Any]:
    """The price of another weekday or time than the item a week before."""
    cp, model, weights, state = formula.cp, formula.model, formula.problem.weights, formula.state
    partner = int(model.i_partner[item])
    if item in formula.placed and item not in formula.start:
        return []
    if partner == DONE:
        usual: Any = int(model.i_start0[item])
        theirs: list[Any] = [int((model.weekday + int(model.i_day0[item])) % WEEK == k) for k in range(WEEK)]
    elif partner in formula.start or partner in formula.kept:
        usual = formula.start[partner] if partner in formula.start else int(state.start[partner])
        theirs = _weekdays(formula, partner)
    else:
        return []
    ours, other_day, other_time = _weekdays(formula, item), cp.new_bool_var(""), cp.new_bool_var("")
    start = formula.start[item] if item in formula.start else int(state.start[item])
    both = [formula.placed[i] for i in (item, partner) if i in formula.placed]
    for k in range(WEEK):
        cp.add(ours[k] <= theirs[k] + other_day).only_enforce_if(both)
    cp.add(start - usual <= weights.steady_minutes).only_enforce_if([*both, ~other_time])
    cp.add(usual - start <= weights.steady_minutes).only_enforce_if([*both, ~other_time])
    return [weights.weekday * other_day, weights.time * other_time]
