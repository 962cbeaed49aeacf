"""Verify any plan without a solver: everything is recomputed here in plain code that shares nothing with the engine."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from pyproj import Geod

from matching.fault import Fault
from matching.problem import Problem
from matching.records import Carer, Need
from matching.solution import Assignment, Solution

GEOD = Geod(ellps="WGS84")
KM_SLACK = 0.001
COST_SLACK = 1
# Two places a degree of latitude apart are never nearer than this (110.57 km at the equator).
LEAST_KM_A_DEGREE = 110.5


def _km(need: Need, carer: Carer) -> float:
    return float(GEOD.inv(need.lon, need.lat, carer.lon, carer.lat)[2]) / 1000


def _kind_holds(problem: Problem, need: Need, carer: Carer) -> bool:
    if carer.kind == "worker" and (carer.organisation, need.service) not in problem.line_of:
        return False
    return carer.kind in need.kinds


def _qualified(problem: Problem, need: Need, carer: Carer) -> bool:
    def valid(code: str) -> bool:
        return code in carer.qualifications and carer.qualifications[code] >= problem.as_of

    return all(any(valid(code) for code in group) for group in need.qualifications)


def _permitted(_: Problem, need: Need, carer: Carer) -> bool:
    return carer.id not in need.excluded and need.gender_required in (None, carer.gender)


def _near(_: Problem, need: Need, carer: Carer) -> bool:
    if abs(need.lat - carer.lat) * LEAST_KM_A_DEGREE > carer.max_km:  # spares the exact distance
        return False
    return _km(need, carer) <= carer.max_km


def _newcomer(problem: Problem, carer: Carer) -> bool:
    return carer.experience_months is not None and carer.experience_months < problem.newcomer_months


def _experienced(problem: Problem, need: Need, carer: Carer) -> bool:
    return not need.experienced_only or not _newcomer(problem, carer)


def _in_time(_: Problem, need: Need, carer: Carer) -> bool:
    days = set()
    for weekday, start, end in need.windows:
        for other, opens, closes in carer.windows:
            if weekday == other and min(end, closes) - max(start, opens) >= need.minutes:
                days.add(weekday)
    return len(days) * 4 >= need.visits


RULES = (
    ("kind", "no_kind", _kind_holds),
    ("qualification", "no_qualified", _qualified),
    ("exclusion", "excluded", _permitted),
    ("distance", "too_far", _near),
    ("time", "no_time", _in_time),
    ("experience", "no_qualified", _experienced),
)


def _numbers(problem: Problem, need: Need, carer: Carer) -> tuple[int, float, int, int]:
    """Cost, km, load and fen of a computed pair."""
    weights, km = problem.weights, _km(need, carer)
    fen = 0
    if carer.kind == "worker" and carer.organisation is not None:
        fen = need.visits * problem.line_of[carer.organisation, need.service].unit_price_fen
    cost = math.floor(weights.per_km * km * need.visits / 4 + 0.5) + math.floor(weights.per_yuan * fen / 100 + 0.5)
    if need.gender_wish is not None and carer.gender != need.gender_wish:
        cost += weights.gender_wish
    if need.language_wish is not None and need.language_wish not in carer.languages:
        cost += weights.language_wish
    if need.current is not None and need.current != carer.id:
        known = weights.continuity_per_month * need.months_together
        cost += weights.change_of_carer + (
            known if weights.continuity_most is None else min(known, weights.continuity_most)
        )
    travel = math.ceil(60 * problem.detour * km / carer.speed_kmh - 1e-9)
    return cost, km, need.visits * (need.minutes + travel), fen


class _Audit:
    """One pass over a solution: collects faults and what the plan uses."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution = problem, solution
        self.faults: list[Fault] = []
        self.seen: set[str] = set()
        self.teams: dict[str, list[str]] = defaultdict(list)
        self.objective = 0
        self.load: dict[str, int] = defaultdict(int)
        self.homes: dict[str, set[str]] = defaultdict(set)
        self.organisations: dict[str | None, int] = defaultdict(int)
        self.visits: dict[tuple[str | None, str], int] = defaultdict(int)
        self.fen: dict[tuple[str | None, str], int] = defaultdict(int)
        self.paid: list[tuple[Need, Carer, int]] = []
        self.fit: dict[object, tuple[list[Carer], list[Carer]]] = {}

    def entry(self, need_id: str, carer_id: str | None) -> Need | None:
        """The need of an entry that stands in the plan for the first time."""
        need = self.problem.need_of.get(need_id)
        if need is None:
            self.faults.append(Fault(code="unknown_need", need=need_id, carer=carer_id))
            return None
        again = carer_id is not None and 0 < len(self.teams[need_id]) < need.carers
        if need_id in self.seen and (not again or carer_id in self.teams[need_id]):
            self.faults.append(Fault(code="twice", need=need_id, carer=carer_id))
            return None
        self.seen.add(need_id)
        self.teams[need_id] += [] if carer_id is None else [carer_id]
        return need

    def assignment(self, said: Assignment) -> None:
        """Judge one served need and count what it uses."""
        need, carer = self.entry(said.need, said.carer), self.problem.carer_of.get(said.carer)
        if need is None:
            return
        if carer is None:
            self.faults.append(Fault(code="unknown_carer", need=need.id, carer=said.carer))
            return
        if self.problem.pairs is not None:
            self.given_pair(said, need, carer)
            return
        broken = [code for code, _, holds in RULES if not holds(self.problem, need, carer)]
        self.faults += [Fault(code=code, need=need.id, carer=carer.id) for code in broken]
        if "kind" in broken:
            return
        cost, km, load, fen = _numbers(self.problem, need, carer)
        self.compare(said, cost, km, load)
        self.use(need, carer, cost, load)
        if carer.kind == "worker":
            self.organisations[carer.organisation] += need.visits * need.minutes
            self.visits[carer.organisation, need.service] += need.visits
            self.fen[carer.organisation, need.service] += fen
            self.paid.append((need, carer, fen))

    def given_pair(self, said: Assignment, need: Need, carer: Carer) -> None:
        """A pair that was given from outside: only its cost and minutes count."""
        pair = self.problem.pair_of.get((need.id, carer.id))
        if pair is None:
            self.faults.append(Fault(code="pair", need=need.id, carer=carer.id))
            return
        self.compare(said, pair.cost, None, pair.minutes)
        self.use(need, carer, pair.cost, pair.minutes)

    def compare(self, said: Assignment, cost: int, km: float | None, load: int) -> None:
        """What the solution says of a pair against what it is."""
        wrong: list[tuple[str, float | None, float]] = []
        if abs(said.cost - cost) > COST_SLACK:
            wrong.append(("cost", said.cost, cost))
        if said.load != load:
            wrong.append(("load", said.load, load))
        if km is not None and (said.km is None or abs(said.km - km) > KM_SLACK):
            wrong.append(("km", said.km, km))
        for code, stated, actual in wrong:
            self.faults.append(Fault(code=code, need=said.need, carer=said.carer, said=stated, actual=actual))

    def use(self, need: Need, carer: Carer, cost: int, load: int) -> None:
        """Count a served need."""
        self.objective += cost
        self.load[carer.id] += load
        self.homes[carer.id].add(need.household)

    def unserved(self) -> None:
        """Judge the needs that are left out, and those that stand nowhere."""
        for said in self.solution.unserved:
            need = self.entry(said.need, None)
            if need is None:
                continue
            self.objective += self.problem.weights.unserved[need.priority]
            possible = self.reasons(need) if self.problem.pairs is None else {said.reason}
            if said.reason not in possible:
                stated, actual = said.reason, "/".join(sorted(possible))
                self.faults.append(Fault(code="reason", need=need.id, said=stated, actual=actual))
        missing = [need.id for need in self.problem.needs if need.id not in self.seen]
        self.faults += [Fault(code="missing", need=need) for need in missing]

    def reasons(self, need: Need) -> set[str]:
        """The reason of the first rule that leaves too few; either of the plan's reasons where enough are left."""
        of_kind, left = self.fitting(need)
        if len(left) < need.carers:
            return {"no_kind" if len(of_kind) < need.carers else "no_qualified"}
        for _, reason, holds in RULES[2:]:
            left = [carer for carer in left if holds(self.problem, need, carer)]
            if len(left) < need.carers:
                return {reason}
        if need.carers > 1 and all(_newcomer(self.problem, carer) for carer in left):
            return {"no_qualified"}
        return {"no_capacity", "budget"}

    def together(self) -> None:
        """Needs that ask for two carers: two are there, not newcomers alone, and perhaps one could have learnt."""
        for need in self.problem.needs:
            team = [self.problem.carer_of[c] for c in self.teams.get(need.id, ()) if c in self.problem.carer_of]
            if need.carers < 2 or not team:
                continue
            new = [_newcomer(self.problem, carer) for carer in team]
            if len(team) < need.carers:
                self.faults.append(Fault(code="two_carers", need=need.id, carer=team[0].id, said=2, actual=1))
            elif all(new):
                self.faults.append(Fault(code="experience", need=need.id, carer=team[0].id))
            elif self.problem.weights.rotation and not any(new) and self.newcomers_may(need):
                self.objective += self.problem.weights.rotation

    def newcomers_may(self, need: Need) -> bool:
        """Some newcomer is a candidate."""
        new = [carer for carer in self.problem.carers if _newcomer(self.problem, carer)]
        if self.problem.pairs is not None:
            return any((need.id, carer.id) in self.problem.pair_of for carer in new)
        return any(all(holds(self.problem, need, carer) for _, _, holds in RULES) for carer in new)

    def fitting(self, need: Need) -> tuple[list[Carer], list[Carer]]:
        """The carers left after rule 1 and after rule 2; judged once for all needs that ask for the same."""
        asked = (need.service, need.kinds, need.qualifications)
        if asked not in self.fit:
            of_kind = [carer for carer in self.problem.carers if _kind_holds(self.problem, need, carer)]
            self.fit[asked] = of_kind, [carer for carer in of_kind if _qualified(self.problem, need, carer)]
        return self.fit[asked]

    def limits(self) -> Iterator[Fault]:
        """Rules 7-10 over the whole plan."""
        for c in self.problem.carers:
            if self.load[c.id] > c.minutes_per_4_weeks:
                yield Fault(code="capacity", carer=c.id, said=c.minutes_per_4_weeks, actual=self.load[c.id])
            if len(self.homes[c.id]) > c.max_households:
                yield Fault(code="households", carer=c.id, said=c.max_households, actual=len(self.homes[c.id]))
        for o in self.problem.organisations:
            if self.organisations[o.id] > o.minutes_per_4_weeks:
                used = self.organisations[o.id]
                yield Fault(code="organisation", organisation=o.id, said=o.minutes_per_4_weeks, actual=used)
        yield from self.shares()
        for key, line in self.problem.line_of.items():
            for code, used, limit in (
                ("line_visits", self.visits[key], line.max_visits),
                ("line_fen", self.fen[key], line.max_fen),
            ):
                if used > limit:
                    yield Fault(code=code, organisation=key[0], service=key[1], said=limit, actual=used)

    def shares(self) -> Iterator[Fault]:
        """No organisation gives more than its share of what workers are asked for."""
        share = self.problem.organisation_share
        if share is None or self.problem.pairs is not None:
            return
        asked = [need for need in self.problem.needs if "worker" in need.kinds]
        demanded = sum(need.carers * need.visits * need.minutes for need in asked)
        for organisation, used in self.organisations.items():
            if 100 * used > share * demanded:
                most = share * demanded // 100
                yield Fault(code="organisation_share", organisation=organisation, said=most, actual=used)

    def shared_limits(self) -> Iterator[Fault]:
        """What several lines, or some needs of one, use together."""
        for limit in self.problem.limits:
            lines, needs = set(limit.lines), None if limit.needs is None else set(limit.needs)
            counted = [
                (need.visits, fen)
                for need, carer, fen in self.paid
                if (carer.organisation, need.service) in lines and (needs is None or need.id in needs)
            ]
            for code, used, most in (
                ("limit_visits", sum(visits for visits, _ in counted), limit.max_visits),
                ("limit_fen", sum(fen for _, fen in counted), limit.max_fen),
            ):
                if most is not None and used > most:
                    yield Fault(code=code, limit=limit.id, said=most, actual=used)

    def unevenness(self) -> int:
        """What uneven load costs: weight times (used / minutes) squared, rounded down, of each carer with minutes."""
        total = 0
        for carer in self.problem.carers:
            weight, minutes = self.problem.weights.even_load.get(carer.kind, 0), carer.minutes_per_4_weeks
            if minutes:
                total += weight * self.load[carer.id] ** 2 // minutes**2
        return total

    def totals(self) -> Iterator[Fault]:
        """Objective, bound and status against the recomputed objective."""
        self.objective += self.unevenness()
        said, slack = self.solution, max(2, len(self.solution.assignments) // 500)
        if abs(said.objective - self.objective) > slack:
            yield Fault(code="objective", said=said.objective, actual=self.objective)
        if said.bound is not None and not said.bound <= self.objective + 1:
            yield Fault(code="bound", said=said.bound, actual=self.objective)
        if said.status == "optimal" and (said.bound is None or said.bound < self.objective - 1):
            yield Fault(code="status", said=said.status, actual="feasible")


def check(problem: Problem, solution: Solution) -> list[Fault]:
    """Every fault of a solution: broken rules, false numbers, needs missing or doubled; empty for a sound plan."""
    audit = _Audit(problem, solution)
    for said in solution.assignments:
        audit.assignment(said)
    audit.unserved()
    audit.together()
    return [*audit.faults, *audit.limits(), *audit.shared_limits(), *audit.totals()]
