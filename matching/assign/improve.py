"""From a first plan to a good one with a bound: prices, annealing at those prices, repair, windows solved exactly.

Small problems are annealed again and again, two searches at a time: a sequence that depends on the problem and the seed
alone, of which iterations or the clock say where it ends. Large ones are annealed once over two parts of the map, as
long as the time allows, and windows fill what is left of it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from matching.assign.dual import Prices, climb
from matching.assign.effort import Effort, effort, moves_of
from matching.assign.exact import Effort as Work
from matching.assign.exact import Outcome, solve_whole
from matching.assign.gap import near_enough
from matching.assign.model import Model
from matching.assign.polish import Polish
from matching.assign.repair import repair
from matching.assign.search import Landscape, Schedule, Search, run
from matching.limits import Watch
from matching.tables import Ints

SHORT_LIST = 20
# Which schedule suits differs from problem to problem by more than seeds do: hotter and softer starts where contracts
# bind, gentler penalties where towns are short of a service, cool ones for given pairs.
KINDS = (
    Schedule,
    partial(Schedule, hot=6.0, cold=0.02, soft=0.15),
    partial(Schedule, soft=0.1, hard=40.0),
    partial(Schedule, hot=0.5, cold=0.1, soft=1.0, hard=20.0),
)
AT_ONCE = 2
# Rounds of windows on a plan that is new, and on one that windows have been at before.
WINDOWS_ON_NEW, WINDOWS_ON_OLD = 10, 3
# Up to so many arcs CP-SAT tries for so many deterministic seconds to prove the plan of the first round best.
SMALL_ARCS, WORK_OF_PROOF = 5000, 1.0
# A long anneal shows feasible plans on its way, from this part of its chunks on.
SHOWN_FROM, SHOWN_EVERY = 50, 10


def improve(model: Model, chosen: Ints, watch: Watch) -> Outcome:
    """A plan no worse than the given one, with the Lagrangian bound."""
    plan = effort(model, watch.limits)
    prices = climb(model, plan.steps, watch)
    watch.bound = prices.bound
    best = _Best(model, chosen, watch)
    if not best.enough():
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            _Rounds(model, prices, best, plan, watch, pool).run()
    return Outcome(best.chosen, watch.bound, best.proven)


class _Best:
    """The best plan so far."""

    def __init__(self, model: Model, chosen: Ints, watch: Watch) -> None:
        self.model, self.chosen, self.watch = model, chosen, watch
        self.objective, self.share, self.proven = model.objective(chosen), 0.2, False

    def offer(self, chosen: Ints) -> int:
        """Keep a plan that is better; a plan that breaks limits is repaired first. The repaired plan's objective."""
        mended = repair(self.model, chosen)
        objective = self.model.objective(mended)
        if objective < self.objective:
            self.chosen, self.objective = mended, objective
            self.watch.objective = objective
            self.watch.tell("search", self.share)
        return objective

    def enough(self) -> bool:
        """True where no more work is wanted."""
        bound = float("-inf") if self.watch.bound is None else self.watch.bound
        return self.watch.over() or near_enough(self.model, self.objective, bound, self.watch)


class _Tried:
    """What each kind of schedule has reached: the best one goes on, beside one not yet tried or the next best."""

    def __init__(self) -> None:
        self.reached: dict[int, int] = {}

    def next(self, count: int) -> list[int]:
        """The kinds of the next `count` searches side by side."""
        fresh = [kind for kind in range(len(KINDS)) if kind not in self.reached]
        ranked = sorted(self.reached, key=lambda kind: (self.reached[kind], kind))
        return [*ranked[:1], *fresh, *ranked[1:]][:count]

    def note(self, kind: int, objective: int) -> None:
        """A search of a kind ended with a plan of this objective."""
        self.reached[kind] = min(objective, self.reached.get(kind, objective))


class _Rounds:
    """Rounds of annealing, each followed by windows on the best plan."""

    def __init__(
        self, model: Model, prices: Prices, best: _Best, plan: Effort, watch: Watch, pool: ThreadPoolExecutor
    ) -> None:
        self.model, self.best, self.plan, self.watch = model, best, plan, watch
        self.first = best.chosen
        self.land = Landscape(model, prices, best.chosen, SHORT_LIST)
        self.tried = _Tried()
        self.polish = Polish(model, self.land.arcs, watch.limits.seed, pool)

    def run(self) -> None:
        """Until the effort is spent, or as many rounds as are worth a try brought nothing."""
        idle = 0
        for turn in range(self.plan.rounds):
            before = self.best.objective
            self._anneal(turn)
            if self.best.enough() or self._proven(turn):
                return
            rounds = WINDOWS_ON_NEW if self.best.objective < before else WINDOWS_ON_OLD
            self._windows(self.plan.windows if self.plan.whole_map else rounds)
            idle = 0 if self.best.objective < before else idle + 1
            if self.best.enough() or idle > self.plan.patience:
                return

    def _proven(self, turn: int) -> bool:
        """Small problems, once: CP-SAT may prove a plan best, or find a better one."""
        if turn or self.model.arcs > SMALL_ARCS:
            return False
        work = WORK_OF_PROOF * min(1.0, self.watch.limits.seconds / 10)
        effort = Work(work, max(0.01, self.watch.left), self.watch.limits.seed, self.watch.over)
        whole = solve_whole(self.model, self.best.chosen, effort)
        self.best.offer(whole.chosen)
        self.watch.bound = max(whole.bound, self.watch.bound or whole.bound)
        self.best.proven = whole.proven
        return whole.proven

    def _windows(self, rounds: int) -> None:
        self.best.offer(self.polish.run(self.best.chosen, rounds, self.watch))

    def _anneal(self, turn: int) -> None:
        kinds = [0] if self.plan.whole_map else self.tried.next(AT_ONCE)
        self.best.share = self._share(turn)[0]
        seed = self.watch.limits.seed * 1009 + turn * AT_ONCE
        searches = [Search(self.land, self.first, seed + k) for k in range(len(kinds))]
        schedules = [KINDS[kind](moves_of(self.plan, turn)) for kind in kinds]
        run(searches, schedules, self.watch, self._share(turn), self.plan.anneal_until, self._show)
        for kind, search in zip(kinds, searches, strict=True):
            self.tried.note(kind, self.best.offer(search.chosen))

    def _show(self, searches: list[Search], at: int) -> None:
        if self.plan.whole_map and at >= SHOWN_FROM and at % SHOWN_EVERY == 0:
            for search in searches:
                self.best.offer(search.chosen)

    def _share(self, turn: int) -> tuple[float, float]:
        done = 0.2 + 0.8 * turn / self.plan.rounds if self.watch.limits.iterations else 0.2
        return done, min(1.0, done + 0.5)
