"""The order of work: a first plan, a bound, the search, the polish; small problems are solved whole and proven."""

from __future__ import annotations

from dataclasses import dataclass

from matching.assign.exact import Effort, solve_whole
from matching.assign.greedy import greedy
from matching.assign.model import Model
from matching.limits import Watch
from matching.tables import Ints

SMALL_ARCS = 3000


@dataclass(frozen=True, slots=True)
class Result:
    """The arc of each need, a proven lower bound (None where there is none), and whether the plan is proven best."""

    chosen: Ints
    bound: float | None
    proven: bool


def assign(model: Model, watch: Watch) -> Result:
    """The best plan found within the watch's limits."""
    chosen = greedy(model)
    watch.objective = model.objective(chosen)
    watch.tell("search", 0.1)
    if not model.arcs:
        return Result(chosen, float(watch.objective), proven=True)
    if model.arcs > SMALL_ARCS or watch.over():
        return Result(chosen, None, proven=False)
    outcome = solve_whole(model, chosen, Effort(watch.limits.seconds, watch.left, watch.limits.seed))
    return Result(outcome.chosen, outcome.bound if outcome.bound > float("-inf") else None, outcome.proven)
