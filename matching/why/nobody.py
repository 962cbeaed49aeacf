"""Why nobody: the rules with the carers left after each, and the cheapest changes, each verified by solving again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.assign.model import NONE, Model
from matching.assign.nearby import Nearby, Surroundings, reoptimise
from matching.plan_check import find_need
from matching.records import Need
from matching.tables import Ints
from matching.unserved import blocks_of, carers_left, judged_carers, reason_of
from matching.values import ProblemError
from matching.why.case import Case, Move, gained, lost
from matching.why.easing import Easing, EasingCosts
from matching.why.options import Option, Steps, options, smaller, units
from matching.why.patch import patched
from matching.why.relax import relaxed

# To serve the need counts more than any cost nearby; that nobody who weighs as much loses the carer counts still more.
SERVE, KEEP = 2**8, 2**13
LIMITS = ("capacity", "households", "organisation", "line_visits", "line_fen", "limit_visits", "limit_fen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """An easing and the plan that was found with it, near the need and with the rest as it is.

    `verified`: the need is served, by `served_by`, the whole plan is better (`plan_difference` < 0), and nobody of the
    same or a higher weight loses the carer. `served` more needs have one, `moves` change (without the need itself),
    `lost` (less weighty ones) stay without. `first_choice`: solved without insisting on this need, the relaxed problem
    serves it too; else a what-if run may use the room for another one.
    """

    easing: Easing
    verified: bool
    plan_difference: int
    served_by: str | None
    served: int
    moves: tuple[Move, ...]
    lost: tuple[str, ...]
    first_choice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNobody:
    """`reason` and `carers_left` as in matching.unserved; then what would serve the need.

    `rearranged`, where it is not None, does so without any change of the problem: the plan was not the best.
    `easings` are verified, the cheapest first, single changes before combined ones, changes without a size last;
    `unverified` are those that did not hold when they were solved again.
    """

    need: str
    reason: str
    carers: int
    carers_left: Mapping[str, int]
    rearranged: Verified | None
    easings: tuple[Verified, ...]
    unverified: tuple[Easing, ...]


def why_nobodies(
    case: Case, needs: Iterable[str], *, costs: EasingCosts | None = None, tried: int = 6
) -> list[WhyNobody]:
    """why_nobody for several needs that share the case."""
    return [why_nobody(case, need, costs=costs, tried=tried) for need in needs]


def why_nobody(case: Case, need_id: str, *, costs: EasingCosts | None = None, tried: int = 6) -> WhyNobody:
    """Why the plan leaves a need out, and what would serve it: the `tried` cheapest changes are solved again.

    Raises ProblemError for an unknown need and for one that the plan serves. About a second at 10,000 needs.
    """
    need, rates = find_need(case.problem, need_id), costs or EasingCosts()
    if need_id in case.plan:
        raise ProblemError(f"need {need_id}", "", "is served by the plan")
    judged = judged_carers(case.problem, need)
    left = carers_left(case.problem, judged)
    able = [carer for carer, found in judged if all(finding.ok for finding in found)]
    trials = _Trials(case, need, rates)
    listed, failed = trials.run(options(case.problem, case.ledger, need), tried)
    return WhyNobody(
        need=need_id,
        reason=reason_of(case.problem, need, left, [(c, blocks_of(case.ledger, need, c)) for c in able]),
        carers=len(case.problem.carers),
        carers_left=left,
        rearranged=trials.rearranged(),
        easings=tuple(listed),
        unverified=tuple(failed),
    )


def verify(case: Case, easing: Easing, *, costs: EasingCosts | None = None) -> Verified:
    """One easing solved again near its need: what a what-if's plan is made of. Raises ProblemError for strangers and
    for a need that the plan serves."""
    need = find_need(case.problem, easing.need)
    if easing.need in case.plan:
        raise ProblemError(f"need {easing.need}", "", "is served by the plan")
    return _Trials(case, need, costs or EasingCosts()).verify(easing)


class _Trials:
    """Easings of one need, tried by solving again: many, so with half the effort of one question."""

    def __init__(self, case: Case, need: Need, costs: EasingCosts) -> None:
        self.case, self.need, self.costs = case, need, costs
        half = replace(case.effort, arcs=case.effort.arcs // 2, work=case.effort.work / 2)
        self.effort = case.effort if case.small else half

    def run(self, found: list[Option], tried: int) -> tuple[list[Verified], list[Easing]]:
        """The verified ones in order, and those that did not hold."""
        singles = self._singles(found)
        verified, failed = [], []
        for easing in self._chosen(singles, tried):
            proof = self._least(easing)
            if proof.verified:
                verified.append(proof)
            else:
                failed.append(easing)
        if not any(proof.easing.sized for proof in verified):
            combined = [self._easing(option.carer, option.steps) for option in found if len(option.groups) > 1]
            for easing in sorted(combined, key=_order)[:tried]:
                proof = self.verify(easing)
                if proof.verified:
                    verified.append(proof)
        listed = sorted(verified, key=lambda proof: _order(proof.easing))
        return [replace(proof, first_choice=self._first_choice(proof.easing)) for proof in listed], failed

    def _singles(self, found: list[Option]) -> list[tuple[Easing, bool, float]]:
        """Single changes with what they would cost together with all else that binds; sure where nothing else does."""
        best: dict[Steps, tuple[Easing, bool, float]] = {}
        for option in found:
            pair_first = not any(step.code in LIMITS for step in option.groups[0])
            whole = self.costs.of(option.steps)
            for group in option.groups[:1] if pair_first else option.groups:
                key = tuple(replace(step, to=None) for step in group)
                entry = (self._easing(option.carer, group), len(option.groups) == 1, whole)
                known = best.get(key)
                if known is None or (not entry[1], entry[2]) < (not known[1], known[2]):
                    best[key] = entry
        return list(best.values())

    def _chosen(self, singles: list[tuple[Easing, bool, float]], tried: int) -> list[Easing]:
        """The cheapest, all else that binds counted, and the cheapest of each code."""
        ordered = sorted(singles, key=lambda entry: (not entry[0].sized, entry[2], *_order(entry[0])))
        codes: set[str] = set()
        kept = []
        for at, (easing, _, _) in enumerate(ordered):
            if at < tried or easing.steps[0].code not in codes:
                kept.append(easing)
                codes.add(easing.steps[0].code)
        return kept

    def _easing(self, carer: str, steps: Steps) -> Easing:
        return Easing(need=self.need.id, carer=carer, steps=steps, cost=self.costs.of(steps))

    def _least(self, easing: Easing) -> Verified:
        """The smallest size of a change that holds: one unit, else halving between that and the full size."""
        size = units(self.case.problem, self.need, easing.steps)
        small = self.verify(self._sized(easing, 1))
        if small.verified or size == 1:
            return small
        full = self.verify(easing)
        low, high = 1, size
        while full.verified and high - low > 1:
            middle = (low + high) // 2
            proof = self.verify(self._sized(easing, middle))
            low, high, full = (low, middle, proof) if proof.verified else (middle, high, full)
        return full

    def _sized(self, easing: Easing, size: int) -> Easing:
        return self._easing(easing.carer, smaller(self.case.problem, self.need, easing.steps, size))

    def rearranged(self) -> Verified | None:
        """A better plan that serves the need with nothing changed, where there is one near."""
        if not any(True for _ in self._arcs()):
            return None
        found = self._verified(Easing(need=self.need.id, carer="-", steps=()), self.case.model, self.case.chosen, None)
        return replace(found, first_choice=True) if found.verified else None

    def _arcs(self) -> range:
        number = self.case.need_number[self.need.id]
        return range(int(self.case.model.first[number]), int(self.case.model.first[number + 1]))

    def verify(self, easing: Easing) -> Verified:
        """Solve the relaxed problem again near the need."""
        problem = relaxed(self.case.problem, easing)
        model, chosen, arc = patched(self.case, problem, (self.need.id, easing.carer))
        return self._verified(easing, model, chosen, arc)

    def _verified(self, easing: Easing, model: Model, chosen: Ints, arc: int | None) -> Verified:
        found = self._solved(model, chosen, arc, insisting=True)
        number = self.case.need_number[self.need.id]
        moves = self.case.moves(found, model) if found is not None else ()
        others = tuple(move for move in moves if move.need != self.need.id)
        gone, mine = lost(others), self.case.problem.unserved_cost(self.need)
        served_by = next((move.after for move in moves if move.need == self.need.id), None)
        heavy = [n for n in gone if self.case.problem.unserved_cost(self.case.problem.need_of[n]) >= mine]
        difference = 0 if found is None else model.objective(found.chosen) - self.case.objective
        held = found is not None and int(found.chosen[number]) != NONE and not heavy and difference < 0
        return Verified(
            easing=easing,
            verified=held,
            plan_difference=difference,
            served_by=served_by,
            served=gained(moves),
            moves=others,
            lost=gone,
            first_choice=False,
        )

    def _first_choice(self, easing: Easing) -> bool:
        problem = relaxed(self.case.problem, easing)
        model, chosen, arc = patched(self.case, problem, (self.need.id, easing.carer))
        found = self._solved(model, chosen, arc, insisting=False)
        return found is not None and int(found.chosen[self.case.need_number[self.need.id]]) != NONE

    def _solved(self, model: Model, chosen: Ints, arc: int | None, *, insisting: bool) -> Nearby | None:
        number = self.case.need_number[self.need.id]
        unserved = model.unserved.copy()
        if insisting:
            unit = max(1, int(np.abs(model.cost).max(initial=0)), int(unserved.max(initial=0)))
            unserved[(chosen != NONE) & (model.unserved >= model.unserved[number])] += KEEP * unit
            unserved[number] += SERVE * unit
        keen = replace(model, unserved=unserved)
        near = self._near(keen)
        offered = [] if arc is None else [arc]
        return reoptimise(near, chosen, around=[number], offered=offered, effort=self.effort)

    def _near(self, model: Model) -> Surroundings:
        """What is near what: worked out anew only where a pair or a line was added."""
        if model.arcs == self.case.model.arcs and len(model.limit) == len(self.case.model.limit):
            return self.case.near.under(model)
        return self.case.near_in(model)


def _order(easing: Easing) -> tuple[bool, int, float, str, tuple[tuple[str, str], ...]]:
    """Changes with a size first, single ones first, then by cost; ties by ids so that a page stays the same."""
    names = tuple((step.code, step.carer or step.organisation or step.limit or "") for step in easing.steps)
    groups = len({step.code.split("_")[0] for step in easing.steps})
    return not easing.sized, groups, easing.cost, easing.carer, names
