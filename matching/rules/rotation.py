"""The soft term of rotation: newcomers learn beside experienced carers (docs/decisions/0051).

No hard rule: a served need of two carers costs the weight where a newcomer may serve it but none does. It is part of
the objective and of no pair's cost.
"""

from __future__ import annotations

from matching.problem import Problem
from matching.tables import Bools, Ints

CODE = "rotation"


def costs(problem: Problem, newcomers_may: Bools, without_newcomer: Bools) -> Ints:
    """The term of each pair of carers: `newcomers_may` serve its need, and it is made `without_newcomer`."""
    found: Ints = problem.weights.rotation * (newcomers_may & without_newcomer)
    return found
