"""The door of re-planning; the solver is loaded only by those who re-plan, not by every page."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

from matching.limits import Cancelled, Limits, Report, Watch
from matching.problem import Problem
from matching.replan.curve import Replan
from matching.replan.events import Event
from matching.values import ProblemError

SECONDS = 15.0


def replan(
    problem: Problem,
    plan: Mapping[str, str],
    events: Sequence[Event],
    budget: int | None = None,
    *,
    locked: Iterable[str] = (),
    worth: float | None = None,
    keep_served: bool = False,
    limits: Limits | None = None,
    progress: Report | None = None,
    cancelled: Cancelled | None = None,
) -> Replan:
    """Plans after the events along the curve changes / unserved / kilometres, the present plan as it is to begin with.

    `plan` is carer id by need id before the events. `budget` is the most moves (needs that could stay and do not,
    beyond those that shrunken limits force out) worth looking at; None: as many as 0.3 for each need the events take
    or bring, at least 6. Assignments of the `locked` need ids never move. `worth` is what a further move must save,
    once no move serves more, to be recommended; None: as much as a change of carer costs. `limits.seconds` (None: 15)
    only caps the work, which follows from the size; an interrupted run returns the points it has.

    By the weights it can be best to leave a served need so that others can be served; with `keep_served` nobody who
    could stay loses all care, but for those whom shrunken limits force out and nobody else can take.

    Raises ProblemError naming the event, the plan or the lock.
    """
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int) or budget < 0):
        raise ProblemError("replan", "budget", f"must be a whole number from 0, is {budget!r}")
    from matching.replan.solve import solve

    watch = Watch(limits or Limits(seconds=SECONDS), time.monotonic, progress, cancelled)
    return solve(problem, plan, tuple(events), budget, tuple(locked), worth, keep_served, watch)
