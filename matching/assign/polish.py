"""Large neighbourhood search: a few related carers and the needs around them are solved again, exactly, by CP-SAT."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from matching.assign.exact import Effort, Part
from matching.assign.gap import near_enough
from matching.assign.model import Model
from matching.limits import Watch
from matching.tables import Ints

# Arcs of one neighbourhood: as many as CP-SAT improves or proves in a fraction of a second.
MOST_ARCS = 300
WORK_EACH = 0.1
LIKELY_UNSERVED = 0.5


class Neighbours:
    """Which carers compete for the same needs, over the short list of arcs."""

    def __init__(self, model: Model, arcs: Ints) -> None:
        """`arcs` is the short list, sorted by need."""
        self.model, self.arcs = model, arcs
        pairs = sparse.csr_matrix(
            (np.ones(len(arcs)), (model.need[arcs], model.carer[arcs])), shape=(model.needs, model.carers)
        )
        self.shared = (pairs.T @ pairs).tocsr()
        self.first = np.searchsorted(model.need[arcs], np.arange(model.needs + 1))

    def around(self, chosen: Ints, random: np.random.Generator) -> tuple[Ints, Ints]:
        """Free needs and allowed arcs around a random need that somebody could serve."""
        seed = self._seed(chosen, random)
        carers, free, arcs = np.zeros(self.model.carers, dtype=np.bool_), np.zeros(0, np.int64), np.zeros(0, np.int64)
        for carer in self._related(seed, random):
            carers[carer] = True
            wider_free, wider_arcs = self._within(chosen, carers)
            if len(wider_arcs) > MOST_ARCS and len(arcs):
                break
            free, arcs = wider_free, wider_arcs
        return free, arcs

    def _seed(self, chosen: Ints, random: np.random.Generator) -> int:
        """A carer: of an unserved need's short list, or of any arc."""
        lost = chosen[self.model.need[self.arcs]] < 0
        pool = self.arcs[lost] if lost.any() and random.random() < LIKELY_UNSERVED else self.arcs
        return int(self.model.carer[pool[random.integers(len(pool))]])

    def _related(self, seed: int, random: np.random.Generator) -> list[int]:
        """The seed, then other carers in random order weighted by the needs they share with it."""
        row = self.shared.getrow(seed)
        others, weight = row.indices[row.indices != seed], row.data[row.indices != seed]
        keys = random.random(len(others)) ** (1.0 / weight)
        return [seed, *others[np.argsort(-keys, kind="stable")].tolist()]

    def _within(self, chosen: Ints, carers: np.ndarray) -> tuple[Ints, Ints]:
        """Needs of those carers or of nobody, and their short-listed arcs to those carers."""
        here = carers[self.model.carer[self.arcs]]
        now = chosen[self.model.need[self.arcs]]
        mine = here & ((now < 0) | carers[self.model.carer[now]])
        arcs = self.arcs[mine]
        return np.unique(self.model.need[arcs]), arcs


def polish(model: Model, chosen: Ints, arcs: Ints, work: float, watch: Watch, share: tuple[float, float]) -> Ints:
    """Improve a plan neighbourhood by neighbourhood within `work` deterministic seconds."""
    random, best = np.random.default_rng(watch.limits.seed), chosen
    order = np.lexsort((model.carer[arcs], model.need[arcs]))
    around = Neighbours(model, arcs[order])
    rounds = int(work / WORK_EACH)
    for turn in range(rounds):
        bound = float("-inf") if watch.bound is None else watch.bound
        if watch.over() or near_enough(model, model.objective(best), bound, watch):
            break
        free, options = around.around(best, random)
        effort = Effort(WORK_EACH, max(0.01, watch.left), int(random.integers(2**31)))
        best = Part(model, best, free, options).solve(effort).chosen
        watch.objective = model.objective(best)
        watch.tell("polish", share[0] + (share[1] - share[0]) * (turn + 1) / rounds)
    return best
