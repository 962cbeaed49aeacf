"""What the child process writes beside the plan: for every need why this carer, or why nobody, as data for the pages.

No sentences here: codes and numbers that words.py puts into the reader's language.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bangfu.planning.rules import IMPOSSIBLE, gap_percent
from matching import Problem, Solution, explain, pair_check
from matching.ledger import Ledger

LISTED = 6
"""How many next-best carers are kept with a proposal; the page shows the first two that are free."""
EASIEST = 3


def explained(problem: Problem, solution: Solution, tell: Callable[[float], None] | None = None) -> dict[str, Any]:
    """{proposals: [...], unserved: [...], loads: {...}, gap: percent or None}; `tell` hears the share done."""
    account, done = Ledger(problem, solution.plan), 0
    total = max(1, len(problem.needs))
    proposals, unserved = [], []
    for served in solution.assignments:
        proposals.append({**proposal(problem, account, served.need, served.carer), "cost": served.cost})
        done += 1
        if tell is not None and done % 20 == 0:
            tell(done / total)
    for left in solution.unserved:
        unserved.append(nobody(problem, account, left.need, left.reason))
        done += 1
        if tell is not None and done % 20 == 0:
            tell(done / total)
    return {
        "proposals": proposals,
        "unserved": unserved,
        "loads": loads(problem, solution.plan),
        "gap": gap(problem, solution),
    }


def gap(problem: Problem, solution: Solution) -> float | None:
    """The proven gap in percent (rules.gap_percent)."""
    lost = sum(
        problem.unserved_cost(problem.need_of[left.need]) for left in solution.unserved if left.reason in IMPOSSIBLE
    )
    return gap_percent(solution.objective, solution.bound, lost)


def proposal(problem: Problem, account: Ledger, need_id: str, carer_id: str) -> dict[str, Any]:
    """The pair's numbers, the checks that it passed with their dates, the next-best carers, the limit that binds."""
    judged = pair_check(problem, need_id, carer_id)
    others = ranked(problem, account, need_id, LISTED)
    return {
        "need": need_id,
        "carer": carer_id,
        "km": judged.km,
        "load": judged.load or 0,
        "cost": judged.cost or 0,
        "parts": dict(judged.cost_parts),
        "checks": checks(problem, account, need_id, carer_id),
        "alternatives": others,
        "binds": binding(others),
    }


def checks(problem: Problem, account: Ledger, need_id: str, carer_id: str) -> list[dict[str, Any]]:
    """Each hard rule of the pair with the values that decided, then each limit of the plan with its use."""
    need, carer = problem.need_of[need_id], problem.carer_of[carer_id]
    rows = [
        {"rule": finding.rule, "ok": finding.ok, "detail": _plain(finding.detail)}
        for finding in pair_check(problem, need_id, carer_id).findings
    ]
    for row in rows:
        if row["rule"] == "qualification":
            row["detail"]["groups"] = [_group(group, carer.qualifications) for group in need.qualifications]
    line = problem.line_for(need, carer)
    limits = [("households", len(account.homes[carer_id]), carer.max_households)]
    if line is not None:
        key = (line.organisation, line.service)
        organisation = problem.organisation_of[line.organisation]
        limits += [
            ("organisation", account.organisation_minutes[line.organisation], organisation.minutes_per_4_weeks),
            ("line_visits", account.line_visits[key], line.max_visits),
            ("line_fen", account.line_fen[key], line.max_fen),
        ]
    for limit in problem.limits_for(need, carer):
        if limit.max_visits is not None:
            limits.append(("limit_visits", account.limit_visits[limit.id], limit.max_visits))
        if limit.max_fen is not None:
            limits.append(("limit_fen", account.limit_fen[limit.id], limit.max_fen))
    rows += [
        {"rule": rule, "ok": used <= limit, "detail": {"used": used, "limit": limit}} for rule, used, limit in limits
    ]
    return rows


def _group(codes: tuple[str, ...], held: Mapping[str, Any]) -> dict[str, Any]:
    """One requirement: the codes that would do, and the one that the carer holds longest."""
    mine = sorted((code for code in codes if code in held), key=lambda code: held[code], reverse=True)
    return {"any": list(codes), "held": mine[0] if mine else None, "until": held[mine[0]].isoformat() if mine else None}


def ranked(
    problem: Problem, account: Ledger, need_id: str, count: int, *, free_only: bool = False
) -> list[dict[str, Any]]:
    """The cheapest other carers for a need with the difference to the chosen one."""
    found = explain.alternatives(problem, account.carer_of, need_id, count, free_only=free_only, ledger=account)
    return [
        {
            "carer": other.carer,
            "km": other.km,
            "load": other.load,
            "cost": other.cost,
            "difference": other.difference,
            "parts": dict(other.cost_parts),
            "blocked_by": other.blocked_by,
        }
        for other in found
    ]


def binding(others: list[dict[str, Any]]) -> dict[str, Any]:
    """The limit that kept a cheaper carer from this need, or that nobody is cheaper."""
    cheaper = [other for other in others if other["difference"] < 0]
    blocked = next((other for other in cheaper if other["blocked_by"]), None)
    if blocked is not None:
        return {"code": blocked["blocked_by"], "carer": blocked["carer"]}
    return {"code": "balance", "carer": cheaper[0]["carer"]} if cheaper else {"code": "cheapest" if others else "only"}


def nobody(problem: Problem, account: Ledger, need_id: str, reason: str) -> dict[str, Any]:
    """Why nobody serves a need, and the easiest single changes that would let somebody."""
    found = explain.why_unserved(problem, account.carer_of, need_id, ledger=account)
    return {
        "need": need_id,
        "reason": reason,
        "left": dict(found.carers_left),
        "relaxations": [
            {
                "code": easing.code,
                "carer": easing.carer,
                "organisation": easing.organisation,
                "service": easing.service,
                "limit": easing.limit,
                "has": easing.has,
                "needs": easing.needs,
                "detail": _plain(easing.detail),
            }
            for easing in found.relaxations[:EASIEST]
        ],
    }


def loads(problem: Problem, plan: Mapping[str, str]) -> dict[str, Any]:
    """How full carers (minutes), organisations (minutes) and lines (visits, fen) are under the plan."""
    found = explain.loads(problem, plan)
    return {
        "carers": {
            c.carer: [c.minutes, c.minutes_limit, c.households, c.households_limit, c.needs] for c in found.carers
        },
        "organisations": {o.organisation: [o.minutes, o.minutes_limit] for o in found.organisations},
        "lines": [
            [line.organisation, line.service, line.visits, line.visits_limit, line.fen, line.fen_limit]
            for line in found.lines
        ],
    }


def _plain(value: Any) -> Any:
    """Tuples as lists and dates as ISO text, ready for JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
