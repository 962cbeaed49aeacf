"""Why this carer: what each other one would change in the whole plan, and which limit keeps a cheaper one away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matching.assign.nearby import Nearby, reoptimise
from matching.measure import Measure
from matching.plan_check import find_need
from matching.records import Carer, Need
from matching.why.binding import Binding, bindings
from matching.why.case import Case, Move, gained, lost

CHEAPEST, ONLY, BALANCE, IMPROVABLE = "cheapest", "only", "balance", "improvable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Another carer who keeps rules 1-5.

    `pair_difference` is its cost less that of the present carer (or less leaving the need unserved). With the need
    given to this carer and the plan around re-optimised, the whole plan's objective changes by `plan_difference`,
    `served` more needs have a carer (negative: fewer), `moves` are the others who would change, `lost` the needs left
    without anybody. `exact`: no plan with this pair is better (else: none was found near). `limits` have no room for it
    while everybody else stays; where the difference is None, the pair alone breaks one of them.
    """

    carer: str
    km: float | None
    load: int
    cost_parts: Mapping[str, int]
    cost: int
    pair_difference: int
    plan_difference: int | None
    served: int
    moves: tuple[Move, ...]
    lost: tuple[str, ...]
    exact: bool
    limits: tuple[Binding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyCarer:
    """One need, its carer (None: nobody) with the parts of the cost, and the others, the best for the plan first.

    `candidates` counts everybody who keeps rules 1-5. `binds` says why no cheaper one has it: the `code` of a limit,
    `balance` (a cheaper carer would fit, but the plan becomes dearer), `improvable` (the plan can be better),
    `cheapest` (nobody is) or `only`; `kept_from` is that cheaper carer and `limit` its first limit without room.
    `improvable` is how much re-optimising the surroundings, with nothing forced, would save: 0 for a best plan.
    """

    need: str
    carer: str | None
    km: float | None
    load: int
    cost_parts: Mapping[str, int]
    cost: int
    candidates: int
    binds: str
    kept_from: str | None
    limit: Binding | None
    improvable: int
    choices: tuple[Choice, ...]


def why_carers(case: Case, needs: Iterable[str], count: int = 6) -> list[WhyCarer]:
    """why_carer for several needs that share the case."""
    return [why_carer(case, need, count) for need in needs]


def why_carer(case: Case, need_id: str, count: int = 6) -> WhyCarer:
    """Why a need has its carer, with the `count` cheapest others worked out for the whole plan.

    Raises ProblemError for an unknown need. About 50 ms for each of the others at 10,000 needs.
    """
    need = find_need(case.problem, need_id)
    present = case.plan.get(need_id)
    now = None if present is None else case.ledger.measure(need, case.problem.carer_of[present])
    here = case.problem.unserved_cost(need) if now is None else now.cost
    others = _others(case, need, present)
    choices = [_choice(case, need, carer, numbers, here) for carer, numbers in others[:count]]
    gain = _improvable(case, need)
    binds, kept_from, limit = _binds(choices)
    return WhyCarer(
        need=need_id,
        carer=present,
        km=None if now is None else now.km,
        load=0 if now is None else now.load,
        cost_parts={} if now is None else dict(now.parts),
        cost=here,
        candidates=len(others) + (present is not None),
        binds=binds,
        kept_from=kept_from,
        limit=limit,
        improvable=gain,
        choices=tuple(sorted(choices, key=_rank)),
    )


def _rank(choice: Choice) -> tuple[bool, int, int, str]:
    impossible = choice.plan_difference is None
    return impossible, choice.plan_difference or 0, choice.pair_difference, choice.carer


def _others(case: Case, need: Need, present: str | None) -> list[tuple[Carer, Measure]]:
    """Who else keeps rules 1-5, the cheapest pair first."""
    found, number = [], case.need_number[need.id]
    first, last = np.searchsorted(case.found.need, [number, number + 1])
    for at in case.found.carer[first:last].tolist():
        carer = case.problem.carers[at]
        numbers = case.ledger.measure(need, carer)
        if carer.id not in (present, case.partners.get(need.id)) and numbers is not None:
            found.append((carer, numbers))
    return sorted(found, key=lambda pair: (pair[1].cost, pair[0].id))


def _choice(case: Case, need: Need, carer: Carer, numbers: Measure, here: int) -> Choice:
    arc = case.arc(need.id, carer.id)
    found = None if arc is None else reoptimise(case.near, case.chosen, forced=[arc], effort=case.effort)
    moves = () if found is None else case.moves(found)
    others = tuple(move for move in moves if move.need != need.id)
    return Choice(
        carer=carer.id,
        km=numbers.km,
        load=numbers.load,
        cost_parts=dict(numbers.parts),
        cost=numbers.cost,
        pair_difference=numbers.cost - here,
        plan_difference=None if found is None else found.objective - case.objective,
        served=gained(moves),
        moves=others,
        lost=lost(others),
        exact=found is not None and found.whole,
        limits=bindings(case.ledger, need, carer),
    )


def _improvable(case: Case, need: Need) -> int:
    found: Nearby | None = reoptimise(case.near, case.chosen, around=[case.need_number[need.id]], effort=case.effort)
    return 0 if found is None else case.objective - found.objective


def _binds(choices: list[Choice]) -> tuple[str, str | None, Binding | None]:
    """Why the cheapest of the cheaper pairs is not used."""
    if not choices:
        return ONLY, None, None
    cheaper = [choice for choice in choices if choice.pair_difference < 0]
    if not cheaper:
        return CHEAPEST, None, None
    blocked = next((choice for choice in cheaper if choice.limits), None)
    if blocked is not None:
        return blocked.limits[0].code, blocked.carer, blocked.limits[0]
    worse = (cheaper[0].plan_difference or 0) >= 0
    return BALANCE if worse else IMPROVABLE, cheaper[0].carer, None
