"""Rule 2: one code of every inner list is held and valid on the day of judging (MATCHING.md, rule 2)."""

from __future__ import annotations

from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules.finding import Finding
from matching.tables import Bools, Ints, Tables

CODE, REASON = "qualification", "no_qualified"


def missing(problem: Problem, need: Need, carer: Carer) -> list[tuple[str, ...]]:
    """The inner lists of which the carer holds no valid code."""
    valid = {code for code, until in carer.qualifications.items() if until >= problem.as_of}
    return [codes for codes in need.qualifications if not valid.intersection(codes)]


def judge(problem: Problem, need: Need, carer: Carer) -> Finding:
    """Detail: `missing` inner lists, `expired` {code: last valid date} among them, `held` {code: date} that count."""
    lacking = missing(problem, need, carer)
    asked = {code for codes in need.qualifications for code in codes}
    held = {c: until for c, until in carer.qualifications.items() if c in asked and until >= problem.as_of}
    wanted = {code for codes in lacking for code in codes}
    expired = {c: until for c, until in carer.qualifications.items() if c in wanted and until < problem.as_of}
    return Finding(CODE, not lacking, {"missing": tuple(lacking), "expired": expired, "held": held})


def holds(tables: Tables, need: Ints, carer: Ints) -> Bools:
    """The rule for pairs (need[i], carer[i])."""
    return tables.able[tables.qualification_sig[need], carer]
