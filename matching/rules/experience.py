"""Newcomers serve beside experienced carers (an extension, docs/decisions/0051; PRODUCT.md, Volunteer 9).

A pair rule for needs that take experienced carers only, and a rule over the two carers of one need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.fault import Fault
from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules.finding import Finding
from matching.tables import Bools, Ints, Tables

CODE, REASON = "experience", "no_qualified"


def judge(problem: Problem, need: Need, carer: Carer) -> Finding:
    """Detail: `experience_months` of the carer (None: experienced) and `newcomer_months`, which it takes at least."""
    detail = {"experience_months": carer.experience_months, "newcomer_months": problem.newcomer_months}
    return Finding(CODE, not (need.experienced_only and problem.newcomer(carer)), detail)


def holds(tables: Tables, need: Ints, carer: Ints) -> Bools:
    """The rule for pairs (need[i], carer[i])."""
    return ~(tables.experienced_only[need] & tables.newcomer[carer])


def faults(problem: Problem, need: Need, team: Sequence[Carer]) -> Iterator[Fault]:
    """Of two carers at one need at most one is a newcomer."""
    if need.carers > 1 and len(team) > 1 and all(problem.newcomer(carer) for carer in team):
        yield Fault(code=CODE, need=need.id, carer=team[0].id)
