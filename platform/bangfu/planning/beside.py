"""A what-if's plan beside its parent's: as near to it as the change allows, so that differences are the change's own.

A fresh search of thousands of needs ends in another plan of much the same worth, and its differences would hide what
the change does. So the child process takes the parent's plan, solves again around the need with the change, and keeps
the fresh search for the proven bound, and for its plan where the change alone does not serve the need.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matching import Assignment, Problem, ProblemError, Solution, UnservedNeed, check, explain
from matching.measure import measure
from matching.why import Case, Easing, Move, Verified, verify


def near_parent(problem: Problem, start: Mapping[str, Any], searched: Solution) -> Solution | None:
    """The parent's plan with the need served in the changed problem; None where that takes more than moves near by.

    `start` holds the change (an easing's document), and the parent's plan (need id -> carer id) with the reasons of its
    unserved needs.
    """
    try:
        easing, plan = Easing.from_document(start["easing"]), start["plan"]
        found = _verified(problem, plan, easing)
    except ProblemError:
        return None
    if found is None:
        return None
    moves = [*found.moves, Move(need=easing.need, before=None, after=found.served_by)]
    reasons, changed = dict(start["reasons"]), _moved(plan, moves)
    made = _solution(problem, changed, reasons, searched)
    # With the change other needs may have carers in reach, or lack something else than before.
    for fault in check(problem, made):
        reasons.pop(str(fault.need), None)
    made = _solution(problem, changed, reasons, searched)
    return None if check(problem, made) else made


def _verified(problem: Problem, plan: Mapping[str, str], easing: Easing) -> Verified | None:
    """As the page that offered the change did it, else with prices, which find better neighbourhoods."""
    for priced in (False, True):
        found = verify(Case(problem, plan, priced=priced), easing)
        if found.verified:
            return found
    return None


def _moved(plan: Mapping[str, str], moves: list[Move]) -> dict[str, str]:
    changed = dict(plan)
    for move in moves:
        if move.after is None:
            changed.pop(move.need, None)
        else:
            changed[move.need] = move.after
    return changed


def _solution(problem: Problem, plan: Mapping[str, str], reasons: Mapping[str, str], searched: Solution) -> Solution:
    """The plan as a solution of the problem, with the bound that the search proved."""
    ids = sorted(need.id for need in problem.needs)
    assigned = tuple(_assignment(problem, need, plan[need]) for need in ids if need in plan)
    left = [need for need in ids if need not in plan]
    objective = sum(one.cost for one in assigned) + sum(problem.unserved_cost(problem.need_of[need]) for need in left)
    proven = searched.bound is not None and searched.bound >= objective
    return replace(
        searched,
        objective=objective,
        status="optimal" if proven else "feasible",
        assignments=assigned,
        unserved=tuple(UnservedNeed(need=need, reason=_reason(problem, plan, need, reasons)) for need in left),
    )


def _assignment(problem: Problem, need: str, carer: str) -> Assignment:
    numbers = measure(problem, problem.need_of[need], problem.carer_of[carer])
    if numbers is None:
        raise ProblemError(f"assignment of {need}", "carer", f"{carer} may not serve it")
    return Assignment(need=need, carer=carer, cost=numbers.cost, km=numbers.km, load=numbers.load)


def _reason(problem: Problem, plan: Mapping[str, str], need: str, reasons: Mapping[str, str]) -> str:
    return reasons.get(need) or explain.why_unserved(problem, plan, need).reason
