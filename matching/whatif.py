"""What an assumption would bring: the same problem with more hours bought, a longer reach, an organisation gone.

Leaders ask such questions before they buy. Both sides are solved with the same limits: as things are from the plan in
force, under the assumption from what that came to. So a longer search is not mistaken for the assumption's own doing,
and more of everything never serves less; what the plan in force leaves unserved is told beside them.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from matching import values
from matching.door import solve
from matching.limits import Limits, Progress
from matching.measure import measure
from matching.problem import Problem
from matching.records import KINDS, PRIORITIES, Carer, ContractLine, Need, Organisation
from matching.solution import Solution
from matching.values import ProblemError

MORE_HOURS, REACH, LEAVES, MORE_VISITS = "more_hours", "reach", "organisation_leaves", "line_grows"
CODES = (MORE_HOURS, REACH, LEAVES, MORE_VISITS)
FULL_TIME = 7200
"""Minutes in 4 weeks of one assumed carer: more hours are more people."""
WITH_TRAVEL = 1.5
"""Bought hours are hours of service; an assumed carer has this many times as much for service and travel together."""
OPEN = tuple((day, 480, 1200) for day in range(7))
VALID_FOR = timedelta(days=3650)
USUAL_SPEED, USUAL_KM, USUAL_HOMES = 15.0, 10.0, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One change of what is there, by code:

    * `more_hours`: `minutes` of `service` in 4 weeks, given from the place `lat`, `lon`, bought at `fen` a visit
      (nothing where volunteers or social workers give the service);
    * `reach`: carers of `kind` go at least `km` far;
    * `organisation_leaves`: `organisation` with its carers and contract lines is gone;
    * `line_grows`: the contract line of `organisation` for `service` pays for `visits` more in 4 weeks.
    """

    code: str
    service: str | None = None
    lat: float | None = None
    lon: float | None = None
    minutes: int | None = None
    fen: int | None = None
    kind: str | None = None
    km: float | None = None
    organisation: str | None = None
    visits: int | None = None

    def __post_init__(self) -> None:
        values.one_of("an assumption", "code", self.code, CODES)
        for name in _ASKED[self.code]:
            if getattr(self, name) is None:
                raise ProblemError("an assumption", name, "is missing")
        if self.minutes is not None:
            values.whole("an assumption", "minutes", self.minutes)
        if self.visits is not None:
            values.whole("an assumption", "visits", self.visits)
        if self.fen is not None:
            values.whole("an assumption", "fen", self.fen, values.MOST_PRICE_FEN)
        if self.km is not None:
            values.real("an assumption", "km", self.km, 0, 1_000_000)
        if self.kind is not None:
            values.one_of("an assumption", "kind", self.kind, KINDS)

    def to_document(self) -> dict[str, Any]:
        """A small JSON object without what is not said."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Assumption:
        """Read what to_document wrote. Raises ProblemError."""
        given = values.mapping("an assumption", "", document)
        if strangers := set(given) - set(cls.__dataclass_fields__):
            raise ProblemError("an assumption", sorted(strangers)[0], "is not known")
        return cls(**given)


_ASKED = {
    MORE_HOURS: ("service", "lat", "lon", "minutes", "fen"),
    REACH: ("kind", "km"),
    LEAVES: ("organisation",),
    MORE_VISITS: ("organisation", "service", "visits"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A plan in numbers: needs served and left, by priority, service and group; what it costs in 4 weeks (fen), its
    kilometres (straight, one way, summed over pairs), its objective and proven bound."""

    served: int
    unserved: int
    weight: int
    by_priority: Mapping[str, int]
    by_service: Mapping[str, int]
    by_group: Mapping[str, int]
    fen: int
    km: float
    objective: int
    bound: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The plan in force, the same problem solved as long as the assumed one, and the assumed one.

    `removed` needs more are served than in `again`, for `fen` more in 4 weeks; `changed` needs served in both have
    another carer than in the plan in force.
    """

    today: Outcome
    again: Outcome
    assumed: Outcome
    removed: int
    fen: int
    changed: int

    @property
    def per_10000_yuan(self) -> float | None:
        """Unmet needs removed for 10,000 yuan more; None where it costs nothing more."""
        return self.removed / (self.fen / 1_000_000) if self.fen > 0 else None


def under(problem: Problem, assumption: Assumption) -> Problem:
    """The problem with the assumption made. Raises ProblemError where it names what the problem does not have."""
    made = {MORE_HOURS: _more_hours, REACH: _reach, LEAVES: _without, MORE_VISITS: _more_visits}
    return made[assumption.code](problem, assumption)


def what_if(
    problem: Problem,
    solution: Solution,
    assumption: Assumption,
    limits: Limits,
    groups: Mapping[str, str] | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> WhatIf:
    """Solve both sides with `limits`; `groups` (need id -> name, a town for example) counts the unserved by group."""
    assumed_problem, groups = under(problem, assumption), groups or {}

    def half(first: float) -> Callable[[Progress], None]:
        return lambda step: progress(first + step.share / 2)

    plan = _plan(solution)
    again = solve(problem, limits, progress=half(0.0), start=plan)
    assumed = solve(assumed_problem, limits, progress=half(0.5), start=_plan(again))
    after = _plan(assumed)
    sides = [_outcome(problem, solution, groups), _outcome(problem, again, groups)]
    then = _outcome(assumed_problem, assumed, groups)
    return WhatIf(
        today=sides[0],
        again=sides[1],
        assumed=then,
        removed=sides[1].unserved - then.unserved,
        fen=then.fen - sides[1].fen,
        changed=sum(after[need] != carer for need, carer in plan.items() if need in after),
    )


def _plan(solution: Solution) -> dict[str, str]:
    return {each.need: each.carer for each in solution.assignments}


def _outcome(problem: Problem, solution: Solution, groups: Mapping[str, str]) -> Outcome:
    left = [problem.need_of[each.need] for each in solution.unserved]
    pairs = [(problem.need_of[each.need], problem.carer_of[each.carer]) for each in solution.assignments]
    measured = [found for need, carer in pairs if (found := measure(problem, need, carer)) is not None]
    by_priority = Counter(need.priority for need in left)
    return Outcome(
        served=len(pairs),
        unserved=len(left),
        weight=sum(problem.unserved_cost(need) for need in left),
        by_priority={priority: by_priority[priority] for priority in PRIORITIES},
        by_service=dict(sorted(Counter(need.service for need in left).items())),
        by_group=dict(sorted(Counter(groups.get(need.id, "") for need in left).items())),
        fen=sum(found.fen for found in measured),
        km=round(sum(found.km or 0.0 for found in measured), 1),
        objective=solution.objective,
        bound=solution.bound,
    )


def _more_hours(problem: Problem, assumed: Assumption) -> Problem:
    needs = [need for need in problem.needs if need.service == assumed.service]
    if not needs:
        raise ProblemError("an assumption", "service", "is not asked for by any need")
    kind = _kind(needs)
    name = _free(problem, "assumed")
    minutes = assumed.minutes or 0
    people = max(1, math.ceil(minutes * WITH_TRAVEL / FULL_TIME))
    like = [carer for carer in problem.carers if carer.kind == kind]
    codes = {code for need in needs for group in need.qualifications for code in group}
    carers = tuple(
        Carer(
            id=_free(problem, f"assumed {number + 1}"), organisation=name if kind == "worker" else None, kind=kind,
            lat=assumed.lat or 0.0, lon=assumed.lon or 0.0,
            speed_kmh=_median([carer.speed_kmh for carer in like], USUAL_SPEED),
            max_km=_median([carer.max_km for carer in like], USUAL_KM),
            minutes_per_4_weeks=math.ceil(minutes * WITH_TRAVEL / people),
            max_households=round(_median([carer.max_households for carer in like], USUAL_HOMES)),
            gender="fm"[number % 2], languages=tuple(sorted({word for c in problem.carers for word in c.languages})),
            qualifications=dict.fromkeys(sorted(codes), problem.as_of + VALID_FOR), windows=OPEN,
        )
        for number in range(people)
    )  # fmt: skip
    everybody = (*problem.carers, *carers)
    if kind != "worker":
        return replace(problem, carers=everybody)
    shortest = max(1, min(need.minutes for need in needs))
    price = assumed.fen or 0
    line = ContractLine(
        organisation=name, service=str(assumed.service), unit_price_fen=price, max_visits=minutes // shortest,
        max_fen=price * (minutes // shortest),
    )  # fmt: skip
    return replace(
        problem,
        carers=everybody,
        organisations=(*problem.organisations, Organisation(id=name, minutes_per_4_weeks=minutes)),
        contract_lines=(*problem.contract_lines, line),
    )


def _kind(needs: list[Need]) -> str:
    """Who gives the service: bought workers where any need takes them, else the kind that most needs take."""
    allowed = Counter(kind for need in needs for kind in need.kinds)
    return "worker" if allowed["worker"] else max(KINDS, key=lambda kind: allowed[kind])


def _median(found: list[Any], usual: float) -> float:
    return float(statistics.median(found)) if found else usual


def _free(problem: Problem, wanted: str) -> str:
    """An id that nobody has."""
    while wanted in problem.carer_of or wanted in problem.organisation_of:
        wanted += "'"
    return wanted


def _reach(problem: Problem, assumed: Assumption) -> Problem:
    if all(carer.kind != assumed.kind for carer in problem.carers):
        raise ProblemError("an assumption", "kind", "is no carer's")
    km = assumed.km or 0.0
    carers = [
        replace(carer, max_km=max(carer.max_km, km)) if carer.kind == assumed.kind else carer
        for carer in problem.carers
    ]
    return replace(problem, carers=tuple(carers))


def _without(problem: Problem, assumed: Assumption) -> Problem:
    gone = assumed.organisation
    if gone not in problem.organisation_of:
        raise ProblemError("an assumption", "organisation", "is not part of the problem")
    limits = [
        replace(limit, lines=lines)
        for limit in problem.limits
        if (lines := tuple(line for line in limit.lines if line[0] != gone))
    ]
    return replace(
        problem,
        organisations=tuple(each for each in problem.organisations if each.id != gone),
        contract_lines=tuple(line for line in problem.contract_lines if line.organisation != gone),
        carers=tuple(carer for carer in problem.carers if carer.organisation != gone),
        limits=tuple(limits),
    )


def _more_visits(problem: Problem, assumed: Assumption) -> Problem:
    key = (str(assumed.organisation), str(assumed.service))
    if key not in problem.line_of:
        raise ProblemError("an assumption", "service", "is in no contract line of the organisation")
    more = assumed.visits or 0
    lines = [
        replace(line, max_visits=line.max_visits + more, max_fen=line.max_fen + more * line.unit_price_fen)
        if (line.organisation, line.service) == key
        else line
        for line in problem.contract_lines
    ]
    return replace(problem, contract_lines=tuple(lines))
