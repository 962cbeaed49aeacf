"""From a first plan to a good one with a bound: prices, annealing at those prices, repair, exact polish."""

from __future__ import annotations

from matching.assign.dual import climb
from matching.assign.effort import effort
from matching.assign.exact import Outcome
from matching.assign.gap import near_enough
from matching.assign.model import Model
from matching.assign.polish import polish
from matching.assign.repair import repair
from matching.assign.search import Schedule, Search
from matching.limits import Watch
from matching.tables import Ints

SHORT_LIST = 12


def improve(model: Model, chosen: Ints, watch: Watch) -> Outcome:
    """A plan no worse than the given one, with the Lagrangian bound."""
    plan = effort(model, watch.limits.seconds)
    prices = climb(model, plan.steps, watch)
    watch.bound = prices.bound
    if near_enough(model, model.objective(chosen), prices.bound, watch):
        return Outcome(chosen, prices.bound, proven=False)
    search = Search(model, prices, chosen, SHORT_LIST)
    if not watch.over():
        search.run(Schedule(plan.moves), watch, (0.2, 0.7))
    found = _better(model, chosen, repair(model, search.chosen))
    watch.objective = model.objective(found)
    if not watch.over():
        found = polish(model, found, search.arcs, plan.work, watch, (0.7, 1.0))
    return Outcome(found, prices.bound, proven=False)


def _better(model: Model, one: Ints, other: Ints) -> Ints:
    return other if model.objective(other) <= model.objective(one) else one
