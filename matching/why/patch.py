"""The model of a relaxed problem, made from the plan's own: other limits, and at most one pair more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matching.assign.model import NONE, Model, draws
from matching.candidates import Candidates
from matching.measure import measure
from matching.plan_check import allowed
from matching.problem import Problem
from matching.tables import Ints
from matching.why.case import Case


def patched(case: Case, problem: Problem, pair: tuple[str, str]) -> tuple[Model, Ints, int | None]:
    """The model under the limits of `problem`, the plan in it, and the arc of a pair (need id, carer id).

    `problem` has the needs, carers, organisations and limits of the case's, in the same order; lines may have been
    added at the end. The pair's arc is added where there was none; None where the pair still breaks a rule of
    `problem`. Other pairs that the relaxed problem allows as well are left out: a plan found here is one of the relaxed
    problem, and at most too careful.
    """
    row = _row(case, problem, pair)
    if row is None or problem.need_of[pair[0]].carers > 1:  # one carer more is not enough
        return case.model, case.chosen, None
    resource, amount, limit = draws(problem, row)
    homes = np.array([c.max_households for c in problem.carers], dtype=np.int64)
    model = replace(
        case.model,
        resource=_renumbered(case, problem),
        limit=limit,
        homes_limit=np.minimum(homes, case.model.needs + 1),
    )
    arc = case.arc(*pair)
    if arc is not None:
        return model, case.chosen, arc
    if not allowed(problem, problem.need_of[pair[0]], problem.carer_of[pair[1]]):
        return model, case.chosen, None
    return _with_arc(model, case.chosen, row, resource[0], amount[0])


def _row(case: Case, problem: Problem, pair: tuple[str, str]) -> Candidates | None:
    need, carer = problem.need_of[pair[0]], problem.carer_of[pair[1]]
    numbers = measure(problem, need, carer)
    if numbers is None:
        return None
    at = (case.need_number[need.id], case.carer_number[carer.id], numbers.cost, numbers.load, numbers.fen)
    number, person, cost, load, fen = (np.array([value], dtype=np.int64) for value in at)
    return Candidates(number, person, np.full(1, np.nan), cost, load, fen, {})


def _renumbered(case: Case, problem: Problem) -> Ints:
    """A line more moves the numbers of the shared limits, which come after the lines."""
    more = 0 if problem.given_pairs else len(problem.contract_lines) - len(case.problem.contract_lines)
    if not more:
        return case.model.resource
    lines = len(case.problem.carers) + len(case.problem.organisations) + len(case.problem.contract_lines)
    return np.where(case.model.resource >= lines, case.model.resource + more, case.model.resource)


def _with_arc(model: Model, chosen: Ints, row: Candidates, resource: Ints, amount: Ints) -> tuple[Model, Ints, int]:
    need, carer = int(row.need[0]), int(row.carer[0])
    at, width = int(model.first[need + 1]), max(len(resource), model.resource.shape[1])
    slots = np.flatnonzero((model.slot_carer == carer) & (model.slot_home == model.home[need]))
    slot = int(slots[0]) if len(slots) else len(model.slot_carer)
    fresh = [] if len(slots) else [slot]
    grown = replace(
        model,
        first=model.first + (np.arange(model.needs + 1) > need),
        need=np.insert(model.need, at, need),
        carer=np.insert(model.carer, at, carer),
        cost=np.insert(model.cost, at, row.cost[0]),
        resource=np.insert(
            _widened(model.resource, width, NONE), at, np.append(resource, [NONE] * (width - len(resource))), 0
        ),
        amount=np.insert(_widened(model.amount, width, 0), at, np.append(amount, [0] * (width - len(amount))), 0),
        slot=np.insert(model.slot, at, slot),
        slot_carer=np.append(model.slot_carer, [carer] * len(fresh)).astype(np.int64),
        slot_home=np.append(model.slot_home, [model.home[need]] * len(fresh)).astype(np.int64),
        origin=np.insert(model.origin, at, NONE),
        second_slot=np.insert(model.second_slot, at, NONE),
    )
    return grown, chosen + (chosen >= at), at


def _widened(table: Ints, width: int, fill: int) -> Ints:
    missing = width - table.shape[1]
    return np.hstack([table, np.full((len(table), missing), fill, dtype=np.int64)]) if missing else table
