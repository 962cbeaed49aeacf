"""Where it is short: the duals of every limit, and what solving again gives for the top ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching import Limits, Organisation, Problem, SharedLimit, solve
from matching.why.case import Case
from matching.why.easing import Step
from matching.why.relax import relaxed
from matching.why.shortage import Shortage, Worth, worth
from tests.matching.cast import care, line, random_town, town, worker


def shortage(problem: Problem, groups: dict[str, str] | None = None) -> Shortage:
    """Where the best plan of a problem is short."""
    return worth(Case(problem, solve(problem, Limits(seconds=5))), top=3, groups=groups)


def optimum(problem: Problem) -> int:
    """The proven best objective."""
    solution = solve(problem, Limits(seconds=10))
    assert solution.status == "optimal"
    return solution.objective


def raised(problem: Problem, entry: Worth) -> Problem:
    """The problem with one unit more of that limit, made by what-if runs' own means."""
    if entry.carer is not None:
        carer = problem.carer_of[entry.carer]
        if entry.code == "household":
            return relaxed(problem, [Step(code="households", carer=carer.id, to=carer.max_households + 1)])
        return relaxed(problem, [Step(code="capacity", carer=carer.id, to=carer.minutes_per_4_weeks + 60)])
    if entry.service is None:
        owner = problem.organisation_of[entry.organisation or ""]
        return relaxed(problem, [Step(code="organisation", organisation=owner.id, to=owner.minutes_per_4_weeks + 60)])
    paid = problem.line_of[(entry.organisation or "", entry.service)]
    visits = entry.limit + entry.visits
    more = replace(paid, max_visits=visits, max_fen=visits * paid.unit_price_fen)
    return replace(problem, contract_lines=tuple(more if x == paid else x for x in problem.contract_lines))


@pytest.mark.parametrize("seed", range(5))
def test_checks_of_a_small_plan_are_the_true_differences_of_the_optimum(seed: int) -> None:
    problem = random_town(seed, needs=9, carers=4, tightness=0.5)
    found = shortage(problem)
    assert found.bound <= found.objective + 1e-6
    best = optimum(problem)
    checked = [
        entry
        for entries in (found.carers, found.households, found.organisations, found.lines, found.money)
        for entry in entries
        if entry.checked is not None
    ]
    assert checked
    for entry in checked:
        assert entry.checked is not None
        assert entry.checked.exact
        assert entry.checked.worth == best - optimum(raised(problem, entry)) >= 0


def test_an_hour_of_a_full_carer_is_worth_the_need_that_waits_and_idle_ones_nothing() -> None:
    needs = (care("n1"), care("n2"))
    busy = worker("li", minutes_per_4_weeks=1020)
    idle = worker("zhao", qualifications={})
    found = shortage(town(needs=needs, carers=(busy, idle)))
    first, last = found.carers
    assert (first.carer, first.used, first.limit, last.carer, last.worth) == ("li", 528, 1020, "zhao", 0.0)
    assert first.checked is not None
    assert (first.checked.worth, first.checked.served, first.checked.moved) == (40_000 - 702, 1, 1)
    assert first.worth > 1000
    assert last.checked is None


def test_ten_thousand_yuan_of_a_spent_line_are_worth_the_needs_they_pay_for() -> None:
    needs = tuple(care(f"n{k}") for k in range(4))
    people = (worker("li", minutes_per_4_weeks=9000),)
    found = shortage(town(needs=needs, carers=people, contract_lines=(line(max_fen=100_000, max_visits=16),)))
    (visit,), (money,) = found.lines, found.money
    assert (money.organisation, money.service, money.visits, money.used, money.limit) == (
        "sunrise",
        "daily_care",
        1_000_000 // 6000,
        16,
        16,
    )
    assert money.checked is not None
    assert (money.checked.worth, money.checked.served) == (2 * (40_000 - 702), 2)
    assert money.worth == pytest.approx(visit.worth * 1_000_000 / 6000, rel=0.01)
    assert visit.checked is not None
    assert visit.checked.worth == 0  # one visit alone serves nobody: the dual promises a share of eight


def test_organisations_and_shared_limits_have_a_worth() -> None:
    two = (care("n1"), care("n2"))
    hours = shortage(town(needs=two, organisations=(Organisation(id="sunrise", minutes_per_4_weeks=920),)))
    assert hours.organisations[0].worth > 0
    assert hours.organisations[0].checked is not None
    assert hours.organisations[0].checked.served == 1
    quota = SharedLimit(id="quota", lines=(("sunrise", "daily_care"),), max_visits=15, max_fen=10_000_000)
    found = shortage(town(needs=two, limits=(quota,)))
    visits, money = found.limits
    assert (visits.code, visits.shared, visits.used, visits.limit, money.worth) == ("limit_visit", "quota", 8, 15, 0.0)
    assert visits.checked is not None
    assert visits.checked.served == 1


def test_services_and_groups_say_who_waits_and_how_dear_an_hour_is() -> None:
    needs = (care("n1"), care("n2"), care("n3", service="tutoring"))
    problem = town(needs=needs, carers=(worker("li", minutes_per_4_weeks=600),))
    found = shortage(problem, groups={"n1": "east", "n2": "west", "n3": "west"})
    services = {group.id: group for group in found.services}
    assert (services["daily_care"].needs, services["daily_care"].unserved, services["daily_care"].minutes) == (
        2,
        1,
        480,
    )
    assert (services["tutoring"].unserved, services["tutoring"].unreachable, services["tutoring"].hour) == (1, 1, 0.0)
    assert services["daily_care"].hour > 0
    assert services["daily_care"].carer == "li"
    assert sorted(group.id for group in found.groups) == ["east", "west"]
    assert sum(group.unserved for group in found.groups) == 2
    assert found.groups[0].unserved_cost >= found.groups[1].unserved_cost


def test_groups_of_lines_say_what_their_dearest_line_is_worth() -> None:
    needs = (care("n1"), care("n2"), care("n3", service="tutoring"))
    lines = (line(max_visits=8), line(service="tutoring"), line(service="meals"))
    problem = town(needs=needs, carers=(worker("li", minutes_per_4_weeks=9000),), contract_lines=lines)
    found = worth(
        Case(problem, solve(problem, Limits(seconds=5))),
        line_groups={
            ("sunrise", "daily_care"): "county",
            ("sunrise", "tutoring"): "county",
            ("sunrise", "meals"): "town",
        },
    )
    county, other = found.line_groups
    assert (county.id, county.lines, county.used, county.limit) == ("county", 2, 16, 1008)
    assert county.line == ("sunrise", "daily_care")
    assert county.visit == max(entry.worth for entry in found.lines) > 0
    assert county.money == max(entry.worth for entry in found.money)
    assert (other.id, other.visit, other.line) == ("town", 0.0, None)


def test_the_same_question_has_the_same_answer_in_falling_order() -> None:
    problem = random_town(4, needs=60, carers=8, tightness=0.5)
    solution = solve(problem, Limits(seconds=1))
    once, again = (worth(Case(problem, solution), top=1) for _ in range(2))
    assert once == again
    values = [entry.worth for entry in once.carers]
    assert values == sorted(values, reverse=True)


def test_a_problem_without_needs_or_contracts_is_short_of_nothing() -> None:
    empty = shortage(town(needs=(), contract_lines=(), organisations=(), carers=()))
    assert (empty.carers, empty.lines, empty.services) == ((), (), ())
