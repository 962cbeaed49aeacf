"""Re-plan after events with few changes: the best plan for each number of moves, from none upwards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from matching.assign.model import NONE
from matching.door import engine_name
from matching.limits import Watch
from matching.problem import Problem
from matching.replan.curve import Replan, recommend
from matching.replan.events import Event, NeedMoves, OfferDeclined
from matching.replan.near import around
from matching.replan.points import Teller
from matching.replan.situation import Situation, situation
from matching.replan.trace import trace
from matching.tables import Bools

# Moves beyond the forced, per need that the events take or bring: what makes 1.3 changes for each orphan.
MOVES_PER_ORPHAN = 0.3
LEAST_BUDGET = 6


def solve(
    problem: Problem,
    plan: Mapping[str, str],
    events: Sequence[Event],
    budget: int | None,
    locked: Iterable[str],
    worth: float | None,
    keep_served: bool,
    watch: Watch,
) -> Replan:
    """What replan() promises, within the watch's limits."""
    watch.tell("candidates", 0.0)
    case = situation(problem, plan, events, locked, keep_served=keep_served)
    touched, freed = _touched(case, problem, plan, events)
    near = around(case, touched, freed)
    bereft = len(case.orphans) + case.forced + len(case.appeared)
    usual = max(LEAST_BUDGET, math.floor(MOVES_PER_ORPHAN * bereft))
    watch.tell("search", 0.2)
    curve = trace(case, near, usual if budget is None else budget, watch)
    teller = Teller(case)
    points = tuple(teller.point(plan.chosen, proven=plan.proven) for plan in curve)
    save = float(problem.weights.change_of_carer) if worth is None else worth
    watch.objective = points[-1].objective
    watch.tell("done", 1.0)
    return Replan(
        problem=case.problem,
        before=case.before,
        orphans=case.orphans,
        appeared=case.appeared,
        closed=case.closed,
        forced=case.forced,
        points=points,
        recommended=recommend(points, most=MOVES_PER_ORPHAN * bereft, worth=save, keep_served=keep_served),
        whole=near.whole,
        seconds=round(watch.seconds, 3),
        seed=watch.limits.seed,
        engine=engine_name(),
    )


def _touched(
    case: Situation, problem: Problem, plan: Mapping[str, str], events: Sequence[Event]
) -> tuple[Bools, Bools]:
    """Needs that the events concern and carers who have more room by them."""
    named = {orphan.need for orphan in case.orphans} | set(case.appeared)
    named |= {event.need for event in events if isinstance(event, NeedMoves | OfferDeclined)}
    touched = np.array([need.id in named for need in case.problem.needs], dtype=np.bool_)
    leaving = (case.stay != NONE) & (case.start == NONE)
    freed_ids = {carer for _, carer in case.closed} | {orphan.carer for orphan in case.orphans}
    freed_ids |= {plan[need] for need in named if need in plan}
    freed = np.array([carer.id in freed_ids for carer in case.problem.carers], dtype=np.bool_)
    freed[case.model.carer[case.stay[leaving]]] = True
    return touched | leaving, freed
