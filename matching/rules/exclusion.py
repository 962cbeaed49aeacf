"""Rule 3: the carer is not excluded and has the required gender (MATCHING.md, rule 3)."""

from __future__ import annotations

import numpy as np

from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules.finding import Finding
from matching.tables import NO_GENDER, Bools, Ints, Tables

CODE, REASON = "exclusion", "excluded"


def judge(problem: Problem, need: Need, carer: Carer) -> Finding:
    """Detail: `excluded` (named by the need), `gender_required`, `gender`."""
    excluded = carer.id in need.excluded
    right_gender = need.gender_required is None or need.gender_required == carer.gender
    detail = {"excluded": excluded, "gender_required": need.gender_required, "gender": carer.gender}
    return Finding(CODE, not excluded and right_gender, detail)


def holds(tables: Tables, need: Ints, carer: Ints) -> Bools:
    """The rule for pairs (need[i], carer[i])."""
    required = tables.gender_required[need]
    right_gender = (required == NO_GENDER) | (required == tables.gender[carer])
    named = np.isin(need * len(tables.problem.carers) + carer, tables.excluded)
    ok: Bools = right_gender & ~named
    return ok
