"""One plan of one problem, prepared for many questions: its arcs, its account, and what is near what."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.assign.model import NONE, Model, build
from matching.assign.nearby import Nearby, NearEffort, Surroundings
from matching.candidates import Candidates, candidates
from matching.canonical import canonical
from matching.ledger import Ledger
from matching.limits import Limits, Watch
from matching.problem import Problem
from matching.solution import Solution
from matching.tables import Ints
from matching.values import ProblemError

if TYPE_CHECKING:
    from matching.assign.dual import Prices

# Steps of the dual ascent: enough for two figures of a price; fewer where a step takes long.
STEPS, STEPS_OF_ARCS = 300, 60_000_000
# One question's neighbourhood: twice the usual one finds clearly better plans on tight problems (decision 0049).
MOST_ARCS, WORK = 480, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A need that goes from one carer to another; None stands for nobody."""

    need: str
    before: str | None
    after: str | None


class Case:
    """A plan and its problem, shared by several questions; made once, seconds at 10,000 needs.

    `plan` is a Solution or {need id: carer id}; `partners`, where it is not a Solution, the second carers of needs that
    ask for two (they stay where another first carer is tried, if they may). Raises ProblemError for a plan that breaks
    a rule (see plan_check).
    """

    def __init__(
        self,
        problem: Problem,
        plan: Mapping[str, str] | Solution,
        *,
        partners: Mapping[str, str] | None = None,
        effort: NearEffort | None = None,
        seed: int = 1,
        priced: bool = True,
    ) -> None:
        """Find the candidates and the arcs of the plan; not `priced` saves the duals for a page in a hurry."""
        self.problem, self.seed, self._priced = canonical(problem), seed, priced
        self.effort = effort or NearEffort(arcs=MOST_ARCS, work=WORK, seed=seed)
        self.plan = dict(plan.plan if isinstance(plan, Solution) else plan)
        self.partners = dict(plan.partners if isinstance(plan, Solution) else partners or {})
        self.found: Candidates = candidates(self.problem)
        # Pairs that break a limit alone and limits that suffice for all count here: a question may raise the one and
        # add a pair to the other.
        self.model: Model = build(self.problem, self.found, whole=True)
        self.need_number = {need.id: number for number, need in enumerate(self.problem.needs)}
        self.carer_number = {carer.id: number for number, carer in enumerate(self.problem.carers)}
        self.chosen: Ints = self._arcs_of_plan()
        self.objective = self.model.objective(self.chosen)

    def _arcs_of_plan(self) -> Ints:
        chosen = np.full(self.model.needs, NONE, dtype=np.int64)
        for need, carer in self.plan.items():
            arc = self.arc(need, carer)
            if arc is None or self._team(arc) != {carer, self.partners.get(need, carer)}:
                raise ProblemError(f"assignment of {need}", "carer", f"{carer} may not serve it")
            chosen[self.need_number[need]] = arc
        if not self.model.feasible(chosen):
            raise ProblemError("plan", "", "breaks a limit")
        return chosen

    def arc(self, need: str, carer: str) -> int | None:
        """The arc of a pair, None where there is none."""
        number, wanted = self.need_number.get(need), self.carer_number.get(carer)
        if number is None or wanted is None:
            return None
        first, last = self.model.first[number], self.model.first[number + 1]
        at = int(first + np.searchsorted(self.model.carer[first:last], wanted))
        if self.problem.needs[number].carers > 1:
            return self._arc_of_team(int(first), int(last), wanted, self.carer_number.get(self.partners.get(need, "")))
        return at if at < last and self.model.carer[at] == wanted else None

    def _arc_of_team(self, first: int, last: int, carer: int, partner: int | None) -> int | None:
        """Of a need for two carers, the arc with this carer and the present second one, else the cheapest with this."""
        arcs = np.arange(first, last)
        one, other = self.model.carer[arcs], self.model.slot_carer[self.model.second_slot[arcs]]
        mine = (one == carer) | (other == carer)
        both = mine & ((one == partner) | (other == partner)) if partner not in (None, carer) else mine & False
        kept = arcs[both if both.any() else mine]
        return int(kept[np.argmin(self.model.cost[kept])]) if len(kept) else None

    def _team(self, arc: int) -> set[str]:
        """Who comes by an arc."""
        second = self.model.second_slot[arc]
        numbers = [self.model.carer[arc], *([] if second == NONE else [self.model.slot_carer[second]])]
        return {self.problem.carers[int(number)].id for number in numbers}

    @cached_property
    def ledger(self) -> Ledger:
        """The plan's account; who changes it for a question puts it back."""
        return Ledger(self.problem, self.plan, self.partners)

    @cached_property
    def prices(self) -> Prices:
        """What one unit of each limit is worth (matching.assign.dual), worked out once."""
        from matching.assign import warm  # numba is loaded only by those who ask
        from matching.assign.dual import climb

        warm.warm_up()
        steps = max(30, min(STEPS, STEPS_OF_ARCS // max(1, self.model.arcs)))
        return climb(self.model, steps, Watch(Limits(seconds=600.0, seed=self.seed), time.monotonic, None, None))

    @property
    def small(self) -> bool:
        """True where every question is answered by solving the whole problem again."""
        return self.model.arcs <= self.effort.arcs

    @cached_property
    def near(self) -> Surroundings:
        """What is near what."""
        return self.near_in(self.model)

    def near_in(self, model: Model) -> Surroundings:
        """What is near what in the plan's model or one patched from it.

        A problem small enough to be solved whole needs no prices, and a new line moves the numbers that they go by.
        """
        same = len(model.limit) == len(self.model.limit)
        return Surroundings(model, self.prices if same and self._priced and not self.small else None)

    def moves(self, found: Nearby, model: Model | None = None) -> tuple[Move, ...]:
        """Who changes: the needs that another plan gives to another carer, in the order of their ids."""
        carer = (model or self.model).carer
        changed = []
        for number in found.moved.tolist():
            need, arc = self.problem.needs[number].id, int(found.chosen[number])
            after = None if arc == NONE else self.problem.carers[int(carer[arc])].id
            changed.append(Move(need=need, before=self.plan.get(need), after=after))
        return tuple(changed)


def lost(moves: tuple[Move, ...]) -> tuple[str, ...]:
    """The needs that nobody would serve any more."""
    return tuple(move.need for move in moves if move.after is None)


def gained(moves: tuple[Move, ...]) -> int:
    """How many more needs would be served (fewer: negative)."""
    return sum(move.before is None for move in moves) - len(lost(moves))
