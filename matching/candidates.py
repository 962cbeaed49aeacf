"""Which carer may serve which need: near pairs first, then the hard rules 1-5, all vectorised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching import measure
from matching.geometry import geodesics_km, near_pairs
from matching.problem import Problem
from matching.rules import distance, exclusion, experience, kind, qualification, time
from matching.tables import Bools, Floats, Ints, Tables, tables

BEFORE_DISTANCE = (kind, qualification, exclusion)
CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """All candidate pairs, sorted by need then carer (numbers in the problem's order).

    km is NaN where pairs were given. `reasons` holds, by need number, the first hard rule at which no carer is left
    (of a need for two: fewer than two, or newcomers alone) for each need that nobody may serve.
    """

    need: Ints
    carer: Ints
    km: Floats
    cost: Ints
    load: Ints
    fen: Ints
    reasons: dict[int, str]

    def __len__(self) -> int:
        return len(self.need)


def _given(problem: Problem) -> Candidates:
    """Pairs that replace geometry; a need without any pair counts as too narrow in time (MATCHING.md: not judged)."""
    at_need = {n.id: number for number, n in enumerate(problem.needs)}
    at_carer = {c.id: number for number, c in enumerate(problem.carers)}
    rows = [(at_need[p.need], at_carer[p.carer], p.cost, p.minutes) for p in problem.pairs or ()]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    need, carer, cost, load = columns[:, np.lexsort((columns[1], columns[0]))]
    wanted = np.array([n.carers for n in problem.needs], dtype=np.int64)
    reasons = dict.fromkeys(np.flatnonzero(np.bincount(need, minlength=len(wanted)) < wanted).tolist(), "no_time")
    return Candidates(need, carer, np.full(len(need), np.nan), cost, load, np.zeros(len(need), dtype=np.int64), reasons)


def _reachable(facts: Tables) -> tuple[Ints, Ints, Floats]:
    """Pairs that keep rules 1-4, with their kilometres, sorted by need then carer."""
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
    for need, carer in near_pairs(facts.need_lat, facts.need_lon, facts.carer_lat, facts.carer_lon, facts.reach):
        for rule in BEFORE_DISTANCE:
            kept = rule.holds(facts, need, carer)
            need, carer = need[kept], carer[kept]
        km = geodesics_km(facts.need_lat[need], facts.need_lon[need], facts.carer_lat[carer], facts.carer_lon[carer])
        kept = distance.holds(facts, km, carer)
        found.append((need[kept], carer[kept], km[kept]))
    need, carer, km = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((carer, need))
    return need[order], carer[order], km[order]


def candidates(problem: Problem) -> Candidates:
    """All pairs that keep the hard rules 1-5 (or the given pairs) and the reason of each need without one."""
    if problem.given_pairs:
        return _given(problem)
    facts = tables(problem)
    near_need, near_carer, km = _reachable(facts)
    in_time = time.holds(facts, near_need, near_carer)
    kept = in_time & experience.holds(facts, near_need, near_carer)
    need, carer, km = near_need[kept], near_carer[kept], km[kept]
    fen = measure.money(facts, need, carer)
    load = measure.loads(facts, need, carer, km)
    cost = measure.costs(facts, need, carer, km, fen)
    return Candidates(need, carer, km, cost, load, fen, _reasons(facts, near_need, near_need[in_time], (need, carer)))


def _enough(facts: Tables, need: Ints) -> Bools:
    """For each need, whether as many carers are left as it asks for; `need` of the pairs left."""
    found: Bools = np.bincount(need, minlength=len(facts.wanted)) >= facts.wanted
    return found


def _reasons(facts: Tables, reached: Ints, in_time: Ints, served: tuple[Ints, Ints]) -> dict[int, str]:
    """The first empty rule of each need that nobody may serve; `reached` kept rules 1-4, `in_time` 5 as well.

    `served` are the pairs (need, carer) that keep all rules.
    """
    near, timed = _enough(facts, reached), _enough(facts, in_time)
    need, carer = served
    led = np.bincount(need[~facts.newcomer[carer]], minlength=len(facts.wanted)) > 0
    able = _enough(facts, need) & (led | (facts.wanted == 1))
    reasons = dict.fromkeys(np.flatnonzero(timed & ~able).tolist(), experience.REASON)
    reasons |= dict.fromkeys(np.flatnonzero(near & ~timed).tolist(), time.REASON)
    lost = ~able
    far, step = np.flatnonzero(lost & ~near), max(1, CHUNK // max(1, len(facts.problem.carers)))
    for start in range(0, len(far), step):
        reasons |= _first_empty(facts, far[start : start + step])
    return reasons


def _first_empty(facts: Tables, lost: Ints) -> dict[int, str]:
    """Judge rules 1-3 against every carer; needs for which somebody passes them are too far from all of those."""
    carers = len(facts.problem.carers)
    need, carer = np.repeat(lost, carers), np.tile(np.arange(carers, dtype=np.int64), len(lost))
    reasons = dict.fromkeys(lost.tolist(), distance.REASON)
    left = np.zeros(len(facts.wanted), dtype=np.bool_)
    left[lost] = True
    for rule in BEFORE_DISTANCE:
        kept = rule.holds(facts, need, carer)
        need, carer = need[kept], carer[kept]
        still = left & _enough(facts, need)
        reasons |= dict.fromkeys(np.flatnonzero(left & ~still).tolist(), rule.REASON)
        left = still
    return reasons
