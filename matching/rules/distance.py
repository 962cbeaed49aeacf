"""Rule 4: the straight way is no longer than the carer goes (MATCHING.md, rule 4; WGS-84 geodesic)."""

from __future__ import annotations

from matching.geometry import geodesic_km
from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules.finding import Finding
from matching.tables import Bools, Floats, Ints, Tables

CODE, REASON = "distance", "too_far"


def judge(problem: Problem, need: Need, carer: Carer) -> Finding:
    """Detail: `km`, `max_km`."""
    km = geodesic_km(need.lat, need.lon, carer.lat, carer.lon)
    return Finding(CODE, km <= carer.max_km, {"km": km, "max_km": carer.max_km})


def holds(tables: Tables, km: Floats, carer: Ints) -> Bools:
    """The rule for pairs km[i] apart."""
    return km <= tables.reach[carer]
