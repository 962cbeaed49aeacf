"""The hard rules judged for one pair, for a whole plan, and for one change of a plan (MATCHING.md, Hard rules)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.fault import Fault
from matching.ledger import Ledger
from matching.measure import measure
from matching.problem import Problem
from matching.records import Carer, Need
from matching.rules import (
    capacity,
    contract_line,
    experience,
    households,
    organisation,
    organisation_share,
    pair_rules,
    shared_limit,
    two_carers,
)
from matching.rules.finding import Finding
from matching.values import ProblemError

PAIR = "pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCheck:
    """One pair judged: a finding per hard rule 1-5 (or one, `pair`, where pairs are given) and the derived numbers.

    km, travel (minutes per visit), load (minutes per 4 weeks), fen (per 4 weeks), parts of the cost by name and
    their sum; all None or empty for a pair that is not among the given ones.
    """

    need: str
    carer: str
    ok: bool
    findings: tuple[Finding, ...]
    km: float | None
    travel: int | None
    load: int | None
    fen: int | None
    cost_parts: Mapping[str, int]
    cost: int | None

    @property
    def broken(self) -> tuple[str, ...]:
        """Codes of the rules that do not hold."""
        return tuple(finding.rule for finding in self.findings if not finding.ok)


def find_need(problem: Problem, need_id: str) -> Need:
    """The need of that id. Raises ProblemError."""
    if need_id not in problem.need_of:
        raise ProblemError(f"need {need_id}", "", "is not part of the problem")
    return problem.need_of[need_id]


def find_carer(problem: Problem, carer_id: str) -> Carer:
    """The carer of that id. Raises ProblemError."""
    if carer_id not in problem.carer_of:
        raise ProblemError(f"carer {carer_id}", "", "is not part of the problem")
    return problem.carer_of[carer_id]


def findings(problem: Problem, need: Need, carer: Carer) -> tuple[Finding, ...]:
    """Every rule that decides whether the pair is a candidate."""
    if problem.given_pairs:
        return (Finding(PAIR, (need.id, carer.id) in problem.pair_of),)
    return tuple(rule.judge(problem, need, carer) for rule in pair_rules(need))


def allowed(problem: Problem, need: Need, carer: Carer) -> bool:
    """True where the pair is a candidate; stops at the first rule that it breaks."""
    if problem.given_pairs:
        return (need.id, carer.id) in problem.pair_of
    return all(rule.judge(problem, need, carer).ok for rule in pair_rules(need))


def pair_check(problem: Problem, need_id: str, carer_id: str) -> PairCheck:
    """Judge one pair by the hard rules 1-5 and give its numbers, allowed or not. Raises ProblemError."""
    need, carer = find_need(problem, need_id), find_carer(problem, carer_id)
    found, numbers = findings(problem, need, carer), measure(problem, need, carer)
    return PairCheck(
        need=need_id,
        carer=carer_id,
        ok=all(finding.ok for finding in found),
        findings=found,
        km=numbers.km if numbers else None,
        travel=numbers.travel if numbers else None,
        load=numbers.load if numbers else None,
        fen=numbers.fen if numbers else None,
        cost_parts=dict(numbers.parts) if numbers else {},
        cost=numbers.cost if numbers else None,
    )


def pair_faults(problem: Problem, need: Need, carer: Carer) -> list[Fault]:
    """The broken pair rules as faults; `actual` is the finding's detail."""
    return [
        Fault(code=finding.rule, need=need.id, carer=carer.id, actual=dict(finding.detail))
        for finding in findings(problem, need, carer)
        if not finding.ok
    ]


def limit_faults(ledger: Ledger, carer: Carer, need: Need | None = None) -> list[Fault]:
    """Rules 7-10 of one carer, and of its organisation, line and shared limits for the need where it is paid."""
    found = [*capacity.faults(ledger, carer.id), *households.faults(ledger, carer.id)]
    line = None if need is None or ledger.problem.given_pairs else ledger.problem.line_for(need, carer)
    if line is not None:
        found += organisation.faults(ledger, line.organisation)
        found += organisation_share.faults(ledger, line.organisation)
        found += contract_line.faults(ledger, line.organisation, line.service)
    if need is not None:
        for limit in ledger.problem.limits_for(need, carer):
            found += shared_limit.faults(ledger, limit)
    return found


def team_faults(problem: Problem, need: Need, team: Sequence[Carer]) -> list[Fault]:
    """What breaks because of who serves the need together: too few or too many carers, newcomers alone."""
    return [*two_carers.faults(need, team), *experience.faults(problem, need, team)]


def _served_faults(problem: Problem, need_id: str, team: Sequence[str]) -> list[Fault]:
    """The faults of one served need by itself."""
    need = problem.need_of.get(need_id)
    if need is None:
        return [Fault(code="unknown_need", need=need_id, carer=team[0])]
    known = [problem.carer_of[carer] for carer in team if carer in problem.carer_of]
    found = [Fault(code="unknown_carer", need=need_id, carer=carer) for carer in team if carer not in problem.carer_of]
    for carer in known:
        found += pair_faults(problem, need, carer)
    return found + (team_faults(problem, need, known) if len(known) == len(team) else [])


def plan_check(problem: Problem, plan: Mapping[str, str], partners: Mapping[str, str] | None = None) -> list[Fault]:
    """Every fault of a plan {need id: carer id} by the rules 1-10, shared limits and extensions.

    Other needs stay unserved. `partners` {need id: carer id} are the second carers of needs that ask for two.
    """
    found: list[Fault] = []
    second = partners or {}
    for need_id, carer_id in plan.items():
        found += _served_faults(problem, need_id, [carer_id, *([second[need_id]] if need_id in second else [])])
    found += [Fault(code="two_carers", need=need, carer=second[need]) for need in second if need not in plan]
    ledger = Ledger(problem, plan, partners)
    for carer in problem.carers:
        found += limit_faults(ledger, carer)
    if not problem.given_pairs:
        for known in problem.organisations:
            found += organisation.faults(ledger, known.id)
            found += organisation_share.faults(ledger, known.id)
        for line in problem.contract_lines:
            found += contract_line.faults(ledger, line.organisation, line.service)
        for limit in problem.limits:
            found += shared_limit.faults(ledger, limit)
    return found


def edit_check(
    problem: Problem, plan: Mapping[str, str], need_id: str, carer_id: str, *, ledger: Ledger | None = None
) -> list[Fault]:
    """What would break if this need went to this carer in that plan: pair rules, then limits it would exceed.

    `ledger`, where given, is the plan's own account and saves counting it again. Raises ProblemError. The second carer
    of a need that asks for two stays.
    """
    need, carer = find_need(problem, need_id), find_carer(problem, carer_id)
    found = pair_faults(problem, need, carer)
    account = Ledger(problem, plan) if ledger is None else ledger
    before = account.remove(need_id)
    account.add(need_id, carer_id, *before[1:])
    found += team_faults(problem, need, [carer, *(problem.carer_of[other] for other in before[1:])])
    found += limit_faults(account, carer, need)
    account.remove(need_id)
    if before:
        account.add(need_id, *before)
    return found
