"""What OR-Tools adds to a found calendar: visits that the search could not place, and proofs where none can."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from matching.schedule.plan import Conflict
from matching.schedule.search.exact import Placement, Region, cheapest, conflict, most, worded
from matching.schedule.search.fits import fits
from matching.schedule.search.reasons import Reasons
from matching.schedule.search.scope import Scope, alone, around, carers_of, unplaced, weeks_of
from matching.schedule.search.steps import put, take
from matching.schedule.search.units import Units
from matching.tables import Ints

BATCH = 16
MOST_ITEMS = 220  # in one exact answer
SMALL, POLISH_WORK = 30, 0.1  # items of a unit that is polished, deterministic seconds for it
LEAST_SCOPES, SCOPES_PER_SECOND = 4, 5


def _scopes(region: Region, units: Units, reasons: Reasons, wide: bool) -> Iterator[Scope]:
    """One scope for each carer and weeks where a visit is missing that has some start at all; `wide`: whole units."""
    seen = set()
    for item in unplaced(region.model, region.state):
        if reasons.no_start(item) is not None:
            continue
        unit = units.items[units.of_carer[int(region.model.i_c1[item])]]
        carers, weeks = carers_of(region.model, item), weeks_of(region.problem, region.model, item)
        if wide:
            carers = frozenset(c for other in unit for c in carers_of(region.model, int(other)))
        if (carers, weeks) not in seen:
            seen.add((carers, weeks))
            scope = around(region.problem, region.model, region.state, unit, carers, weeks)
            if len(scope.free) <= MOST_ITEMS:
                yield scope


def _apply(region: Region, placement: Placement) -> None:
    """Move the scope's items to their new places if all fit the calendar as it is now and it gets cheaper."""
    model, state, free = region.model, region.state, placement.scope.free
    before = [(item, int(state.day[item]), int(state.start[item])) for item in free if state.day[item] >= 0]
    change, fitting = sum(take(model, state, item) for item, _, _ in before), True
    for item, day, start in placement.places:
        fitting = fitting and fits(model, state, day, item, start) == 0
        if fitting:
            change += put(model, state, item, day, start)
    if not fitting or change >= 0:
        for item in free:
            if state.day[item] >= 0:
                take(model, state, item)
        for item, day, start in before:
            put(model, state, item, day, start)


def polish(region: Region, units: Units, seed: int, scopes: int, deadline: float) -> None:
    """Let OR-Tools look for the cheapest calendar of small units, at most `scopes` of them."""
    weeks = frozenset(range(region.used.shape[1]))
    small = [unit for unit in units.items if 0 < len(unit) <= SMALL]
    for unit in small[:scopes]:
        if time.perf_counter() < deadline:
            carers = frozenset(c for item in unit for c in carers_of(region.model, int(item)))
            scope = around(region.problem, region.model, region.state, unit, carers, weeks)
            found = cheapest(region, scope, seed, POLISH_WORK).placement
            if found is not None:
                _apply(region, found)


def place_more(
    region: Region, units: Units, reasons: Reasons, seed: int, workers: int, scopes: int, deadline: float
) -> None:
    """Let OR-Tools place what the search left, week by week, at most `scopes` times."""
    wanted = list(_scopes(region, units, reasons, wide=False))[:scopes]
    with ThreadPoolExecutor(workers) as pool:
        for begin in range(0, len(wanted), BATCH):
            if time.perf_counter() > deadline:
                return
            batch = [
                around(region.problem, region.model, region.state, _unit(units, scope), scope.carers, scope.weeks)
                for scope in wanted[begin : begin + BATCH]
            ]
            for placement in list(pool.map(lambda scope: most(region, scope, seed), batch)):
                if placement is not None:
                    _apply(region, placement)


def _unit(units: Units, scope: Scope) -> Ints:
    return units.items[units.of_carer[min(scope.carers)]]


def conflicts(
    region: Region, units: Units, reasons: Reasons, seed: int, workers: int, scopes: int, deadline: float
) -> list[Conflict]:
    """Why visits have no day: proven by OR-Tools for at most `scopes` carers and weeks, else where the search ended."""
    found, told = [], set[int]()
    for item in unplaced(region.model, region.state):
        rule = reasons.no_start(item)
        if rule is not None:
            found.append(worded(region, (item,), (rule,), proven=True))
            told.add(item)
    wanted = [scope for wide in (False, True) for scope in _scopes(region, units, reasons, wide)][:scopes]
    with ThreadPoolExecutor(workers) as pool:
        for proofs in pool.map(lambda scope: _proofs(region, scope, seed, deadline), wanted):
            for proof, core in proofs:
                if not told.issuperset(core):
                    found.append(proof)
                told |= set(core)
    for item in unplaced(region.model, region.state):
        if item not in told:
            found.append(worded(region, (item,), (reasons.of(region.state, item),), proven=False))
    return found


def _proofs(region: Region, scope: Scope, seed: int, deadline: float) -> list[tuple[Conflict, tuple[int, ...]]]:
    """Conflicts of a scope by itself, one after the other, each without the missing visits of those before."""
    rest, found = alone(region.problem, region.model, scope), []
    while time.perf_counter() < deadline:
        proof = conflict(region, rest, seed, deadline)
        if proof is None:
            break
        found.append(proof)
        missing = {item for item in proof[1] if region.state.day[item] < 0}
        rest = Scope(tuple(i for i in rest.free if i not in missing), rest.kept, rest.carers, rest.weeks, strict=False)
    return found
