"""How far a plan is from the bound, in proportion to what any plan could avoid."""

from __future__ import annotations

from matching.assign.model import Model
from matching.limits import Watch


def near_enough(model: Model, objective: int, bound: float, watch: Watch) -> bool:
    """True where the gap asked for is reached; needs without any arc are what no plan can avoid."""
    hopeless = int(model.unserved[model.first[1:] == model.first[:-1]].sum())
    return objective - bound <= watch.limits.gap * (bound - hopeless)
