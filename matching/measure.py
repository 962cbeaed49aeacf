"""The derived numbers of one pair (MATCHING.md, Derived numbers and Objective) and of many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.geometry import geodesic_km
from matching.problem import Problem
from matching.records import Carer, Need, Weights
from matching.tables import NO_GENDER, Bools, Floats, Ints, Tables

# MATCHING.md rounds the travel time up; a minute hit exactly must not become two through rounding noise.
EXACT = 1e-9
COST_PARTS = ("distance", "gender_wish", "language_wish", "change_of_carer", "continuity", "money")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """km, travel minutes per visit, load in minutes per 4 weeks, fen per 4 weeks, and the parts of the cost.

    The part `continuity` is there only where the problem prices it.
    km and travel are None where the pair was given from outside; its cost then is the one part `given`.
    """

    km: float | None
    travel: int | None
    load: int
    fen: int
    parts: Mapping[str, int]

    @property
    def cost(self) -> int:
        """The pair's whole cost."""
        return sum(self.parts.values())


def half_up(value: float) -> int:
    """Round to the nearest whole number, halves upwards."""
    return math.floor(value + 0.5)


def travel_minutes(problem: Problem, carer: Carer, km: float) -> int:
    """Minutes on the way to one visit."""
    return math.ceil(60 * problem.detour * km / carer.speed_kmh - EXACT)


def continuity(weights: Weights, need: Need) -> int:
    """What it costs, besides the change itself, that a need leaves a carer known for months (decision 0051)."""
    whole = weights.continuity_per_month * need.months_together
    return whole if weights.continuity_most is None else min(whole, weights.continuity_most)


def measure(problem: Problem, need: Need, carer: Carer) -> Measure | None:
    """The numbers of a pair, whether or not it is allowed; None for a pair that is not among the given ones."""
    if problem.given_pairs:
        pair = problem.pair_of.get((need.id, carer.id))
        return (
            None
            if pair is None
            else Measure(km=None, travel=None, load=pair.minutes, fen=0, parts={"given": pair.cost})
        )
    weights, line = problem.weights, problem.line_for(need, carer)
    km = geodesic_km(need.lat, need.lon, carer.lat, carer.lon)
    travel = travel_minutes(problem, carer, km)
    fen = need.visits * line.unit_price_fen if line else 0
    wrong_gender = need.gender_wish is not None and need.gender_wish != carer.gender
    wrong_language = need.language_wish is not None and need.language_wish not in carer.languages
    changed = need.current is not None and need.current != carer.id
    parts = {
        "distance": half_up(weights.per_km * km * need.visits / 4),
        "gender_wish": weights.gender_wish * wrong_gender,
        "language_wish": weights.language_wish * wrong_language,
        "change_of_carer": weights.change_of_carer * changed,
    }
    if weights.continuity_per_month:
        parts["continuity"] = continuity(weights, need) * changed
    parts["money"] = half_up(weights.per_yuan * fen / 100)
    return Measure(km=km, travel=travel, load=need.visits * (need.minutes + travel), fen=fen, parts=parts)


def _half_up(values: Floats) -> Ints:
    return np.floor(values + 0.5).astype(np.int64)


def loads(tables: Tables, need: Ints, carer: Ints, km: Floats) -> Ints:
    """Load of each pair in minutes per 4 weeks."""
    travel = np.ceil(60 * tables.problem.detour * km / tables.speed[carer] - EXACT).astype(np.int64)
    return tables.visits[need] * (tables.minutes[need] + travel)


def money(tables: Tables, need: Ints, carer: Ints) -> Ints:
    """Fen per 4 weeks of each pair."""
    prices = np.array([line.unit_price_fen for line in tables.problem.contract_lines] + [0], dtype=np.int64)
    return tables.visits[need] * prices[tables.line_of(need, carer)]


def _missed_language(tables: Tables, need: Ints, carer: Ints) -> Bools:
    missed = np.array(
        [
            [wish is not None and wish not in c.languages for c in tables.problem.carers]
            for wish in tables.language_values
        ],
        dtype=np.bool_,
    )
    by_wish: Bools = missed.reshape(len(tables.language_values), len(tables.problem.carers))
    return by_wish[tables.language_sig[need], carer]


def _changed(tables: Tables, need: Ints, carer: Ints) -> Bools:
    at = {c.id: number for number, c in enumerate(tables.problem.carers)}
    nobody, gone = -1, -2
    current = [nobody if n.current is None else at.get(n.current, gone) for n in tables.problem.needs]
    now = np.array(current, dtype=np.int64)[need]
    changed: Bools = (now != nobody) & (now != carer)
    return changed


def costs(tables: Tables, need: Ints, carer: Ints, km: Floats, fen: Ints) -> Ints:
    """Whole cost of each pair."""
    weights, wish = tables.problem.weights, tables.gender_wish[need]
    cost = _half_up(weights.per_km * km * tables.visits[need] / 4)
    cost += weights.gender_wish * ((wish != NO_GENDER) & (wish != tables.gender[carer]))
    cost += weights.language_wish * _missed_language(tables, need, carer)
    changed = _changed(tables, need, carer)
    cost += weights.change_of_carer * changed
    if weights.continuity_per_month:
        lost = [continuity(weights, n) for n in tables.problem.needs]
        cost += np.array(lost, dtype=np.int64)[need] * changed
    return cost + _half_up(weights.per_yuan * fen / 100)
