"""Who can stand in for one visit: ranked, with what it adds and which rules it would break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One candidate: travel minutes added to that day, minutes of that week after it, and the rules it would break."""

    carer: str
    added_travel: int
    week_minutes: int
    problems: tuple[Finding, ...]


def replacements(
    problem: CalendarProblem, visits: Sequence[Visit], visit: Visit, candidates: Sequence[str], instead_of: str
) -> list[Replacement]:
    """The candidates for `instead_of` in `visit`, the best first: fewest problems, least added travel, lightest week.

    Who may serve (qualification, exclusion) is the caller's question. Raises ProblemError for an unknown carer.
    """
    raise NotImplementedError
