"""Rule 1: the carer's kind is allowed, and a worker is paid through a contract line (MATCHING.md, rule 1)."""

from __future__ import annotations

import numpy as np

from matching.problem import Problem
from matching.records import KINDS, Carer, Need
from matching.rules.finding import Finding
from matching.tables import NO_LINE, Bools, Ints, Tables

CODE, REASON = "kind", "no_kind"


def judge(problem: Problem, need: Need, carer: Carer) -> Finding:
    """Detail: `kind`, `kinds`; for a worker also `organisation`, `service` and whether there is a `line`."""
    detail: dict[str, object] = {"kind": carer.kind, "kinds": need.kinds}
    ok = carer.kind in need.kinds
    if carer.kind == "worker":
        line = problem.line_for(need, carer)
        detail |= {"organisation": carer.organisation, "service": need.service, "line": line is not None}
        ok = ok and line is not None
    return Finding(CODE, ok, detail)


def holds(tables: Tables, need: Ints, carer: Ints) -> Bools:
    """The rule for pairs (need[i], carer[i])."""
    allowed = np.array([[kind in kinds for kind in KINDS] for kinds in tables.kind_values], dtype=np.bool_)
    kind = tables.kind[carer]
    paid = (kind != KINDS.index("worker")) | (tables.line_of(need, carer) != NO_LINE)
    ok: Bools = allowed.reshape(-1, len(KINDS))[tables.kind_sig[need], kind] & paid
    return ok
