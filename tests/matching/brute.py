"""The true optimum of a small problem by trying every plan: plain code that shares nothing with the engine."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from pyproj import Geod

from matching import Carer, Need, Problem

GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Way:
    """One carer, or two, for one need: the cost, and what it draws of which limits."""

    carer: str
    household: str
    cost: int
    draws: dict[tuple[str, ...], int] = field(default_factory=dict)
    second: str | None = None

    @property
    def carers(self) -> list[str]:
        """Who comes."""
        return [self.carer] if self.second is None else [self.carer, self.second]


def half_up(value: float) -> int:
    """Nearest whole number, halves up."""
    return math.floor(value + 0.5)


def is_new(problem: Problem, carer: str) -> bool:
    """True for newcomers."""
    months = problem.carer_of[carer].experience_months
    return months is not None and months < problem.newcomer_months


def together(problem: Problem, need: Need, alone: list[Way]) -> list[Way]:
    """The ways to serve a need: one carer each, or every two of them where it asks for two."""
    if need.carers == 1:
        return alone
    found, new = [], [way.carer for way in alone if is_new(problem, way.carer)]
    for one, other in itertools.combinations(alone, 2):
        learning = [way.carer for way in (one, other) if way.carer in new]
        if len(learning) < 2:
            extra = problem.weights.rotation if new and not learning else 0
            draws = dict(Counter(one.draws) + Counter(other.draws))
            found.append(Way(one.carer, one.household, one.cost + other.cost + extra, draws, other.carer))
    return found


def may(problem: Problem, need: Need, carer: Carer, km: float) -> bool:
    """Rules 1-5 of MATCHING.md."""
    paid = any(
        line.organisation == carer.organisation and line.service == need.service for line in problem.contract_lines
    )
    held = {code for code, last in carer.qualifications.items() if last >= problem.as_of}
    days = {
        day
        for day, start, end in need.windows
        for other, opens, closes in carer.windows
        if day == other and min(end, closes) - max(start, opens) >= need.minutes
    }
    return (
        carer.kind in need.kinds
        and (carer.kind != "worker" or paid)
        and all(held & set(codes) for codes in need.qualifications)
        and carer.id not in need.excluded
        and need.gender_required in (None, carer.gender)
        and km <= carer.max_km
        and len(days) >= math.ceil(need.visits / 4)
        and not (need.experienced_only and is_new(problem, carer.id))
    )


def way(problem: Problem, need: Need, carer: Carer) -> Way | None:
    """The way of a computed pair, None where it is forbidden."""
    km = float(GEOD.inv(need.lon, need.lat, carer.lon, carer.lat)[2]) / 1000
    if not may(problem, need, carer, km):
        return None
    weights = problem.weights
    draws: dict[tuple[str, ...], int] = {}
    cost = half_up(weights.per_km * km * need.visits / 4)
    cost += weights.gender_wish * (need.gender_wish not in (None, carer.gender))
    cost += weights.language_wish * (need.language_wish is not None and need.language_wish not in carer.languages)
    if need.current not in (None, carer.id):
        most = math.inf if weights.continuity_most is None else weights.continuity_most
        cost += weights.change_of_carer + int(min(need.months_together * weights.continuity_per_month, most))
    travel = math.ceil(60 * problem.detour * km / carer.speed_kmh - 1e-9)
    draws["minutes", carer.id] = need.visits * (need.minutes + travel)
    if carer.kind == "worker" and carer.organisation is not None:
        line = problem.line_of[carer.organisation, need.service]
        fen = need.visits * line.unit_price_fen
        cost += half_up(weights.per_yuan * fen / 100)
        draws["organisation", carer.organisation] = need.visits * need.minutes
        draws["visits", carer.organisation, need.service] = need.visits
        draws["fen", carer.organisation, need.service] = fen
        for limit in problem.limits:
            if (carer.organisation, need.service) in limit.lines and (limit.needs is None or need.id in limit.needs):
                draws["limit visits", limit.id] = need.visits
                draws["limit fen", limit.id] = fen
    return Way(carer.id, need.household, cost, draws)


def ways(problem: Problem) -> list[list[Way]]:
    """For each need the ways to serve it."""
    return [together(problem, need, alone) for need, alone in zip(problem.needs, single_ways(problem), strict=True)]


def single_ways(problem: Problem) -> list[list[Way]]:
    """For each need the carers who may come."""
    if problem.pairs is not None:
        given = [[pair for pair in problem.pairs if pair.need == need.id] for need in problem.needs]
        return [
            [Way(pair.carer, need.household, pair.cost, {("minutes", pair.carer): pair.minutes}) for pair in pairs]
            for need, pairs in zip(problem.needs, given, strict=True)
        ]
    return [[found for c in problem.carers if (found := way(problem, need, c)) is not None] for need in problem.needs]


def room_of(problem: Problem) -> dict[tuple[str, ...], int]:
    """How much of each limit there is."""
    room: dict[tuple[str, ...], int] = {("minutes", c.id): c.minutes_per_4_weeks for c in problem.carers}
    demand = sum(need.visits * need.minutes * need.carers for need in problem.needs if "worker" in need.kinds)
    share = math.inf if problem.organisation_share is None else math.floor(demand * problem.organisation_share / 100)
    room |= {("organisation", o.id): int(min(o.minutes_per_4_weeks, share)) for o in problem.organisations}
    for line in problem.contract_lines:
        room["visits", line.organisation, line.service] = line.max_visits
        room["fen", line.organisation, line.service] = line.max_fen
    for limit in problem.limits:
        room |= {("limit visits", limit.id): limit.max_visits} if limit.max_visits is not None else {}
        room |= {("limit fen", limit.id): limit.max_fen} if limit.max_fen is not None else {}
    return room


class Enumeration:
    """Depth first over the needs, leaving a branch that cannot beat the best plan any more."""

    def __init__(self, problem: Problem) -> None:
        """Every way of every need."""
        self.problem = problem
        self.ways = ways(problem)
        self.unserved = [problem.weights.unserved[need.priority] for need in problem.needs]
        self.room = room_of(problem)
        self.homes_left = {carer.id: carer.max_households for carer in problem.carers}
        self.homes: Counter[tuple[str, str]] = Counter()
        least = [min([cost, *(w.cost for w in found)]) for cost, found in zip(self.unserved, self.ways, strict=True)]
        self.ahead = [sum(least[at:]) for at in range(len(least) + 1)]
        self.best: int | Decimal = Decimal("Infinity")

    def unevenness(self) -> int:
        """What the load so far costs where the problem asks for even load."""
        total = 0
        for carer in self.problem.carers:
            full = carer.minutes_per_4_weeks
            used = full - self.room["minutes", carer.id]
            total += math.floor(
                Fraction(self.problem.weights.even_load.get(carer.kind, 0) * used**2, max(1, full) ** 2)
            )
        return total

    def fits(self, tried: Way) -> bool:
        """Every limit has room for it."""
        new = [carer for carer in tried.carers if not self.homes[carer, tried.household]]
        if any(self.homes_left[carer] < 1 for carer in new):
            return False
        return all(self.room.get(key, amount) >= amount for key, amount in tried.draws.items())

    def take(self, tried: Way, sign: int) -> None:
        """Use it, or give it back (sign -1)."""
        for carer in tried.carers:
            before = self.homes[carer, tried.household]
            self.homes[carer, tried.household] += sign
            if (before == 0) != (before + sign == 0):
                self.homes_left[carer] -= sign
        for key, amount in tried.draws.items():
            if key in self.room:
                self.room[key] -= sign * amount

    def walk(self, at: int, cost: int) -> None:
        """All plans of the needs from `at`, after what the others cost."""
        if cost + self.ahead[at] >= self.best:
            return
        if at == len(self.ways):
            self.best = min(self.best, cost + self.unevenness())
            return
        for tried in sorted(self.ways[at], key=lambda found: found.cost):
            if self.fits(tried):
                self.take(tried, 1)
                self.walk(at + 1, cost + tried.cost)
                self.take(tried, -1)
        self.walk(at + 1, cost + self.unserved[at])


def optimum(problem: Problem) -> int:
    """The least objective of all plans."""
    found = Enumeration(problem)
    found.walk(0, 0)
    return int(found.best)
