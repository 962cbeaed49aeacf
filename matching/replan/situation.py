"""What the events leave of the present plan: who may stay, who lost the carer, what no longer fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from matching.assign.model import NONE, Model, build
from matching.candidates import Candidates, candidates
from matching.canonical import canonical
from matching.problem import Problem
from matching.records import Need
from matching.replan.applying import apply, in_order
from matching.replan.curve import Orphan
from matching.replan.events import Event, LimitShrinks, LineShrinks, NeedAppears, OrganisationShrinks
from matching.replan.exact import fewest_to_leave
from matching.tables import Bools, Ints
from matching.values import ProblemError, place

# More than any weights together: what must not be left unserved.
DEAR = 10**10
NEED_FIELDS = tuple(part.name for part in fields(Need))


@dataclass(frozen=True, slots=True)
class Situation:
    """The problem after the events with the present plan laid into it; arrays have an entry a need.

    `stay` is the arc that keeps a need where it is (NONE: nobody serves it, or nobody can any more). `counted` needs
    count as moved when they do not stay; `fixed` ones are locked. `forced` of the counted have to leave; `start` is a
    plan within all limits: everybody stays but those `forced`. `worth` is what each need costs unserved; with
    `keep_served` the model makes it DEAR to leave a counted need.
    """

    problem: Problem
    before: Mapping[str, str]
    found: Candidates
    model: Model
    worth: Ints
    stay: Ints
    fixed: Bools
    keep_served: bool
    orphans: tuple[Orphan, ...]
    appeared: tuple[str, ...]
    closed: tuple[tuple[str, str], ...]
    forced: int
    start: Ints

    @property
    def counted(self) -> Bools:
        """Needs that could stay."""
        counted: Bools = (self.stay != NONE) & ~self.fixed
        return counted


def holders(model: Model, chosen: Ints) -> Ints:
    """The carer number of each need, NONE where nobody serves it."""
    by_arc: Ints = np.append(model.carer, NONE)[chosen]
    return by_arc


def _check_plan(problem: Problem, plan: Mapping[str, str], locked: Iterable[str]) -> frozenset[str]:
    for need, carer in plan.items():
        if need not in problem.need_of:
            raise ProblemError("plan", "need", f"{need} is not part of the problem")
        if carer not in problem.carer_of:
            raise ProblemError("plan", "carer", f"{carer} of need {need} is not part of the problem")
    kept = frozenset(locked)
    for need in sorted(kept):
        if need not in plan:
            raise ProblemError("locked", "need", f"{need} is served by nobody in the plan")
    return kept


def _with_current(need: Need, carer: str | None) -> Need:
    """The need whose present carer is the plan's; not judged again: only a known id changes."""
    if carer is None or need.current == carer:
        return need
    changed = object.__new__(Need)
    for name in NEED_FIELDS:
        object.__setattr__(changed, name, getattr(need, name))
    object.__setattr__(changed, "current", carer)
    object.__setattr__(changed, "months_together", 0)  # were with another carer
    return changed


def _one_carer_each(problem: Problem) -> None:
    for need in problem.needs:
        if need.carers > 1:
            raise ProblemError(place("need", need.id), "carers", "must be 1: re-planning knows no teams")


def situation(
    problem: Problem, plan: Mapping[str, str], events: Sequence[Event], locked: Iterable[str], *, keep_served: bool
) -> Situation:
    """Apply the events and see what becomes of the plan. Raises ProblemError."""
    kept = _check_plan(problem, plan, locked)
    after = canonical(apply(problem, events))
    _one_carer_each(after)
    after = replace(after, needs=tuple(_with_current(need, plan.get(need.id)) for need in after.needs))
    found = candidates(after)
    model, stay = _laid_in(after, found, plan)
    fixed = np.array([need.id in kept for need in after.needs], dtype=np.bool_) & (stay != NONE)
    released = fewest_to_leave(model, np.where(fixed, stay, NONE), fixed)
    stay[released], fixed[released] = NONE, False
    leaving = fewest_to_leave(model, stay, ~fixed)
    start = stay.copy()
    start[leaving] = NONE
    return Situation(
        problem=after,
        before={need: carer for need, carer in plan.items() if need in after.need_of},
        found=found,
        model=replace(model, unserved=model.unserved + DEAR * (stay != NONE)) if keep_served else model,
        worth=model.unserved,
        stay=stay,
        fixed=fixed,
        keep_served=keep_served,
        orphans=_orphans(problem, after, plan, stay, kept, events),
        appeared=tuple(sorted(event.need.id for event in events if isinstance(event, NeedAppears))),
        closed=tuple(sorted((need, carer) for need, carer in plan.items() if need not in after.need_of)),
        forced=len(leaving),
        start=start,
    )


def _laid_in(problem: Problem, found: Candidates, plan: Mapping[str, str]) -> tuple[Model, Ints]:
    """The model, and for each need the arc that keeps its present carer, NONE where it has none any more.

    An assignment made by hand may cost more than leaving the need; it is still one that may stay.
    """
    rows, cost = _present_rows(problem, found, plan), found.cost.copy()
    present = rows[rows != NONE]
    unserved = np.array([problem.unserved_cost(need) for need in problem.needs], dtype=np.int64)
    cost[present] = np.minimum(cost[present], unserved[found.need[present]])
    model = build(problem, replace(found, cost=cost))
    return model, _as_arcs(model, len(found), rows)


def _present_rows(problem: Problem, found: Candidates, plan: Mapping[str, str]) -> Ints:
    """The candidate row of each need's present carer, NONE where that is none."""
    number = {carer.id: at for at, carer in enumerate(problem.carers)}
    holder = np.array([number.get(plan.get(need.id, ""), NONE) for need in problem.needs], dtype=np.int64)
    rows = np.full(len(problem.needs), NONE, dtype=np.int64)
    same = np.flatnonzero(found.carer == holder[found.need])
    rows[found.need[same]] = same
    return rows


def _as_arcs(model: Model, count: int, rows: Ints) -> Ints:
    """Candidate rows as the model's arcs; rows that the model left out become NONE."""
    arc_of = np.full(count + 1, NONE, dtype=np.int64)
    arc_of[model.origin] = np.arange(model.arcs)
    return arc_of[rows]


def _orphans(
    problem: Problem,
    after: Problem,
    plan: Mapping[str, str],
    stay: Ints,
    locked: frozenset[str],
    events: Sequence[Event],
) -> tuple[Orphan, ...]:
    lost = [need for at, need in enumerate(after.needs) if need.id in plan and stay[at] == NONE]
    ordered = [event for _, event in in_order(events)]
    return tuple(
        Orphan(
            need=need.id,
            carer=plan[need.id],
            code=next((event.code for event in ordered if _concerns(problem, event, need, plan[need.id])), None),
            locked=need.id in locked,
        )
        for need in lost
    )


def _concerns(problem: Problem, event: Event, need: Need, carer: str) -> bool:
    """Whether an event may be why this need lost this carer."""
    owner = problem.carer_of[carer].organisation
    if isinstance(event, LineShrinks):
        return (event.organisation, event.service) == (owner, need.service)
    if isinstance(event, OrganisationShrinks):
        return event.organisation == owner
    if isinstance(event, LimitShrinks):
        return event.limit in {limit.id for limit in problem.limits_for(need, problem.carer_of[carer])}
    if getattr(event, "carer", None) == carer:
        return getattr(event, "need", need.id) == need.id
    return getattr(event, "carer", None) is None and getattr(event, "need", None) == need.id
