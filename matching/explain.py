"""Why this carer, why not another, how full everybody is, in data that a page can word (no sentences here)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.ledger import Ledger
from matching.measure import Measure
from matching.plan_check import allowed, find_need, limit_faults
from matching.problem import Problem
from matching.records import Carer, Need
from matching.unserved import Relaxation, Unserved, why_unserved

__all__ = [
    "Alternative",
    "CarerLoad",
    "LineLoad",
    "Loads",
    "OrganisationLoad",
    "Relaxation",
    "Unserved",
    "alternatives",
    "loads",
    "why_unserved",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another carer who keeps rules 1-5 for a need.

    `difference` is its cost less that of the chosen carer (or less the cost of leaving the need unserved, where
    nobody is chosen); `blocked_by` is the code of the first plan rule (capacity, households, organisation,
    line_visits, line_fen, limit_visits, limit_fen) that the change would break, None where the carer is free.
    """

    carer: str
    km: float | None
    load: int
    cost_parts: Mapping[str, int]
    cost: int
    difference: int
    blocked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerLoad:
    """Minutes per 4 weeks (travel included) and distinct households of one carer, with their limits."""

    carer: str
    minutes: int
    minutes_limit: int
    households: int
    households_limit: int
    needs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationLoad:
    """Service minutes per 4 weeks (travel excluded) of one organisation's workers, with the limit."""

    organisation: str
    minutes: int
    minutes_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLoad:
    """Visits and fen per 4 weeks drawn from one contract line, with the limits."""

    organisation: str
    service: str
    visits: int
    visits_limit: int
    fen: int
    fen_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """What a plan uses, each list in the problem's order."""

    carers: tuple[CarerLoad, ...]
    organisations: tuple[OrganisationLoad, ...]
    lines: tuple[LineLoad, ...]


def alternatives(
    problem: Problem,
    plan: Mapping[str, str],
    need_id: str,
    count: int = 2,
    *,
    free_only: bool = False,
    ledger: Ledger | None = None,
    partners: Mapping[str, str] | None = None,
) -> list[Alternative]:
    """The cheapest `count` other carers for a need, by cost then id; `free_only` leaves blocked ones out.

    `ledger`, where given, is the plan's own account and saves counting it for every need. Raises ProblemError.
    `partners` are the second carers of needs that ask for two (Solution.partners): they stay, the first may change.
    """
    need, account = find_need(problem, need_id), Ledger(problem, plan, partners) if ledger is None else ledger
    chosen = account.carer_of.get(need_id)
    here = problem.unserved_cost(need)
    if chosen is not None and (now := account.measure(need, problem.carer_of[chosen])) is not None:
        here = now.cost
    others = sorted(_candidates(problem, account, need, chosen), key=lambda found: (found[1].cost, found[0].id))
    before = account.remove(need_id)
    others = [(carer, numbers) for carer, numbers in others if carer.id not in before]
    listed: list[Alternative] = []
    for carer, numbers in others:
        if len(listed) >= count:
            break
        blocked = _blocked_by(account, need, carer, before[1:])
        if blocked is None or not free_only:
            listed.append(_alternative(carer, numbers, here, blocked))
    if before:
        account.add(need_id, *before)
    return listed


def _alternative(carer: Carer, numbers: Measure, here: int, blocked: str | None) -> Alternative:
    return Alternative(
        carer=carer.id,
        km=numbers.km,
        load=numbers.load,
        cost_parts=dict(numbers.parts),
        cost=numbers.cost,
        difference=numbers.cost - here,
        blocked_by=blocked,
    )


def _candidates(problem: Problem, ledger: Ledger, need: Need, chosen: str | None) -> list[tuple[Carer, Measure]]:
    """Carers other than the chosen one who keep the pair rules, with the numbers of the pair."""
    found = []
    for carer in problem.carers:
        if carer.id != chosen and allowed(problem, need, carer):
            numbers = ledger.measure(need, carer)
            if numbers is not None:
                found.append((carer, numbers))
    return found


def _blocked_by(ledger: Ledger, need: Need, carer: Carer, partner: Sequence[str]) -> str | None:
    """The first plan rule that breaks when a need that nobody has goes to the carer; the account stays as it was."""
    ledger.add(need.id, carer.id, *partner)
    faults = limit_faults(ledger, carer, need)
    ledger.remove(need.id)
    return faults[0].code if faults else None


def loads(problem: Problem, plan: Mapping[str, str], partners: Mapping[str, str] | None = None) -> Loads:
    """How full carers, organisations and contract lines are under a plan; `partners` as in `alternatives`."""
    ledger = Ledger(problem, plan, partners)
    needs: dict[str, int] = {}
    for carer in (*ledger.carer_of.values(), *ledger.partner_of.values()):
        needs[carer] = needs.get(carer, 0) + 1
    return Loads(
        carers=tuple(
            CarerLoad(
                carer=c.id,
                minutes=ledger.load[c.id],
                minutes_limit=c.minutes_per_4_weeks,
                households=len(ledger.homes[c.id]),
                households_limit=c.max_households,
                needs=needs.get(c.id, 0),
            )
            for c in problem.carers
        ),
        organisations=tuple(
            OrganisationLoad(
                organisation=o.id, minutes=ledger.organisation_minutes[o.id], minutes_limit=o.minutes_per_4_weeks
            )
            for o in problem.organisations
        ),
        lines=tuple(
            LineLoad(
                organisation=line.organisation,
                service=line.service,
                visits=ledger.line_visits[key],
                visits_limit=line.max_visits,
                fen=ledger.line_fen[key],
                fen_limit=line.max_fen,
            )
            for key, line in problem.line_of.items()
        ),
    )
