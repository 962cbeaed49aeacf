"""Large neighbourhood search: carers who compete for the same needs, and all their needs, are solved again together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from matching.assign.gap import near_enough
from matching.assign.mip import Window, Work, solve_window
from matching.assign.model import Model
from matching.limits import Watch
from matching.tables import Bools, Ints

# Arcs of one window to begin with; it grows while windows are easy for SCIP, and shrinks where they are not.
ARCS, LEAST_ARCS, MOST_ARCS = 180, 60, 600
GROW, SHRINK = 1.02, 0.85
NODES = 50
# A window looks at so many arcs of each need, those that are cheapest at the prices: fewer arcs, more carers at once.
DEPTHS = (3, 4, 6, 10)
LIKELY_UNSERVED = 0.6
# Windows of a round, of which two are solved at the same time: several even out that some take longer.
OF_A_ROUND, TRIES = 4, 8


class Neighbours:
    """Which carers compete for the same needs, over the short list of arcs."""

    def __init__(self, model: Model, arcs: Ints) -> None:
        """`arcs` are arcs of the model by need, the most promising ones of each first."""
        self.model = model
        self.arcs = arcs[np.lexsort((model.carer[arcs], model.need[arcs]))]
        self.rank = np.zeros(model.arcs, dtype=np.int64)
        self.rank[arcs] = np.arange(len(arcs)) - np.searchsorted(model.need[arcs], model.need[arcs])
        pairs = sparse.csr_matrix(
            (np.ones(len(arcs)), (model.need[self.arcs], model.carer[self.arcs])), shape=(model.needs, model.carers)
        )
        self.shared = (pairs.T @ pairs).tocsr()
        self.first = np.searchsorted(model.need[self.arcs], np.arange(model.needs + 1))
        by_carer = np.argsort(model.carer[self.arcs], kind="stable")
        self.of_carer = self.arcs[by_carer]
        self.first_of = np.searchsorted(model.carer[self.of_carer], np.arange(model.carers + 1))

    def window(self, chosen: Ints, taken: Bools, most: float, random: np.random.Generator) -> Window:
        """A window around a random need, among carers who are not `taken` and of needs that are nobody else's."""
        inside = np.zeros(self.model.carers, dtype=np.bool_)
        depth = DEPTHS[int(random.integers(len(DEPTHS)))]
        best = Window(np.zeros(0, np.int64), np.zeros(0, np.int64))
        for carer in self._related(self._seed(chosen, random), random):
            if taken[carer]:
                continue
            inside[carer] = True
            arcs = self._within(chosen, inside, depth)
            if len(arcs) > most and len(best.arcs):
                break
            best = Window(np.unique(self.model.need[arcs]), arcs)
            if len(arcs) > most:
                break
        return best

    def _seed(self, chosen: Ints, random: np.random.Generator) -> int:
        """A carer: of an unserved need's short list, or of any arc."""
        lost = np.flatnonzero((chosen < 0) & (np.diff(self.first) > 0))
        if len(lost) and random.random() < LIKELY_UNSERVED:
            need = lost[random.integers(len(lost))]
            at = random.integers(self.first[need], self.first[need + 1])
        else:
            at = random.integers(len(self.arcs))
        return int(self.model.carer[self.arcs[at]])

    def _related(self, seed: int, random: np.random.Generator) -> list[int]:
        """The seed, then other carers in random order weighted by the needs they share with it."""
        row = self.shared.getrow(seed)
        others, weight = row.indices[row.indices != seed], row.data[row.indices != seed]
        keys = random.random(len(others)) ** (1.0 / weight)
        return [seed, *others[np.argsort(-keys, kind="stable")].tolist()]

    def _within(self, chosen: Ints, inside: Bools, depth: int) -> Ints:
        """The `depth` best arcs of needs that carers inside or nobody serve, and present ones, all to carers inside."""
        spans = [self.of_carer[self.first_of[c] : self.first_of[c + 1]] for c in np.flatnonzero(inside).tolist()]
        arcs = np.concatenate(spans)
        now, second = chosen[self.model.need[arcs]], self.model.second_slot[arcs]
        kept = (now < 0) | inside[self.model.carer[now]]
        kept &= (second < 0) | inside[self.model.slot_carer[second]]
        kept &= (self.rank[arcs] < depth) | (now == arcs)
        return np.sort(arcs[kept])


class Polish:
    """Improves a plan window by window, a few at a time; goes on where it stopped."""

    def __init__(self, model: Model, arcs: Ints, seed: int, pool: ThreadPoolExecutor) -> None:
        """`arcs` may be used: those of a need together, the most promising first; `seed` fixes the windows."""
        self.model, self.around, self.pool = model, Neighbours(model, arcs), pool
        self.random, self.size = np.random.default_rng(seed), float(ARCS)

    def run(self, chosen: Ints, rounds: int, watch: Watch) -> Ints:
        """A plan no worse, after `rounds` rounds of windows or when the watch ends it."""
        best = chosen
        for _ in range(rounds):
            bound = float("-inf") if watch.bound is None else watch.bound
            if watch.over() or near_enough(self.model, self.model.objective(best), bound, watch):
                break
            best = self._round(best, watch.left)
            watch.objective = self.model.objective(best)
        return best

    def _round(self, chosen: Ints, left: float) -> Ints:
        """Windows that share no carer and no need, each solved from the same plan, put together in order."""
        windows = self._windows(chosen)
        works = [Work(NODES, int(self.random.integers(2**30)), left) for _ in windows]
        solved = self.pool.map(lambda window, work: solve_window(self.model, chosen, window, work), windows, works)
        best = chosen
        for window, (found, easy) in zip(windows, solved, strict=True):
            self.size = min(MOST_ARCS, self.size * GROW) if easy else max(LEAST_ARCS, self.size * SHRINK)
            both = best.copy()
            both[window.free] = found[window.free]
            if self.model.objective(both) <= self.model.objective(best) and self.model.feasible(both):
                best = both
        return best

    def _windows(self, chosen: Ints) -> list[Window]:
        taken, windows = np.zeros(self.model.carers, dtype=np.bool_), []
        needs_taken = np.zeros(self.model.needs, dtype=np.bool_)
        for _ in range(TRIES):
            window = self.around.window(chosen, taken, self.size, self.random)
            arcs = window.arcs[~needs_taken[self.model.need[window.arcs]]]
            if len(arcs):
                window = Window(np.unique(self.model.need[arcs]), arcs)
                windows.append(window)
                needs_taken[window.free] = True
                taken[self.model.carer[arcs]] = True
                held = chosen[window.free]
                taken[self.model.carer[held[held >= 0]]] = True
            if len(windows) == OF_A_ROUND:
                break
        return windows
