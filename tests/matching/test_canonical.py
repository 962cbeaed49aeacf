"""The order in which a problem's records happen to stand changes nothing."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Problem, SharedLimit, Solution, solve
from matching.canonical import canonical
from tests.matching.cast import care, given_pairs, random_town, town

LIMIT = SharedLimit(id="town", lines=(("sunrise", "daily_care"), ("harbour", "daily_care")), max_visits=60)


def shuffled(value: Any, draw: random.Random) -> Any:
    """A document with every list that has no order of its own in another one."""
    if isinstance(value, dict):
        entries = [(key, shuffled(entry, draw)) for key, entry in value.items()]
        return dict(draw.sample(entries, len(entries)))
    if isinstance(value, list) and not all(isinstance(entry, int) for entry in value):
        return [shuffled(entry, draw) for entry in draw.sample(value, len(value))]
    return value


def permuted(problem: Problem, seed: int) -> Problem:
    """The same problem with records, windows, codes and names in another order."""
    document = problem.to_document()
    lines = {limit["id"]: limit.pop("lines") for limit in document.get("limits", [])}
    document = shuffled(document, random.Random(seed))
    for limit in document.get("limits", []):
        limit["lines"] = lines[limit["id"]][::-1]
    return Problem.from_document(document)


def told(solution: Solution) -> Solution:
    """All that a solution says but how long it took."""
    return replace(solution, seconds=0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_canonical_problem_is_the_same_for_every_order(seed: int, order: int) -> None:
    problem = replace(random_town(seed, needs=8, carers=5), limits=(LIMIT, replace(LIMIT, id="other")))
    ours, theirs = canonical(problem), canonical(permuted(problem, order))
    for name in ("organisations", "carers", "needs", "limits"):
        ids = [record.id for record in getattr(ours, name)]
        assert ids == sorted(record.id for record in getattr(problem, name))
        assert ids == [record.id for record in getattr(theirs, name)]
    assert ours.contract_lines == theirs.contract_lines
    assert ours.need_of == problem.need_of
    assert canonical(ours) is ours


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from([0.4, 1.0]))
def test_the_order_of_a_small_problem_does_not_change_its_plan(seed: int, order: int, tightness: float) -> None:
    problem = replace(random_town(seed, needs=9, carers=5, tightness=tightness), limits=(LIMIT,))
    assert told(solve(permuted(problem, order), Limits(seconds=5))) == told(solve(problem, Limits(seconds=5)))


@pytest.mark.parametrize("order", [1, 2])
def test_the_order_of_a_searched_problem_does_not_change_its_plan(order: int) -> None:
    problem = random_town(7, needs=60, carers=12, tightness=0.6)
    limits = Limits(seconds=600, seed=3, iterations=1)
    assert told(solve(permuted(problem, order), limits)) == told(solve(problem, limits))


def test_the_order_of_given_pairs_does_not_change_the_plan() -> None:
    draw = random.Random(4)
    costs, minutes = ([[draw.randint(1, 30) for _ in range(7)] for _ in range(3)] for _ in range(2))
    problem = given_pairs(costs, minutes, room=[40] * 3)
    assert told(solve(permuted(problem, 9))) == told(solve(problem))


def test_a_solution_stands_in_the_order_of_the_needs_ids() -> None:
    plan = solve(town(needs=(care("n2"), care("n1"))))
    assert [served.need for served in plan.assignments] == ["n1", "n2"]


@pytest.mark.parametrize("seed", [5, 6])
def test_the_names_of_households_do_not_matter(seed: int) -> None:
    problem = random_town(seed, needs=60, carers=8, tightness=0.6)
    draw = random.Random(seed)
    homes = sorted({need.household for need in problem.needs})
    renamed = dict(zip(homes, draw.sample(homes, len(homes)), strict=True))
    other = replace(problem, needs=tuple(replace(need, household=renamed[need.household]) for need in problem.needs))
    limits = Limits(seconds=600, iterations=1)
    assert told(solve(other, limits)) == told(solve(problem, limits))
