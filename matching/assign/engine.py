"""The order of work: a first plan, a bound, the search, the polish; small problems are solved whole and proven."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matching.assign.exact import Effort, Outcome, solve_whole
from matching.assign.greedy import greedy
from matching.assign.model import Model
from matching.assign.repair import repair
from matching.limits import Watch
from matching.problem import Problem
from matching.tables import Ints

# Up to so many arcs CP-SAT proves the best plan at once.
TINY_ARCS = 400
# CP-SAT's deterministic seconds after which a tiny problem is left to the search.
MOST_WORK = 5.0


@dataclass(frozen=True, slots=True)
class Result:
    """The arc of each need, a proven lower bound (None where there is none), and whether the plan is proven best."""

    chosen: Ints
    bound: float | None
    proven: bool


def prepare(problem: Problem) -> None:
    """Load what a problem of this size will need; compiling on first use is not part of a run's time."""
    if len(problem.needs) * len(problem.carers) > TINY_ARCS:
        from matching.assign import warm

        warm.warm_up()


def assign(model: Model, watch: Watch, start: Ints | None = None) -> Result:
    """The best plan found within the watch's limits; `start` is a plan to set out from, mended where it breaks some."""
    chosen = greedy(model)
    if start is not None:
        chosen = min(chosen, repair(model, start), key=model.objective)
    watch.objective = model.objective(chosen)
    watch.tell("search", 0.05)
    if not model.arcs:
        return Result(chosen, float(watch.objective), proven=True)
    if model.arcs <= TINY_ARCS and not watch.over():
        outcome = solve_whole(model, chosen, _effort(watch, 0.5))
        if outcome.proven:
            return Result(outcome.chosen, outcome.bound, proven=True)
        chosen = outcome.chosen
    from matching.assign import improve  # numba is loaded only for problems that need it

    return _close(model, improve.improve(model, chosen, watch))


def _effort(watch: Watch, share: float) -> Effort:
    return Effort(min(MOST_WORK, share * watch.limits.seconds), max(0.01, watch.left), watch.limits.seed, watch.over)


def _close(model: Model, found: Outcome) -> Result:
    objective = model.objective(found.chosen)
    proven = found.proven or math.ceil(found.bound - 1e-6) >= objective
    return Result(found.chosen, float(objective) if proven else found.bound, proven)
