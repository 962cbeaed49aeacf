"""OR-Tools' answers about a scope: the most that can be placed, and which rules leave no calendar."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ortools.sat.python import cp_model

from matching.schedule.plan import Conflict
from matching.schedule.problem import CalendarProblem
from matching.schedule.search.formula import Formula
from matching.schedule.search.formula_cost import objective
from matching.schedule.search.model import Model, State
from matching.schedule.search.scope import Scope, carers_of
from matching.schedule.search.tables import Item
from matching.tables import Ints
from matching.values import DAY_MINUTES

# The order in which rules are tried to be left out: those that explain best go last and so stay.
LEAVE_OUT = (
    "household",
    "break",
    "travel",
    "fixed",
    "two_carers",
    "daily_visits",
    "holiday",
    "spacing",
    "household_windows",
    "leave",
    "overlap",
    "daily_limit",
    "weekly_limit",
    "carer_windows",
)
REPAIR_WORK, PROOF_WORK, RULE_WORK = 0.4, 0.6, 0.2  # deterministic seconds
MOST_CORE = 12


@dataclass(frozen=True, slots=True)
class Region:
    """A problem with its arrays and the calendar as it stands."""

    problem: CalendarProblem
    model: Model
    items: list[Item]
    state: State
    used: Ints


class Placement(NamedTuple):
    """Where OR-Tools puts the free items of a scope: (item, day, start)."""

    scope: Scope
    places: list[tuple[int, int, int]]


def _solver(work: float, seed: int) -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    return solver


def formula(region: Region, scope: Scope, ignore: frozenset[str] = frozenset()) -> Formula:
    """The model of a scope."""
    return Formula(region.problem, region.model, region.items, region.state, region.used, scope, ignore)


def most(region: Region, scope: Scope, seed: int, work: float = REPAIR_WORK) -> Placement | None:
    """The dearest set of the scope's items that can be placed together, if it is dearer than what stands."""
    built, state, model = formula(region, scope), region.state, region.model
    for (item, day), here in built.on.items():
        built.cp.add_hint(here, int(state.day[item] == day))
    now = sum(int(model.i_price[item]) for item in scope.free if state.day[item] >= 0)
    value = sum(int(model.i_price[item]) * placed for item, placed in built.placed.items())
    built.cp.add(value >= now + 1)
    built.cp.maximize(value)
    solver = _solver(work, seed)
    if solver.solve(built.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    places = [
        (item, day, int(solver.value(built.start[item])))
        for (item, day), here in built.on.items()
        if solver.boolean_value(here)
    ]
    return Placement(scope, places)


def _impossible(region: Region, scope: Scope, ignore: frozenset[str], seed: int, work: float) -> list[int] | None:
    """Free items that cannot all be placed, as few as the solver's assumptions tell; None if nothing is proven."""
    built, wanted = formula(region, scope, ignore), set(scope.free)
    named = {placed.index: item for item, placed in built.placed.items() if item in wanted}
    for item, placed in built.placed.items():
        if item not in wanted:  # an agreed visit that may move
            built.cp.add(placed == 1)
    built.cp.add_assumptions([built.placed[item] for item in named.values()])
    solver = _solver(work, seed)
    if solver.solve(built.cp) != cp_model.INFEASIBLE:
        return None
    core = [named[index] for index in solver.sufficient_assumptions_for_infeasibility() if index in named]
    return sorted(core) or sorted(wanted)


def _fewest(region: Region, scope: Scope, seed: int, deadline: float) -> Scope:
    """Leave out one item after the other as long as the rest still has no calendar."""
    core = scope.free
    for item in scope.free if len(core) <= MOST_CORE else ():
        if time.perf_counter() > deadline:
            break
        rest = replace(scope, free=tuple(other for other in core if other != item))
        if item in core and _impossible(region, rest, frozenset(), seed, RULE_WORK) is not None:
            core = rest.free
    return replace(scope, free=core)


def conflict(region: Region, scope: Scope, seed: int, deadline: float) -> tuple[Conflict, tuple[int, ...]] | None:
    """Which rules together leave no calendar for which items of a scope by itself; None where nothing is proven.

    First the items are made few, then one rule after the other is left out as long as there is still no calendar;
    after the `deadline` (perf_counter) they stay as they are.
    """
    core = _impossible(region, scope, frozenset(), seed, PROOF_WORK)
    if core is None:
        return None
    small = _fewest(region, replace(scope, free=tuple(core)), seed, deadline)
    ignore: frozenset[str] = frozenset()
    for rule in LEAVE_OUT:
        if time.perf_counter() < deadline and _impossible(region, small, ignore | {rule}, seed, RULE_WORK) is not None:
            ignore |= {rule}
    rules = tuple(rule for rule in LEAVE_OUT if rule not in ignore) or ("due",)
    return worded(region, small.free, rules, proven=True), small.free


def worded(region: Region, core: tuple[int, ...], rules: tuple[str, ...], *, proven: bool) -> Conflict:
    """A conflict about these items: their carers, tasks and days."""
    problem, model, days = region.problem, region.model, set[int]()
    for item in core:
        first = max(0, int(model.i_first[item]) // DAY_MINUTES)
        days |= set(range(first, min(model.days - 1, (int(model.i_end[item]) - 1) // DAY_MINUTES) + 1))
    return Conflict(
        carers=tuple(sorted({problem.carers[carer].id for item in core for carer in carers_of(model, item)})),
        rules=rules,
        tasks=tuple(sorted({problem.tasks[region.items[item].task].id for item in core})),
        days=tuple(sorted(days)),
        proven=proven,
    )


class Optimum(NamedTuple):
    """The cheapest places OR-Tools found for a scope, their cost, and a proven lower bound of it."""

    placement: Placement | None
    cost: float
    bound: float


def cheapest(region: Region, scope: Scope, seed: int, work: float, workers: int = 1) -> Optimum:
    """The scope's best calendar by the whole objective; `work` are deterministic seconds."""
    built, state = formula(region, scope), region.state
    for (item, day), here in built.on.items():
        built.cp.add_hint(here, int(state.day[item] == day))
    built.cp.minimize(objective(built))
    solver = _solver(work, seed)
    solver.parameters.num_workers = workers
    if solver.solve(built.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Optimum(None, float("inf"), solver.best_objective_bound)
    places = [
        (item, day, int(solver.value(built.start[item])))
        for (item, day), here in built.on.items()
        if solver.boolean_value(here)
    ]
    return Optimum(Placement(scope, places), solver.objective_value, solver.best_objective_bound)
