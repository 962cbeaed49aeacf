"""The part of a plan that changes as a problem of its own: everybody else keeps what they have, so that whatever is
decided about the changed needs is judged against what is really left. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from matching import ContractLine, Problem, SharedLimit
from matching.ledger import Ledger


def reduced(problem: Problem, plan: Mapping[str, str], changed: Collection[str]) -> tuple[Problem, dict[str, int]]:
    """The problem of the `changed` needs with what the rest of `plan` leaves of every limit; and the minutes that the
    rest takes of each carer. A plan that keeps the limits of the whole keeps those of the part, too: a home that a
    carer visits already counts for a changed need there as none.
    """
    wanted = set(changed)
    used = Ledger(problem, {need: carer for need, carer in plan.items() if need not in wanted})
    again = _homes_again(problem, plan, wanted, used)
    return replace(
        problem,
        needs=tuple(need for need in problem.needs if need.id in wanted),
        carers=tuple(
            replace(
                carer,
                minutes_per_4_weeks=max(0, carer.minutes_per_4_weeks - used.load[carer.id]),
                max_households=max(0, carer.max_households - len(used.homes[carer.id]) + again.get(carer.id, 0)),
            )
            for carer in problem.carers
        ),
        organisations=tuple(
            replace(each, minutes_per_4_weeks=max(0, each.minutes_per_4_weeks - used.organisation_minutes[each.id]))
            for each in problem.organisations
        ),
        contract_lines=tuple(_line(line, used) for line in problem.contract_lines),
        limits=tuple(each for each in (_limit(limit, used, wanted) for limit in problem.limits) if each is not None),
    ), {carer.id: used.load[carer.id] for carer in problem.carers if used.load[carer.id]}


def _homes_again(problem: Problem, plan: Mapping[str, str], changed: set[str], used: Ledger) -> dict[str, int]:
    """Carer -> homes of changed needs of theirs that they visit for another need anyway."""
    homes: dict[str, set[str]] = {}
    for need in changed & plan.keys():
        carer, home = plan[need], problem.need_of[need].household
        if home in used.homes.get(carer, ()):
            homes.setdefault(carer, set()).add(home)
    return {carer: len(found) for carer, found in homes.items()}


def _line(line: ContractLine, used: Ledger) -> ContractLine:
    key = (line.organisation, line.service)
    return replace(
        line,
        max_visits=max(0, line.max_visits - used.line_visits[key]),
        max_fen=max(0, line.max_fen - used.line_fen[key]),
    )


def _limit(limit: SharedLimit, used: Ledger, wanted: set[str]) -> SharedLimit | None:
    needs = None if limit.needs is None else tuple(need for need in limit.needs if need in wanted)
    if needs == ():
        return None
    visits, fen = limit.max_visits, limit.max_fen
    return replace(
        limit,
        needs=needs,
        max_visits=None if visits is None else max(0, visits - used.limit_visits[limit.id]),
        max_fen=None if fen is None else max(0, fen - used.limit_fen[limit.id]),
    )
