"""The whole matching problem as plain arrays, for peers and bounds: written apart from the engine's own model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching import Problem
from matching.candidates import Candidates

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NONE = -1


@dataclass(frozen=True, slots=True)
class Whole:
    """Arcs sorted by need; `draws` is a sparse matrix limits x arcs (minutes of carers and organisations, visits and
    fen of contract lines), `room` its right-hand side. `slot` numbers the distinct (household, carer) of the arcs, a
    carer holds at most `homes_room` of them. `hopeless` is the cost of the needs without any arc."""

    need: Ints
    carer: Ints
    cost: Ints
    unserved: Ints
    draws: Any
    room: Ints
    slot: Ints
    slot_carer: Ints
    homes_room: Ints
    hopeless: int

    @property
    def everybody(self) -> int:
        """Cost of the plan that serves nobody."""
        return int(self.unserved.sum())

    def plan(self, arcs: Iterable[int]) -> Ints:
        """The arc of each need, NONE where it has none."""
        chosen = np.full(len(self.unserved), NONE, dtype=np.int64)
        for arc in arcs:
            chosen[self.need[arc]] = arc
        return chosen

    def objective(self, chosen: Ints) -> int:
        """Cost of a plan."""
        served = chosen >= 0
        return int(self.cost[chosen[served]].sum() + self.unserved[~served].sum())

    def lost_weight(self, chosen: Ints) -> int:
        """Unserved needs of a plan weighted by priority, those without any arc included."""
        return int(self.unserved[chosen < 0].sum())

    def faults(self, chosen: Ints) -> int:
        """How many limits a plan breaks."""
        arcs = chosen[chosen >= 0]
        used = self.draws[:, arcs].sum(axis=1)
        held = np.bincount(self.slot_carer[np.unique(self.slot[arcs])], minlength=len(self.homes_room))
        return int((np.asarray(used).ravel() > self.room).sum() + (held > self.homes_room).sum())


def whole(problem: Problem, found: Candidates) -> Whole:
    """The arrays of a problem without shared limits (the benchmark's problems have none)."""
    if problem.limits:
        raise ValueError("the benchmark's peers know no shared limits")
    homes = {n.household: 0 for n in problem.needs}
    homes = {home: number for number, home in enumerate(homes)}
    at_home = np.array([homes[n.household] for n in problem.needs], dtype=np.int64)
    keys, slot = np.unique(at_home[found.need] * max(1, len(problem.carers)) + found.carer, return_inverse=True)
    draws, room = _limits(problem, found)
    return Whole(
        need=found.need,
        carer=found.carer,
        cost=found.cost,
        unserved=np.array([problem.unserved_cost(n) for n in problem.needs], dtype=np.int64),
        draws=draws,
        room=room,
        slot=slot.astype(np.int64),
        slot_carer=keys % max(1, len(problem.carers)),
        homes_room=np.array([c.max_households for c in problem.carers], dtype=np.int64),
        hopeless=sum(problem.unserved_cost(problem.needs[need]) for need in found.reasons),
    )


def _limits(problem: Problem, found: Candidates) -> tuple[Any, Ints]:
    """Rules 7, 9 and 10 as one sparse matrix and its right-hand side."""
    carers, owners, lines = len(problem.carers), len(problem.organisations), len(problem.contract_lines)
    visits = np.array([n.visits for n in problem.needs], dtype=np.int64)[found.need]
    minutes = np.array([n.minutes for n in problem.needs], dtype=np.int64)[found.need]
    line, owner = _payers(problem, found)
    paid = np.flatnonzero(line >= 0)
    rows = [found.carer, carers + owner[paid], carers + owners + line[paid], carers + owners + lines + line[paid]]
    columns = [np.arange(len(found)), paid, paid, paid]
    amounts = [found.load, (visits * minutes)[paid], visits[paid], found.fen[paid]]
    room = [c.minutes_per_4_weeks for c in problem.carers] + [o.minutes_per_4_weeks for o in problem.organisations]
    room += [x.max_visits for x in problem.contract_lines] + [x.max_fen for x in problem.contract_lines]
    entries = (np.concatenate(amounts), (np.concatenate(rows), np.concatenate(columns)))
    matrix = sparse.csc_matrix(entries, shape=(len(room), len(found)), dtype=np.int64)
    return matrix, np.array(room, dtype=np.int64)


def _payers(problem: Problem, found: Candidates) -> tuple[Ints, Ints]:
    """The contract line and the organisation behind each arc, NONE where nobody is paid."""
    line = np.full(len(found), NONE, dtype=np.int64)
    owner = line.copy()
    if problem.given_pairs:
        return line, owner
    line_at: dict[tuple[str | None, str], int] = {key: number for number, key in enumerate(problem.line_of)}
    owner_at: dict[str | None, int] = {o.id: number for number, o in enumerate(problem.organisations)}
    services = [n.service for n in problem.needs]
    employers = [c.organisation if c.kind == "worker" else None for c in problem.carers]
    for arc, (need, carer) in enumerate(zip(found.need.tolist(), found.carer.tolist(), strict=True)):
        line[arc] = line_at.get((employers[carer], services[need]), NONE)
        owner[arc] = owner_at[employers[carer]] if line[arc] >= 0 else NONE
    return line, owner
