"""Who can stand in for one visit: ranked, with what it adds and which rules it would break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matching.schedule.check import problems_with
from matching.schedule.checks.days import worked
from matching.schedule.checks.ways import ways_of_day
from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One candidate: travel minutes added to that day, minutes of that week after it, and the rules it would break.

    A rule that the candidate's calendar breaks without this visit is not held against it.
    """

    carer: str
    added_travel: int
    week_minutes: int
    problems: tuple[Finding, ...]


def replacements(
    problem: CalendarProblem, visits: Sequence[Visit], visit: Visit, candidates: Sequence[str], instead_of: str
) -> list[Replacement]:
    """The candidates for `instead_of` in `visit`, the best first: fewest problems, least added travel, lightest week.

    `visits` is the whole calendar with `visit` in it. Who may serve (qualification, exclusion) is the caller's
    question; a carer of the visit is no candidate. Raises KeyError for a carer or task that is not in the problem.
    """
    wanted = [candidate for candidate in dict.fromkeys(candidates) if candidate not in visit.carers]
    household, near = problem.task_of[visit.task].household, []
    theirs: dict[str, list[Visit]] = {candidate: [] for candidate in wanted}
    for known in visits:
        if known.key != visit.key:
            if problem.task_of[known.task].household == household:
                near.append(known)
            for name in known.carers:
                if name in theirs:
                    theirs[name].append(known)
    offers = [_offer(problem, near, theirs[candidate], visit, candidate, instead_of) for candidate in wanted]
    return sorted(offers, key=lambda offer: (len(offer.problems), offer.added_travel, offer.week_minutes, offer.carer))


def _offer(
    problem: CalendarProblem, near: list[Visit], theirs: list[Visit], visit: Visit, candidate: str, instead_of: str
) -> Replacement:
    """`near` are the household's other visits, `theirs` the candidate's."""
    carer, horizon = problem.carer_of[candidate], problem.horizon
    taken = replace(visit, carers=tuple(candidate if name == instead_of else name for name in visit.carers))
    around = list({known.key: known for known in (*theirs, *near, taken)}.values())
    today = [known for known in theirs if known.day == visit.day]
    week = [known for known in (*theirs, taken) if horizon.week(known.day) == horizon.week(visit.day)]
    before = problems_with(problem, theirs, today)
    kept = frozenset(taken.carers)
    found = [
        finding
        for finding in problems_with(problem, around, [taken])
        if finding not in before and _concerns(finding, visit, kept, candidate)
    ]
    minutes = sum(
        worked(problem, carer, _ordered([known for known in week if known.day == day]))
        for day in {known.day for known in week}
    )
    return Replacement(
        carer=candidate,
        added_travel=_travel(problem, candidate, [*today, taken]) - _travel(problem, candidate, today),
        week_minutes=carer.used.get(horizon.week(visit.day), 0) + minutes,
        problems=tuple(found),
    )


def _concerns(finding: Finding, visit: Visit, carers: frozenset[str], candidate: str) -> bool:
    """Whether a finding is the candidate's: fixed visits ask for their own carers, a partner's day is unchanged."""
    named = finding.params.get("carer", candidate)
    return finding.code != "fixed" and (named == candidate or named not in carers)


def _ordered(visits: list[Visit]) -> list[Visit]:
    return sorted(visits, key=lambda visit: (visit.start, visit.end, visit.task, visit.window))


def _travel(problem: CalendarProblem, candidate: str, visits: list[Visit]) -> int:
    return sum(ways_of_day(problem, problem.carer_of[candidate], _ordered(visits))) if visits else 0
