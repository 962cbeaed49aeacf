"""Judges any list of visits without a solver: what a person moves by hand, what a solver hands over.

It shares nothing with the solver but the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem


def problems_of(problem: CalendarProblem, visits: Sequence[Visit], *, complete: bool = False) -> list[Finding]:
    """Every broken rule of the visits; with `complete` also each due window of the horizon that none of them fills."""
    raise NotImplementedError


def problems_with(problem: CalendarProblem, visits: Sequence[Visit], changed: Iterable[Visit]) -> list[Finding]:
    """The broken rules that touch the changed visits: their own, and of the days, weeks and households they stand in.

    `visits` is the whole list after the change and holds the changed ones.
    """
    raise NotImplementedError
