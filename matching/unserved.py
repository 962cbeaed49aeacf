"""Why nobody serves a need, and what single change would let somebody, in data that a page can word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matching.fault import Fault
from matching.ledger import Ledger
from matching.plan_check import find_need, findings, limit_faults
from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules import PAIR_RULES, REASON_OF, experience
from matching.rules.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One rule that, eased for one carer, would let that carer serve the need.

    `code` is the rule. `has` and `needs` are what there is and what it would take, in the rule's unit: km
    (distance), weekdays (time), minutes (capacity, organisation), households, visits (line_visits, limit_visits),
    fen (line_fen, limit_fen; `limit` names the shared limit); None for kind, qualification and exclusion, whose
    `detail` is the finding's (`missing` and `expired` codes and so on). `also` names limits of the plan that would
    bind besides: empty where this one change is enough.
    """

    code: str
    carer: str
    organisation: str | None = None
    service: str | None = None
    limit: str | None = None
    has: float | None = None
    needs: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def effort(self) -> float:
        """The missing part in proportion to what there is; changes without a size come after those with one."""
        if self.has is None or self.needs is None:
            return 1000.0 + len(self.detail.get("missing", ()))
        return (self.needs - self.has) / max(1.0, self.has)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """`reason` (MATCHING.md, Solution), `carers_left` after each pair rule in order, and the single changes that
    would serve the need, the easiest of each code, easiest first. Where no single change is enough, the nearest ones
    follow with what binds `also`; empty where every carer breaks two pair rules or more.
    """

    need: str
    reason: str
    carers_left: Mapping[str, int]
    relaxations: tuple[Relaxation, ...]


def why_unserved(
    problem: Problem,
    plan: Mapping[str, str],
    need_id: str,
    *,
    ledger: Ledger | None = None,
    partners: Mapping[str, str] | None = None,
) -> Unserved:
    """Why a need that the plan leaves out is served by nobody. Raises ProblemError.

    `ledger`, where given, is the plan's own account and saves counting it for every need; `partners` are the second
    carers of needs that ask for two (Solution.partners), of whom each is judged alone.
    """
    need, account = find_need(problem, need_id), Ledger(problem, plan, partners) if ledger is None else ledger
    judged = judged_carers(problem, need)
    left = carers_left(problem, judged)
    able = [carer for carer, found in judged if all(finding.ok for finding in found)]
    before = account.remove(need_id)
    blocks = [(carer, blocks_of(account, need, carer)) for carer in able]
    options = [_of_faults(carer, faults) for carer, faults in blocks if faults]
    for carer, found in judged:
        broken = [finding for finding in found if not finding.ok]
        if len(broken) == 1 and _may_ease(broken[0]):
            options.append(_of_finding(carer, broken[0], blocks_of(account, need, carer)))
    if before:
        account.add(need_id, *before)
    return Unserved(
        need=need_id,
        reason=reason_of(problem, need, left, blocks),
        carers_left=left,
        relaxations=_easiest(options),
    )


def judged_carers(problem: Problem, need: Need) -> list[tuple[Carer, tuple[Finding, ...]]]:
    """Every carer with the findings of the pair rules."""
    return [(carer, findings(problem, need, carer)) for carer in problem.carers]


def carers_left(problem: Problem, judged: list[tuple[Carer, tuple[Finding, ...]]]) -> dict[str, int]:
    """How many carers keep each pair rule and all before it."""
    left, standing = {}, [found for _, found in judged]
    rules = ["pair"] if problem.given_pairs else [rule.CODE for rule in PAIR_RULES]
    codes = [finding.rule for finding in judged[0][1]] if judged else rules
    for at, code in enumerate(codes):
        standing = [found for found in standing if found[at].ok]
        left[code] = len(standing)
    return left


def reason_of(problem: Problem, need: Need, left: Mapping[str, int], blocks: list[tuple[Carer, list[Fault]]]) -> str:
    """The first pair rule that leaves too few; else budget where a worker has the time but nobody pays, or no_capacity.

    `blocks` are the plan rules that keep each able carer from the need. As the solver does, a worker whom nothing keeps
    (serving the need costs more than leaving it) counts as one whom nobody pays.
    """
    for code, count in left.items():
        if count < need.carers:
            return str(REASON_OF.get(code, "no_time"))
    if need.carers > 1 and all(problem.newcomer(carer) for carer, _ in blocks):
        return experience.REASON
    free = [carer for carer, faults in blocks if all(REASON_OF[fault.code] == "budget" for fault in faults)]
    unpaid = len(free) >= need.carers and any(carer.kind == "worker" for carer in free)
    return "budget" if unpaid else "no_capacity"


def blocks_of(ledger: Ledger, need: Need, carer: Carer) -> list[Fault]:
    """The plan rules that break when a need that nobody has goes to the carer; the account stays as it was."""
    ledger.add(need.id, carer.id)
    faults = limit_faults(ledger, carer, need)
    ledger.remove(need.id)
    return faults


def _may_ease(finding: Finding) -> bool:
    """An exclusion by name, a kind the service does not allow and a pair not given are not for a planner to ease."""
    if finding.rule == "kind":
        return bool(finding.detail["kind"] in finding.detail["kinds"])
    if finding.rule == "exclusion":
        return not finding.detail["excluded"]
    return finding.rule in REASON_OF


def _of_faults(carer: Carer, faults: list[Fault]) -> Relaxation:
    fault = faults[0]
    return Relaxation(
        code=fault.code,
        carer=carer.id,
        organisation=fault.organisation,
        service=fault.service,
        limit=fault.limit,
        has=fault.said,
        needs=fault.actual,
        also=tuple(other.code for other in faults[1:]),
    )


def _of_finding(carer: Carer, finding: Finding, limits: list[Fault]) -> Relaxation:
    """What it would take to keep the one pair rule that is broken, and the limits that bind besides."""
    detail, has, needs = finding.detail, None, None
    if finding.rule == "distance":
        has, needs = detail["max_km"], detail["km"]
    elif finding.rule == "time":
        has, needs = len(detail["days"]), detail["needed_days"]
    organisation, service = detail.get("organisation"), detail.get("service")
    return Relaxation(
        code=finding.rule,
        carer=carer.id,
        organisation=organisation,
        service=service,
        has=has,
        needs=needs,
        detail=dict(detail),
        also=tuple(fault.code for fault in limits),
    )


def _easiest(options: list[Relaxation]) -> tuple[Relaxation, ...]:
    """The easiest change of each code, single changes first; ties go by id so that a page stays the same."""
    best: dict[str, Relaxation] = {}
    for option in sorted(options, key=lambda found: (len(found.also), found.effort, found.code, found.carer)):
        best.setdefault(option.code, option)
    return tuple(best.values())
