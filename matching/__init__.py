"""The matching library: who may serve whom, and the best plan (no web, no database).

solve(problem, limits) makes a plan; check(problem, solution) verifies any plan without a solver; pair_check, plan_check
and edit_check judge what a person changes by hand; explain and why say why (why by solving again);
replan changes a plan as little as possible after events. The problem itself is defined in MATCHING.md.
"""

from matching import explain, replan, why
from matching.check import check
from matching.door import solve, warm_up
from matching.fault import Fault
from matching.limits import Limits, Progress
from matching.plan_check import PairCheck, edit_check, pair_check, plan_check
from matching.problem import Problem, read_problem, write_problem
from matching.records import Carer, ContractLine, Need, Organisation, Pair, SharedLimit, Weights
from matching.rules import Finding
from matching.solution import Assignment, Solution, UnservedNeed, read_solution, write_solution
from matching.values import ProblemError

__all__ = [
    "Assignment",
    "Carer",
    "ContractLine",
    "Fault",
    "Finding",
    "Limits",
    "Need",
    "Organisation",
    "Pair",
    "PairCheck",
    "Problem",
    "ProblemError",
    "Progress",
    "SharedLimit",
    "Solution",
    "UnservedNeed",
    "Weights",
    "check",
    "edit_check",
    "explain",
    "pair_check",
    "plan_check",
    "read_problem",
    "read_solution",
    "replan",
    "solve",
    "warm_up",
    "why",
    "write_problem",
    "write_solution",
]
