"""The soft term of even load: a carer costs more, the fuller it is, and faster the fuller (docs/decisions/0051).

No hard rule: it is part of the objective and of no pair's cost.
"""

from __future__ import annotations

from matching.problem import Problem
from matching.records import Carer

CODE = "even_load"


def weight(problem: Problem, carer: Carer) -> int:
    """What the carer costs when full; 0 where the problem does not ask for even load, or the carer has no time."""
    return problem.weights.even_load.get(carer.kind, 0) if carer.minutes_per_4_weeks else 0


def cost(weight: int, used: int, limit: int) -> int:
    """The carer's part of the objective: weight x (used / limit) squared, rounded down; minutes per 4 weeks."""
    return weight * used * used // (limit * limit) if weight and limit else 0
