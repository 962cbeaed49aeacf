"""What a plan uses of every limit: the running account behind rules 7-10 and shared limits in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from matching.measure import Measure, measure
from matching.problem import Problem
from matching.records import Carer, Need


class Ledger:
    """Use of carers, households, organisations and contract lines by a plan {need id: carer id}.

    `partners` {need id: carer id} are the second carers of needs that ask for two.
    Pairs unknown to the problem are left out (see `unknown`); rules 9 and 10 are not counted where pairs are given.
    """

    def __init__(self, problem: Problem, plan: Mapping[str, str], partners: Mapping[str, str] | None = None) -> None:
        """Count the plan from nothing; O(assignments)."""
        self.problem = problem
        self.carer_of: dict[str, str] = {}
        self.partner_of: dict[str, str] = {}
        self.load: Counter[str] = Counter()
        self.homes: dict[str, Counter[str]] = {carer.id: Counter() for carer in problem.carers}
        self.organisation_minutes: Counter[str] = Counter()
        self.line_visits: Counter[tuple[str, str]] = Counter()
        self.line_fen: Counter[tuple[str, str]] = Counter()
        self.limit_visits: Counter[str] = Counter()
        self.limit_fen: Counter[str] = Counter()
        self._measures: dict[tuple[str, str], Measure | None] = {}
        second = partners or {}
        for need, carer in plan.items():
            self.add(need, carer, *([second[need]] if need in second else []))

    def measure(self, need: Need, carer: Carer) -> Measure | None:
        """The pair's numbers, remembered."""
        key = (need.id, carer.id)
        if key not in self._measures:
            self._measures[key] = measure(self.problem, need, carer)
        return self._measures[key]

    def add(self, need_id: str, carer_id: str, *partner: str) -> None:
        """Give a need to a carer, or two; a pair the problem does not know changes nothing."""
        if self._count(need_id, carer_id, 1):
            self.carer_of[need_id] = carer_id
        for other in partner:
            if self._count(need_id, other, 1):
                self.partner_of[need_id] = other

    def remove(self, need_id: str) -> tuple[str, ...]:
        """Take a need away from its carers, whom it returns: `add` gives it back to them."""
        served = [of.pop(need_id, None) for of in (self.carer_of, self.partner_of)]
        team = tuple(carer for carer in served if carer is not None)
        for carer in team:
            self._count(need_id, carer, -1)
        return team

    def _count(self, need_id: str, carer_id: str, sign: int) -> bool:
        need, carer = self.problem.need_of.get(need_id), self.problem.carer_of.get(carer_id)
        found = None if need is None or carer is None else self.measure(need, carer)
        if need is None or carer is None or found is None:
            return False
        self.load[carer_id] += sign * found.load
        homes = self.homes[carer_id]
        homes[need.household] += sign
        if not homes[need.household]:
            del homes[need.household]
        if not self.problem.given_pairs and carer.kind == "worker" and carer.organisation is not None:
            self.organisation_minutes[carer.organisation] += sign * need.visits * need.minutes
            key = (carer.organisation, need.service)
            self.line_visits[key] += sign * need.visits
            self.line_fen[key] += sign * found.fen
            for limit in self.problem.limits_for(need, carer):
                self.limit_visits[limit.id] += sign * need.visits
                self.limit_fen[limit.id] += sign * found.fen
        return True
