"""The true optimum of a middling problem by HiGHS over an integer programme: another model, another solver."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from matching import Problem
from tests.matching.brute import room_of, ways


class Rows:
    """The rows of an integer programme: sum of coefficients times variables at most so much."""

    def __init__(self) -> None:
        """No rows yet."""
        self.entries: list[tuple[int, int, float]] = []
        self.most: list[float] = []

    def add(self, terms: list[tuple[int, float]], most: float) -> None:
        """One row."""
        self.entries += [(len(self.most), variable, amount) for variable, amount in terms]
        self.most.append(most)

    def constraint(self, variables: int) -> LinearConstraint:
        """All rows."""
        row, column, amount = zip(*self.entries, strict=True)
        matrix = coo_array((amount, (row, column)), shape=(len(self.most), variables))
        return LinearConstraint(matrix.tocsr(), -np.inf, self.most)


def highs_optimum(problem: Problem) -> int:
    """The least objective of all plans; numbers must be of usual size (HiGHS works with tolerances).

    The problem must not ask for even load, which is not linear.
    """
    found = [(need, way) for need, each in enumerate(ways(problem)) for way in each]
    unserved = [problem.weights.unserved[need.priority] for need in problem.needs]
    visits = {(carer, way.household) for _, way in found for carer in way.carers}
    home = {key: len(found) + at for at, key in enumerate(sorted(visits))}
    variables, rows, room = len(found) + len(home), Rows(), room_of(problem)
    if not variables:
        return sum(unserved)
    by_need, by_limit, by_carer = defaultdict(list), defaultdict(list), defaultdict(list)
    for at, (need, way) in enumerate(found):
        by_need[need].append((at, 1.0))
        for carer in way.carers:
            rows.add([(at, 1.0), (home[carer, way.household], -1.0)], 0)
        for key, amount in way.draws.items():
            by_limit[key].append((at, float(amount)))
    for (carer, _), at in home.items():
        by_carer[carer].append((at, 1.0))
    for terms in by_need.values():
        rows.add(terms, 1)
    for key, terms in by_limit.items():
        if key in room:
            rows.add(terms, room[key])
    for carer, terms in by_carer.items():
        rows.add(terms, problem.carer_of[carer].max_households)
    gains = [way.cost - unserved[need] for need, way in found] + [0] * len(home)
    result = milp(
        gains,
        constraints=rows.constraint(variables),
        integrality=np.ones(variables, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if not result.success:
        raise RuntimeError(result.message)
    return sum(unserved) + round(result.fun)
