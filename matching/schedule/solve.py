"""The one door: from a calendar problem to a calendar."""

from __future__ import annotations

from matching.schedule.plan import CalendarPlan
from matching.schedule.problem import CalendarProblem


def solve(problem: CalendarProblem, seed: int = 1, time_limit: float = 60.0, workers: int = 2) -> CalendarPlan:
    """The best calendar found; the same problem, seed and limit give the same calendar.

    Fixed visits stand whatever they break. Every other visit keeps every rule of check.py; what has no day is in
    `unplaced`, and why in `conflicts`.
    """
    raise NotImplementedError
