"""The assignment problem behind a matching problem: arcs, shared limits and households as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.assign import teams
from matching.candidates import Candidates
from matching.problem import Problem
from matching.records import ContractLine
from matching.rules import even_load
from matching.tables import Bools, Floats, Ints, codes

NONE = teams.NONE
OWN_COLUMNS = 3
MOST_LIMIT = 2**62


@dataclass(frozen=True, slots=True)
class Model:
    """Minimise the cost of chosen arcs plus `unserved` of needs without one, at most one arc a need.

    Arcs of need n are first[n] .. first[n + 1] - 1. Arc a draws amount[a, k] from resource[a, k] (NONE = nothing).
    Resources are, in this order and one column each, minutes of carers, minutes of organisations and visits of contract
    lines, each with a `limit` (a line's money is a limit of visits too: all its visits cost the same); shared limits
    follow in further columns, those that one arc may draw on together in different ones. `slot` numbers distinct
    (household, carer); a carer may hold `homes_limit` slots. `origin` is the arc's row in the candidates.
    `second_slot` is the slot of an arc's second carer (matching.assign.teams), NONE where it has one; what that carer
    draws stands in as many columns again. `complete`: no team of two was left out, so that bounds hold. `even` is what
    each carer costs when full (matching.rules.even_load), on top of what arcs cost.
    Left out are arcs that alone break a limit, or cost more than leaving the need: no best plan needs them.
    """

    needs: int
    carers: int
    first: Ints
    need: Ints
    carer: Ints
    cost: Ints
    resource: Ints
    amount: Ints
    slot: Ints
    slot_carer: Ints
    slot_home: Ints
    limit: Ints
    homes_limit: Ints
    unserved: Ints
    home: Ints
    origin: Ints
    second_slot: Ints
    even: Floats
    place: Floats
    complete: bool = True

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return len(self.need)

    def objective(self, chosen: Ints) -> int:
        """Cost of a plan given as the arc of each need (NONE = unserved)."""
        served = chosen >= 0
        return int(self.cost[chosen[served]].sum()) + int(self.unserved[~served].sum()) + self.unevenness(chosen)

    def unevenness(self, chosen: Ints) -> int:
        """What uneven load costs under a plan."""
        weighed = np.flatnonzero(self.even)
        if not len(weighed):
            return 0
        rows = zip(self.even[weighed].tolist(), self.used(chosen)[weighed], self.limit[weighed], strict=True)
        return sum(even_load.cost(int(weight), int(used), int(limit)) for weight, used, limit in rows)

    def used(self, chosen: Ints) -> Ints:
        """What a plan draws from each resource."""
        arcs, total = chosen[chosen >= 0], np.zeros(len(self.limit), dtype=np.int64)
        for k in range(self.resource.shape[1]):
            drawn = self.resource[arcs, k] >= 0
            np.add.at(total, self.resource[arcs, k][drawn], self.amount[arcs, k][drawn])
        return total

    def slots(self, chosen: Ints) -> Ints:
        """The distinct slots that a plan holds."""
        arcs = chosen[chosen >= 0]
        held = np.unique(np.concatenate([self.slot[arcs], self.second_slot[arcs]]))
        return held[held >= 0]

    def homes(self, chosen: Ints) -> Ints:
        """Distinct households of each carer under a plan."""
        held = self.slots(chosen)
        return np.bincount(self.slot_carer[held], minlength=self.carers).astype(np.int64)

    def feasible(self, chosen: Ints) -> bool:
        """True where a plan keeps every limit."""
        return bool((self.used(chosen) <= self.limit).all() and (self.homes(chosen) <= self.homes_limit).all())


def draws(problem: Problem, found: Candidates) -> tuple[Ints, Ints, Ints]:
    """Resource and amount of each candidate, a column each kind, and the limit of each resource."""
    carers, organisations = len(problem.carers), len(problem.organisations)
    resource = np.full((len(found), OWN_COLUMNS), NONE, dtype=np.int64)
    amount = np.zeros((len(found), OWN_COLUMNS), dtype=np.int64)
    resource[:, 0], amount[:, 0] = found.carer, found.load
    limits = [c.minutes_per_4_weeks for c in problem.carers]
    if not problem.given_pairs:
        line = _paying_line(problem, found)
        paid = line != NONE
        at = {o.id: number for number, o in enumerate(problem.organisations)}
        owner = np.array([at[x.organisation] for x in problem.contract_lines] + [0], dtype=np.int64)
        visits = np.array([n.visits for n in problem.needs], dtype=np.int64)
        minutes = np.array([n.visits * n.minutes for n in problem.needs], dtype=np.int64)
        resource[paid, 1], amount[paid, 1] = carers + owner[line[paid]], minutes[found.need[paid]]
        resource[paid, 2], amount[paid, 2] = carers + organisations + line[paid], visits[found.need[paid]]
        share = MOST_LIMIT if problem.share_minutes is None else problem.share_minutes
        limits += [min(o.minutes_per_4_weeks, share) for o in problem.organisations]
        limits += [payable_visits(x) for x in problem.contract_lines]
        resource, amount = _with_shared(problem, found, line, (resource, amount), limits)
    return resource, amount, np.array([min(limit, MOST_LIMIT) for limit in limits], dtype=np.int64)


def _with_shared(
    problem: Problem, found: Candidates, line: Ints, draws: tuple[Ints, Ints], limits: list[int]
) -> tuple[Ints, Ints]:
    """The draws with those on shared limits, whose sizes are added to `limits`.

    Each limit stands in one column, the first in which none of its arcs draws on another one.
    """
    resource, amount = draws
    number_of = {key: number for number, key in enumerate(problem.line_of)}
    number_of_need = {need.id: number for number, need in enumerate(problem.needs)}
    visits = np.array([n.visits for n in problem.needs], dtype=np.int64)
    for limit in problem.limits:
        drawing = np.isin(line, [number_of[key] for key in limit.lines]) & (line != NONE)
        if limit.needs is not None:
            drawing &= np.isin(found.need, [number_of_need[need] for need in limit.needs])
        for most, drawn in ((limit.max_visits, visits[found.need]), (limit.max_fen, found.fen)):
            if most is not None:
                column = _free_column(resource, drawing)
                if column == resource.shape[1]:
                    empty = np.zeros((len(found), 1), dtype=np.int64)
                    resource, amount = np.hstack([resource, empty + NONE]), np.hstack([amount, empty])
                resource[drawing, column], amount[drawing, column] = len(limits), drawn[drawing]
                limits.append(most)
    return resource, amount


def _free_column(resource: Ints, drawing: Bools) -> int:
    for column in range(OWN_COLUMNS, resource.shape[1]):
        if not ((resource[:, column] != NONE) & drawing).any():
            return column
    return int(resource.shape[1])


def payable_visits(line: ContractLine) -> int:
    """Visits that a line's visits and money allow: each costs the same."""
    return line.max_visits if not line.unit_price_fen else min(line.max_visits, line.max_fen // line.unit_price_fen)


def _without_loose(need: Ints, resource: Ints, amount: Ints, limit: Ints, needs: int, kept: Ints) -> Ints:
    """The resources of each arc, less those that suffice for everybody who could draw on them; `kept` stay."""
    most = np.zeros(len(limit))
    for k in range(resource.shape[1]):
        drawn = np.flatnonzero(resource[:, k] >= 0)
        keys = resource[drawn, k] * max(1, needs) + need[drawn]
        order = np.lexsort((-amount[drawn, k], keys))
        first = np.unique(keys[order], return_index=True)[1]
        heaviest = drawn[order[first]]
        np.add.at(most, resource[heaviest, k], amount[heaviest, k])
    loose = np.append(most <= limit, False)
    loose[kept] = False
    return np.where(loose[resource], NONE, resource)


def _paying_line(problem: Problem, found: Candidates) -> Ints:
    """The number of the contract line that pays for each candidate, or NONE."""
    at: dict[tuple[str | None, str], int] = {key: number for number, key in enumerate(problem.line_of)}
    service, services = codes(n.service for n in problem.needs)
    table = np.full((len(problem.carers), max(1, len(services))), NONE, dtype=np.int64)
    for number, carer in enumerate(problem.carers):
        if carer.kind == "worker":
            table[number, : len(services)] = [at.get((carer.organisation, name), NONE) for name in services]
    return table[found.carer, service[found.need]]


def _places(problem: Problem) -> Floats:
    """Where carers live, in degrees, those of longitude shortened as on the map; carers x 2. All 0 for given pairs,
    whose candidates have nothing to do with the map."""
    if problem.given_pairs:
        return np.zeros((len(problem.carers), 2))
    place = np.array([(c.lat, c.lon) for c in problem.carers]).reshape(-1, 2)
    if len(place):
        place[:, 1] *= np.cos(np.radians(place[:, 0].mean()))
    return place


def _slots(first: Ints, second: Ints, team: Bools) -> tuple[Ints, Ints, Ints]:
    """The distinct keys, and their numbers for the first and the second carer of each arc, NONE where there is none."""
    keys, numbers = np.unique(np.concatenate([first, second[team]]), return_inverse=True)
    others = np.full(len(first), NONE, dtype=np.int64)
    others[team] = numbers[len(first) :]
    return keys, numbers[: len(first)].astype(np.int64), others


def build(problem: Problem, found: Candidates, *, whole: bool = False) -> Model:
    """The assignment problem of a matching problem and its candidates; `whole` leaves no arc and no limit out."""
    needs, carers, rows = len(problem.needs), len(problem.carers), teams.rows_of(problem, found)
    resource, amount, limit = draws(problem, found)
    resource, amount = teams.joined(resource, amount, rows)
    unserved = np.array([problem.unserved_cost(n) for n in problem.needs], dtype=np.int64)
    homes_limit = np.array([c.max_households for c in problem.carers], dtype=np.int64)
    over = (resource >= 0) & (amount > limit[resource]) if len(limit) else np.zeros(resource.shape, dtype=np.bool_)
    shut = homes_limit[found.carer] < 1
    shut = shut[rows.first] | (shut[rows.second] & (rows.second != NONE))
    useful = ~over.any(axis=1) & ~shut & (rows.cost <= unserved[found.need[rows.first]])
    kept = np.flatnonzero(useful | whole)
    first, second = rows.first[kept], rows.second[kept]
    need, carer = found.need[first], found.carer[first]
    even = np.array([even_load.weight(problem, c) for c in problem.carers], dtype=np.float64)
    home = codes(n.household for n in problem.needs)[0]
    visits = home[need] * max(1, carers)
    keys, slot, second_slot = _slots(visits + carer, visits + found.carer[second], second != NONE)
    return Model(
        needs=needs,
        carers=carers,
        first=np.searchsorted(need, np.arange(needs + 1)),
        need=need,
        carer=carer,
        cost=rows.cost[kept],
        resource=resource[kept]
        if whole
        else _without_loose(need, resource[kept], amount[kept], limit, needs, np.flatnonzero(even)),
        amount=amount[kept],
        slot=slot,
        slot_carer=keys % max(1, carers),
        slot_home=keys // max(1, carers),
        limit=limit,
        homes_limit=np.minimum(homes_limit, needs + 1),
        unserved=unserved,
        home=home,
        origin=first,
        second_slot=second_slot,
        even=even,
        place=_places(problem),
        complete=rows.complete,
    )
